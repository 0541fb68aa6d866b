//! Mapping files that are not in order: each mistake is told with its place, in both languages, with what may be meant.

use std::fmt::Write;
use std::time::{Duration, Instant};

use field_mapping::{Diagnostic, Source, Trouble, resolve};

use crate::schemas::{BOTH, Style, modules, schemas, variables};

fn told(text: &str) -> Vec<Diagnostic> {
    let source = Source::Custom { file: "mapping.toml", text };
    resolve(&source, &modules(), &schemas("v840", Style::Slugs), BOTH, &variables()).err().unwrap_or_default()
}

/// A mapping in which exactly `head` and `body` can be wrong.
fn entity(head: &str, body: &str) -> String {
    format!(
        "[[entity]]\nmodule = \"organisations\"\ndinero = \"contact\"\ncrm = \"Accounts\"\nmakes = []\n{head}\n\
         [[entity.field]]\nname = \"name\"\ndinero = \"Name\"\ncrm = \"accountname\"\n{body}\n"
    )
}

fn field(lines: &str) -> String {
    entity("", &format!("[[entity.field]]\n{lines}"))
}

fn rule(lines: &str) -> String {
    entity(&format!("[[entity.match]]\nname = \"alike\"\n{lines}"), "")
}

const PHONE: &str = "name = \"phone\"\ndinero = \"Phone\"\ncrm = \"phone\"";

/// Mistakes in the TOML, and in what a file and an entity hold.
fn of_form() -> Vec<(&'static str, String)> {
    let phone = PHONE;
    vec![
        ("an equals sign is missing", "[[entity]]\nmodule \"organisations\"\n".to_owned()),
        ("a quote is not closed", "[[entity]]\nmodule = \"organisations\n".to_owned()),
        ("a key is given twice", entity("crm = \"Accounts\"", "")),
        ("text after the value", "entity = [] x\n".to_owned()),
        ("no quotes", "[[entity]]\nmodule = organisations\n".to_owned()),
        ("a heading not closed", "[[entity]\n".to_owned()),
        ("a list not closed", "entity = [1, 2\n".to_owned()),
        ("a table not closed", "entity = { a = 1\n".to_owned()),
        ("commas", "a = [1 2]\nb = [1,,2]\nc = { d = 1 e = 2 }\n".to_owned()),
        ("no key and no value", "= 1\na =\n".to_owned()),
        ("numbers", "a = 01\nb = 1__2\nc = 0xG\nd = 1.e\ne = 2026-13-99\nf = tru\n".to_owned()),
        ("signs in texts", "a = \"\\q\"\nb = \"\\u12\"\nc = 'x\n".to_owned()),
        ("a value that becomes a table", "a = 1\na.b = 2\n[a]\n".to_owned()),
        ("an unknown key at the top", format!("{}\n[mapping]\nx = 1\n", entity("", ""))),
        ("entity is a single table", "[entity]\nmodule = \"organisations\"\n".to_owned()),
        ("entity is a number", "entity = 3\n".to_owned()),
        ("an unknown key of an entity", entity("make = [\"dinero\"]", "")),
        ("module is missing", "[[entity]]\ndinero = \"contact\"\ncrm = \"Accounts\"\n".to_owned()),
        ("module is a number", "[[entity]]\nmodule = 1\ndinero = \"contact\"\ncrm = \"Accounts\"\n".to_owned()),
        (
            "a module nobody knows",
            "[[entity]]\nmodule = \"organisation\"\ndinero = \"contact\"\ncrm = \"Accounts\"\n".to_owned(),
        ),
        ("a kind the CRM does not have", entity("", "").replace("\"Accounts\"", "\"Acounts\"")),
        ("a kind Dinero does not have", entity("", "").replace("\"contact\"", "\"customer\"")),
        ("a side nobody knows", entity("", "").replace("makes = []", "makes = [\"simply\"]")),
        ("a likeness of no field of the rule", rule("fields = [\"name\"]\nsimilar = { field = \"phone\" }")),
        ("nothing but likeness", rule("fields = [\"name\"]\nsimilar = { field = \"name\" }")),
        ("more than everything", rule("fields = [\"name\"]\nscore = 101")),
        (
            "asking later than linking",
            rule("fields = [\"name\", \"name\"]\nsimilar = { field = \"name\", links = 90, proposes = 95 }"),
        ),
        (
            "a veto by likeness",
            rule("fields = [\"name\", \"name\"]\nvetoes = true\nsimilar = { field = \"name\", proposes = \"90 %\" }"),
        ),
        ("makes is a text", entity("", "").replace("makes = []", "makes = \"dinero\"")),
        ("an unknown key of a field", field(&format!("{phone}\nclear = true"))),
        ("a field without a name", field("dinero = \"Phone\"\ncrm = \"phone\"")),
        ("a field of one side only", field("name = \"phone\"\ndinero = \"Phone\"")),
        ("a field the CRM does not have", field("name = \"cvr\"\ndinero = \"VatNumber\"\ncrm = \"cf_cvrr\"")),
        ("a field Dinero does not have", field("name = \"zip\"\ndinero = \"Zipcode\"\ncrm = \"bill_code\"")),
        ("a field of a number", field("name = \"phone\"\ndinero = 5\ncrm = \"phone\"")),
    ]
}

/// Mistakes in a pair of fields.
fn of_fields() -> Vec<(&'static str, String)> {
    let phone = PHONE;
    vec![
        ("a translation nobody knows", field(&format!("{phone}\ntranslate = \"fone\""))),
        ("a flag for a text", field("name = \"out\"\ndinero = \"Phone\"\ncrm = \"emailoptout\"\ntranslate = \"flag\"")),
        ("a text for a reference", field("name = \"parent\"\ndinero = \"AttPerson\"\ncrm = \"account_id\"")),
        (
            "one field for a person",
            field("name = \"att\"\ndinero = \"AttPerson\"\ncrm = \"ownership\"\ntranslate = \"person\""),
        ),
        ("two fields for a line", field("name = \"att\"\ndinero = \"AttPerson\"\ncrm = [\"ownership\", \"rating\"]")),
        ("a field nobody may write", field("name = \"no\"\ndinero = \"MemberNumber\"\ncrm = \"account_no\"")),
        ("a direction nobody knows", field(&format!("{phone}\ndirection = \"to-simply\""))),
        ("a priority nobody knows", field(&format!("{phone}\npriority = \"crm\""))),
        ("a priority without a conflict", field(&format!("{phone}\ndirection = \"to-crm\"\npriority = \"crm-first\""))),
        ("clearing is a text", field(&format!("{phone}\nclearing = \"yes\""))),
        ("two fields of one name", field("name = \"name\"\ndinero = \"AttPerson\"\ncrm = \"ownership\"")),
        ("two fields that write one", field("name = \"alias\"\ndinero = \"AttPerson\"\ncrm = \"accountname\"")),
    ]
}

/// Mistakes in values, filters, constants and rules, and all kinds together.
fn of_values() -> Vec<(&'static str, String)> {
    let phone = PHONE;
    vec![
        (
            "a default that is no country",
            field(
                "name = \"country\"\ndinero = \"CountryKey\"\ncrm = \"bill_country\"\ntranslate = \"country\"\ndefault = { dinero = \"Danmrak\" }",
            ),
        ),
        (
            "a default that is too long",
            field(
                "name = \"city\"\ndinero = \"City\"\ncrm = \"bill_city\"\ndefault = { crm = \"Sankt Annæ Plads ved Kongens Have i København\" }",
            ),
        ),
        (
            "a word in two rows",
            field(
                "name = \"type\"\ndinero = \"CompanyTypeKey\"\ncrm = \"ownership\"\ntranslate = { table = { A = [\"x\", \"y\"], B = \"X\" } }",
            ),
        ),
        ("half a label", field(&format!("{phone}\nlabel = {{ da = \"Telefon\" }}"))),
        ("a filter on a field that is not there", entity("filter.crm = { account_type = \"Customer\" }", "")),
        ("a filter on a choice that is not there", entity("filter.crm = { accounttype = \"Kunde\" }", "")),
        ("a filter of lists", entity("filter.crm = { accounttype = [[\"Customer\"]] }", "")),
        ("a filter of nothing", entity("filter.crm = { accounttype = {}, rating = [] }", "")),
        ("a condition nobody knows", entity("filter.crm = { accountname = { contain = \"ApS\" } }", "")),
        ("set to something else", entity("filter.crm = { accountname = { is = \"sat\" } }", "")),
        ("more than a text", entity("filter.crm = { accountname = { at-least = 5 } }", "")),
        ("part of a number", entity("filter.crm = { employees = { contains = \"5\", at-least = \"five\" } }", "")),
        ("not not", entity("filter.crm = { accountname = { not = { not = \"x\" } } }", "")),
        ("a filter of a third side", entity("filter.simply = { accounttype = \"Customer\" }", "")),
        ("a constant of another type", entity("constants.dinero = { IsPerson = \"no\" }", "")),
        (
            "a constant from a setting nobody knows",
            entity("constants.dinero = { Phone = { setting = \"sale_account\" } }", ""),
        ),
        ("a rule over a field that is not mapped", entity("", "[[entity.match]]\nname = \"cvr\"\nfields = [\"nam\"]")),
        ("a rule without fields", entity("", "[[entity.match]]\nname = \"cvr\"")),
        (
            "one rule twice",
            entity(
                "",
                "[[entity.match]]\nname = \"name\"\nfields = [\"name\"]\n[[entity.match]]\nname = \"name\"\nfields = [\"name\"]\nvetoes = true",
            ),
        ),
        ("a new record lacks what it needs", entity("", "").replace("makes = []", "makes = [\"dinero\"]")),
        ("brackets beyond measure", format!("entity = {}", "[".repeat(200))),
        ("many mistakes at once", field("name = 1\ndinero = \"Phon\"\ncrm = \"fone\"\ntranslate = \"x\"\nz = 1")),
    ]
}

/// Mistakes in translations, and pairs that cannot go together.
fn of_translations() -> Vec<(&'static str, String)> {
    let translated =
        |translate: &str, direction: &str| field(&format!("{PHONE}\ntranslate = {translate}\n{direction}"));
    let one_way = "direction = \"to-crm\"";
    vec![
        ("a cut both ways", translated("{ cut = 10 }", "")),
        ("an expression both ways", translated("{ expression = \"Phone | upper\" }", "")),
        ("an expression back", translated("{ expression = \"Phone\" }", "direction = \"both\"")),
        ("an inverse that is none", translated("{ expression = \"'+45' ~ Phone\", inverse = \"value\" }", "")),
        ("too many inverses", translated("{ expression = \"Phone\", inverse = [\"value\", \"value\"] }", "")),
        ("no expression", translated("{ expression = \"Phone |\" }", one_way)),
        ("an unknown name", translated("{ expression = \"Fone | upper\" }", one_way)),
        ("an unknown filter", translated("{ expression = \"Phone | float\" }", one_way)),
        ("an unknown test", translated("{ expression = \"'a' if Phone is odd else 'b'\" }", one_way)),
        ("an unknown function", translated("{ expression = \"range(3)\" }", one_way)),
        ("a text not closed", translated("{ expression = \"Phone ~ 'x\" }", one_way)),
        ("a sign nobody knows", translated("{ expression = \"Phone ? 1\" }", one_way)),
        ("two expressions", translated("{ expression = \"Phone Phone\" }", one_way)),
        ("nothing in brackets", translated("{ expression = \"Phone[]\" }", one_way)),
        ("a number too large", translated(&format!("{{ expression = \"{}\" }}", "9".repeat(60)), one_way)),
        ("half a choice", translated("{ expression = \"Phone if\" }", one_way)),
        ("texts multiplied", translated("{ expression = \"Phone * 1000000\" }", one_way)),
        ("a fraction", translated("{ expression = \"0.1 + 0.2\" }", one_way)),
        ("two translations", translated("{ cut = 10, most = 20 }", one_way)),
        ("no translation", translated("{ }", one_way)),
        ("a negative number of characters", translated("{ most = -1 }", "")),
        ("a currency that does not exist", translated("{ amount = \"KRONER\" }", "")),
        (
            "an expression nested beyond measure",
            translated(&format!("{{ expression = \"{}\" }}", "(".repeat(900)), one_way),
        ),
        (
            "values going round in a circle",
            field(
                "name = \"one\"\ndinero = \"Phone\"\ncrm = \"fax\"\ndirection = \"to-crm\"\n[[entity.field]]\nname = \"two\"\n\
                 dinero = \"AttPerson\"\ncrm = \"fax\"\ndirection = \"to-dinero\"\n[[entity.field]]\nname = \"three\"\n\
                 dinero = \"AttPerson\"\ncrm = \"phone\"\ndirection = \"to-crm\"\n[[entity.field]]\nname = \"four\"\n\
                 dinero = \"Phone\"\ncrm = \"phone\"\ndirection = \"to-dinero\"",
            ),
        ),
    ]
}

#[test]
fn every_mistake_is_told_with_its_place_in_both_languages() {
    let mut golden = String::new();
    for (what, text) in of_form().into_iter().chain(of_fields()).chain(of_values()).chain(of_translations()) {
        let told = told(&text);
        assert!(!told.is_empty(), "{what}: nothing was told");
        writeln!(golden, "## {what}").expect("given");
        for it in told {
            assert_eq!(
                text.get(it.span.clone()).map(|part| part.starts_with(it.text.trim_end_matches('…'))),
                Some(true)
            );
            let meant = it.suggestion.map(|meant| format!(" → {meant}")).unwrap_or_default();
            writeln!(golden, "{}:{} {:?}{meant}\n  da: {}\n  en: {}", it.line, it.column, it.text, it.da, it.en)
                .expect("given");
            assert!(!it.da.contains("læserens egne ord"), "{what}: the parser's words have no Danish: {}", it.en);
            assert!(!it.excerpt.marked.is_empty() && it.excerpt.marked.start <= it.excerpt.line.chars().count());
        }
    }
    insta::assert_snapshot!(golden);
}

#[test]
fn hostile_files_are_refused_quickly() {
    let table = [
        ("ten megabytes", "# æ\n".repeat(2_500_000)),
        (
            "an expression of a hundred thousand brackets",
            field(&format!("{PHONE}\ntranslate = {{ expression = \"{}\" }}", "[".repeat(100_000))),
        ),
        ("a thousand pairs in a chain", chain(900)),
        ("deep arrays", format!("entity = {}", "[".repeat(500_000))),
        ("deep tables", format!("entity = {}", "{a=".repeat(300_000))),
        ("a deep key", format!("{} = 1", vec!["a"; 400_000].join("."))),
        ("nothing but mistakes", "a = \n".repeat(200_000)),
        ("too many entities", "[[entity]]\nx = 1\n".repeat(50_000)),
        ("one long line", "a".repeat(1_000_000)),
    ];
    for (what, text) in table {
        let begun = begin();
        let told = told(&text);
        assert!(!told.is_empty() && told.len() <= 102, "{what}: {} told", told.len());
        assert!(told.iter().all(|it| it.text.len() <= 400 && it.en.len() <= 1000), "{what}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{what} took {:?}", begun.elapsed());
    }
    assert_eq!(told(&"#".repeat(1 << 21))[0].trouble, Trouble::TooLarge);
    let ten_megabytes = "[[entity]]\n".repeat(1_000_000);
    let begun = begin();
    assert_eq!(told(&ten_megabytes)[0].trouble, Trouble::TooLarge);
    assert!(begun.elapsed() < Duration::from_millis(200), "ten megabytes took {:?}", begun.elapsed());
}

/// Many pairs of one direction that hang together and name nothing that is there.
fn chain(length: usize) -> String {
    let link = |at: usize| {
        let (side, direction) = if at.is_multiple_of(2) { (at, "to-crm") } else { (at + 1, "to-dinero") };
        format!(
            "[[entity.field]]\nname = \"n{at}\"\ndinero = \"D{at}\"\ncrm = \"c{side}\"\ndirection = \"{direction}\"\n"
        )
    };
    entity("", &(0..length).map(link).collect::<String>())
}

#[expect(clippy::disallowed_methods, reason = "how long a refusal takes is what is tested")]
fn begin() -> Instant {
    Instant::now()
}

#[test]
fn a_message_shows_the_line_and_underlines_the_words_in_question() {
    let text = field("name = \"cvr\"\ndinero = \"Vat\"\ncrm = \"cf_cvrr\" # æøå");
    let long = field(&format!(
        "name = \"{}\"\ndinero = \"Vat\" \t# \u{7f}{}\ncrm = \"fax\"",
        "x".repeat(300),
        "y".repeat(300)
    ));
    let unclosed = "[[entity]]\r\nmodule = \"organisations\r\n".to_owned();
    let mut golden = String::new();
    for text in [text, long, unclosed] {
        for it in told(&text) {
            writeln!(golden, "{}\n\n{}\n", it.in_danish(), it.in_english()).expect("given");
        }
    }
    insta::assert_snapshot!(golden);
}
