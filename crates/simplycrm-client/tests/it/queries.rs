//! The query language: what is built reads back the same, and no value gets out of its quotes.

use chrono::{NaiveDate, TimeZone, Utc};
use futures::TryStreamExt;
use proptest::prelude::*;
use rust_decimal::Decimal;
use simplycrm_client::op::QueryRelated;
use simplycrm_client::vtql::{
    Comparison, Condition, Direction, Filter, KeysetPages, Limit, Literal, Pattern, Select, Text, URL_BUDGET, Vtql,
    VtqlError,
};
use simplycrm_client::{FieldName, ModuleName, Operation, WsId};
use std::sync::Arc;

use crate::fake::{FakeCrm, success};
use crate::skeleton::skeleton;

const NAME: FieldName = FieldName::literal("accountname");
const CITY: FieldName = FieldName::literal("bill_city");

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

#[test]
fn statements_read_as_the_language_wants_them() {
    let accounts = || Select::from(ModuleName::ACCOUNTS);
    let berlin = Utc.with_ymd_and_hms(2026, 11, 24, 3, 0, 0).unwrap();
    let zone = chrono::FixedOffset::east_opt(3_600).unwrap();
    let table = [
        (accounts(), "SELECT * FROM Accounts;"),
        (Select::count(ModuleName::ACCOUNTS), "SELECT count(*) FROM Accounts;"),
        (accounts().columns([]), "SELECT id FROM Accounts;"),
        (
            accounts()
                .columns([NAME])
                .order_by([CITY, NAME], Direction::Descending)
                .limit(Limit::new(200, 50).unwrap()),
            "SELECT accountname,bill_city FROM Accounts ORDER BY bill_city,accountname DESC LIMIT 200,50;",
        ),
        (
            accounts().columns([NAME]).filter(Condition::equal(NAME, text("O'Brien \\ Søn"))),
            r"SELECT accountname FROM Accounts WHERE accountname = 'O''Brien \\ Søn';",
        ),
        (
            accounts().columns([]).filter(
                Filter::all(Condition::equal(CITY, text("a")), [])
                    .or(Condition::equal(CITY, text("b")).into())
                    .and(&Condition::after(WsId::new(11, 5))),
            ),
            "SELECT id FROM Accounts WHERE bill_city = 'a' AND id > '11x5' OR bill_city = 'b' AND id > '11x5';",
        ),
        (
            accounts().columns([]).filter(Condition::like(NAME, Pattern::contains(&text(r"50%_\")))),
            r"SELECT id FROM Accounts WHERE accountname LIKE '%50\\%\\_\\\\%';",
        ),
        (
            accounts().columns([]).filter(Filter::all(
                Condition::Compare(NAME, Comparison::NotEqual, Literal::decimal(Decimal::new(125, 1))),
                [
                    Condition::Compare(NAME, Comparison::Less, Literal::from(-3)),
                    Condition::at_least(NAME, Literal::date(NaiveDate::from_ymd_opt(2026, 1, 2).unwrap())),
                    Condition::at_least(FieldName::MODIFIED_TIME, Literal::time(berlin)),
                    Condition::at_least(FieldName::MODIFIED_TIME, Literal::time_in(berlin, &zone)),
                    Condition::equal(NAME, Literal::flag(true)),
                ],
            )),
            "SELECT id FROM Accounts WHERE accountname != '12.5' AND accountname < -3 AND accountname >= '2026-01-02' \
             AND modifiedtime >= '2026-11-24 03:00:00' AND modifiedtime >= '2026-11-24 04:00:00' AND accountname = '1';",
        ),
    ];
    for (select, statement) in table {
        assert_eq!(select.to_string(), statement);
        assert!(statement.parse::<Vtql>().is_ok(), "{statement}");
    }
}

#[test]
fn what_the_language_cannot_say_cannot_be_built() {
    assert_eq!(Text::new(""), Err(VtqlError::EmptyText));
    assert_eq!(Text::new("a\0b"), Err(VtqlError::NulText));
    assert_eq!(Limit::new(0, 0), Err(VtqlError::Limit(0)));
    assert_eq!(Limit::new(0, 101), Err(VtqlError::Limit(101)));
    assert_eq!(Condition::one_of(NAME, Vec::<Text>::new()), None);
    let sorted = Select::from(ModuleName::CONTACTS).columns([]).order_by([NAME], Direction::Ascending);
    assert!(QueryRelated::new(&sorted, WsId::new(11, 1), "Contacts").is_err());
    let filtered = sorted.filter(Condition::equal(NAME, text("x")));
    let related = QueryRelated::new(&filtered, WsId::new(11, 1), "Contacts").unwrap();
    assert_eq!(
        related.parameters()[0].1,
        "SELECT accountname FROM Contacts WHERE accountname = 'x' ORDER BY accountname"
    );
}

#[test]
fn text_that_is_not_a_statement_is_refused() {
    for bad in [
        "",
        ";",
        "select",
        "select * from Accounts",
        "select * from Accounts; ;",
        "select a.b from Accounts;",
        "select * from Accounts where a='';",
        "select * from Accounts where (a='b');",
        "select * from A where a=b;",
        "select * from A where a='\\';",
        "select * from A where a='it\\'s';",
        "select * from A limit 101;",
        "select * from A where a='b' or;",
        "select * from A where a in ();",
        "select * from A -- x\n;",
        "select * from A where a=12.5;",
        "select * from A order by a asc, b;",
        "update A set a='b';",
        "select * from A where a <> 'b';",
        "select * from A where a=-'b';",
        "select æ from A;",
    ] {
        assert!(bad.parse::<Vtql>().is_err(), "{bad}");
    }
}

fn fields() -> impl Strategy<Value = FieldName> {
    "[a-zA-Z_][a-zA-Z0-9_]{0,12}".prop_filter_map("a keyword", |name| FieldName::new(name).ok())
}

/// Any text, and much of what an attacker would choose.
fn texts() -> impl Strategy<Value = Text> {
    let nasty = r"['\\;%_ \n\t()=,-]|OR|''|x|1|ø|\PC";
    prop_oneof![proptest::collection::vec(nasty, 1..12).prop_map(|parts| parts.concat()), any::<String>(),]
        .prop_filter_map("not a text", |text| {
            Text::new(text).ok().filter(|text| text.as_str().parse::<WsId>().is_err())
        })
}

fn literals() -> impl Strategy<Value = Literal> {
    prop_oneof![
        3 => texts().prop_map(Literal::Text),
        1 => any::<i64>().prop_map(Literal::Integer),
        1 => (any::<u32>(), any::<u64>()).prop_map(|(prefix, number)| Literal::Id(WsId::new(prefix, number))),
    ]
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    prop_oneof![
        Just(Comparison::Equal),
        Just(Comparison::NotEqual),
        Just(Comparison::Less),
        Just(Comparison::AtMost),
        Just(Comparison::Greater),
        Just(Comparison::AtLeast),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    let patterns = prop_oneof![
        texts().prop_map(|text| Pattern::contains(&text)),
        texts().prop_map(|text| Pattern::starts_with(&text)),
        texts().prop_map(|text| Pattern::ends_with(&text)),
    ];
    prop_oneof![
        (fields(), comparisons(), literals())
            .prop_map(|(field, comparison, value)| Condition::Compare(field, comparison, value)),
        (fields(), patterns).prop_map(|(field, pattern)| Condition::Like(field, pattern)),
        (fields(), literals(), proptest::collection::vec(literals(), 0..6))
            .prop_map(|(field, first, rest)| Condition::In(field, first, rest)),
    ]
}

fn filters() -> impl Strategy<Value = Filter> {
    let all = (conditions(), proptest::collection::vec(conditions(), 0..3));
    proptest::collection::vec(all.prop_map(|(first, rest)| Filter::all(first, rest)), 1..4)
        .prop_map(|filters| filters.into_iter().reduce(Filter::or).unwrap())
}

fn selects() -> impl Strategy<Value = Select> {
    let order = proptest::option::of((proptest::collection::vec(fields(), 1..3), any::<bool>()));
    let limit = proptest::option::of((any::<u32>(), 1..=100_u32));
    let columns = proptest::option::of(proptest::collection::vec(fields(), 1..5));
    (columns, proptest::option::of(filters()), order, limit).prop_map(|(columns, filter, order, limit)| {
        let mut select = Select::from(ModuleName::ACCOUNTS);
        if let Some((sort, descending)) = order {
            let direction = if descending { Direction::Descending } else { Direction::Ascending };
            // Sort fields are selected along, so naming them keeps the statement equal to what is read back.
            let columns = columns.map(|columns| columns.into_iter().chain(sort.iter().cloned()).collect::<Vec<_>>());
            select = match columns {
                Some(columns) => select.columns(distinct(columns)),
                None => select,
            }
            .order_by(sort, direction);
        } else if let Some(columns) = columns {
            select = select.columns(distinct(columns));
        }
        if let Some(filter) = filter {
            select = select.filter(filter);
        }
        match limit {
            Some((offset, count)) => select.limit(Limit::new(offset, count).unwrap()),
            None => select,
        }
    })
}

fn distinct(columns: Vec<FieldName>) -> Vec<FieldName> {
    let mut distinct: Vec<FieldName> = Vec::new();
    for column in columns {
        if !distinct.contains(&column) {
            distinct.push(column);
        }
    }
    distinct
}

proptest! {
    #[test]
    fn a_statement_reads_back_as_it_was_built(select in selects()) {
        prop_assert_eq!(select.to_string().parse::<Select>(), Ok(select));
    }

    #[test]
    fn no_value_changes_the_shape_of_a_statement(value in texts(), other in texts()) {
        let with = |value: &Text| {
            let filter = Filter::all(
                Condition::equal(NAME, value.clone()),
                [
                    Condition::like(NAME, Pattern::contains(value)),
                    Condition::like(NAME, Pattern::raw(Text::new(Pattern::ends_with(value).as_str()).unwrap())),
                    Condition::one_of(NAME, [value.clone(), value.clone()]).unwrap(),
                ],
            );
            skeleton(&Select::from(ModuleName::ACCOUNTS).filter(filter).to_string())
        };
        prop_assert_eq!(with(&value), with(&other));
    }

    #[test]
    fn nothing_that_parses_hides_a_second_statement(statement in "select (\\*|a) from A( where a ?(=|like) ?'[a';\\\\ ]{0,6}'?)?( limit [0-9]{1,3})?;?.{0,5}") {
        if let Ok(select) = statement.parse::<Select>() {
            let rendered = select.to_string();
            prop_assert_eq!(skeleton(&rendered).matches(';').count(), 1);
            prop_assert_eq!(rendered.parse::<Select>().map(|again| again.to_string()), Ok(rendered));
        }
    }

    #[test]
    fn long_lists_are_split_within_the_budget_and_lose_nothing(ids in proptest::collection::vec(any::<u64>(), 1..900)) {
        let listed = Condition::one_of(FieldName::ID, ids.iter().map(|number| WsId::new(11, *number))).unwrap();
        let parts = Select::from(ModuleName::ACCOUNTS).columns([NAME]).filter(listed).split(URL_BUDGET);
        let mut found = Vec::new();
        for part in parts {
            prop_assert!(part.encoded_len() <= URL_BUDGET);
            let statement = part.to_string();
            let list = statement.split_once('(').unwrap().1.split_once(')').unwrap().0;
            found.extend(list.split(',').map(|id| id.trim_matches('\'').parse::<WsId>().unwrap().number()));
        }
        prop_assert_eq!(found, ids);
    }
}

#[test]
fn pages_follow_each_other_by_id_until_an_empty_one() {
    let mut pages =
        KeysetPages::new(Select::from(ModuleName::ACCOUNTS).columns([NAME]).limit(Limit::new(5, 5).unwrap()));
    let statement = |pages: &KeysetPages| pages.next_page().map(|select| select.to_string());
    assert_eq!(statement(&pages).as_deref(), Some("SELECT accountname,id FROM Accounts ORDER BY id LIMIT 100;"));
    pages.seen([WsId::new(11, 9), WsId::new(11, 100)]);
    assert_eq!(
        statement(&pages).as_deref(),
        Some("SELECT accountname,id FROM Accounts WHERE id > '11x100' ORDER BY id LIMIT 100;")
    );
    pages.seen([]);
    assert_eq!(statement(&pages), None);
}

#[test]
fn a_server_that_ignores_the_condition_does_not_hold_us_forever() {
    let mut pages = KeysetPages::new(Select::from(ModuleName::ACCOUNTS)).after(WsId::new(11, 100));
    pages.seen([WsId::new(11, 9), WsId::new(11, 100)]);
    assert!(pages.next_page().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_scan_reads_every_record_once() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("query", success(r#"[{"id":"7x1"},{"id":"7x1"},{"id":"7x2"}]"#))
        .on("query", success(r#"[{"id":"7x3"}]"#))
        .on("query", success("[]"));
    let select = Select::from(ModuleName::INVOICE).columns([]);
    let records: Vec<_> = crm.client().scan(select).try_collect().await.unwrap();
    let ids: Vec<_> = records.iter().map(|record| record.id().unwrap().number()).collect();
    assert_eq!(ids, [1, 2, 3], "a row for each line is still one invoice");
    assert!(crm.is_exhausted());
    assert!(crm.seen("query")[2].parameters["query"].contains("id > '7x3'"));
}

#[tokio::test(start_paused = true)]
async fn many_records_are_asked_for_in_few_requests() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("query", success("[]")).on("query", success("[]")).on("query", success("[]"));
    let ids: Vec<_> = (0..250).map(|number| WsId::new(11, number)).collect();
    crm.client().retrieve_many(ModuleName::ACCOUNTS, &[NAME], &ids).await.unwrap();
    assert!(crm.is_exhausted());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_count_is_not_an_empty_module() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("query", success("[]")).on("query", success(r#"[{"count":"477"}]"#));
    let client = crm.client();
    assert_eq!(client.count(ModuleName::CONTACTS).await.unwrap(), None);
    assert_eq!(client.count(ModuleName::CONTACTS).await.unwrap(), Some(477));
}
