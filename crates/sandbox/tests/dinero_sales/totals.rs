//! Totals computed by hand, against what the stand-in computes without storing, stores, and lists.

use rust_decimal::Decimal;
use sandbox::dinero::{Arithmetic, Halves, VatRounding};
use serde_json::{Value, json};

use crate::caller::{Caller, line, text};

/// Price, quantity, account, discount in percent.
type Line = (&'static str, &'static str, i64, &'static str);
/// Net and gross of each line, then net, VAT and gross of all, as an accountant writes them down.
type Sums = (&'static [(&'static str, &'static str)], &'static str, &'static str, &'static str);

/// Entered with VAT or not, the lines, what they come to.
const TABLE: &[(&str, bool, &[Line], Sums)] = &[
    ("one line", false, &[("100", "1", 1000, "0")], (&[("100", "125")], "100", "25", "125")),
    ("known split of 12.35", true, &[("12.35", "1", 1000, "0")], (&[("9.88", "12.35")], "9.88", "2.47", "12.35")),
    ("gross of one øre", true, &[("0.01", "1", 1000, "0")], (&[("0.01", "0.01")], "0.01", "0", "0.01")),
    ("gross of two øre", true, &[("0.02", "1", 1000, "0")], (&[("0.02", "0.02")], "0.02", "0", "0.02")),
    ("gross of three øre", true, &[("0.03", "1", 1000, "0")], (&[("0.02", "0.03")], "0.02", "0.01", "0.03")),
    ("gross 99.95", true, &[("99.95", "1", 1000, "0")], (&[("79.96", "99.95")], "79.96", "19.99", "99.95")),
    (
        "three gross lines of 0.99",
        true,
        &[("0.99", "1", 1000, "0"), ("0.99", "1", 1000, "0"), ("0.99", "1", 1000, "0")],
        (&[("0.79", "0.99"), ("0.79", "0.99"), ("0.79", "0.99")], "2.37", "0.6", "2.97"),
    ),
    (
        "gross, quantity before the split",
        true,
        &[("12.35", "3", 1000, "0")],
        (&[("29.64", "37.05")], "29.64", "7.41", "37.05"),
    ),
    ("half an øre of VAT", false, &[("0.02", "1", 1000, "0")], (&[("0.02", "0.03")], "0.02", "0.01", "0.03")),
    ("half an øre of price", false, &[("0.005", "1", 1100, "0")], (&[("0.01", "0.01")], "0.01", "0", "0.01")),
    (
        "half an øre back",
        false,
        &[("1", "1", 1100, "0"), ("-0.005", "1", 1100, "0")],
        (&[("1", "1"), ("-0.01", "-0.01")], "0.99", "0", "0.99"),
    ),
    ("1.005 once", false, &[("1.005", "1", 1000, "0")], (&[("1.01", "1.26")], "1.01", "0.25", "1.26")),
    ("two pieces of 1.005", false, &[("1.005", "2", 1000, "0")], (&[("2.01", "2.51")], "2.01", "0.5", "2.51")),
    (
        "a third of an hour",
        false,
        &[("850", "0.333", 1000, "0")],
        (&[("283.05", "353.81")], "283.05", "70.76", "353.81"),
    ),
    (
        "quarters of hours",
        false,
        &[("795", "1.75", 1000, "0")],
        (&[("1391.25", "1739.06")], "1391.25", "347.81", "1739.06"),
    ),
    ("ten percent off", false, &[("19.99", "3", 1000, "10")], (&[("53.97", "67.46")], "53.97", "13.49", "67.46")),
    ("a third off", false, &[("100", "1", 1000, "33.33")], (&[("66.67", "83.34")], "66.67", "16.67", "83.34")),
    ("half an øre by discount", false, &[("0.01", "1", 1100, "50")], (&[("0.01", "0.01")], "0.01", "0", "0.01")),
    ("all off", false, &[("100", "1", 1000, "100")], (&[("0", "0")], "0", "0", "0")),
    ("gross with discount", true, &[("12.35", "1", 1000, "10")], (&[("8.9", "11.12")], "8.9", "2.22", "11.12")),
    ("without VAT", false, &[("49.5", "2", 1100, "0")], (&[("99", "99")], "99", "0", "99")),
    ("without VAT, entered gross", true, &[("49.5", "2", 1100, "0")], (&[("99", "99")], "99", "0", "99")),
    (
        "with and without",
        false,
        &[("100", "1", 1000, "0"), ("50", "1", 1100, "0")],
        (&[("100", "125"), ("50", "50")], "150", "25", "175"),
    ),
    (
        "goods and freight",
        false,
        &[("1200", "1", 1000, "0"), ("49", "1", 1350, "0")],
        (&[("1200", "1500"), ("49", "61.25")], "1249", "312.25", "1561.25"),
    ),
    (
        "a returned piece",
        false,
        &[("100", "3", 1000, "0"), ("100", "-1", 1000, "0")],
        (&[("300", "375"), ("-100", "-125")], "200", "50", "250"),
    ),
    (
        "a discount as a line",
        false,
        &[("99.99", "1", 1000, "0"), ("-10.01", "1", 1000, "0")],
        (&[("99.99", "124.99"), ("-10.01", "-12.51")], "89.98", "22.5", "112.48"),
    ),
    ("nothing of something", false, &[("100", "0", 1000, "0")], (&[("0", "0")], "0", "0", "0")),
    ("something for nothing", false, &[("0", "5", 1000, "0")], (&[("0", "0")], "0", "0", "0")),
    (
        "large",
        false,
        &[("999999.99", "1000", 1000, "0")],
        (&[("999999990", "1249999987.5")], "999999990", "249999997.5", "1249999987.5"),
    ),
    (
        "small lines round together",
        false,
        &[("0.06", "1", 1000, "0"), ("0.06", "1", 1000, "0")],
        (&[("0.06", "0.08"), ("0.06", "0.08")], "0.12", "0.03", "0.15"),
    ),
];

#[test]
fn totals_are_those_computed_by_hand() {
    for (name, gross, lines, (of_lines, net, vat, total)) in TABLE {
        let mut caller = Caller::new();
        let body = body(&caller, *gross, lines);
        let fetched = caller.ok("POST v1 invoices/fetch", &body);
        let made = caller.ok("POST v1 invoices", &body);
        let read = caller.ok(&format!("GET v1 invoices/{}", text(&made["Guid"])), &Value::Null);
        let of_lines: Vec<(Decimal, Decimal)> =
            of_lines.iter().map(|(net, gross)| (net.parse().unwrap(), gross.parse().unwrap())).collect();
        let expected: [Decimal; 3] = [net, vat, total].map(|number| number.parse().unwrap());
        for shown in [&fetched, &read] {
            let lines: Vec<_> = shown["ProductLines"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| (number(&line["TotalAmount"]), number(&line["TotalAmountInclVat"])))
                .collect();
            assert_eq!(lines, of_lines, "{name}");
            let sums = ["TotalExclVat", "TotalVat", "TotalInclVat"].map(|field| number(&shown[field]));
            assert_eq!(sums, expected, "{name}");
            let parts = number(&shown["TotalVatableAmount"]) + number(&shown["TotalNonVatableAmount"]);
            assert_eq!(parts, expected[0], "{name}");
        }
        let list = caller.ok("GET v1 invoices?fields=TotalExclVat,TotalInclVat,TotalInclVatInDkk", &Value::Null);
        let row = &list["Collection"][0];
        assert_eq!(number(&row["TotalExclVat"]), expected[0], "{name}");
        assert_eq!(number(&row["TotalInclVat"]), expected[2], "{name}");
        assert_eq!(number(&row["TotalInclVatInDkk"]), expected[2], "{name}");
    }
}

#[test]
fn what_carries_vat_is_told_from_what_does_not() {
    let mut caller = Caller::new();
    let lines = [("100", "1", 1000, "0"), ("50", "1", 1100, "0")];
    let fetched = caller.ok("POST v1 invoices/fetch", &body(&caller, false, &lines));
    let parts = ["TotalVatableAmount", "TotalNonVatableAmount"].map(|field| number(&fetched[field]));
    assert_eq!(parts, [100.into(), 50.into()]);
    let kinds: Vec<&Value> = fetched["TotalLines"].as_array().unwrap().iter().map(|row| &row["Type"]).collect();
    assert_eq!(kinds, ["SubTotal", "Vat", "Total"]);
}

#[test]
fn five_hundred_lines_add_up() {
    // 0.10 + 0.11 + … + 5.09: a quarter of them has half an øre of VAT, which goes up on its own line.
    let lines: Vec<Value> = (10..510).map(|ore| line(&format!("{}", Decimal::new(ore, 2)), "1", 1000, "0")).collect();
    let net: i64 = (10..510).sum();
    let by_line: i64 = (10..510).map(|ore| (ore * 25 + 50) / 100).sum();
    let by_rate = (net * 25 + 50) / 100;
    assert_ne!(by_line, by_rate, "where VAT is rounded has to be seen");
    for (rounding, vat) in [(VatRounding::ByRate, by_rate), (VatRounding::ByLine, by_line)] {
        let mut caller = Caller::new();
        caller.dinero.arithmetic.vat = rounding;
        let fetched = caller.ok("POST v1 invoices/fetch", &caller.body(&lines));
        assert_eq!(number(&fetched["TotalExclVat"]), Decimal::new(net, 2));
        assert_eq!(number(&fetched["TotalVat"]), Decimal::new(vat, 2));
        assert_eq!(number(&fetched["TotalInclVat"]), Decimal::new(net + vat, 2));
    }
}

#[test]
fn what_the_facts_leave_open_can_be_switched() {
    let three = [("0.02", "1", 1000, "0"), ("0.02", "1", 1000, "0"), ("0.02", "1", 1000, "0")];
    let table = [
        (Halves::AwayFromZero, VatRounding::ByLine, "0.03"),
        (Halves::ToEven, VatRounding::ByLine, "0"),
        (Halves::AwayFromZero, VatRounding::ByRate, "0.02"),
        (Halves::ToEven, VatRounding::ByRate, "0.02"),
    ];
    for (halves, vat, expected) in table {
        let mut caller = Caller::new();
        caller.dinero.arithmetic = Arithmetic { halves, vat };
        let fetched = caller.ok("POST v1 invoices/fetch", &body(&caller, false, &three));
        assert_eq!(number(&fetched["TotalVat"]), expected.parse::<Decimal>().unwrap(), "{halves:?} {vat:?}");
    }
}

#[test]
fn an_organisation_without_vat_has_none_on_any_account() {
    let mut caller = Caller::new();
    caller.dinero.is_vat_free = true;
    let fetched = caller.ok("POST v1 invoices/fetch", &body(&caller, false, &[("100", "1", 1000, "0")]));
    assert_eq!((number(&fetched["TotalVat"]), number(&fetched["TotalInclVat"])), (Decimal::ZERO, 100.into()));
}

#[test]
fn a_wrong_total_can_be_had_from_fetch_alone() {
    let mut caller = Caller::new();
    caller.dinero.fetch_is_off_by = Decimal::new(1, 2);
    let body = body(&caller, false, &[("100", "1", 1000, "0")]);
    let fetched = caller.ok("POST v1 invoices/fetch", &body);
    assert_eq!(number(&fetched["TotalInclVat"]), Decimal::new(12501, 2));
    let made = caller.ok("POST v1 invoices", &body);
    let read = caller.ok(&format!("GET v1 invoices/{}", text(&made["Guid"])), &Value::Null);
    assert_eq!(number(&read["TotalInclVat"]), 125.into());
    assert_eq!(caller.dinero.invoices(caller.now).len(), 1, "a fetch stores nothing");
}

#[test]
fn another_currency_is_listed_in_kroner_too() {
    let mut caller = Caller::new();
    let mut body = body(&caller, false, &[("100", "1", 1100, "0")]);
    body["Currency"] = json!("EUR");
    caller.ok("POST v1 invoices", &body);
    let list = caller.ok("GET v1 invoices?fields=TotalInclVat,TotalInclVatInDkk", &Value::Null);
    let row = &list["Collection"][0];
    assert_eq!((number(&row["TotalInclVat"]), number(&row["TotalInclVatInDkk"])), (100.into(), Decimal::new(7456, 1)));
}

fn body(caller: &Caller, gross: bool, lines: &[Line]) -> Value {
    let lines: Vec<Value> =
        lines.iter().map(|(price, quantity, account, discount)| line(price, quantity, *account, discount)).collect();
    let mut body = caller.body(&lines);
    body["ShowLinesInclVat"] = gross.into();
    body
}

fn number(value: &Value) -> Decimal {
    value.to_string().parse().unwrap_or_else(|_| panic!("{value} is no number"))
}
