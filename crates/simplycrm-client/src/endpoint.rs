//! The address of an installation's API.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// `<installation>/webservice.php`, found from whatever address of the installation a person has at hand.
///
/// ```
/// use simplycrm_client::Endpoint;
/// let endpoint: Endpoint = "https://firma.simply-crm.dk/index.php?module=Home&view=DashBoard".parse()?;
/// assert_eq!(endpoint.as_str(), "https://firma.simply-crm.dk/webservice.php");
/// # Ok::<(), simplycrm_client::InvalidEndpoint>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Endpoint(String);

impl Endpoint {
    /// The address that requests go to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text that is not the address of an installation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidEndpoint {
    /// Not an address of the web at all.
    #[error("this is not a web address such as https://firma.simply-crm.dk")]
    NotAnAddress,
    /// Everything, session and access key included, would travel readable.
    #[error("the address must begin with https://; http:// is accepted for this machine only")]
    NotEncrypted,
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        let text = text.trim();
        let with_scheme = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&with_scheme).map_err(|_| InvalidEndpoint::NotAnAddress)?;
        let loopback = match url.host().ok_or(InvalidEndpoint::NotAnAddress)? {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(InvalidEndpoint::NotEncrypted),
            _ => return Err(InvalidEndpoint::NotAnAddress),
        }
        url.set_query(None);
        url.set_fragment(None);
        url.set_username("").map_err(|()| InvalidEndpoint::NotAnAddress)?;
        url.set_password(None).map_err(|()| InvalidEndpoint::NotAnAddress)?;
        let path = url.path();
        let folder = match path.rsplit_once('/') {
            Some((folder, page)) if page.ends_with(".php") => folder,
            _ => path.trim_end_matches('/'),
        };
        url.set_path(&format!("{folder}/webservice.php"));
        Ok(Self(url.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_address_of_an_installation_will_do() {
        let table = [
            ("https://firma.simply-crm.dk", "https://firma.simply-crm.dk/webservice.php"),
            (" firma.simply-crm.dk/ ", "https://firma.simply-crm.dk/webservice.php"),
            ("https://a:b@firma.simply-crm.dk/crm/index.php?x=1#y", "https://firma.simply-crm.dk/crm/webservice.php"),
            ("https://firma.simply-crm.dk/crm/webservice.php", "https://firma.simply-crm.dk/crm/webservice.php"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/webservice.php"),
            ("http://localhost/vt/", "http://localhost/vt/webservice.php"),
        ];
        for (given, wanted) in table {
            assert_eq!(given.parse::<Endpoint>().unwrap().as_str(), wanted, "{given}");
        }
    }

    #[test]
    fn secrets_travel_encrypted() {
        for bad in ["http://firma.simply-crm.dk", "http://10.0.0.1"] {
            assert_eq!(bad.parse::<Endpoint>(), Err(InvalidEndpoint::NotEncrypted), "{bad}");
        }
        for bad in ["", "ftp://x", "https://", "not an address"] {
            assert_eq!(bad.parse::<Endpoint>(), Err(InvalidEndpoint::NotAnAddress), "{bad}");
        }
    }
}
