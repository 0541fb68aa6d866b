//! The laws that every lens keeps, on generated Danish data and on plain noise. `PROPTEST_CASES` sets how many.

use field_mapping::{Lens, Table};
use proptest::prelude::*;
use rust_decimal::Decimal;
use sync_model::{Side, Value};

/// Words as they stand in Danish address books, composed and decomposed, with blanks of all kinds between them.
fn words() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[A-ZÆØÅ][a-zæøåéüö]{0,9}",
        Just("A\u{30a}rhus".to_owned()),
        Just("Åbenrå".to_owned()),
        Just("von".to_owned()),
        Just("ApS".to_owned()),
        "[0-9]{1,4}",
        "\\PC{0,4}",
    ];
    let blank = prop_oneof![Just(" "), Just("  "), Just("\u{a0}"), Just("\t"), Just("\r\n"), Just("\n"), Just(", ")];
    prop::collection::vec((word, blank), 0..6)
        .prop_map(|parts| parts.into_iter().map(|(word, blank)| word + blank).collect())
}

fn phones() -> impl Strategy<Value = String> {
    let prefix =
        prop_oneof![Just(""), Just("+45 "), Just("0045"), Just("(+45) "), Just("+46 (0)"), Just("+49 "), Just("+39 0")];
    let digits =
        prop_oneof!["[2-9][0-9]{7}", "[2-9][0-9] [0-9]{2} [0-9]{2} [0-9]{2}", "[0-9]{3,14}", "[0-9]{4}-[0-9]{4}"];
    (prefix, digits, prop_oneof![Just(""), Just(" lok. 12"), Just(" "), Just("/")])
        .prop_map(|(prefix, digits, rest)| format!("{prefix}{digits}{rest}"))
}

fn countries() -> impl Strategy<Value = String> {
    let names = include_str!("../../data/countries.txt").lines().filter(|row| !row.starts_with('#'));
    let known: Vec<String> = names
        .flat_map(|row| {
            let (code, names) = row.split_once(' ').expect("given");
            names.split('|').chain([code]).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    prop_oneof![
        prop::sample::select(known.clone()),
        prop::sample::select(known).prop_map(|name| format!(" {} ", name.to_uppercase())),
        Just("Denmark".to_owned()),
        Just("DNK".to_owned()),
        words(),
    ]
}

fn numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{8}",
        "DK ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2}",
        "(CVR|cvr-nr\\.?:?) ?[0-9]{8}",
        "[A-Z]{2}[0-9]{9,12}",
        "[0-9]{13}",
        "EAN ?[0-9]{13}",
        words(),
    ]
}

fn addresses() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-ZæøåÆØÅ.]{1,10}@[A-Za-zæøå-]{1,10}\\.(dk|COM)",
        "(https?://|HTTP://|)(www\\.)?[a-zA-ZæøåÆØÅ]{1,10}\\.dk(/[a-zA-Z]{0,5})?/{0,2} ?",
        words(),
    ]
}

fn texts() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => words().prop_map(Value::text),
        2 => phones().prop_map(Value::text),
        2 => countries().prop_map(Value::text),
        2 => numbers().prop_map(Value::text),
        2 => addresses().prop_map(Value::text),
        1 => prop::sample::select(vec!["hours", "Timer", "stk", "Stk.", "Måneder", "MÅNED", "m2", "Dozen", "box"])
            .prop_map(Value::text),
        1 => Just(Value::Empty),
        1 => any::<u32>().prop_map(|number| Value::Decimal(Decimal::from(number))),
    ]
}

fn decimals() -> impl Strategy<Value = Value> {
    prop_oneof![
        (any::<i64>(), 0..9u32).prop_map(|(number, scale)| Value::Decimal(Decimal::new(number, scale))),
        (any::<i32>(), 0..5u32).prop_map(|(number, scale)| Value::text(Decimal::new(number.into(), scale).to_string())),
        Just(Value::Empty),
        Just(Value::text("0.00000000")),
    ]
}

/// Every lens over text, with its name.
fn lenses() -> Vec<Lens> {
    let words = [("Netto".to_owned(), vec!["Net".to_owned(), "Netto kontant".to_owned()])];
    vec![
        Lens::Text,
        Lens::Line,
        Lens::Code,
        Lens::Email,
        Lens::Url,
        Lens::Phone,
        Lens::Country,
        Lens::Cvr,
        Lens::Gln,
        Lens::Table(Table::new(words).expect("given")),
    ]
}

/// The laws, for one value that stands on `side`.
fn lawful(lens: &Lens, side: Side, own: &[&Value]) -> Result<(), TestCaseError> {
    let Ok(value) = lens.read(side, own) else { return Ok(()) };
    let kept = lens.write(side, &value, own).expect("given");
    prop_assert_eq!(kept.iter().collect::<Vec<_>>(), own.to_vec(), "what means the same stays");
    for target in Side::BOTH {
        let Ok(written) = lens.write(target, &value, &[]) else { continue };
        let written: Vec<&Value> = written.iter().collect();
        prop_assert_eq!(lens.read(target, &written), Ok(value.clone()), "written and read again it is the same");
        let again = lens.write(target, &value, &[]).expect("given");
        prop_assert_eq!(again.iter().collect::<Vec<_>>(), written, "writing settles");
    }
    Ok(())
}

proptest! {
    #[test]
    fn p16_lenses_over_text_are_lawful(value in texts()) {
        for lens in lenses() {
            for side in Side::BOTH {
                lawful(&lens, side, &[&value])?;
            }
        }
    }

    #[test]
    fn p16_names_of_persons_are_lawful(first in words(), last in words()) {
        let (first, last) = (Value::text(first), Value::text(last));
        lawful(&Lens::Person, Side::Right, &[&first, &last])?;
        lawful(&Lens::Person, Side::Left, &[&first])?;
    }

    #[test]
    fn p16_numbers_are_lawful(value in decimals()) {
        for side in Side::BOTH {
            lawful(&Lens::Decimal, side, &[&value])?;
        }
    }

    #[test]
    fn p16_flags_and_days_are_lawful(flag in any::<bool>(), day in "20[0-9]{2}-0[1-9]-[0-3][0-9]") {
        for side in Side::BOTH {
            for value in [Value::Flag(flag), Value::text(u8::from(flag).to_string()), Value::Empty] {
                lawful(&Lens::Flag, side, &[&value])?;
            }
            lawful(&Lens::Date, side, &[&Value::text(day.as_str())])?;
        }
    }

    #[test]
    fn p16_a_valid_number_stays_valid(digits in "[1-9][0-9]{7}") {
        let spelled = format!("DK {} {}", &digits[..4], &digits[4..]);
        let read = Lens::Cvr.read(Side::Right, &[&Value::text(spelled)]).expect("given");
        prop_assert_eq!(&read, &Value::text(digits.as_str()));
        let accepted = Lens::Cvr.accept(Side::Left, &read, false).is_ok();
        prop_assert_eq!(accepted, field_mapping::is_valid_cvr(&digits));
    }

    #[test]
    fn folding_is_settled_and_blind_to_case_and_blanks(text in words()) {
        let folded = field_mapping::fold(&text);
        prop_assert_eq!(field_mapping::fold(&folded), folded.as_str());
        prop_assert_eq!(field_mapping::fold(&format!(" {text} ")), folded);
    }
}
