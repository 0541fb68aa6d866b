//! Organisations that the credentials reach (fact sheet §7.6).

use serde::Deserialize;

/// An organisation as the list of version 1 shows it, which also answers without a Pro subscription.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Organization {
    /// *Firma ID*.
    pub id: Option<u64>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether the API may be used.
    #[serde(default)]
    pub is_pro: Option<bool>,
}
