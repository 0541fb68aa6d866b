//! What a request to either system wants.

use bytes::Bytes;
use http::{Method, Request};
use serde_json::Value;
use sync_model::Side;
use url::form_urlencoded;

use crate::credits;
use crate::watch::Deed;

/// What a request wants, as far as histories care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Errand {
    /// A token, a challenge, a session, a description.
    Other,
    /// A page of a list, with the conditions under which it is one list.
    List { kind: String, page: u32, whole: String },
    /// One record.
    Look { kind: String, id: String },
    /// A record is made.
    Create { kind: String, body: Value },
    /// A record is changed; where a part of it suffices, only these fields. What was typed since its sender `looked`, it
    /// writes over unseen.
    Change { kind: String, id: String, fields: Option<Vec<String>>, body: Value, looked: u64 },
    /// An invoice is booked, sent or paid.
    Effect { id: String, deed: Deed, body: Value },
    /// A record is deleted.
    Remove { id: String },
}

impl Errand {
    pub(crate) fn writes(&self) -> bool {
        match self {
            Self::Other | Self::List { .. } | Self::Look { .. } => false,
            Self::Create { .. } | Self::Change { .. } | Self::Effect { .. } | Self::Remove { .. } => true,
        }
    }

    pub(crate) fn is_effect(&self) -> bool {
        matches!(self, Self::Effect { .. })
    }

    pub(crate) fn read(side: Side, request: &Request<Bytes>) -> Self {
        match side {
            Side::Left => Self::of_dinero(request),
            Side::Right => Self::of_crm(request),
        }
    }

    fn of_dinero(request: &Request<Bytes>) -> Self {
        let path: Vec<&str> = request.uri().path().split('/').filter(|part| !part.is_empty()).collect();
        let (kind, rest) = match path.as_slice() {
            [_, _, list @ ("contacts" | "products" | "invoices"), rest @ ..] => (list.trim_end_matches('s'), rest),
            [_, _, "sales", "creditnotes", rest @ ..] if !rest.is_empty() || request.method() == Method::POST => {
                (credits::KIND, rest)
            }
            _ => return Self::Other,
        };
        let kind = kind.to_owned();
        let body = || serde_json::from_slice(request.body()).unwrap_or_default();
        match (request.method(), rest) {
            (&Method::GET, []) => {
                let query = request.uri().query().unwrap_or_default();
                let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
                let page = parameters.iter().find(|(name, _)| name == "page").and_then(|(_, page)| page.parse().ok());
                let rest = parameters.iter().filter(|(name, _)| name != "page");
                let whole = rest.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
                Self::List { kind, page: page.unwrap_or(0), whole }
            }
            (&Method::GET, [guid]) => Self::Look { kind, id: guid.to_lowercase() },
            (&Method::POST, []) => Self::Create { kind, body: body() },
            (&Method::PUT, [guid]) => {
                Self::Change { kind, id: guid.to_lowercase(), fields: None, body: body(), looked: 0 }
            }
            (&Method::DELETE, [guid]) => Self::Remove { id: guid.to_lowercase() },
            (&Method::POST, [guid, deed]) => {
                Deed::of(deed).map_or(Self::Other, |deed| Self::Effect { id: guid.to_lowercase(), deed, body: body() })
            }
            _ => Self::Other,
        }
    }

    fn of_crm(request: &Request<Bytes>) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(request.body()));
        let parameters: Vec<(String, String)> =
            pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let get = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let element = || serde_json::from_str::<Value>(get("element").unwrap_or_default()).unwrap_or_default();
        match get("operation").unwrap_or_default() {
            "query" => {
                let statement = get("query").unwrap_or_default();
                let kind = statement.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("from")).nth(1);
                let kind = kind.unwrap_or_default().trim_end_matches(';').to_owned();
                // A walk by id goes on after the last id, which makes it another statement and the same list.
                let walks = statement.contains("limit") || statement.contains("LIMIT");
                let page = u32::from(walks && (statement.contains("id >") || statement.contains("id>")));
                Self::List { whole: if walks { kind.clone() } else { statement.to_owned() }, kind, page }
            }
            "retrieve" => {
                let id = get("id").unwrap_or_default().to_owned();
                Self::Look { kind: id.clone(), id }
            }
            "create" => Self::Create { kind: get("elementType").unwrap_or_default().to_owned(), body: element() },
            operation @ ("update" | "revise") => {
                let element = element();
                let id = element["id"].as_str().unwrap_or_default().to_owned();
                if id.is_empty() {
                    return Self::Other;
                }
                let names = element.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
                let fields = (operation == "revise").then_some(names);
                Self::Change { kind: id.clone(), id, fields, body: element, looked: 0 }
            }
            "delete" => Self::Remove { id: get("id").unwrap_or_default().to_owned() },
            _ => Self::Other,
        }
    }
}
