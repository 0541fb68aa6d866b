//! What new sales vouchers begin with (fact sheet §6.7).

use serde_json::{Value, json};

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
