//! Designs of vouchers, made in Dinero's own pages (fact sheet §6.4).

use serde::Deserialize;

use super::vocabulary::{AddressPlacement, InvoiceTheme, LogoType};
use crate::{FileGuid, TemplateId};

/// A design.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the API's own field names")]
pub struct InvoiceTemplate {
    pub id: TemplateId,
    pub name: Option<String>,
    pub is_default: bool,
    pub theme: InvoiceTheme,
    pub primary_color: Option<String>,
    pub secondary_color: Option<String>,
    pub address_placement: AddressPlacement,
    pub font: Option<String>,
    pub logo_type: LogoType,
    pub logo_text: Option<String>,
    pub logo_file_guid: Option<FileGuid>,
    pub max_image_width_mm: i32,
    pub show_company_info: bool,
    pub show_payment_conditions: bool,
    pub show_logo: bool,
    pub show_line_quantity: bool,
    pub show_line_unit: bool,
    pub image_file_upload_guid: Option<FileGuid>,
    pub image_text_color: Option<String>,
}
