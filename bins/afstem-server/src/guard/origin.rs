//! Requests that change something come from our own pages, and every request means this server.
//!
//! The first keeps other sites from sending forms with our cookie; the second keeps a name that was pointed at this
//! machine from reading our pages through the visitor's browser.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method};
use url::{Host, Url};

use crate::fault::Fault;
use crate::server::Server;

pub(crate) async fn own_origin(State(server): State<Server>, request: Request, next: Next) -> Response {
    let host = host_of(&request);
    if !host.as_deref().is_some_and(|host| means_us(&server, host)) {
        return Fault::WrongHost.into_response();
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && !comes_from_us(request.headers(), host.as_deref().unwrap_or_default()) {
        return Fault::Forged.into_response();
    }
    next.run(request).await
}

/// The host that was asked for: HTTP/2 says it in the address.
fn host_of(request: &Request) -> Option<String> {
    match request.headers().get(HOST) {
        Some(host) => host.to_str().ok().map(str::to_owned),
        None => request.uri().authority().map(ToString::to_string),
    }
}

/// An address, this machine's own name, or the name we are known under.
fn means_us(server: &Server, host: &str) -> bool {
    let Ok(asked) = Url::parse(&format!("http://{host}/")) else { return false };
    let public = server.manners().public_url.as_ref().and_then(Url::host_str);
    match asked.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => name == "localhost" || public == Some(name),
        None => false,
    }
}

/// Browsers say where a form comes from; what is no browser has no cookie to misuse.
fn comes_from_us(headers: &HeaderMap, host: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin = text(ORIGIN.as_str()).is_none_or(|origin| {
        let named = Url::parse(origin).ok().and_then(|url| url.host_str().map(|name| (name.to_owned(), url.port())));
        let ours = Url::parse(&format!("http://{host}/")).ok();
        let ours = ours.and_then(|url| url.host_str().map(|name| (name.to_owned(), url.port())));
        named.is_some() && named == ours
    });
    site && origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_send_forms() {
        let cases: [(&[(&str, &str)], bool); 9] = [
            (&[], true),
            (&[("origin", "http://127.0.0.1:8470")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:8470")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "http://127.0.0.1:9999")], false),
            (&[("origin", "null")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], false),
        ];
        for (headers, expected) in cases {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(http::HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
            }
            assert_eq!(comes_from_us(&map, "127.0.0.1:8470"), expected, "{headers:?}");
        }
    }
}
