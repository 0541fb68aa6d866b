//! Organisations that the credentials reach (fact sheet §7.6).

use serde::Deserialize;

use crate::OrganizationId;

/// An organisation as the list of version 1 shows it, which also answers without a Pro subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Organization {
    /// *Firma ID*.
    pub id: Option<u64>,
    pub name: Option<String>,
    #[serde(rename = "Type")]
    pub kind: Option<String>,
    /// Whether the API may be used.
    pub is_pro: Option<bool>,
    pub is_paying_pro: Option<bool>,
    pub is_vat_free: Option<bool>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub zip_code: Option<String>,
    pub att_person: Option<String>,
    pub is_tax_free_union: Option<bool>,
    pub vat_number: Option<String>,
    pub country_key: Option<String>,
    pub website: Option<String>,
}

/// An organisation in full.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct OrganizationDetails {
    pub id: OrganizationId,
    pub name: Option<String>,
    pub company_type_key: Option<String>,
    pub is_vat_free: bool,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub zip_code: Option<String>,
    pub att_person: Option<String>,
    pub is_tax_free_union: bool,
    /// With the country's letters in front, such as `DK12345678`.
    pub vat_number: Option<String>,
    pub country_key: Option<String>,
    pub website: Option<String>,
    pub role_key: Option<String>,
    pub subscription: Subscription,
}

/// What the organisation pays for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct Subscription {
    /// Whether the API may be used.
    pub has_pro: bool,
    pub has_paying_pro: bool,
    pub has_starter_plus: bool,
    pub has_total: bool,
    pub has_yfs: bool,
}
