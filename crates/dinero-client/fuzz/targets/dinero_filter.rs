//! Fuzzes `queryFilter`: whatever is accepted reads back, by the documented grammar alone, as the conditions that were meant,
//! and arrives so through the URL.
#![no_main]

use api_transport::BaseUrl;
use arbitrary::Arbitrary;
use dinero_client::op::{ListContacts, ListTradeOffers};
use dinero_client::{ContactField, Filter, ListField, Operation, OrganizationId, TradeOfferField};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Wanted<'a> {
    field: u8,
    exact: bool,
    value: &'a str,
}

/// What a server makes of a filter: `Field operator 'value'`, with `;` between them (fact sheet §4.3).
fn read(mut filter: &str) -> Vec<(String, bool, String)> {
    let mut conditions = Vec::new();
    loop {
        let (field, rest) = filter.split_once(' ').expect("a field");
        let (operator, rest) = rest.split_once(' ').expect("an operator");
        let (value, rest) = rest.strip_prefix('\'').and_then(|rest| rest.split_once('\'')).expect("a quoted value");
        assert!(["eq", "contains"].contains(&operator), "{operator}");
        conditions.push((field.to_owned(), operator == "eq", value.to_owned()));
        match rest.strip_prefix(';') {
            Some(more) => filter = more,
            None => {
                assert_eq!(rest, "", "something is left behind the last value");
                return conditions;
            }
        }
    }
}

/// Builds all that is wanted; `None` when one of the conditions cannot be said.
fn build<F: ListField>(wanted: &[Wanted<'_>]) -> Option<(Filter<F>, Vec<(String, bool, String)>)> {
    let mut built: Option<Filter<F>> = None;
    let mut meant = Vec::new();
    for Wanted { field, exact, value } in wanted {
        let field = F::ALL[usize::from(*field) % F::ALL.len()];
        let condition = if *exact { Filter::equals(field, value) } else { Filter::contains(field, value) };
        let sayable = !value.contains(['\'', ';']) && !value.contains(char::is_control);
        assert_eq!(condition.is_ok(), field.is_filterable() && sayable, "{field:?} {value:?}");
        let condition = condition.ok()?;
        meant.push((field.as_str().to_owned(), *exact, (*value).to_owned()));
        built = Some(match built {
            Some(before) => before.and(condition),
            None => condition,
        });
    }
    Some((built?, meant))
}

/// The `queryFilter` that a server finds in the URL of `operation`, and that nothing else came with it.
fn arrived(operation: &impl Operation) -> String {
    let base = BaseUrl::parse("https://api.dinero.dk").expect("an address");
    let request = operation.request(&base, OrganizationId(4711));
    let url = url::Url::parse(&request.uri().to_string()).expect("a URL");
    assert!(url.path().ends_with("/4711/contacts") || url.path().ends_with("/4711/tradeoffers"), "{url}");
    let found: Vec<String> =
        url.query_pairs().filter(|(name, _)| name == "queryFilter").map(|(_, value)| value.into_owned()).collect();
    assert_eq!(found.len(), 1, "{url}");
    found.into_iter().next().expect("one filter")
}

fuzz_target!(|wanted: Vec<Wanted<'_>>| {
    if let Some((filter, meant)) = build::<ContactField>(&wanted) {
        assert_eq!(read(&filter.to_string()), meant);
        // An address longer than HTTP libraries allow is not what this is about.
        if filter.to_string().len() < 8_000 {
            let list = ListContacts { filter: Some(filter), ..ListContacts::new() };
            assert_eq!(read(&arrived(&list)), meant);
        }
    }
    if let Some((filter, meant)) = build::<TradeOfferField>(&wanted) {
        assert_eq!(read(&filter.to_string()), meant);
        if filter.to_string().len() < 8_000 {
            let list = ListTradeOffers { filter: Some(filter), ..ListTradeOffers::new() };
            assert_eq!(read(&arrived(&list)), meant);
        }
    }
});
