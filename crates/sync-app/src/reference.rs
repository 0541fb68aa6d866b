//! How a person names a module and a record on the command line.

use std::fmt;

use sync_model::{Module, RecordKey, Side};

use crate::AppError;

/// A module of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleName(pub(crate) Module);

impl ModuleName {
    /// The module called `text`, if it is one of `taking_part`.
    ///
    /// # Errors
    /// [`AppError::NoSuchModule`].
    pub fn parse(text: &str, taking_part: &[String]) -> Result<Self, AppError> {
        if taking_part.iter().any(|module| module == text) {
            Ok(Self(Module::new(text)))
        } else {
            Err(AppError::NoSuchModule(text.to_owned()))
        }
    }
}

/// A record, named as `Accounts/11x57` (Simply CRM's) or `contact/<guid>` (Dinero's).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordReference {
    /// Whose record it is.
    pub side: Side,
    /// Its kind and id.
    pub key: RecordKey,
}

impl RecordReference {
    /// Understands `MODULE/ID`.
    ///
    /// # Errors
    /// [`AppError::NoSuchReference`].
    ///
    /// ```
    /// # use sync_app::RecordReference;
    /// assert_eq!(RecordReference::parse("Accounts/11x57").unwrap().to_string(), "Accounts/11x57");
    /// assert!(RecordReference::parse("Accounts/57").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, AppError> {
        let wrong = || AppError::NoSuchReference(text.to_owned());
        let (kind, id) = text.split_once('/').ok_or_else(wrong)?;
        let (side, fits) = match kind {
            "Accounts" | "Contacts" | "Products" | "Services" | "Invoice" => (Side::Right, is_crm_id(id)),
            "contact" | "product" | "invoice" | "credit-note" => (Side::Left, uuid::Uuid::parse_str(id).is_ok()),
            _ => return Err(wrong()),
        };
        if fits { Ok(Self { side, key: RecordKey::new(kind, id) }) } else { Err(wrong()) }
    }

    /// The module that this record belongs to, as far as its kind tells.
    #[must_use]
    pub fn module(&self) -> Option<&'static str> {
        match self.key.kind.as_str() {
            "Accounts" => Some("organisations"),
            "Contacts" => Some("contacts"),
            "Products" | "Services" | "product" => Some("products"),
            "Invoice" | "invoice" | "credit-note" => Some("invoices"),
            _ => None,
        }
    }
}

impl fmt::Display for RecordReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)
    }
}

/// `<prefix>x<number>`, as Simply CRM writes ids.
fn is_crm_id(text: &str) -> bool {
    text.split_once('x').is_some_and(|(prefix, number)| {
        [prefix, number].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}
