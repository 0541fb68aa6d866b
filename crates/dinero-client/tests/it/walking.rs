//! Lists to their end, and not beyond.

use dinero_client::op::{ListContacts, ListFiles};
use proptest::prelude::*;

use crate::fake::{Fake, said};

fn asked(request: &http::Request<bytes::Bytes>, name: &str) -> usize {
    let url = url::Url::parse(&request.uri().to_string()).unwrap();
    url.query_pairs().find(|(key, _)| key == name).unwrap().1.parse().unwrap()
}

/// A list of `count` contacts, whose server gives at most `most` to a page.
fn contacts(count: usize, most: usize) -> Fake {
    Fake::with_tokens(move |request| {
        let size = asked(request, "pageSize").min(most);
        let page = asked(request, "page");
        let items: Vec<String> = (page * size..count.min((page + 1) * size))
            .map(|at| format!(r#"{{"contactguid":"{}"}}"#, uuid::Uuid::from_u128(at as u128)))
            .collect();
        said(
            200,
            &format!(
                r#"{{"Collection":[{}],"Pagination":{{"MaxPageSizeAllowed":{most},"PageSize":{size},"Result":{},"ResultWithoutFilter":7,"Page":{page}}}}}"#,
                items.join(","),
                items.len(),
            ),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_item_comes_once_whatever_the_page_size(count in 0..60_usize, size in 1..20_u32, most in 1..30_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let fake = contacts(count, most);
        let list = ListContacts { page_size: size, ..ListContacts::new() };
        let items = runtime.block_on(fake.client().collect(list)).unwrap();
        let expected: Vec<u128> = (0..count as u128).collect();
        prop_assert_eq!(items.iter().map(|it| it.contact_guid.0.as_u128()).collect::<Vec<_>>(), expected);
        let pages = count / most.min(size as usize) + 1;
        prop_assert_eq!(fake.paths().len(), pages + 1, "one request for each page, and the token");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_always_gives_the_first_page_is_not_asked_for_ever() {
    let fake = Fake::with_tokens(|_| {
        let item = r#"{"ContactGuid":"00000000-0000-0000-0000-000000000001"}"#;
        said(
            200,
            &format!(
                r#"{{"Collection":[{item}],"Pagination":{{"PageSize":1,"Result":1,"ResultWithoutFilter":9,"Page":0}}}}"#
            ),
        )
    });
    let error = fake.client().collect(ListContacts { page_size: 1, ..ListContacts::new() }).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer to contacts.list cannot be read at Pagination.Page: page 1 was asked for, page 0 came"
    );
}

#[tokio::test(start_paused = true)]
async fn a_null_collection_is_an_empty_one_and_bare_lists_end_too() {
    let fake = Fake::with_tokens(|request| match request.uri().path() {
        "/v2/4711/contacts" => said(200, r#"{"Collection":null,"Pagination":{"PageSize":1000,"Page":0}}"#),
        _ => said(200, r#"[{"FileGuid":"f","Size":1,"UploadedAt":"2026-11-24T10:00:00"}]"#),
    });
    assert!(fake.client().collect(ListContacts::new()).await.unwrap().is_empty());
    assert_eq!(fake.client().collect(ListFiles::default()).await.unwrap().len(), 1);
}
