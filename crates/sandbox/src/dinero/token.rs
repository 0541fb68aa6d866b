//! Tokens by password grant: the API key stands in both user name and password (fact sheet §1.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use http::{Request, StatusCode, header};
use serde_json::json;
use url::form_urlencoded;

use super::{API_KEY, Answer, CLIENT_ID, CLIENT_SECRET, Dinero, Failure};

impl Dinero {
    pub(super) fn give_token(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Answer {
        let expected = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")));
        let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if sent != Some(expected.as_str()) {
            return Err(Failure::oauth(StatusCode::UNAUTHORIZED, "invalid_client"));
        }
        let form: Vec<(String, String)> = form_urlencoded::parse(request.body()).into_owned().collect();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if field("grant_type") != Some("password") {
            return Err(Failure::oauth(StatusCode::BAD_REQUEST, "unsupported_grant_type"));
        }
        if field("username") != Some(API_KEY) || field("password") != Some(API_KEY) {
            return Err(Failure::oauth(StatusCode::BAD_REQUEST, "invalid_grant"));
        }
        let token = self.next_guid();
        self.tokens.insert(token.clone(), now + Duration::seconds(self.token_life));
        Ok(Some(json!({
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.token_life,
            "refresh_token": null,
        })))
    }

    pub(super) fn check_token(&self, request: &Request<Bytes>, now: DateTime<Utc>) -> Result<(), Failure> {
        let sent = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = sent.and_then(|value| value.strip_prefix("Bearer "));
        match token.and_then(|token| self.tokens.get(token)) {
            Some(until) if *until > now => Ok(()),
            Some(_) | None => Err(Failure::unauthorized()),
        }
    }
}
