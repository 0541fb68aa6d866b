//! Where a request comes from. A proxy is believed only when it is one of ours.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::request::Parts;

use crate::server::Server;

/// The address of the client: the peer's, or what a trusted proxy says of it.
pub(crate) fn client_address(server: &Server, parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0.ip().to_canonical());
    let trusted = |address: IpAddr| server.manners().proxies.iter().any(|net| net.contains(&address));
    if !trusted(peer) {
        return peer;
    }
    let named = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let chain: Vec<IpAddr> = named.flat_map(|value| value.split(',')).filter_map(|it| it.trim().parse().ok()).collect();
    // From the near end: the first that is no proxy of ours is the last whose word anybody vouches for.
    chain.into_iter().rev().find(|address| !trusted(*address)).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::server::Manners;

    #[tokio::test]
    async fn only_a_trusted_proxy_is_believed() {
        let proxies = vec!["10.0.0.0/8".parse().unwrap()];
        let server = crate::testing::server(Manners { proxies, ..Manners::default() }).await;
        let cases = [
            ("203.0.113.9", None, "203.0.113.9"),
            ("203.0.113.9", Some("198.51.100.1"), "203.0.113.9"),
            ("10.0.0.1", None, "10.0.0.1"),
            ("10.0.0.1", Some("198.51.100.1"), "198.51.100.1"),
            ("10.0.0.1", Some("1.2.3.4, 198.51.100.1"), "198.51.100.1"),
            ("10.0.0.1", Some("198.51.100.1, 10.0.0.2"), "198.51.100.1"),
            ("10.0.0.1", Some("nonsense"), "10.0.0.1"),
        ];
        for (peer, forwarded, expected) in cases {
            let mut request = Request::new(());
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4000)));
            if let Some(forwarded) = forwarded {
                request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
            }
            let (parts, ()) = request.into_parts();
            assert_eq!(client_address(&server, &parts).to_string(), expected, "{peer} {forwarded:?}");
        }
    }
}
