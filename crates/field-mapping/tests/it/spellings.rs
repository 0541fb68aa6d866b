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

fn named(name: &str) -> Lens {
    Lens::named(name).expect("a lens")
}

fn written(lens: &Lens, side: Side, value: &str) -> Vec<String> {
    let parts = lens.write(side, &Value::text(value), &[]);
    parts.map_or_else(|kind| vec![format!("{kind:?}")], |parts| parts.iter().map(ToString::to_string).collect())
}

#[test]
fn registered_numbers() {
    check(
        &named("se"),
        &[("SE-nr. 10 15 08 17", "10150817"), ("DK10150817", "10150817"), ("SE556012579001", "SE556012579001")],
    );
    check(&named("p-number"), &[("P-nr. 1003388394", "1003388394"), ("p 10 03 38 83 94", "1003388394")]);
    let accept = |name: &str, text: &str| named(name).accept(Side::Left, &Value::text(text), false).is_ok();
    assert!(accept("se", "10150817") && !accept("se", "10150818"));
    assert!(accept("p-number", "1003388394") && !accept("p-number", "100338839"));
}

#[test]
fn amounts_and_currencies() {
    let no = "Invalid { expected: \"beløb i DKK / amount in DKK\" }";
    check(
        &crate::custom::lens_of("{ amount = \"DKK\" }"),
        &[
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1234,5", "1234.5"),
            ("1.234.567", "1234567"),
            ("kr. 1.234,50", "1234.5"),
            ("125,-", "125"),
            ("DKK -12,00", "-12"),
            ("1 234,50 kr.", "1234.5"),
            ("1234.560000", "1234.56"),
            ("", ""),
            ("1.234", no),
            ("12,345", no),
            ("EUR 12,00", no),
            ("12.34.56", no),
            ("1.2345", no),
        ],
    );
    check(
        &crate::custom::lens_of("{ amount = \"BHD\" }"),
        &[("1.234", "1.234"), ("1.2345", "Invalid { expected: \"beløb i BHD / amount in BHD\" }")],
    );
    check(
        &named("currency"),
        &[("dkk", "DKK"), ("Danske kroner", "DKK"), ("Danish krone", "DKK"), ("Euro", "EUR"), ("kr", "kr")],
    );
    assert_eq!(written(&named("currency"), Side::Left, "kr"), ["Invalid { expected: \"valuta / currency\" }"]);
}

#[test]
fn terms_of_payment() {
    let payment = named("payment");
    check(
        &payment,
        &[
            ("Netto 8 dage", "Netto 8"),
            ("net 30", "Netto 30"),
            ("14 days", "Netto 14"),
            ("Netto kontant", "NettoCash"),
            ("Løbende måned + 30 dage", "CurrentMonthOut 30"),
            ("2 % 10 netto 30", "2 % 10 netto 30"),
            ("½ måned", "½ måned"),
        ],
    );
    assert_eq!(written(&payment, Side::Left, "CurrentMonthOut 30"), ["CurrentMonthOut", "30"]);
    assert_eq!(written(&payment, Side::Left, "NettoCash"), ["NettoCash", ""]);
    assert_eq!(written(&payment, Side::Left, "2 % 10 netto 30"), ["NoCounterpart"]);
    assert_eq!(written(&payment, Side::Right, "Netto 8"), ["Netto 8 dage"]);
    let cash = payment.read(Side::Left, &[&Value::text("NettoCash"), &Value::Decimal(Decimal::ZERO)]);
    assert_eq!(cash, Ok(Value::text("NettoCash")), "the zero days that Dinero shows for cash mean nothing");
}

#[test]
fn street_and_house_number() {
    let address = named("address");
    let table = [
        ("Havnegade 3, 2. sal", "Havnegade", "3, 2. sal"),
        ("10. Februarvej 5 B", "10. Februarvej", "5 B"),
        ("Havnegade 3\nBygning 2", "Havnegade\nBygning 2", "3"),
        ("Bygaden", "Bygaden", ""),
    ];
    for (whole, street, house) in table {
        assert_eq!(written(&address, Side::Right, whole), [street, house]);
    }
}

#[test]
fn days_entities_languages_and_natives() {
    check(
        &named("danish-date"),
        &[("31-01-2026", "2026-01-31"), ("1.2.2026", "2026-02-01"), ("2026-01-31", "2026-01-31")],
    );
    let day = named("danish-date").read(Side::Right, &[&Value::text("1/2/2026")]).expect("a day");
    assert_eq!(named("danish-date").write(Side::Right, &day, &[]), Ok(vec![Value::text("01-02-2026")]));
    check(&named("html"), &[("S&oslash;n &amp; S&#248;n", "Søn & Søn"), ("a &lt; b", "a < b")]);
    assert_eq!(written(&named("html"), Side::Right, "Søn & \"Co\""), ["Søn &amp; &quot;Co&quot;"]);
    check(&named("language"), &[("Danish", "da"), ("en_us", "en"), ("Svenska", "sv"), ("Klingon", "Klingon")]);
    check(&named("culture"), &[("Dansk", "da-DK"), ("en", "en-GB")]);
    check(&named("verbatim"), &[("A\u{30a}  x", "Å  x")]);
    check(
        &Lens::Country,
        &[("Suomi", "FI"), ("Ísland", "IS"), ("España", "ES"), ("Polska", "PL"), ("Ελλάδα", "GR"), ("Україна", "UA")],
    );
    assert_eq!(written(&Lens::Most(5), Side::Right, "abcdef"), ["TooLong { max: 5 }"]);
    assert_eq!(written(&Lens::Cut(5), Side::Right, "abcd ef"), ["abcd"]);
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
