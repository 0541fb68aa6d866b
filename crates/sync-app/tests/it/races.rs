//! Somebody in Dinero is quicker, by a moment, than a request of ours: the version it was based on is outdated (code 58), the
//! invoice is deleted (code 65) or not there any more (code 63). Or an answer is lost, and the guid is taken (409, code 72).

use std::fmt;
use std::sync::{Arc, Mutex};

use api_transport::{Transport, TransportError};
use async_trait::async_trait;
use bytes::Bytes;
use sandbox::dinero::{Dinero, Tally};
use serde_json::{Value, json};

use crate::invoices::{BOOKING, DRAFTS, PAYING, SENDING, findings, guid, sold};
use crate::world::World;

type Deed = fn(&World, &str);

/// What goes wrong once, at the first request of a kind.
enum Mischief {
    /// Somebody does this to the invoice before it arrives.
    Before(Deed, String),
    /// It has its effect, and its answer is lost.
    LosesTheAnswer,
}

struct Meddler {
    inner: Arc<dyn Transport>,
    world: Arc<World>,
    method: &'static str,
    place: String,
    mischief: Mutex<Option<Mischief>>,
}

impl Meddler {
    fn new(world: &Arc<World>, method: &'static str, place: &str) -> Self {
        let (inner, world) = (world.transport_to_dinero(), Arc::clone(world));
        Self { inner, world, method, place: place.to_owned(), mischief: Mutex::default() }
    }

    fn is_done(&self) -> bool {
        self.mischief.lock().unwrap().is_none()
    }
}

impl fmt::Debug for Meddler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Meddler")
    }
}

#[async_trait]
impl Transport for Meddler {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        let here = request.method() == self.method && request.uri().path().ends_with(&self.place);
        let mischief = if here { self.mischief.lock().unwrap().take() } else { None };
        match mischief {
            None => self.inner.send(request).await,
            Some(Mischief::Before(deed, guid)) => {
                deed(&self.world, &guid);
                self.inner.send(request).await
            }
            Some(Mischief::LosesTheAnswer) => {
                self.inner.send(request).await?;
                Err(TransportError::Lost { host: "dinero".to_owned(), reason: "no answer".to_owned() })
            }
        }
    }
}

fn of_dinero(world: &World, deed: impl FnOnce(&mut Dinero)) {
    deed(&mut world.dinero().inner);
}

fn edits(world: &World, guid: &str) {
    let now = world.now();
    of_dinero(world, |dinero| dinero.edit_sale(guid, &[("Comment", json!("Ring først"))], now).unwrap());
}

fn books(world: &World, guid: &str) {
    let now = world.now();
    of_dinero(world, |dinero| assert!(dinero.book_sale(guid, now).is_ok()));
}

fn deletes(world: &World, guid: &str) {
    let now = world.now();
    of_dinero(world, |dinero| dinero.remove_sale(guid, now).unwrap());
}

fn loses(world: &World, guid: &str) {
    of_dinero(world, |dinero| dinero.lose_sale(guid));
}

fn pays(world: &World, guid: &str) {
    let now = world.now();
    of_dinero(world, |dinero| assert!(dinero.pay_sale(guid, 10.into(), now.date_naive(), now).is_ok()));
}

impl World {
    /// A run in which somebody does `deed` to the invoice just before the first such request arrives.
    async fn meddled(
        self: &Arc<Self>,
        changes: &[(&str, &str)],
        (method, place): (&'static str, &str),
        deed: Deed,
        guid: &str,
    ) -> Vec<String> {
        let mischief = Mutex::new(Some(Mischief::Before(deed, guid.to_owned())));
        let meddler = Arc::new(Meddler { mischief, ..Meddler::new(self, method, place) });
        let ended = self.app_by(changes, meddler.clone()).sync_with_effects(&[], None).await;
        assert!(meddler.is_done(), "{method} {place} was asked for");
        ended.map(|summary| findings(&summary)).unwrap_or_default()
    }
}

/// A draft of an invoice that stands in the CRM with `received` of it, booked where payments are to be tried.
async fn invoice(world: &World, booked: bool) -> String {
    world.sync(DRAFTS).await;
    let id = world.invoice(&[sold("1", "100")], simplycrm_client::Element::new()).await;
    world.sync(DRAFTS).await;
    if booked {
        world.effects(BOOKING).await;
        let received = simplycrm_client::Element::new().text("received", "50").text("hdnTaxType", "group");
        world.crm_client().revise(id, received).await.unwrap();
    }
    guid(&world.only_draft())
}

#[tokio::test]
async fn p34_a_stale_time_stamp_stops_an_effect_and_the_next_run_looks_again() {
    let book = ("POST", "/book");
    let pay = ("POST", "/payments");
    let once = Tally { bookings: 1, ..Tally::default() };
    // Where, what somebody does, and what has happened to the invoice after that run and after the next one.
    let cases: [(_, _, Deed, Tally, Tally); 4] = [
        (book, BOOKING, edits, Tally::default(), once),
        (book, BOOKING, books, once, once),
        (book, SENDING, books, once, Tally { mails: 1, ..once }),
        // What Dinero has received is what the CRM shows then, and nothing is left to register.
        (pay, PAYING, pays, Tally { payments: 1, ..once }, Tally { payments: 1, ..once }),
    ];
    for (nth, (place, changes, deed, after, at_last)) in cases.into_iter().enumerate() {
        let world = Arc::new(World::seeded(3, 8));
        let guid = invoice(&world, place == pay).await;
        let told = world.meddled(changes, place, deed, &guid).await;
        assert_eq!(world.dinero().inner.tally(&guid), after, "case {nth}: {told:?}");
        for _ in 0..2 {
            world.effects(changes).await;
        }
        assert_eq!(world.dinero().inner.tally(&guid), at_last, "case {nth}, at last");
    }
}

#[tokio::test]
async fn p34_an_invoice_that_is_deleted_or_gone_at_the_last_moment_has_no_effect_and_stops_nothing() {
    for (nth, deed) in [deletes as Deed, loses].into_iter().enumerate() {
        let world = Arc::new(World::seeded(3, 8));
        let guid = invoice(&world, false).await;
        world.invoice(&[sold("2", "30")], simplycrm_client::Element::new()).await;
        world.meddled(SENDING, ("POST", &format!("{guid}/book")), deed, &guid).await;
        assert_eq!(world.dinero().inner.tally(&guid), Tally::default(), "case {nth}");
        world.effects(SENDING).await;
        let others: Vec<Value> = world.drafts().into_iter().filter(|it| it["Guid"] != guid.as_str()).collect();
        assert!(others.iter().any(|it| it["Status"] == "Booked"), "case {nth}: the other one is booked: {others:#?}");
    }
}

#[tokio::test]
async fn p35_a_draft_that_is_booked_or_edited_at_the_last_moment_is_not_written_over() {
    for (nth, deed) in [books as Deed, edits].into_iter().enumerate() {
        let world = Arc::new(World::seeded(3, 8));
        let guid = invoice(&world, false).await;
        let id = world.crm().inner.records("Invoice")[0]["id"].as_str().unwrap().to_owned();
        let now = world.now();
        world.crm().inner.edit(&id, &[("description", "Tak for handlen")], "mette", now).unwrap();
        let told = world.meddled(DRAFTS, ("PUT", &guid), deed, &guid).await;
        let sale = world.only_draft();
        if nth == 0 {
            assert_eq!((&sale["Status"], &sale["Comment"]), (&json!("Booked"), &Value::Null), "{told:?}");
        }
        let told = findings(&world.sync(DRAFTS).await);
        let sale = world.only_draft();
        match nth {
            0 => assert!(told.iter().any(|it| it.contains("cannot be changed")), "{told:?}"),
            // Both wrote the same field, and the priority decides.
            _ => assert_eq!(sale["Comment"], "Tak for handlen", "{told:?}"),
        }
    }
}

#[tokio::test]
async fn p22_a_lost_answer_to_a_create_makes_no_second_invoice_because_the_guid_is_ours() {
    let world = Arc::new(World::seeded(3, 8));
    world.sync(DRAFTS).await;
    world.invoice(&[sold("1", "100")], simplycrm_client::Element::new()).await;
    let meddler = Arc::new(Meddler {
        mischief: Mutex::new(Some(Mischief::LosesTheAnswer)),
        ..Meddler::new(&world, "POST", "/invoices")
    });
    let ended = world.app_by(DRAFTS, meddler.clone()).sync(&[]).await;
    assert!(meddler.is_done(), "the create was asked for: {ended:?}");
    assert_eq!(world.drafts().len(), 1);
    for _ in 0..2 {
        world.sync(DRAFTS).await;
    }
    assert_eq!(world.drafts().len(), 1);
    assert_eq!(world.sync(DRAFTS).await.usage.left.writes, 0);
}
