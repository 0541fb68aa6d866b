//! The golden table against what vtiger 7.3 and 8.4 really made of invoices: the recorded exchanges.

use invoicing::{CrmInvoice, CrmLine, Discount, TaxMode};
use rust_decimal::Decimal;
use serde_json::Value;
use sync_model::RecordKey;

use crate::golden::{self, CrmCase};

const RECORDINGS: [(&str, &str); 4] = [
    ("invoice 7.3", include_str!("../wire/invoice.v730.json")),
    ("invoice-more 7.3", include_str!("../wire/invoice-more.v730.json")),
    ("invoice 8.4", include_str!("../wire/invoice.v840.json")),
    ("invoice-more 8.4", include_str!("../wire/invoice-more.v840.json")),
];

/// Saves that say nothing of how lines are counted.
const BESIDE: [&str; 5] = [
    // No list, or none that the server takes for one.
    "create with LineItems as JSON string",
    "update with LineItems empty list",
    // The price comes from the product.
    "create, line without listprice",
    // 7.3 keeps a line of nothing.
    "create, a line with a bad product id",
    "create, a line with malformed product id",
];

/// An invoice that was saved, and what the server made of it: subtotal, before tax, in total.
struct Saved {
    name: String,
    invoice: CrmInvoice,
    counted: [Decimal; 3],
}

fn number(of: &Value, name: &str) -> Decimal {
    let text = match &of[name] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    if text.is_empty() {
        Decimal::ZERO
    } else {
        text.parse().unwrap_or_else(|_| panic!("{name} {text:?} is no number"))
    }
}

fn saves() -> Vec<Saved> {
    let recordings = RECORDINGS.iter().map(|(name, text)| (name, serde_json::from_str::<Value>(text).expect("JSON")));
    let mut saves = Vec::new();
    for (file, recording) in recordings {
        for exchange in recording["exchanges"].as_array().expect("exchanges") {
            let name = exchange["name"].as_str().expect("a name");
            let element = exchange["request"]["form"]["element"].as_str().unwrap_or("{}");
            let element: Value = serde_json::from_str(element).expect("JSON");
            let body = &exchange["response"]["body"];
            let result =
                [&body["result"], &body["result (part)"]].into_iter().find(|it| !it["hdnGrandTotal"].is_null());
            let (Some(sent), Some(result)) = (element["LineItems"].as_array(), result) else { continue };
            if BESIDE.contains(&name) {
                continue;
            }
            saves.push(Saved {
                name: format!("{file}: {name}"),
                invoice: invoice(&element, sent, result),
                counted: ["hdnSubTotal", "pre_tax_total", "hdnGrandTotal"].map(|field| number(result, field)),
            });
        }
    }
    saves
}

/// The invoice that was sent, with the tax mode that stood afterwards.
fn invoice(element: &Value, sent: &[Value], result: &Value) -> CrmInvoice {
    // A mode that was not sent is lost on 8.4, and counts as a group then.
    let individual = result["hdnTaxType"] == "individual";
    let line = |(at, line): (usize, &Value)| CrmLine {
        product: Some(RecordKey::new("Products", format!("14x{}", at + 1).as_str())),
        name: format!("Vare {}", at + 1),
        comment: String::new(),
        quantity: number(line, "quantity"),
        price: number(line, "listprice"),
        discount: Discount::given(number(line, "discount_amount"), number(line, "discount_percent")),
        // A line's own tax counts only where the product carries it, and the recorded ones carry none.
        tax: if individual { Decimal::ZERO } else { number(line, "tax1") },
    };
    CrmInvoice {
        tax_mode: if individual { TaxMode::Individual } else { TaxMode::Group },
        lines: sent.iter().enumerate().map(line).collect(),
        discount: Discount::given(number(element, "hdnDiscountAmount"), number(element, "hdnDiscountPercent")),
        charges: number(element, "hdnS_H_Amount"),
        charges_tax: Decimal::ZERO,
        adjustment: number(element, "txtAdjustment"),
        deducted: Decimal::ZERO,
        zone: None,
    }
}

#[test]
fn p36_we_count_every_recorded_invoice_as_the_server_did() {
    let saves = saves();
    assert!(saves.len() >= 16, "{} recorded saves", saves.len());
    for saved in saves {
        let totals = saved.invoice.totals();
        assert_eq!([totals.sub_total, totals.pre_tax, totals.grand], saved.counted, "{}", saved.name);
    }
}

#[test]
fn the_table_says_of_recorded_invoices_what_both_servers_made_of_them() {
    let saves = saves();
    let table: Vec<CrmCase> = golden::table().crm;
    for version in ["7.3", "8.4"] {
        let mut found: Vec<&str> = Vec::new();
        for case in &table {
            let of_version = saves.iter().filter(|saved| saved.name.contains(version));
            let recorded: Vec<&Saved> = of_version.filter(|saved| saved.invoice == case.invoice()).collect();
            for saved in &recorded {
                assert_eq!(
                    saved.counted,
                    [case.sub_total, case.pre_tax, case.grand],
                    "{} and {}",
                    saved.name,
                    case.name
                );
            }
            if !recorded.is_empty() {
                found.push(&case.name);
            }
        }
        for wanted in [
            "the recorded invoice: two lines, group tax",
            "the recorded invoice with overall discount, adjustment and charges",
            "the recorded replaced line",
            "the recorded negative invoice",
            "individual tax of products without one",
        ] {
            assert!(found.contains(&wanted), "{wanted} was not recorded of {version}; these were: {found:#?}");
        }
    }
}
