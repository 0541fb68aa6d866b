//! Products as records, and back.

use dinero_client::model::{Product, ProductWrite};
use rust_decimal::Decimal;
use sync_model::{Fields, Kind, Lock, Mark, Presence, Record, RecordId, RecordKey};

use crate::kind::{PRODUCT, known, known_number, known_text, mark, number, revision, text, whole};

/// A product as it was seen; `partial` when a list showed a part of it.
pub(crate) fn seen(product: &Product, partial: bool) -> Presence {
    let key = RecordKey::new(PRODUCT, product.product_guid.to_string().as_str());
    if product.deleted_at.is_some() {
        return Presence::Deleted(key);
    }
    let account = product.account_number.map(|number| number.map(Decimal::from));
    let fields = known([
        ("ProductNumber", known_text(&product.product_number)),
        ("Name", known_text(&product.name)),
        ("Unit", known_text(&product.unit)),
        ("ExternalReference", known_text(&product.external_reference)),
        ("Comment", known_text(&product.comment)),
        ("BaseAmountValue", known_number(product.base_amount_value)),
        ("Quantity", known_number(product.quantity)),
        ("AccountNumber", known_number(account)),
    ]);
    Presence::Present(Record {
        kind: Kind::new(PRODUCT),
        id: RecordId::new(product.product_guid.to_string()),
        fields,
        partial,
        revision: revision(product.updated_at.as_ref(), product.created_at.as_ref()),
        changed_at: product.updated_at.as_ref().map(|time| time.at),
        mark: mark(&product.external_reference),
        lock: Lock::Open,
    })
}

/// The whole product as it is written.
pub(crate) fn body(fields: &Fields, sign: Option<&Mark>) -> ProductWrite {
    ProductWrite {
        product_number: text(fields, "ProductNumber"),
        name: text(fields, "Name"),
        base_amount_value: number(fields, "BaseAmountValue").unwrap_or_default(),
        quantity: number(fields, "Quantity").unwrap_or(Decimal::ONE),
        account_number: whole(fields, "AccountNumber").unwrap_or_default(),
        unit: text(fields, "Unit").unwrap_or_default(),
        external_reference: text(fields, "ExternalReference").or_else(|| sign.map(|mark| mark.to_string())),
        comment: text(fields, "Comment"),
    }
}
