//! URLs that may be shown: what stands for a credential is masked.

use url::Url;

/// Query keys whose values open something (vtiger puts its session into the URL).
const SECRET: [&str; 8] =
    ["sessionname", "accesskey", "token", "access_token", "refresh_token", "code", "client_secret", "password"];

/// `url` with the values of secret query keys and any credentials masked.
///
/// ```
/// let url = url::Url::parse("https://crm.example/webservice.php?operation=query&sessionName=abc").unwrap();
/// assert_eq!(
///     api_transport::redacted(&url),
///     "https://crm.example/webservice.php?operation=query&sessionName=***"
/// );
/// ```
#[must_use]
pub fn redacted(url: &Url) -> String {
    let mut shown = url.clone();
    let cleared = shown.set_username("").and(shown.set_password(None));
    if cleared.is_err() || url.query().is_none() {
        return shown.to_string();
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(key, value)| {
            let secret = SECRET.contains(&key.to_lowercase().as_str());
            (key.into_owned(), if secret { "***".to_owned() } else { value.into_owned() })
        })
        .collect();
    shown.query_pairs_mut().clear().extend_pairs(pairs);
    shown.to_string()
}
