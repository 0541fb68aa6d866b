//! The address of an installation's API.

use std::fmt;
use std::str::FromStr;

use api_transport::{BaseUrl, BaseUrlError};

/// `<installation>/webservice.php`, found from whatever address of the installation a person has at hand.
///
/// ```
/// use simplycrm_client::Endpoint;
/// let endpoint: Endpoint = "https://firma.simply-crm.dk/index.php?module=Home&view=DashBoard".parse()?;
/// assert_eq!(endpoint.as_str(), "https://firma.simply-crm.dk/webservice.php");
/// # Ok::<(), api_transport::BaseUrlError>(())
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

impl FromStr for Endpoint {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let text = text.trim();
        let base = if text.contains("://") { BaseUrl::parse(text) } else { BaseUrl::parse(&format!("https://{text}")) };
        Ok(Self(base?.join(["webservice.php"]).into()))
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
            assert!(bad.parse::<Endpoint>().unwrap_err().is_insecure(), "{bad}");
        }
        for bad in ["", "ftp://x", "https://", "not an address"] {
            assert!(!bad.parse::<Endpoint>().unwrap_err().is_insecure(), "{bad}");
        }
    }
}
