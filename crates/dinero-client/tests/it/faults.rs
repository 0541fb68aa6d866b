//! Whatever the network and the server do: the limit holds in any sixty seconds, tokens and repetitions included, and no write
//! is sent again that may have happened, unless a chosen guid makes that harmless.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_transport::{Safety, TransportError};
use bytes::Bytes;
use dinero_client::model::{ContactWrite, InvoiceWrite, ProductWrite};
use dinero_client::op::{CreateContact, CreateInvoice, CreateProduct, ListOrganizations};
use dinero_client::{ContactGuid, DineroClient, DineroSettings, Error, InvoiceGuid, Operation};
use http::{Request, Response};
use proptest::prelude::*;
use tokio::time::Instant;
use uuid::Uuid;

use crate::fake::{Fake, lost, said, settings};

/// What becomes of one request.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Said(u16),
    /// 429 with `Retry-After`.
    ThrottledFor(u64),
    NotSent,
    /// Carried out, but nobody hears of it.
    Lost,
}

impl Fate {
    fn may_have_happened(self) -> bool {
        match self {
            Self::Said(status) => !(400..480).contains(&status),
            Self::Lost => true,
            Self::ThrottledFor(_) | Self::NotSent => false,
        }
    }

    fn answer(self, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let token = request.uri().path() == "/token";
        match self {
            // Short enough that tokens end in the middle of a story.
            Self::Said(200) if token => Ok(said(200, r#"{"access_token":"t","expires_in":90}"#)),
            Self::Said(200) if request.method() == http::Method::GET => Ok(said(200, "[]")),
            Self::Said(200) => Ok(said(200, &made())),
            Self::Said(status) => Ok(said(status, "")),
            Self::ThrottledFor(seconds) => {
                let mut response = said(429, "API calls quota exceeded! maximum admitted 60 per 1m.");
                response.headers_mut().insert("retry-after", seconds.into());
                Ok(response)
            }
            Self::NotSent => {
                let (host, reason) = ("api.test".to_owned(), "made up".to_owned());
                Err(TransportError::NotSent { host, reason })
            }
            Self::Lost => Err(lost()),
        }
    }
}

/// An answer to any create.
fn made() -> String {
    let guid = Uuid::from_u128(1);
    format!(r#"{{"ContactGuid":"{guid}","ProductGuid":"{guid}","Guid":"{guid}","TimeStamp":"0A"}}"#)
}

/// One thing that a user of the client does.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Read,
    Product,
    Contact { guid_chosen: bool },
    Invoice { guid_chosen: bool },
}

impl Deed {
    fn safety(self) -> Safety {
        match self {
            Self::Read => Safety::Read,
            Self::Contact { guid_chosen: true } | Self::Invoice { guid_chosen: true } => Safety::IdempotentWrite,
            Self::Product | Self::Contact { .. } | Self::Invoice { .. } => Safety::UnsafeWrite,
        }
    }

    /// Does it as the `nth`, so that its requests can be told from all others.
    async fn carry_out(self, client: DineroClient, nth: usize) -> Result<(), Error> {
        async fn send<O: Operation>(client: &DineroClient, operation: &O, safety: Safety) -> Result<(), Error> {
            assert_eq!(operation.safety(), safety);
            client.send(operation).await.map(|_| ())
        }
        let (safety, name) = (self.safety(), format!("#{nth}#"));
        let guid = Uuid::from_u128(nth as u128);
        match self {
            Self::Read => send(&client, &ListOrganizations, safety).await,
            Self::Product => {
                let product = ProductWrite { name: Some(name), ..ProductWrite::default() };
                send(&client, &CreateProduct(product), safety).await
            }
            Self::Contact { guid_chosen } => {
                let contact_guid = guid_chosen.then_some(ContactGuid(guid));
                let contact = ContactWrite { contact_guid, name, ..ContactWrite::default() };
                send(&client, &CreateContact(contact), safety).await
            }
            Self::Invoice { guid_chosen } => {
                let guid = guid_chosen.then_some(InvoiceGuid(guid));
                let invoice = InvoiceWrite { guid, description: Some(name), ..InvoiceWrite::default() };
                send(&client, &CreateInvoice { invoice }, safety).await
            }
        }
    }
}

/// What a server saw of one request, and what it did.
struct Seen {
    at: Instant,
    /// Which deed it belongs to; none for tokens and reads.
    deed: Option<usize>,
    fate: Fate,
}

fn fates() -> impl Strategy<Value = Fate> {
    let statuses = prop_oneof![Just(400_u16), Just(401), Just(403), Just(404), Just(409), Just(429), Just(480)];
    prop_oneof![
        3 => Just(Fate::Said(200)),
        2 => statuses.prop_map(Fate::Said),
        2 => prop_oneof![Just(500_u16), Just(502), Just(503)].prop_map(Fate::Said),
        1 => (0..100_u64).prop_map(Fate::ThrottledFor),
        1 => Just(Fate::NotSent),
        2 => Just(Fate::Lost),
    ]
}

fn deeds() -> impl Strategy<Value = Deed> {
    prop_oneof![
        Just(Deed::Read),
        Just(Deed::Product),
        any::<bool>().prop_map(|guid_chosen| Deed::Contact { guid_chosen }),
        any::<bool>().prop_map(|guid_chosen| Deed::Invoice { guid_chosen }),
    ]
}

/// Lets `story` happen under `cap`: each deed after a pause, all at once, while the server does as fated.
fn happen(cap: u32, story: &[(Deed, u64)], fates: Vec<Fate>) -> (Vec<Seen>, Vec<Result<(), Error>>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (noted, mut fates) = (Arc::clone(&seen), VecDeque::from(fates));
        let fake = Fake::new(move |request| {
            let fate = fates.pop_front().unwrap_or(Fate::Said(200));
            let body = String::from_utf8_lossy(request.body()).into_owned();
            let deed = body.split('#').nth(1).and_then(|nth| nth.parse().ok());
            noted.lock().unwrap().push(Seen { at: Instant::now(), deed, fate });
            fate.answer(request)
        });
        let settings = DineroSettings { requests_per_minute: cap, ..settings("https://api.test") };
        let client = DineroClient::new(settings, Arc::new(fake));
        let mut tasks = Vec::new();
        for (nth, (deed, pause)) in story.iter().enumerate() {
            tokio::time::sleep(Duration::from_millis(*pause)).await;
            tasks.push(tokio::spawn(deed.carry_out(client.clone(), nth)));
        }
        let mut outcomes = Vec::new();
        for task in tasks {
            outcomes.push(task.await.unwrap());
        }
        drop(client);
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        (seen, outcomes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn l5_no_minute_holds_more_than_the_cap_and_no_write_is_sent_twice_without_a_chosen_guid(
        cap in 1..12_u32,
        story in proptest::collection::vec((deeds(), 0..20_000_u64), 1..30),
        fates in proptest::collection::vec(fates(), 0..60),
    ) {
        let (seen, outcomes) = happen(cap, &story, fates);
        for (first, Seen { at, .. }) in seen.iter().enumerate() {
            let within = seen[first..].iter().take_while(|it| it.at < *at + Duration::from_secs(60)).count();
            prop_assert!(within <= cap as usize, "{} requests left within a minute, the cap is {}", within, cap);
        }
        let mut sendings: BTreeMap<usize, Vec<Fate>> = BTreeMap::new();
        for it in &seen {
            if let Some(deed) = it.deed {
                sendings.entry(deed).or_default().push(it.fate);
            }
        }
        for (nth, (deed, _)) in story.iter().enumerate() {
            let fates = sendings.get(&nth).map_or(&[] as &[Fate], Vec::as_slice);
            let happened = fates.iter().filter(|fate| fate.may_have_happened()).count();
            if deed.safety() == Safety::UnsafeWrite {
                let earlier = fates.iter().rev().skip(1).any(|fate| fate.may_have_happened());
                prop_assert!(!earlier && happened <= 1, "sent again after it may have happened: {:?}", fates);
            }
            if let (true, Err(error)) = (deed.safety() != Safety::Read, &outcomes[nth]) {
                prop_assert!(happened == 0 || error.outcome_unknown(), "{:?} {:?}", fates, error);
            }
            prop_assert!(outcomes[nth].is_err() || happened > 0 || deed.safety() == Safety::Read);
        }
    }
}

#[test]
fn a_chosen_guid_is_what_makes_a_write_go_out_again() {
    for (guid_chosen, expected) in [(true, 3), (false, 1)] {
        let story = [(Deed::Contact { guid_chosen }, 0)];
        // The token comes first.
        let fates = vec![Fate::Said(200), Fate::Lost, Fate::Said(500), Fate::Said(200)];
        let (seen, outcomes) = happen(60, &story, fates);
        assert_eq!(seen.iter().filter(|it| it.deed == Some(0)).count(), expected);
        assert_eq!(outcomes[0].is_ok(), guid_chosen);
    }
}
