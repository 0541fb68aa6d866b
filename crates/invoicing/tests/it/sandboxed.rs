//! The golden table against the stand-ins of both systems, which compute by themselves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Request;
use rust_decimal::Decimal;
use sandbox::dinero::{API_KEY, CLIENT_ID, CLIENT_SECRET, Dinero};
use sandbox::simplycrm::{Profile, SimplyCrm};
use sandbox::{Reply, Sandbox};
use serde_json::{Value, json};
use toml::Table;

const TABLE: &str = include_str!("../golden.toml");

fn cases(kind: &str) -> Vec<Table> {
    let table: Table = toml::from_str(TABLE).expect("well-formed");
    let cases = table[kind].as_array().expect("a list");
    cases.iter().map(|case| case.as_table().expect("a case").clone()).collect()
}

fn text<'a>(case: &'a Table, name: &str) -> &'a str {
    case.get(name).and_then(|value| value.as_str()).unwrap_or_default()
}

/// A number of a case; 0 where it is left out.
fn number(case: &Table, name: &str) -> Decimal {
    match text(case, name) {
        "" => Decimal::ZERO,
        written => written.parse().expect("a number"),
    }
}

fn lines<'a>(case: &'a Table, name: &str) -> Vec<&'a Table> {
    let lines = case.get(name).and_then(|value| value.as_array()).map(Vec::as_slice).unwrap_or_default();
    lines.iter().map(|line| line.as_table().expect("a line")).collect()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("a moment")
}

/// What Dinero computes of `lines` without storing them.
fn fetched(lines: &[&Table], gross: bool) -> Value {
    let mut dinero = Dinero::new(4711, "Prøvefirma ApS");
    let mut accounts: Vec<(String, u32)> = vec![("25".to_owned(), 1000), ("0".to_owned(), 1100)];
    let mut lines_sent = Vec::new();
    for line in lines {
        if text(line, "quantity").is_empty() {
            lines_sent.push(json!({ "LineType": "Text", "Description": text(line, "text") }));
            continue;
        }
        let account = match text(line, "account").parse::<u32>() {
            Ok(account) => {
                dinero.add_account(account.into(), "Uden moms", None);
                account
            }
            Err(_) => account_for(&mut dinero, &mut accounts, number(line, "vat")),
        };
        let json = |name: &str| -> Value { serde_json::from_str(&number(line, name).to_string()).expect("a number") };
        let description = Some(text(line, "text")).filter(|text| !text.is_empty()).unwrap_or("Vare");
        lines_sent.push(json!({
            "Description": description, "BaseAmountValue": json("price"), "Quantity": json("quantity"),
            "AccountNumber": account, "Unit": "parts", "Discount": json("discount"),
        }));
    }
    let body = json!({ "ShowLinesInclVat": gross, "ProductLines": lines_sent });
    ask(&mut dinero, &body)
}

/// The account that carries a rate, made where there is none.
fn account_for(dinero: &mut Dinero, accounts: &mut Vec<(String, u32)>, rate: Decimal) -> u32 {
    let rate_text = rate.normalize().to_string();
    if let Some((_, account)) = accounts.iter().find(|(known, _)| *known == rate_text) {
        return *account;
    }
    let (code, account) = (format!("U{rate_text}"), 1400 + u32::try_from(accounts.len()).expect("few"));
    dinero.add_vat_type(&code, "Anden moms", rate / Decimal::ONE_HUNDRED);
    dinero.add_account(account.into(), "Med anden moms", Some(&code));
    accounts.push((rate_text, account));
    account
}

fn ask(dinero: &mut Dinero, body: &Value) -> Value {
    let answer = |dinero: &mut Dinero, request: Request<Bytes>| match dinero.handle(&request, now()) {
        Reply::Answer(answer) => serde_json::from_slice::<Value>(answer.body()).expect("JSON"),
        Reply::NoAnswer => panic!("no answer"),
    };
    let form = format!("grant_type=password&username={API_KEY}&password={API_KEY}");
    let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")));
    let request = Request::post("https://api.test/token")
        .header("authorization", basic)
        .body(Bytes::from(form))
        .expect("a request");
    let token = answer(dinero, request)["access_token"].as_str().expect("a token").to_owned();
    let request = Request::post("https://api.test/v1/4711/invoices/fetch")
        .header("authorization", format!("Bearer {token}"))
        .body(Bytes::from(body.to_string()))
        .expect("a request");
    answer(dinero, request)
}

fn shown(value: &Value) -> Decimal {
    match value {
        Value::String(text) => text.parse().expect("a number"),
        other => other.to_string().parse().unwrap_or_else(|_| panic!("{other} is no number")),
    }
}

fn sums(fetched: &Value) -> [Decimal; 3] {
    ["TotalExclVat", "TotalVat", "TotalInclVat"].map(|name| shown(&fetched[name]))
}

#[test]
fn dinero_computes_what_the_table_says() {
    for case in cases("dinero") {
        let name = text(&case, "name");
        let fetched = fetched(&lines(&case, "lines"), text(&case, "entry") == "gross");
        assert_eq!(sums(&fetched), ["net", "vat", "gross"].map(|sum| number(&case, sum)), "{name}: {fetched}");
        let of_lines = fetched["ProductLines"].as_array().expect("lines").iter();
        let of_lines: Vec<[Decimal; 2]> =
            of_lines.map(|line| ["TotalAmount", "TotalAmountInclVat"].map(|name| shown(&line[name]))).collect();
        let wanted = case["totals"].as_array().expect("totals").iter();
        let wanted: Vec<[Decimal; 2]> =
            wanted.map(|pair| [0, 1].map(|at| pair[at].as_str().expect("a text").parse().expect("a number"))).collect();
        assert_eq!(of_lines, wanted, "{name}");
    }
}

#[test]
fn dinero_computes_of_what_the_crm_says_what_the_table_says() {
    for case in cases("crm").into_iter().filter(|case| text(case, "held").is_empty()) {
        let fetched = fetched(&lines(&case, "expressed"), false);
        let wanted = ["net", "vat", "gross"].map(|sum| number(&case, sum));
        assert_eq!(sums(&fetched), wanted, "{}: {fetched}", text(&case, "name"));
    }
}

#[test]
fn the_crm_computes_what_the_table_says() {
    // The stand-in plays no taxes on charges and no taxes that are deducted.
    let played = |case: &Table| ["charges_tax", "deducted"].iter().all(|name| number(case, name).is_zero());
    let (played, left_out): (Vec<Table>, Vec<Table>) = cases("crm").into_iter().partition(played);
    assert!(left_out.len() <= 4 && played.len() >= 20, "{} of {}", left_out.len(), played.len());
    for case in played {
        let mut crm = SimplyCrm::new(Profile::simply());
        let customer = crm.add("Accounts", &[("accountname", "Bageri ApS")], "mette", now()).expect("a customer");
        let mut sent = Vec::new();
        for line in lines(&case, "lines") {
            let product = crm.add("Products", &[("productname", "Vare")], "mette", now()).expect("a product");
            crm.attach_tax(&product, "tax1", text(line, "tax")).expect("a product");
            sent.push(json!({
                "productid": product, "quantity": text(line, "quantity"), "listprice": text(line, "price"),
                "discount_percent": text(line, "percent"), "discount_amount": text(line, "amount"),
                "tax1": text(line, "tax"),
            }));
        }
        let head = [
            ("subject", "Prøve"),
            ("account_id", customer.as_str()),
            ("hdnTaxType", text(&case, "mode")),
            ("hdnDiscountPercent", text(&case, "discount_percent")),
            ("hdnDiscountAmount", text(&case, "discount_amount")),
            ("hdnS_H_Amount", text(&case, "charges")),
            ("txtAdjustment", text(&case, "adjustment")),
        ];
        let name = text(&case, "name");
        let made = crm.add_with_lines("Invoice", &head, &sent, "mette", now());
        let id = made.unwrap_or_else(|error| panic!("{name}: {error}"));
        let record = crm.record_of(&id).expect("the invoice");
        let counted = ["hdnSubTotal", "pre_tax_total", "hdnGrandTotal"].map(|field| shown(&record[field]).round_dp(8));
        let wanted = ["sub_total", "pre_tax", "grand"].map(|sum| number(&case, sum));
        assert_eq!(counted, wanted, "{name}");
    }
}
