//! The parts of an organisation that only answer: accounts, VAT, sales settings (fact sheet §6.6, §6.7).

use serde_json::{Value, json};

pub(super) fn sales() -> Value {
    json!({
        "LinesInclVat": false,
        "FikCode": "88776655",
        "UseFikCode": true,
        "DefaultAccountNumber": 1000,
        "InvoiceTemplateId": null,
        "AddVoucherAsPdfAttachment": true,
        "ReminderFee": 100,
        "ReminderInterestRate": 0,
        "TrustPilotEmail": null,
        "PaymentConditionNumberOfDays": 8,
        "PaymentConditionType": "Netto",
    })
}

pub(super) fn entry_accounts() -> Value {
    json!([
        { "AccountNumber": 1000, "Name": "Salg af varer/ydelser m/moms", "VatCode": "U25", "Category": "Turnover",
          "IsHidden": false, "IsDefaultSalesAccount": true },
        { "AccountNumber": 1100, "Name": "Salg af varer/ydelser u/moms", "VatCode": null, "Category": "Turnover",
          "IsHidden": false, "IsDefaultSalesAccount": false },
    ])
}

pub(super) fn vat_types() -> Value {
    json!([
        { "VatCode": "U25", "Name": "Salgsmoms 25%", "VatRate": 0.25 },
        { "VatCode": "I25", "Name": "Købsmoms 25%", "VatRate": 0.25 },
    ])
}
