//! A POST with an `Idempotency-Key` is carried out once; whoever asks again within a day gets the same answer.

use std::future::Future;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use tenancy::{Answer, AnswerKey, Claim, Digest};

use super::Problem;
use super::caller::Caller;
use crate::server::Server;

/// The longest key.
const LONGEST: usize = 200;

/// Carries out `act`, unless it was carried out under the key of `headers` before. `what` says what is asked.
pub(super) async fn once<T: Serialize>(
    server: &Server,
    caller: &Caller,
    headers: &HeaderMap,
    what: &str,
    act: impl Future<Output = Result<(StatusCode, T), Problem>>,
) -> Result<Response, Problem> {
    let Some(key) = headers.get("idempotency-key") else {
        let (status, body) = act.await?;
        return Ok((status, Json(body)).into_response());
    };
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST);
    let key =
        key.ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "an Idempotency-Key has 1 to 200 visible characters"))?;
    let key = AnswerKey { connection: caller.connection.id.clone(), key: key.to_owned() };
    match server.registry().claim(&key, &Digest::of(what), server.now()).await? {
        Claim::Yours => {}
        Claim::Answered(answer) => return Ok(given(&answer)),
        Claim::UnderWay => {
            return Err(Problem::new(StatusCode::CONFLICT, "the same request is being carried out"));
        }
        Claim::Another => {
            return Err(Problem::unusable("something else was asked under this Idempotency-Key; choose a new one"));
        }
    }
    match act.await {
        Ok((status, body)) => {
            let answer = Answer { status: status.as_u16(), body: serde_json::to_value(body).unwrap_or_default() };
            server.registry().settle(&key, Some(&answer)).await?;
            Ok(given(&answer))
        }
        Err(problem) => {
            // Nothing was done; the same key may be used to try again.
            server.registry().settle(&key, None).await?;
            Err(problem)
        }
    }
}

fn given(answer: &Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    (status, Json(&answer.body)).into_response()
}
