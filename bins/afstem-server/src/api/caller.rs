//! Who calls: a token, the connection it is for, and what it may do.

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use tenancy::{Actor, ApiToken, Connection, Digest, Scope};

use super::Problem;
use crate::server::Server;

/// A program with a token.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(super) token: ApiToken,
    pub(super) connection: Connection,
}

impl Caller {
    /// Whether it may.
    pub(super) fn needs(&self, scope: Scope) -> Result<(), Problem> {
        if self.token.allows(scope) { Ok(()) } else { Err(Problem::no_scope(scope.word())) }
    }

    pub(super) fn actor(&self) -> Actor {
        Actor::Token(self.token.id.clone())
    }
}

impl FromRequestParts<Server> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, secret) = header.and_then(|it| it.split_once(' ')).ok_or_else(Problem::no_token)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::no_token());
        }
        let token = server.registry().token(&Digest::of(secret.trim())).await?.ok_or_else(Problem::no_token)?;
        let connection = server.registry().connection(&token.connection).await?.ok_or_else(Problem::no_token)?;
        Ok(Self { token, connection })
    }
}
