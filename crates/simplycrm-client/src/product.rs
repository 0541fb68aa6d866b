//! What must go along whenever a product or a service is written (fact sheet §8, the warning below Products).

use crate::element::Element;
use crate::record::{FieldError, Record};
use crate::value::FieldValue;

/// The price, the currency, the taxes and the prices in other currencies of `fresh`, unless `changes` sets them. A
/// changed price also becomes the price in the product's own currency, which is the same thing said twice.
pub(crate) fn kept_prices(fresh: &Record, changes: &Element) -> Result<Element, FieldError> {
    let mut kept = Element::new().value("unit_price", fresh.present("unit_price")?.clone());
    let mut own_currency = None;
    if let Some(currency) = fresh.get("currency_id").filter(|currency| !currency.is_blank()) {
        kept = kept.value("currency_id", currency.clone());
        own_currency = fresh.reference("currency_id")?.map(|id| format!("currency{}", id.number()));
    }
    let new_price = changes.get("unit_price").cloned();
    for (name, value) in fresh.iter() {
        let value = match (&new_price, &own_currency) {
            (Some(price), Some(own)) if name == own => price.clone(),
            _ => value.clone(),
        };
        if is_numbered(name, "tax") && value != FieldValue::Null || is_numbered(name, "currency") {
            kept = kept.value(name, value);
        }
    }
    Ok(kept)
}

/// `tax1`, `currency21`: a word and a number.
pub(crate) fn is_numbered(name: &str, word: &str) -> bool {
    name.strip_prefix(word).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taxes_and_prices_go_along_and_a_new_price_is_the_price_in_its_own_currency() {
        let fresh: Record = serde_json::from_str(
            r#"{"productname":"Vare","unit_price":"100.00000000","qtyinstock":"7.000","taxclass":"",
                "tax1":"25.000","tax3":null,"currency1":100,"currency4":13.4,"currency_id":"21x1"}"#,
        )
        .unwrap();
        let table = [
            (
                Element::new().text("productname", "Ny"),
                r#"{"unit_price":"100.00000000","currency_id":"21x1","tax1":"25.000","currency1":100,"currency4":13.4}"#,
            ),
            (
                Element::new().text("unit_price", "120.5"),
                r#"{"unit_price":"100.00000000","currency_id":"21x1","tax1":"25.000","currency1":"120.5","currency4":13.4}"#,
            ),
        ];
        for (changes, kept) in table {
            assert_eq!(kept_prices(&fresh, &changes).unwrap().to_json(), kept);
        }
    }

    #[test]
    fn a_price_that_cannot_be_seen_is_not_overwritten() {
        let fresh: Record = serde_json::from_str(r#"{"productname":"Vare"}"#).unwrap();
        assert!(kept_prices(&fresh, &Element::new()).unwrap_err().is_absent());
    }
}
