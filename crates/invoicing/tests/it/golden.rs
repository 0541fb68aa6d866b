//! The golden table: invoices whose lines, VAT and totals were worked out apart from the code.

use invoicing::{
    CrmInvoice, CrmLine, Discount, Entry, Goods, Inexpressible, Line, LineTexts, Rounding, Sign, TaxMode, Terms,
    Totals, Vat, ore,
};
use rust_decimal::Decimal;
use serde::Deserialize;
use sync_model::RecordKey;

const TABLE: &str = include_str!("../golden.toml");

#[derive(Deserialize)]
pub(crate) struct Table {
    dinero: Vec<DineroCase>,
    pub(crate) crm: Vec<CrmCase>,
}

#[derive(Deserialize)]
struct DineroCase {
    name: String,
    entry: Entry,
    lines: Vec<WrittenLine>,
    totals: Vec<[Decimal; 2]>,
    rates: Vec<[Decimal; 3]>,
    net: Decimal,
    vat: Decimal,
    gross: Decimal,
}

#[derive(Deserialize)]
struct WrittenLine {
    #[serde(default)]
    text: Option<String>,
    quantity: Option<Decimal>,
    #[serde(default)]
    price: Decimal,
    #[serde(default)]
    discount: Decimal,
    #[serde(default)]
    vat: Decimal,
    account: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct CrmCase {
    pub(crate) name: String,
    mode: String,
    lines: Vec<WrittenCrmLine>,
    #[serde(default)]
    discount_percent: Decimal,
    #[serde(default)]
    discount_amount: Decimal,
    #[serde(default)]
    charges: Decimal,
    #[serde(default)]
    charges_tax: Decimal,
    #[serde(default)]
    adjustment: Decimal,
    #[serde(default)]
    deducted: Decimal,
    adjustment_account: Option<u32>,
    rounding: Option<Decimal>,
    pub(crate) sub_total: Decimal,
    pub(crate) pre_tax: Decimal,
    pub(crate) grand: Decimal,
    held: Option<String>,
    #[serde(default)]
    expressed: Vec<WrittenLine>,
    net: Option<Decimal>,
    vat: Option<Decimal>,
    gross: Option<Decimal>,
    off: Option<Decimal>,
}

#[derive(Deserialize)]
struct WrittenCrmLine {
    quantity: Decimal,
    price: Decimal,
    #[serde(default)]
    percent: Decimal,
    #[serde(default)]
    amount: Decimal,
    tax: Decimal,
}

impl WrittenLine {
    fn line(&self) -> Line {
        let Some(quantity) = self.quantity else { return Line::Text(self.text.clone().unwrap_or_default()) };
        let vat = match &self.account {
            Some(account) => Vat::FreeOn(account.parse().expect("well-formed")),
            None => Vat::Rate(self.vat),
        };
        let goods = Goods::new(self.text.as_deref().unwrap_or_default(), quantity, self.price, vat);
        Line::Goods(Goods { discount: self.discount, ..goods })
    }
}

impl CrmCase {
    pub(crate) fn invoice(&self) -> CrmInvoice {
        let line = |(at, line): (usize, &WrittenCrmLine)| CrmLine {
            product: Some(RecordKey::new("Products", format!("14x{}", at + 1).as_str())),
            name: format!("Vare {}", at + 1),
            comment: String::new(),
            quantity: line.quantity,
            price: line.price,
            discount: Discount::given(line.amount, line.percent),
            tax: line.tax,
        };
        CrmInvoice {
            tax_mode: if self.mode == "group" { TaxMode::Group } else { TaxMode::Individual },
            lines: self.lines.iter().enumerate().map(line).collect(),
            discount: Discount::given(self.discount_amount, self.discount_percent),
            charges: self.charges,
            charges_tax: self.charges_tax,
            adjustment: self.adjustment,
            deducted: self.deducted,
            zone: None,
        }
    }

    fn terms(&self) -> Terms {
        Terms {
            sign: Sign::Invoice,
            texts: LineTexts {
                discount: "Rabat".to_owned(),
                charges: "Fragt".to_owned(),
                adjustment: "Regulering".to_owned(),
                rounding: "Øreafrunding".to_owned(),
            },
            adjustment: self.adjustment_account,
            rounding: self.rounding.map(|limit| Rounding { account: 7010, limit }),
        }
    }
}

pub(crate) fn table() -> Table {
    toml::from_str(TABLE).expect("well-formed")
}

#[test]
fn the_table_has_at_least_sixty_invoices() {
    let table = table();
    assert!(table.dinero.len() + table.crm.len() >= 60);
}

#[test]
fn lines_vat_and_totals_are_those_of_the_table() {
    for case in table().dinero {
        let lines: Vec<Line> = case.lines.iter().map(WrittenLine::line).collect();
        let totals = Totals::of(&lines, case.entry);
        let counted: Vec<[Decimal; 2]> = totals.lines.iter().map(|line| [line.net, line.gross]).collect();
        let rates: Vec<[Decimal; 3]> = totals.rates.iter().map(|rate| [rate.rate, rate.net, rate.vat]).collect();
        assert_eq!(counted, case.totals, "{}: lines", case.name);
        assert_eq!(rates, case.rates, "{}: rates", case.name);
        let sums = [totals.net, totals.vat, totals.gross];
        assert_eq!(sums, [case.net, case.vat, case.gross], "{}: totals", case.name);
    }
}

#[test]
fn vtiger_counts_as_in_the_table_and_as_recorded() {
    for case in table().crm {
        let totals = case.invoice().totals();
        let counted = [totals.sub_total, totals.pre_tax, totals.grand];
        assert_eq!(counted, [case.sub_total, case.pre_tax, case.grand], "{}", case.name);
    }
}

#[test]
fn what_dinero_has_no_words_for_becomes_a_line_or_is_named() {
    for case in table().crm {
        let expressed = case.invoice().express(&case.terms());
        if let Some(held) = &case.held {
            let reason = expressed.expect_err(&case.name);
            assert_eq!(&reason_word(&reason), held, "{}", case.name);
            continue;
        }
        let lines = expressed.unwrap_or_else(|reason| panic!("{}: {reason:?}", case.name));
        let wanted: Vec<Line> = case.expressed.iter().map(WrittenLine::line).collect();
        assert_eq!(plain(&lines), plain(&wanted), "{}", case.name);
        let totals = Totals::of(&lines, Entry::Net);
        let sums = [totals.net, totals.vat, totals.gross].map(Some);
        assert_eq!(sums, [case.net, case.vat, case.gross], "{}: totals", case.name);
        assert_eq!(Some(ore(case.grand) - totals.gross), case.off, "{}: what is off", case.name);
    }
}

fn reason_word(reason: &Inexpressible) -> String {
    let value = serde_json::to_value(reason).expect("well-formed");
    let word = value.as_str().map(str::to_owned);
    word.unwrap_or_else(|| value.as_object().expect("well-formed").keys().next().expect("well-formed").clone())
}

/// Lines as the table writes them: without products, and with the names of our own lines only.
fn plain(lines: &[Line]) -> Vec<String> {
    let own = |text: &str| if text.starts_with("Vare") { String::new() } else { text.to_owned() };
    let say = |line: &Line| match line {
        Line::Text(words) => words.clone(),
        Line::Goods(goods) => {
            let number = |number: Decimal| number.normalize().to_string();
            let (quantity, price, discount) = (number(goods.quantity), number(goods.price), number(goods.discount));
            let vat = match goods.vat {
                Vat::Rate(rate) => number(rate),
                Vat::FreeOn(account) => format!("on {account}"),
                Vat::Abroad(zone) => zone.word().to_owned(),
            };
            format!("{} {quantity} × {price} − {discount} % @ {vat}", own(&goods.text))
        }
    };
    lines.iter().map(say).collect()
}
