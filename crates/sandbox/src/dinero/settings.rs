//! What new sales vouchers begin with, their one design, and the organisation in full (fact sheet §6.1, §6.4, §6.7).

use serde_json::{Value, json};

use super::Dinero;

/// Days within which an invoice has to be paid when nobody says otherwise.
pub(super) const DAYS: i64 = 8;
/// The creditor's part of a payment line.
pub(super) const FIK_CREDITOR: &str = "88776655";

pub(super) fn sales() -> Value {
    json!({
        "LinesInclVat": false,
        "FikCode": FIK_CREDITOR,
        "UseFikCode": true,
        "DefaultAccountNumber": 1000,
        "InvoiceTemplateId": null,
        "AddVoucherAsPdfAttachment": true,
        "ReminderFee": 100,
        "ReminderInterestRate": 0,
        "TrustPilotEmail": null,
        "PaymentConditionNumberOfDays": DAYS,
        "PaymentConditionType": "Netto",
    })
}

/// The one design of a new organisation.
pub(super) const TEMPLATE: &str = "0e2218cf-2209-4a99-926b-e096382f8ef3";

pub(super) fn templates() -> Value {
    json!([{
        "Id": TEMPLATE,
        "Name": "Standard",
        "IsDefault": true,
        "Theme": "Standard",
        "PrimaryColor": "#000000",
        "SecondaryColor": "#ffffff",
        "AddressPlacement": "Right",
        "Font": null,
        "LogoType": "Letters",
        "LogoText": null,
        "LogoFileGuid": null,
        "MaxImageWidthMm": 60,
        "ShowCompanyInfo": true,
        "ShowPaymentConditions": true,
        "ShowLogo": false,
        "ShowLineQuantity": true,
        "ShowLineUnit": true,
        "ImageFileUploadGuid": null,
        "ImageTextColor": null,
    }])
}

impl Dinero {
    pub(super) fn organization_in_full(&self) -> Value {
        json!({
            "Name": self.name,
            "Id": self.organization,
            "CompanyTypeKey": "PrivateLimitedCompany",
            "IsVatFree": self.is_vat_free,
            "Email": "regnskab@proevefirma.dk",
            "Phone": null,
            "Street": null,
            "City": null,
            "ZipCode": null,
            "AttPerson": null,
            "IsTaxFreeUnion": false,
            "VatNumber": null,
            "CountryKey": "DK",
            "Website": null,
            "RoleKey": null,
            "Subscription": {
                "HasPro": self.is_pro,
                "HasPayingPro": self.is_pro,
                "HasStarterPlus": false,
                "HasTotal": false,
                "HasYfs": false,
            },
        })
    }
}
