//! Where an API is: what a user pasted, reduced to scheme, host and path prefix.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// The address of an API. It is `https://`, or `http://` to this very machine.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is no usable address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// Not an address at all.
    #[error("`{0}` is not an address such as https://firma.example")]
    Invalid(String),
    /// Unencrypted, to another machine.
    #[error("`{0}` is not encrypted; use https:// (http:// is accepted only for this machine)")]
    Insecure(String),
}

impl BaseUrlError {
    /// Whether encryption is what is missing.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        match self {
            Self::Insecure(_) => true,
            Self::Invalid(_) => false,
        }
    }
}

impl BaseUrl {
    /// Understands what a user pasted. Query, fragment, credentials and a trailing file name are dropped.
    ///
    /// # Errors
    /// When it is no address, or an unencrypted one to another machine.
    pub fn parse(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        let invalid = || BaseUrlError::Invalid(text.to_owned());
        let mut url = Url::parse(text).map_err(|_| invalid())?;
        let host = url.host().ok_or_else(invalid)?.to_owned();
        match url.scheme() {
            "https" => {}
            "http" if is_this_machine(&host) => {}
            "http" => return Err(BaseUrlError::Insecure(text.to_owned())),
            _ => return Err(invalid()),
        }
        url.set_query(None);
        url.set_fragment(None);
        if url.set_username("").is_err() || url.set_password(None).is_err() {
            return Err(invalid());
        }
        let kept = match url.path().rsplit_once('/') {
            Some((folder, file)) if file.contains('.') => folder.to_owned(),
            Some(_) | None => url.path().trim_end_matches('/').to_owned(),
        };
        url.set_path(&kept);
        Ok(Self(url))
    }

    /// This address with `segments` behind its path. Each segment is encoded.
    #[must_use]
    pub fn join<S: AsRef<str>>(&self, segments: impl IntoIterator<Item = S>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// The address as a URL.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// The host's name.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(crate) fn is_this_machine<S: AsRef<str>>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(name) => name.as_ref() == "localhost" || name.as_ref().ends_with(".localhost"),
        Host::Ipv4(address) => IpAddr::from(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn understands_what_users_paste() {
        let cases = [
            ("https://firma.simply-crm.dk", Some("https://firma.simply-crm.dk")),
            ("  https://firma.simply-crm.dk/  ", Some("https://firma.simply-crm.dk")),
            ("https://firma.simply-crm.dk/index.php?module=Home", Some("https://firma.simply-crm.dk")),
            ("https://example.dk/crm/", Some("https://example.dk/crm")),
            ("https://anna:secret@example.dk/crm/webservice.php", Some("https://example.dk/crm")),
            ("http://localhost:8080", Some("http://localhost:8080")),
            ("http://[::1]:9", Some("http://[::1]:9")),
            ("http://127.9.9.9", Some("http://127.9.9.9")),
            ("http://10.0.0.1", None),
            ("http://localhost.example.dk", None),
            ("ftp://example.dk", None),
            ("firma.simply-crm.dk", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let parsed = BaseUrl::parse(text).ok().map(|url| url.to_string());
            assert_eq!(parsed.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn segments_are_encoded() {
        let base = BaseUrl::parse("https://example.dk/crm").unwrap();
        assert_eq!(base.join(["v1", "a/b"]).as_str(), "https://example.dk/crm/v1/a%2Fb");
    }
}
