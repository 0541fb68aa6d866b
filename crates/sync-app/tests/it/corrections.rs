//! A booked invoice that was edited or cancelled in the CRM: proposed, and carried out once a person approved it.

use reconcile::Reply;
use sandbox::{Fault, When};
use serde_json::json;
use simplycrm_client::{Element, InvoiceChanges, LineItem, Precondition, WsId};
use sync_app::Word;

use crate::invoices::{BOOKING, DRAFTS, findings, guid, sold};
use crate::world::World;

impl World {
    /// A person changes what an invoice of the CRM is over.
    async fn reprice(&self, id: WsId, price: &str) {
        let product = self.crm().inner.records("Products")[0]["id"].as_str().unwrap().parse().unwrap();
        let number = |text: &str| text.parse().unwrap();
        let line = LineItem::new(product, number("1"), number(price)).tax("tax1", number("25"));
        let changes = InvoiceChanges { header: Element::new(), lines: Some(vec![line]) };
        self.crm_client().update_invoice(id, &changes, Precondition::None).await.unwrap();
    }

    async fn cancel(&self, id: WsId) {
        let head = Element::new().text("invoicestatus", "Cancel").text("hdnTaxType", "group");
        self.crm_client().revise(id, head).await.unwrap();
    }

    /// A person answers all that waits.
    async fn answer(&self, reply: Reply) {
        let app = self.app(DRAFTS);
        let word = Word { by: "Mette".to_owned(), given: true };
        for entry in app.inbox().await.unwrap().entries() {
            app.answer(&entry.id, reply, &word).await.unwrap();
        }
    }
}

#[tokio::test]
async fn p35_an_edit_after_booking_is_credited_and_made_anew_once_it_is_approved() {
    let world = World::seeded(6, 31);
    world.sync(DRAFTS).await;
    let (id, old) = world.booked().await;
    let before = world.only_draft();
    world.reprice(id, "80").await;
    for _ in 0..2 {
        let summary = world.effects(BOOKING).await;
        assert!(findings(&summary)[0].contains("proposal: credit the invoice, and make a new draft"), "{summary:?}");
        assert_eq!((world.notes().len(), world.drafts().len()), (0, 1), "nothing without a word");
    }
    world.answer(Reply::Approve).await;
    let plan = world.app(DRAFTS).plan(&[]).await.unwrap();
    assert!(
        plan.plans
            .iter()
            .flat_map(|it| &it.findings)
            .any(|it| { matches!(it.matter, reconcile::Matter::Proposal { approved: true, .. }) })
    );
    assert_eq!(world.notes().len(), 0, "a plan does nothing");

    let done = world.sync(DRAFTS).await;
    assert_eq!((findings(&done), done.effects.credited, done.created.left), (Vec::new(), 1, 1));
    let notes = world.notes();
    assert_eq!((notes.len(), &notes[0]["CreditNoteFor"], &notes[0]["Status"]), (1, &json!(old), &json!("Draft")));
    assert_eq!(notes[0]["TotalInclVat"], json!(125));
    let drafts = world.drafts();
    assert_eq!(drafts.len(), 2);
    let fresh = drafts.iter().find(|it| guid(it) != old).unwrap();
    assert_eq!((&fresh["Status"], &fresh["TotalInclVat"]), (&json!("Draft"), &json!(100)));
    let kept = drafts.iter().find(|it| guid(it) == old).unwrap();
    assert_eq!((&kept["ProductLines"], &kept["Number"]), (&before["ProductLines"], &before["Number"]));

    // From here on the CRM's invoice is the new one; the credited one and its credit note concern the books alone.
    let note = guid(&notes[0]);
    let now = world.now();
    world.dinero().inner.book_sale(&note, now).unwrap();
    let booked = world.effects(BOOKING).await;
    assert_eq!((booked.effects.booked, findings(&booked)), (1, Vec::new()));
    let quiet = world.effects(BOOKING).await;
    assert_eq!((findings(&quiet), quiet.usage.left.writes, quiet.usage.right.writes), (Vec::new(), 0, 0));
    assert_eq!(world.crm().inner.records("Invoice").len(), 1);
    assert_eq!(world.crm_invoice(id)["invoicestatus"], "Approved");
    let audit = world.app(DRAFTS).audit(&[]).await.unwrap();
    assert_eq!(audit.unexplained, Vec::new());
}

#[tokio::test]
async fn p35_what_is_rejected_stays_different_and_what_is_edited_again_is_asked_again() {
    let world = World::seeded(6, 32);
    world.sync(DRAFTS).await;
    let (id, _) = world.booked().await;
    world.reprice(id, "80").await;
    world.sync(DRAFTS).await;
    world.answer(Reply::Reject).await;
    for _ in 0..2 {
        let quiet = world.sync(DRAFTS).await;
        assert_eq!((findings(&quiet), quiet.usage.left.writes), (Vec::new(), 0));
    }
    world.reprice(id, "90").await;
    world.sync(DRAFTS).await;
    world.answer(Reply::Approve).await;
    // The word was given to 90, and it is 95 now.
    world.reprice(id, "95").await;
    let asked = world.sync(DRAFTS).await;
    assert!(findings(&asked)[0].contains("proposal"), "{:?}", findings(&asked));
    assert_eq!(world.notes().len(), 0);
}

#[tokio::test]
async fn an_invoice_that_is_cancelled_is_not_made_not_booked_and_credited_on_approval() {
    let world = World::seeded(6, 33);
    world.sync(DRAFTS).await;
    world.invoice(&[sold("1", "10")], Element::new().text("invoicestatus", "Cancel")).await;
    let quiet = world.sync(DRAFTS).await;
    assert_eq!((findings(&quiet), world.drafts().len()), (Vec::new(), 0), "not made");

    let id = world.invoice(&[sold("1", "100")], Element::new()).await;
    world.sync(DRAFTS).await;
    world.cancel(id).await;
    let held = world.effects(BOOKING).await;
    assert!(findings(&held)[0].starts_with("cancelled in Simply CRM"), "{:?}", findings(&held));
    assert_eq!(held.effects.booked, 0, "not booked");

    let head = Element::new().text("invoicestatus", "Created").text("hdnTaxType", "group");
    world.crm_client().revise(id, head).await.unwrap();
    assert_eq!(world.effects(BOOKING).await.effects.booked, 1);
    world.cancel(id).await;
    let asked = world.sync(DRAFTS).await;
    assert!(findings(&asked)[0].contains("cancelled in Simply CRM; proposal: credit the invoice"), "{asked:?}");
    world.answer(Reply::Approve).await;
    assert_eq!(world.sync(DRAFTS).await.effects.credited, 1);
    assert_eq!((world.notes().len(), world.drafts().len()), (1, 1), "credited, and not made anew");
    let note = guid(&world.notes()[0]);
    let now = world.now();
    world.dinero().inner.book_sale(&note, now).unwrap();
    let last = world.sync(DRAFTS).await;
    assert_eq!(findings(&last), Vec::<String>::new());
    assert_eq!(world.crm_invoice(id)["invoicestatus"], "Credit Invoice");
    assert_eq!(world.crm().inner.records("Invoice").len(), 3, "the credit note stands in the CRM, too");
}

#[tokio::test]
async fn what_was_credited_in_part_is_not_credited_as_a_whole() {
    let world = World::seeded(6, 34);
    world.sync(DRAFTS).await;
    let (id, old) = world.booked().await;
    let contact = world.only_draft()["ContactGuid"].clone();
    let line = json!([{ "Description": "Retur", "Quantity": 1, "BaseAmountValue": 40, "AccountNumber": 1000, "Unit": "parts" }]);
    let fields = [("ContactGuid", contact), ("ProductLines", line), ("CreditNoteFor", json!(old))];
    let now = world.now();
    world.dinero().inner.add_credit_note(&fields, now).unwrap();
    world.reprice(id, "80").await;
    world.sync(DRAFTS).await;
    world.answer_proposal().await;
    let held = world.sync(DRAFTS).await;
    assert!(findings(&held).iter().any(|it| it.contains("of which 50.00 is credited")), "{:?}", findings(&held));
    assert_eq!((world.notes().len(), world.drafts().len()), (1, 1));
}

impl World {
    async fn answer_proposal(&self) {
        let app = self.app(DRAFTS);
        let word = Word { by: "Mette".to_owned(), given: true };
        for entry in app.inbox().await.unwrap().entries().iter().filter(|it| it.decided_by(Reply::Approve).is_ok()) {
            app.answer(&entry.id, Reply::Approve, &word).await.unwrap();
        }
    }
}

#[tokio::test]
async fn p34_a_correction_happens_once_whatever_answer_is_lost() {
    let places = ["/creditnotes", "/invoices", "/accountingyears"];
    let faults = [Fault::TimeoutBefore, Fault::TimeoutAfter, Fault::FailureAfter, Fault::Truncated];
    for place in places {
        for fault in faults {
            // What has no effect and no answer is waited for, fifteen seconds each, so one of those is enough.
            for nth in 0..if fault == Fault::TimeoutBefore { 1 } else { 4 } {
                let world = World::seeded(3, 35);
                world.sync(DRAFTS).await;
                let (id, _) = world.booked().await;
                world.reprice(id, "80").await;
                world.sync(DRAFTS).await;
                world.answer(Reply::Approve).await;
                world.trouble(vec![(When::NthTo(place.to_owned(), nth), fault)], Vec::new());
                // A run that ends early is started again, and by then the day is good.
                let _ = world.app(DRAFTS).sync(&[]).await;
                world.trouble(Vec::new(), Vec::new());
                let last = match world.app(DRAFTS).sync(&[]).await {
                    Ok(_) => world.sync(DRAFTS).await,
                    Err(error) => panic!("{fault:?} at {place} {nth}: {error}"),
                };
                let case = format!("{fault:?} at {place} {nth}: {:?}", findings(&last));
                assert_eq!((world.notes().len(), world.drafts().len()), (1, 2), "{case}");
                assert_eq!((findings(&last).len(), last.usage.left.writes), (0, 0), "{case}");
            }
        }
    }
}
