//! What each lens makes of what people write, as tables.

use field_mapping::{FaultKind, Lens};
use rust_decimal::Decimal;
use sync_model::{Side, Value};

fn read(lens: &Lens, text: &str) -> String {
    lens.read(Side::Right, &[&Value::text(text)]).map_or_else(|kind| format!("{kind:?}"), |value| value.to_string())
}

fn check(lens: &Lens, table: &[(&str, &str)]) {
    for (written, expected) in table {
        assert_eq!(read(lens, written), *expected, "{}: {written:?}", lens.name());
    }
}

#[test]
fn phones() {
    check(
        &Lens::Phone,
        &[
            ("12 34 56 78", "+4512345678"),
            ("+45 33 12 34 56", "+4533123456"),
            ("0045-33123456", "+4533123456"),
            ("(+45) 3312 3456", "+4533123456"),
            ("4533123456", "+4533123456"),
            ("+46 (0)70 123 45 67", "+46701234567"),
            ("+49 30 901820", "+4930901820"),
            ("+299 32 10 00", "+299321000"),
            ("112", "112"),
            ("33 12 34 56 / 20 20 20 20", "33 12 34 56 / 20 20 20 20"),
            ("33123456 lokal 12", "33123456 lokal 12"),
            ("ring  efter kl. 12", "ring efter kl. 12"),
        ],
    );
}

#[test]
fn countries() {
    check(
        &Lens::Country,
        &[
            ("Danmark", "DK"),
            ("denmark", "DK"),
            (" DANMARK ", "DK"),
            ("dk", "DK"),
            ("DNK", "DK"),
            ("Sverige", "SE"),
            ("Sweden", "SE"),
            ("Deutschland", "DE"),
            ("Färöarna", "Färöarna"),
            ("Færøerne", "FO"),
            ("Faeroeerne", "FO"),
            ("Kalaallit Nunaat", "GL"),
            ("UK", "GB"),
            ("U.K.", "GB"),
            ("Nederlandene", "NL"),
            ("USA", "US"),
            ("United States of America", "US"),
            ("Viet Nam", "VN"),
            ("Danmrak", "Danmrak"),
        ],
    );
    let danish = |code: &str| Lens::Country.write(Side::Right, &Value::text(code), &[]).expect("given")[0].to_string();
    assert_eq!(
        [danish("DK"), danish("DE"), danish("NL"), danish("GB")],
        ["Danmark", "Tyskland", "Holland", "Storbritannien"]
    );
    let kept = Lens::Country.write(Side::Right, &Value::text("SE"), &[&Value::text("Sweden")]).expect("given");
    assert_eq!(kept, [Value::text("Sweden")]);
    let unknown = Lens::Country.write(Side::Left, &Value::text("Danmrak"), &[]);
    assert_eq!(unknown, Err(FaultKind::Invalid { expected: "land / country".to_owned() }));
}

#[test]
fn company_numbers() {
    check(
        &Lens::Cvr,
        &[
            ("DK10150817", "10150817"),
            ("dk 10 15 08 17", "10150817"),
            ("CVR-nr. 10150817", "10150817"),
            ("10.15.08.17", "10150817"),
            ("SE556012579001", "SE556012579001"),
            ("de 136 695 976", "DE136695976"),
            ("-", ""),
        ],
    );
    let accept = |text: &str, abroad| Lens::Cvr.accept(Side::Left, &Value::text(text), abroad).is_ok();
    assert!(accept("10150817", false));
    assert!(!accept("12345678", false), "wrong check digit");
    assert!(!accept("1015081", false), "a digit is missing");
    assert!(!accept("DK1015081", false));
    assert!(accept("12345678", true), "other countries have other rules");
    assert!(accept("SE556012579001", false));
    assert!(Lens::Cvr.accept(Side::Right, &Value::text("12345678"), false).is_ok(), "the CRM keeps anything");
    check(&Lens::Gln, &[("5790 0000 0000 5", "5790000000005"), ("EAN: 5790000000005", "5790000000005")]);
    assert!(Lens::Gln.accept(Side::Left, &Value::text("5790000000005"), false).is_ok());
    assert!(Lens::Gln.accept(Side::Left, &Value::text("5790000000006"), false).is_err());
    let zero = Lens::Cvr.read(Side::Right, &[&Value::Decimal(Decimal::ZERO)]);
    assert_eq!(zero, Ok(Value::Empty), "a numeric field without a value holds zero");
}

#[test]
fn addresses_and_text() {
    check(&Lens::Email, &[(" Jens@Firma.DK ", "jens@firma.dk"), ("ÆBLE@æble.dk", "æble@æble.dk")]);
    check(
        &Lens::Url,
        &[
            ("https://www.Firma.dk/", "www.firma.dk"),
            ("HTTP://firma.dk/Om-Os/", "firma.dk/Om-Os"),
            ("firma.dk", "firma.dk"),
        ],
    );
    check(&Lens::Line, &[("A\u{30a}rhus\r\n  C", "Århus C"), ("a\u{a0}b", "a b")]);
    check(&Lens::Text, &[("Vej 1  \r\nsal  2\r\n\r\n", "Vej 1\nsal  2"), ("\n a", "a")]);
    check(&Lens::Decimal, &[("1234.50000000", "1234.5"), ("0", "0"), ("-0.00", "0")]);
    assert_eq!(read(&Lens::Decimal, "1.234,56"), "Invalid { expected: \"tal / number\" }");
    check(&Lens::Date, &[("2024-01-31", "2024-01-31"), ("0000-00-00", "")]);
}

#[test]
fn persons() {
    let split = |name: &str| {
        let parts = Lens::Person.write(Side::Right, &Value::text(name), &[]).expect("given");
        (parts[0].to_string(), parts[1].to_string())
    };
    let table = [
        ("Jens Hansen", "Jens", "Hansen"),
        ("Anne Sofie Bjørn Åkesson", "Anne Sofie Bjørn", "Åkesson"),
        ("Ludwig van der Berg", "Ludwig", "van der Berg"),
        ("Prince", "", "Prince"),
        ("anne hansen", "anne", "hansen"),
    ];
    for (name, first, last) in table {
        assert_eq!(split(name), (first.to_owned(), last.to_owned()), "{name}");
    }
    let (first, last) = (Value::text("Anne Sofie"), Value::text("Bjørn Åkesson"));
    let kept =
        Lens::Person.write(Side::Right, &Value::text("Anne Sofie Bjørn Åkesson"), &[&first, &last]).expect("given");
    assert_eq!(kept, [first, last], "a split that joins to the same name stays");
}
