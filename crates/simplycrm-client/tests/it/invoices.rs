//! Invoices as the recorded servers give them.

use rust_decimal::dec;
use simplycrm_client::{Discount, Element, Invoice, InvoiceChanges, LineItem, Record, TaxMode, UnsayableLine};

use crate::wire::recordings;

pub(crate) fn recorded(file: &str, exchange: &str) -> Record {
    let (_, recording) = recordings().into_iter().find(|(name, _)| name == file).unwrap();
    let exchanges = recording["exchanges"].as_array().unwrap();
    let exchange = exchanges.iter().find(|each| each["name"] == exchange).unwrap();
    serde_json::from_value(exchange["response"]["body"]["result"].clone()).unwrap()
}

fn both() -> impl Iterator<Item = Invoice> {
    ["invoice.v730.json", "invoice.v840.json"].into_iter().map(|file| recorded(file, "retrieve").try_into().unwrap())
}

#[test]
fn an_invoice_reads_with_its_lines_and_totals() {
    for invoice in both() {
        assert_eq!(invoice.tax_mode().unwrap(), Some(TaxMode::Group));
        assert_eq!(invoice.discount().unwrap(), None);
        assert_eq!(invoice.currency().unwrap(), Some("21x1".parse().unwrap()));
        assert_eq!(invoice.group_taxes()[0], ("tax1".to_owned(), dec!(25)));
        let totals = invoice.totals().unwrap();
        assert_eq!((totals.sub_total, totals.grand_total), (dec!(1405.75), dec!(1757.1875)));
        assert_eq!((totals.balance, totals.received, totals.adjustment), (dec!(1757.1875), dec!(0), dec!(0)));
        let [first, second] = invoice.lines() else { panic!("two lines") };
        assert_eq!(first.product().unwrap(), Some("14x4".parse().unwrap()));
        assert_eq!(first.product_name().as_deref(), Some("Vare 1"));
        assert_eq!(first.comment().as_deref(), Some("linje 1 æøå"));
        assert_eq!((first.quantity().unwrap(), first.list_price().unwrap()), (dec!(2), dec!(100)));
        assert_eq!(first.discount().unwrap(), Some(Discount::Percent(dec!(10))));
        assert_eq!(first.taxes().unwrap(), [("tax1".to_owned(), dec!(25))]);
        assert_eq!(second.discount().unwrap(), Some(Discount::Amount(dec!(50))));
        assert_eq!(second.product_module().as_deref(), Some("Services"));
        let net: rust_decimal::Decimal = invoice
            .lines()
            .iter()
            .map(|line| {
                let gross = line.quantity().unwrap() * line.list_price().unwrap();
                match line.discount().unwrap() {
                    Some(Discount::Percent(percent)) => gross - gross * percent / dec!(100),
                    Some(Discount::Amount(amount)) => gross - amount,
                    None => gross,
                }
            })
            .sum();
        assert_eq!(net, totals.sub_total, "our reading of the lines adds up to the server's own sum");
    }
}

#[test]
fn an_invoice_is_said_again_in_full() {
    for invoice in both() {
        let changes = InvoiceChanges { header: Element::new().text("customerno", "K-77"), lines: None };
        let element = invoice.rebuilt(&changes).unwrap();
        let text = |field: &str| element.get(field).map(|value| serde_json::to_value(value).unwrap());
        for kept in ["hdnTaxType", "hdnS_H_Amount", "currency_id", "conversion_rate", "account_id", "received"] {
            assert_eq!(
                text(kept),
                invoice.header().get(kept).map(|value| serde_json::to_value(value).unwrap()),
                "{kept}"
            );
        }
        assert_eq!(text("customerno"), Some("K-77".into()));
        assert_eq!(text("productid"), Some("14x4".into()));
        for computed in ["hdnGrandTotal", "balance", "LineItems_FinalDetails", "label", "modifiedtime"] {
            assert_eq!(text(computed), None, "{computed}");
        }
        let lines = text("LineItems").unwrap();
        assert_eq!(lines[0]["discount_percent"], "10.000");
        assert_eq!(lines[0]["tax2"], "0.000", "a tax that is 0 is said, or the server takes the product's");
        assert_eq!(lines[1]["discount_amount"], "50.00000000");
        assert_eq!(lines[1]["comment"], "linje 2");
        for once in ["id", "parent_id", "sequence_no", "product_name", "deleted"] {
            assert!(lines[0].get(once).is_none(), "{once}");
        }
        assert!(lines[0].get("discount_amount").is_none() && lines[1].get("discount_percent").is_none());
    }
}

#[test]
fn lines_can_be_replaced() {
    let invoice = both().next().unwrap();
    let line = LineItem::new("26x5".parse().unwrap(), dec!(3), dec!(500)).tax("tax1", dec!(25)).comment("ny");
    let changes = InvoiceChanges { header: Element::new(), lines: Some(vec![line]) };
    let json: serde_json::Value = serde_json::from_str(&invoice.rebuilt(&changes).unwrap().to_json()).unwrap();
    assert_eq!(json["productid"], "26x5");
    assert_eq!(
        json["LineItems"],
        serde_json::json!([{"productid":"26x5","quantity":"3","listprice":"500","tax1":"25","comment":"ny"}])
    );
}

#[test]
fn lines_that_cannot_be_said_are_not_lost() {
    let one = |product: &str| -> Invoice {
        let line = format!(r#"{{"productid":"{product}","quantity":"1.000","listprice":"1.00"}}"#);
        let record: Record = serde_json::from_str(&format!(r#"{{"id":"7x1","LineItems":[{line}]}}"#)).unwrap();
        record.try_into().unwrap()
    };
    let nothing = InvoiceChanges::default();
    assert!(one("14x4").rebuilt(&nothing).is_ok());
    assert_eq!(one("").rebuilt(&nothing), Err(UnsayableLine::ProductDeleted(1)));
    let none = InvoiceChanges { lines: Some(Vec::new()), ..InvoiceChanges::default() };
    assert_eq!(one("14x4").rebuilt(&none), Err(UnsayableLine::NoLines));
}

#[test]
fn a_row_of_a_query_is_not_an_invoice_without_lines() {
    let row: Record = serde_json::from_str(r#"{"id":"7x1","subject":"x"}"#).unwrap();
    assert!(Invoice::try_from(row).unwrap_err().is_absent());
}
