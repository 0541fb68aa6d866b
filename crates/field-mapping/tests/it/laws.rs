//! The laws that every lens keeps (P16), each on a hundred thousand values: Danish data, spelled as people do, and noise.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use field_mapping::{Lens, LineTerms, Source, Table, fold, resolve};
use proptest::prelude::any;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use proptest::{prop_assert, prop_assert_eq};
use rust_decimal::Decimal;
use sync_model::{Fields, RecordKey, Side, Value};

use crate::danish::{self, Pick};
use crate::schemas::{BOTH, Style, modules, schemas, variables};

const CASES: u32 = 100_000;

thread_local! {
    /// How many values a law was tried on in earnest: one that reads nothing would keep every law.
    static READ: Cell<u32> = const { Cell::new(0) };
}

/// Tries `law` with a hundred thousand numbers to pick by.
fn always(law: impl Fn(&mut Pick) -> Result<(), TestCaseError>) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let tried = TestRunner::new(config).run(&any::<u64>(), |seed| law(&mut Pick::new(seed)));
    if let Err(error) = tried {
        panic!("{error}");
    }
}

/// The laws, for values that stand on one side, taken in turn.
fn lawful(lens: &Lens, side: Side, own: &[Value]) -> Result<(), TestCaseError> {
    let own: Vec<&Value> = own.iter().take(lens.width(side)).collect();
    let Ok(value) = lens.read(side, &own) else { return Ok(()) };
    READ.with(|read| read.set(read.get() + 1));
    let kept = lens.write(side, &value, &own);
    prop_assert!(kept.is_ok_and(|kept| kept.iter().eq(own.iter().copied())), "what means the same stays: {own:?}");
    for target in Side::BOTH {
        let Ok(written) = lens.write(target, &value, &[]) else { continue };
        let written: Vec<&Value> = written.iter().collect();
        prop_assert_eq!(lens.read(target, &written), Ok(value.clone()), "read again it is the same: {:?}", own);
        let again = lens.write(target, &value, &[]);
        prop_assert!(again.is_ok_and(|again| again.iter().eq(written.iter().copied())), "writing settles: {own:?}");
    }
    Ok(())
}

/// One lens over values of one kind, from both sides by turns.
fn keeps(name: &str, values: impl Fn(&mut Pick) -> Value) {
    let lens = Lens::named(name).expect("a lens");
    keeps_all(&lens, |pick| vec![values(pick), danish::text(pick)]);
}

fn keeps_all(lens: &Lens, values: impl Fn(&mut Pick) -> Vec<Value>) {
    always(|pick| {
        let side = pick.of(&Side::BOTH);
        lawful(lens, side, &values(pick))
    });
    assert!(READ.get() > CASES / 10, "only {} values were read", READ.get());
}

fn names(texts: &[&str]) -> Vec<String> {
    let rows = texts.iter().flat_map(|text| text.lines()).filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| row.split_once(' '))
        .flat_map(|(code, names)| names.split('|').chain([code]).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

static COUNTRIES: LazyLock<Vec<String>> =
    LazyLock::new(|| names(&[include_str!("../../data/countries.txt"), include_str!("../../data/native-names.txt")]));
static CURRENCIES: LazyLock<Vec<String>> = LazyLock::new(|| {
    ["DKK", "EUR", "kr", "Danish krone", "Danske kroner", "Euro", "XXX", "USD", "US Dollar"].map(str::to_owned).into()
});
static LANGUAGES: LazyLock<Vec<String>> =
    LazyLock::new(|| ["da", "da-DK", "Dansk", "English", "en-GB", "sv", "Klingon"].map(str::to_owned).into());
static UNITS: LazyLock<Vec<String>> =
    LazyLock::new(|| ["hours", "Timer", "stk", "Måneder", "m2", "Dozen", "box", "Æske"].map(str::to_owned).into());

#[test]
fn p16_text_is_lawful() {
    keeps("text", danish::text);
}

#[test]
fn p16_line_is_lawful() {
    keeps("line", danish::text);
}

#[test]
fn p16_verbatim_is_lawful_and_in_normal_form_c() {
    keeps("verbatim", danish::text);
}

#[test]
fn p16_reference_is_lawful() {
    keeps("reference", |pick| match pick.of(&[true, false]) {
        true => Value::Reference(RecordKey::new("Accounts", format!("11x{}", pick.words().len()))),
        false => Value::Empty,
    });
}

#[test]
fn p16_html_is_lawful_on_both_sides() {
    keeps("html", danish::html);
}

#[test]
fn p16_code_is_lawful() {
    keeps("code", danish::text);
}

#[test]
fn p16_email_is_lawful() {
    keeps("email", danish::email);
}

#[test]
fn p16_url_is_lawful() {
    keeps("url", danish::url);
}

#[test]
fn p16_phone_is_lawful() {
    keeps("phone", danish::phone);
}

#[test]
fn p16_country_is_lawful_in_every_language() {
    keeps("country", danish::listed(&COUNTRIES));
}

#[test]
fn p16_currency_is_lawful() {
    keeps("currency", danish::listed(&CURRENCIES));
}

#[test]
fn p16_language_is_lawful() {
    keeps("language", danish::listed(&LANGUAGES));
}

#[test]
fn p16_culture_is_lawful() {
    keeps("culture", danish::listed(&LANGUAGES));
}

#[test]
fn p16_cvr_is_lawful() {
    keeps("cvr", danish::number(&["", "DK", "DK ", "CVR-nr.: ", "cvr", "SE"], 8));
}

#[test]
fn p16_se_is_lawful() {
    keeps("se", danish::number(&["", "DK", "SE-nr. ", "SE"], 8));
}

#[test]
fn p16_p_number_is_lawful() {
    keeps("p-number", danish::number(&["", "P", "P-nr. ", "pnr"], 10));
}

#[test]
fn p16_gln_is_lawful() {
    keeps("gln", danish::number(&["", "EAN ", "EAN-nr. ", "GLN: "], 13));
}

#[test]
fn p16_decimal_is_lawful() {
    keeps("decimal", danish::decimal);
}

#[test]
fn p16_amount_is_lawful_and_exact() {
    let mapping = crate::custom::lens_of("{ amount = \"DKK\" }");
    keeps_all(&mapping, |pick| vec![danish::amount(pick)]);
}

#[test]
fn p16_flag_is_lawful() {
    keeps("flag", danish::flag);
}

#[test]
fn p16_date_is_lawful() {
    keeps("date", danish::day);
}

#[test]
fn p16_danish_date_is_lawful() {
    keeps("danish-date", danish::day);
}

#[test]
fn p16_person_is_lawful() {
    let person = Lens::named("person").expect("a lens");
    keeps_all(&person, |pick| vec![danish::text(pick), danish::text(pick)]);
}

#[test]
fn p16_address_is_lawful() {
    let address = Lens::named("address").expect("a lens");
    keeps_all(&address, |pick| vec![danish::address(pick), danish::house(pick)]);
}

#[test]
fn p16_payment_is_lawful() {
    let payment = Lens::named("payment").expect("a lens");
    keeps_all(&payment, |pick| vec![danish::terms(pick), danish::days(pick)]);
}

#[test]
fn p16_unit_is_lawful() {
    keeps("unit", danish::listed(&UNITS));
}

#[test]
fn p16_table_is_lawful() {
    let rows = [("hours", vec!["Timer", "Time"]), ("box", vec!["Æske"]), ("m2", vec!["Dozen"])];
    let rows = rows.map(|(left, right)| (left.to_owned(), right.into_iter().map(str::to_owned).collect()));
    keeps_all(&Lens::Table(Table::new(rows).expect("given")), |pick| vec![danish::listed(&UNITS)(pick)]);
}

#[test]
fn p16_most_is_lawful_and_refuses_rather_than_cuts() {
    let most = Lens::Most(12);
    always(|pick| {
        let own = danish::text(pick);
        lawful(&most, pick.of(&Side::BOTH), std::slice::from_ref(&own))?;
        let value = most.read(Side::Left, &[&own]).expect("text");
        let length = value.to_string().chars().count();
        let whole = most.write(Side::Right, &value, &[]);
        prop_assert!(length > 12 && value.as_text().is_some() && whole.is_err() || whole == Ok(vec![value]));
        Ok(())
    });
}

#[test]
fn p16_cut_settles_and_is_one_way() {
    let cut = Lens::Cut(12);
    assert_eq!(cut.one_way(), Some(None));
    always(|pick| {
        let value = cut.read(Side::Left, &[&danish::text(pick)]).expect("text");
        let once = cut.write(Side::Right, &value, &[]).expect("text").remove(0);
        let again = cut.read(Side::Right, &[&once]).expect("text");
        prop_assert_eq!(&once, &again, "what was cut is in normal form");
        prop_assert_eq!(cut.write(Side::Right, &again, &[]), Ok(vec![once]), "and is not cut again");
        Ok(())
    });
}

#[test]
fn p16_expression_with_an_inverse_is_lawful() {
    let lens = crate::custom::lens_of("{ expression = \"'Nr. ' ~ value\", inverse = \"value | replace('Nr. ', '')\" }");
    always(|pick| {
        let own = Value::text(pick.below(100_000).to_string());
        lawful(&lens, Side::Left, std::slice::from_ref(&own))?;
        lawful(&lens, Side::Right, &[Value::text(format!("Nr. {own}"))])
    });
    assert_eq!(READ.get(), 2 * CASES, "every one was read");
}

#[test]
fn p16_a_number_is_accepted_exactly_when_its_check_digit_is_right() {
    let cvr = Lens::named("cvr").expect("a lens");
    always(|pick| {
        let digits = format!("{}{}", 1 + pick.below(9), pick.digits(7));
        let spelled = format!("DK {} {}", &digits[..4], &digits[4..]);
        let read = cvr.read(Side::Right, &[&Value::text(spelled)]).expect("text");
        prop_assert_eq!(&read, &Value::text(digits.as_str()));
        prop_assert_eq!(cvr.accept(Side::Left, &read, false).is_ok(), field_mapping::is_valid_cvr(&digits));
        Ok(())
    });
}

#[test]
fn folding_is_settled_and_blind_to_case_and_blanks() {
    always(|pick| {
        let text = pick.words();
        let folded = fold(&text);
        prop_assert_eq!(fold(&folded), folded.as_str());
        prop_assert_eq!(fold(&format!(" {text} ")), folded.as_str());
        // Text of plain letters takes a shorter way; a letter that is not one sends all of it the long way.
        let plain: String = text.chars().filter(char::is_ascii).collect();
        prop_assert_eq!(fold(&format!("{plain}Ø")), fold(&plain) + "oe");
        Ok(())
    });
}

#[test]
fn p16_credit_total_is_lawful() {
    keeps("credit-total", |pick| Value::Decimal(Decimal::new(i64::from(some(pick, 2_000_000)) - 1_000_000, 4)));
}

#[test]
fn p16_total_is_lawful() {
    keeps("total", |pick| Value::Decimal(Decimal::new(i64::from(some(pick, 2_000_000)) - 1_000_000, 4)));
}

#[test]
fn p16_voucher_date_is_lawful() {
    keeps("voucher-date", danish::day);
}

#[test]
fn p16_customer_is_lawful() {
    let lens = Lens::named("customer").expect("a lens");
    let key = |kind: &str, number: u32| Value::Reference(RecordKey::new(kind, format!("11x{number}").as_str()));
    keeps_all(&lens, |pick| vec![key("Accounts", some(pick, 50)), key("Contacts", some(pick, 50))]);
}

/// A whole number below `most`.
fn some(pick: &mut Pick, most: usize) -> u32 {
    u32::try_from(pick.below(most)).expect("small")
}

/// An invoice of Dinero's: with products, described lines and words, two rates, and something posted without VAT.
fn dinero_lines(pick: &mut Pick) -> Vec<Value> {
    let mut rows = Vec::new();
    for _ in 0..=some(pick, 4) {
        let number = |number: u32, scale: u32| Value::Decimal(Decimal::new(i64::from(number) + 1, scale).normalize());
        let mut row: Fields = [
            ("LineType", Value::text("Product")),
            ("Quantity", number(some(pick, 9_999), 3)),
            ("BaseAmountValue", number(some(pick, 999_999), 2)),
            ("Discount", Value::Decimal(some(pick, 99).into())),
            ("AccountNumber", Value::Decimal(pick.of(&[1000_u32, 1100]).into())),
        ]
        .into_iter()
        .collect();
        match some(pick, 3) {
            0 => {
                row = [("LineType", Value::text("Text")), ("Description", Value::text("Afsnit"))].into_iter().collect();
            }
            1 => row.set("Description", Value::text("Timer")),
            _ => row.set(
                "ProductGuid",
                Value::Reference(RecordKey::new("product", format!("g{}", some(pick, 9)).as_str())),
            ),
        }
        rows.push(row);
    }
    vec![Value::Rows(rows), Value::Flag(false)]
}

/// What the laws of lines are tried with.
fn line_settings() -> BTreeMap<String, Value> {
    let row = |vat: u32, account: u32| -> Fields {
        [("vat", Value::Decimal(vat.into())), ("account", Value::Decimal(account.into()))].into_iter().collect()
    };
    let service = Value::Reference(RecordKey::new("Services", "26x5"));
    BTreeMap::from([
        ("vat_accounts".to_owned(), Value::Rows(vec![row(25, 1000), row(0, 1100)])),
        ("text_service".to_owned(), service),
    ])
}

#[test]
fn p16_credit_lines_are_lawful() {
    let lens = Lens::Lines(Box::new(LineTerms::of_credit_notes(&line_settings())));
    always(|pick| lawful(&lens, Side::Left, &dinero_lines(pick)));
    assert!(READ.get() > CASES / 10, "only {} credit notes were read", READ.get());
}

#[test]
fn p16_lines_are_lawful() {
    let lens = Lens::Lines(Box::new(LineTerms::bound(&line_settings())));
    always(|pick| lawful(&lens, Side::Left, &dinero_lines(pick)));
    assert!(READ.get() > CASES / 10, "only {} invoices were read", READ.get());
}

#[test]
fn every_lens_of_the_standard_mapping_has_a_law_of_its_own() {
    let source = include_str!("laws.rs");
    let mapping = resolve(&Source::Standard, &modules(), &schemas("v840", Style::Slugs), BOTH, &variables());
    let used = mapping.expect("given").modules.into_iter().flat_map(|it| it.entities).flat_map(|it| it.fields);
    let mut names: Vec<&str> = used.map(|field| field.lens().name()).chain(Lens::names()).collect();
    names.extend(["amount", "most", "cut", "table", "expression"]);
    for name in names {
        assert!(source.contains(&format!("fn p16_{}_", name.replace('-', "_"))), "{name}");
    }
}
