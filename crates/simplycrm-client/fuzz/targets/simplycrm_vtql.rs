//! Fuzzes VTQL: what is built reads back as it was built, no value gets out of its quotes, splitting loses nothing, and text
//! that is taken for a statement is one.
#![no_main]

use arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use simplycrm_client::vtql::{
    Comparison, Condition, Direction, Filter, Limit, Literal, Pattern, Select, Text, URL_BUDGET, Vtql,
};
use simplycrm_client::{FieldName, ModuleName, WsId};

#[path = "../../tests/it/skeleton.rs"]
mod skeleton;

use skeleton::skeleton;

#[derive(Debug)]
enum Wanted {
    Statement(Select),
    Words(String),
}

impl<'a> Arbitrary<'a> for Wanted {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        if u.arbitrary()? { Ok(Self::Statement(select(u)?)) } else { Ok(Self::Words(u.arbitrary()?)) }
    }
}

const FIELDS: [FieldName; 5] = [
    FieldName::ID,
    FieldName::MODIFIED_TIME,
    FieldName::literal("accountname"),
    FieldName::literal("cf_851"),
    FieldName::literal("hdnS_H_Amount"),
];

fn field(u: &mut Unstructured<'_>) -> Result<FieldName> {
    if u.ratio(3, 4)? {
        return Ok(u.choose(&FIELDS)?.clone());
    }
    Ok(FieldName::new(u.arbitrary::<String>()?).unwrap_or(FieldName::ID))
}

fn text(u: &mut Unstructured<'_>) -> Result<Text> {
    let text = Text::new(u.arbitrary::<String>()?).or_else(|_| Text::new("x"));
    text.map_err(|_| arbitrary::Error::IncorrectFormat)
}

fn literal(u: &mut Unstructured<'_>) -> Result<Literal> {
    Ok(match u.int_in_range(0..=2)? {
        0 => Literal::from(u.arbitrary::<i64>()?),
        1 => Literal::from(WsId::new(u.arbitrary()?, u.arbitrary()?)),
        _ => {
            let text = text(u)?;
            // Quoted text that looks like an id is read back as one, and means the same.
            text.as_str().parse().map_or(Literal::Text(text), |id: WsId| Literal::Id(id))
        }
    })
}

fn condition(u: &mut Unstructured<'_>) -> Result<Condition> {
    use Comparison::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
    let field = field(u)?;
    Ok(match u.int_in_range(0..=3)? {
        0 => {
            let text = text(u)?;
            let patterns = [Pattern::contains(&text), Pattern::starts_with(&text), Pattern::ends_with(&text)];
            Condition::like(field, u.choose(&patterns)?.clone())
        }
        1 => {
            let mut rest = Vec::new();
            for _ in 0..u.int_in_range(0..=40)? {
                rest.push(literal(u)?);
            }
            Condition::In(field, literal(u)?, rest)
        }
        _ => {
            let comparison = *u.choose(&[Equal, NotEqual, Less, AtMost, Greater, AtLeast])?;
            Condition::Compare(field, comparison, literal(u)?)
        }
    })
}

fn select(u: &mut Unstructured<'_>) -> Result<Select> {
    let mut select = Select::from(ModuleName::new(u.arbitrary::<String>()?).unwrap_or(ModuleName::ACCOUNTS));
    if u.arbitrary()? {
        let mut columns = Vec::new();
        for _ in 0..u.int_in_range(1..=4)? {
            columns.push(field(u)?);
        }
        select = select.columns(columns);
    }
    if u.arbitrary()? {
        let mut filter: Option<Filter> = None;
        for _ in 0..u.int_in_range(1..=4)? {
            let next = condition(u)?;
            filter = Some(match filter {
                None => next.into(),
                Some(filter) if u.arbitrary()? => filter.or(next.into()),
                Some(filter) => filter.and(&next),
            });
        }
        if let Some(filter) = filter {
            select = select.filter(filter);
        }
    }
    if u.arbitrary()? {
        let direction = if u.arbitrary()? { Direction::Descending } else { Direction::Ascending };
        select = select.order_by([field(u)?], direction);
    }
    if u.arbitrary()? {
        let count = u.arbitrary()?;
        let limit = Limit::new(u.arbitrary()?, count);
        assert_eq!(limit.is_ok(), (1..=100).contains(&count));
        select = limit.map_or(select.clone(), |limit| select.limit(limit));
    }
    Ok(select)
}

/// What must hold of any statement, however it came about.
fn sound(select: &Select) -> String {
    let statement = select.to_string();
    let outside = skeleton(&statement);
    let harmless = |c: char| c.is_ascii_alphanumeric() || " _,*()=<>!;-'".contains(c);
    assert!(outside.chars().all(harmless), "{statement}");
    assert!(outside.ends_with(';') && outside.matches(';').count() == 1, "{statement}");
    assert!(!outside.contains("--") && !outside.contains("/*"), "{statement}");
    assert!(statement.parse::<Vtql>().is_ok(), "{statement}");
    // Sort fields are selected along, so it is from the second reading on that nothing changes.
    let read: Select = statement.parse().expect("what was rendered is a statement");
    assert_eq!(read.to_string(), statement);
    let again: Select = read.to_string().parse().expect("and so is what was read");
    assert_eq!(again, read);
    statement
}

fn literals(statement: &str) -> Vec<String> {
    let list = statement.split_once(" IN (").and_then(|(_, rest)| rest.rsplit_once(')')).map_or("", |(list, _)| list);
    list.split(',').map(str::to_owned).collect()
}

fuzz_target!(|wanted: Wanted| {
    match wanted {
        Wanted::Words(words) => {
            if let Ok(select) = words.parse::<Select>() {
                sound(&select);
            }
            if words.len() < 4_000
                && let Ok(text) = Text::new(words.as_str())
            {
                let named = Condition::equal(FIELDS[2].clone(), text);
                sound(&Select::from(ModuleName::ACCOUNTS).filter(named));
            }
        }
        Wanted::Statement(select) => {
            sound(&select);
            for budget in [200, URL_BUDGET] {
                let parts = select.clone().split(budget);
                assert!(!parts.is_empty());
                // Some of many: they are all made alike, and reading each twice would take the time of other inputs.
                for part in parts.iter().take(4) {
                    sound(part);
                }
            }
            // With one list of ids, splitting keeps every one of them, in order.
            let ids = |statement: &str| literals(statement);
            let listed = Condition::one_of(FieldName::ID, (0..60).map(|number| WsId::new(11, number)));
            if let Some(listed) = listed {
                let whole = Select::from(select.module().clone()).filter(listed);
                let found: Vec<String> =
                    whole.clone().split(300).iter().flat_map(|part| ids(&part.to_string())).collect();
                assert_eq!(found, ids(&whole.to_string()));
            }
        }
    }
});
