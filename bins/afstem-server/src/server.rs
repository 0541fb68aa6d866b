//! What every handler works with.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use ipnet::IpNet;
use sync_app::App;
use sync_app::office::Office;
use tenancy::{Connection, Registry};

use crate::fault::Fault;
use crate::hooks::Flood;
use crate::metrics::Metrics;

/// What every handler works with. Cloning it costs nothing.
#[derive(Debug, Clone)]
pub(crate) struct Server(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    office: Arc<Office>,
    manners: Manners,
    metrics: Metrics,
    flood: Flood,
    /// What makes the first account; none once there is one.
    code: Mutex<Option<String>>,
    /// Set when the server is about to stop: it is no longer ready for more.
    leaving: std::sync::atomic::AtomicBool,
}

/// How the server is reached.
#[derive(Debug, Clone, Default)]
pub(crate) struct Manners {
    /// `https://afstem.firma.dk`, when it is known under a name of its own.
    pub(crate) public_url: Option<url::Url>,
    /// Whether browsers come over TLS: cookies are then sent over nothing else.
    pub(crate) encrypted: bool,
    /// Proxies whose word about the client's address is taken.
    pub(crate) proxies: Vec<IpNet>,
}

impl Server {
    pub(crate) fn new(office: Arc<Office>, manners: Manners, code: Option<String>) -> Self {
        let inside = Inside {
            office,
            manners,
            metrics: Metrics::new(),
            flood: Flood::default(),
            code: Mutex::new(code),
            leaving: std::sync::atomic::AtomicBool::new(false),
        };
        Self(Arc::new(inside))
    }

    pub(crate) fn office(&self) -> &Arc<Office> {
        &self.0.office
    }

    /// The wired pair of `connection`, for a page. Who comes before it is set up is led to where that is done.
    pub(crate) fn app(&self, connection: &Connection) -> Result<App, Fault> {
        self.office().app(connection).map_err(|error| Fault::of(error, connection))
    }

    pub(crate) fn registry(&self) -> &dyn Registry {
        self.0.office.registry()
    }

    pub(crate) fn manners(&self) -> &Manners {
        &self.0.manners
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn flood(&self) -> &Flood {
        &self.0.flood
    }

    /// The one-time code, for the console.
    pub(crate) fn code(&self) -> Option<String> {
        self.0.code.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    /// Whether the first account is still to be made.
    pub(crate) fn is_new(&self) -> bool {
        self.0.code.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether `code` is the one on the console.
    pub(crate) fn is_code(&self, code: &str) -> bool {
        let known = self.0.code.lock().unwrap_or_else(PoisonError::into_inner);
        let digest = |text: &str| tenancy::Digest::of(&text.trim().to_uppercase());
        known.as_ref().is_some_and(|known| digest(known) == digest(code))
    }

    /// The first account was made.
    pub(crate) fn founded(&self) {
        *self.0.code.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn leave(&self) {
        self.0.leaving.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.0.leaving.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// A one-time code that is easy to type: three groups of four letters and digits that nobody mistakes for each other.
pub(crate) fn one_time_code() -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    let random = uuid::Uuid::new_v4().into_bytes().into_iter().zip(uuid::Uuid::new_v4().into_bytes());
    let letters: Vec<char> = random
        .take(12)
        .map(|(one, other)| LETTERS[(usize::from(one) * 256 + usize::from(other)) % LETTERS.len()].into())
        .collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_can_be_read_aloud_and_is_never_the_same() {
        let codes: Vec<String> = (0..50).map(|_| one_time_code()).collect();
        for code in &codes {
            assert_eq!(code.len(), 14, "{code}");
            assert!(
                code.chars().all(|it| it == '-' || (it.is_ascii_alphanumeric() && !"O0I1L".contains(it))),
                "{code}"
            );
        }
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), 50);
    }
}
