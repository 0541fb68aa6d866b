//! Webhooks: hints that something changed. Nothing in them is believed or even read; polling stays the source of truth.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use chrono::{DateTime, Duration, Utc};
use http::StatusCode;
use tenancy::{ConnectionId, Digest};

use crate::fault::Fault;
use crate::server::Server;

/// Hints of one connection that are listened to within a minute; of a flood, the rest changes nothing anyway.
const MOST: usize = 120;

/// Who knows the secret of the path may hint. Everybody else gets the same answer, whatever is wrong.
pub(crate) async fn hint(
    State(server): State<Server>,
    Path((id, secret)): Path<(String, String)>,
    _body: Bytes,
) -> Result<StatusCode, Fault> {
    let connection = server.registry().connection(&ConnectionId::new(id)).await?.ok_or(Fault::NotFound)?;
    if connection.hook != Some(Digest::of(&secret)) {
        return Err(Fault::NotFound);
    }
    let now = server.now();
    if !server.flood().allows(&connection.id, now) {
        return Err(Fault::TooOften { seconds: 60 });
    }
    server.office().desk(&connection.id).hint(now);
    server.metrics().hints.inc();
    Ok(StatusCode::ACCEPTED)
}

/// How many hints came lately, by connection.
#[derive(Debug, Default)]
pub(crate) struct Flood(Mutex<BTreeMap<ConnectionId, (DateTime<Utc>, usize)>>);

impl Flood {
    fn allows(&self, id: &ConnectionId, now: DateTime<Utc>) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = counts.entry(id.clone()).or_insert((now, 0));
        if now - *since >= Duration::minutes(1) {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l7_a_flood_of_hints_is_dammed_and_passes() {
        let (flood, id, now) = (Flood::default(), ConnectionId::fresh(), DateTime::<Utc>::UNIX_EPOCH);
        let allowed = (0..1000).filter(|_| flood.allows(&id, now)).count();
        assert_eq!(allowed, MOST);
        assert!(flood.allows(&ConnectionId::fresh(), now), "others are heard");
        assert!(flood.allows(&id, now + Duration::minutes(1)));
    }
}
