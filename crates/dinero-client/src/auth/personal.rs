//! The password grant of a personal integration (fact sheet §1.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Request, header};
use secrecy::SecretString;
use url::Url;

use super::{exposed, form};

/// The request for a token. The API key stands in both user name and password.
pub(super) fn request(
    url: &Url,
    client_id: &str,
    client_secret: &SecretString,
    api_key: &SecretString,
) -> Request<Bytes> {
    let key = exposed(api_key);
    let fields = [("grant_type", "password"), ("scope", "read write"), ("username", key), ("password", key)];
    let mut request = form(url, &fields);
    let basic = STANDARD.encode(format!("{client_id}:{}", exposed(client_secret)));
    if let Ok(mut value) = HeaderValue::from_str(&format!("Basic {basic}")) {
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    request
}
