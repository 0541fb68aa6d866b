//! Looks at Dinero's lists of which a part fails.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use sandbox::dinero::Dinero;
use sandbox::{Fault, Faulty, When};
use sync_model::{Kind, Presence, RecordKey, Revision};
use sync_run::{Clock, Connector, Next};

use crate::conformance::{Sundial, dinero_connector};

/// All contacts as a walk shows them, some of them more than once.
async fn walked(connector: &dyn Connector) -> BTreeMap<RecordKey, Revision> {
    let kind = Kind::new("contact");
    let (mut seen, mut page) = (BTreeMap::new(), 0);
    loop {
        let found = connector.changes(&kind, None, page).await.unwrap();
        seen.extend(found.seen.iter().filter_map(Presence::record).map(|it| (it.key(), it.revision.clone())));
        match found.next {
            Next::Page(next) => page = next,
            Next::End(_) => return seen,
        }
    }
}

#[tokio::test]
async fn p4_an_edit_on_a_page_that_was_read_before_another_one_failed_is_not_written_over() {
    let clock: Arc<Sundial> = Arc::default();
    let mut books = Dinero::new(4711, "Prøvefirma ApS");
    books.requests_per_minute = 0;
    let mut contacts = Vec::new();
    for name in ["Anker", "Birk", "Carla"] {
        let fields = [("Name", name.into()), ("CountryKey", "DK".into()), ("IsPerson", false.into())];
        contacts.push(RecordKey::new("contact", books.add_contact(&fields, clock.now()).as_str()));
        clock.turn(100);
    }
    let books = Arc::new(Mutex::new(Faulty::new(books, Vec::new(), 0)));
    let connector = dinero_connector(&books, &clock);
    let known: Vec<(RecordKey, Revision)> = walked(&connector).await.into_iter().collect();
    assert_eq!(known.len(), contacts.len());
    assert_eq!(connector.stale(&known).await.unwrap(), [], "nothing moved on yet");

    for key in &contacts {
        clock.turn(100);
        let edited = [("Street", "Ny Vej 1".into())];
        assert!(books.lock().unwrap().inner.edit_contact(key.id.as_str(), &edited, clock.now()));
    }
    let inner = books.lock().unwrap().inner.clone();
    *books.lock().unwrap() = Faulty::new(inner, vec![(When::NthTo("page=1".to_owned(), 0), Fault::WebPage)], 0);
    assert!(connector.read_back(&contacts[2..]).await.is_err(), "the second page does not come");

    // The look that failed had shown the first two on its first page.
    let stale = connector.stale(&known).await.unwrap();
    let moved_on: BTreeSet<RecordKey> = stale.iter().map(Presence::key).collect();
    assert_eq!(moved_on, contacts.into_iter().collect());
}
