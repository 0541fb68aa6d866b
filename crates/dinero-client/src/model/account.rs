//! Settings for sales (fact sheet §7.3).

use serde::Deserialize;

/// What new sales vouchers begin with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SalesSettings {
    /// The account of new lines.
    pub default_account_number: i64,
}
