//! Credit notes both ways, each linked with its invoice, and never more credited than invoiced.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use simplycrm_client::{Element, LineItem, Precondition, WsId};

use crate::invoices::{BOOKING, Changes, DRAFTS, SENDING, findings, guid, sold};
use crate::world::World;

impl World {
    /// An invoice of the CRM over 100 and VAT, booked in Dinero: its id and its guid.
    pub(crate) async fn booked(&self) -> (WsId, String) {
        let id = self.invoice(&[sold("1", "100")], Element::new()).await;
        self.sync(DRAFTS).await;
        assert_eq!(self.effects(BOOKING).await.effects.booked, 1);
        (id, guid(&self.only_draft()))
    }

    pub(crate) fn notes(&self) -> Vec<Value> {
        self.dinero().inner.credit_notes(self.now())
    }

    /// A person makes a credit note in the CRM, over so much before VAT, for the invoice that `field` names.
    async fn credit(&self, price: &str, named: &str) -> WsId {
        self.invoice(&[sold("-1", price)], Element::new().text("cf_krediterer_faktura", named)).await
    }

    fn number_of(&self, id: WsId) -> String {
        self.crm_invoice(id)["invoice_no"].as_str().unwrap().to_owned()
    }

    /// What all invoices and credit notes come to, in Dinero and in the CRM.
    fn sums(&self) -> [Decimal; 2] {
        let amount = |value: &Value| value.to_string().trim_matches('"').parse::<Decimal>().unwrap();
        let sum = |all: &[Value], name: &str| all.iter().map(|it| amount(&it[name])).sum::<Decimal>();
        let dinero = sum(&self.drafts(), "TotalInclVat") - sum(&self.notes(), "TotalInclVat");
        [dinero, sum(&self.crm().inner.records("Invoice"), "hdnGrandTotal")].map(|it| it.normalize())
    }
}

#[tokio::test]
async fn p38_a_credit_note_of_the_crm_becomes_one_of_dinero_and_credits_its_invoice() {
    let world = World::seeded(6, 21);
    world.sync(DRAFTS).await;
    let (id, invoice) = world.booked().await;
    let note = world.credit("100", &world.number_of(id)).await;

    let summary = world.sync(DRAFTS).await;
    assert_eq!((findings(&summary), summary.created.left), (Vec::new(), 1));
    let notes = world.notes();
    assert_eq!(notes.len(), 1);
    assert_eq!((&notes[0]["CreditNoteFor"], &notes[0]["TotalInclVat"]), (&json!(invoice), &json!(125)));
    assert_eq!((&notes[0]["Status"], &notes[0]["ExternalReference"]), (&json!("Draft"), &json!(note.to_string())));
    assert_eq!(world.sync(DRAFTS).await.usage.left.writes, 0);

    let booked = world.effects(BOOKING).await;
    assert_eq!((booked.effects.booked, findings(&booked)), (1, Vec::new()));
    assert_eq!(world.dinero().inner.remaining(&invoice), Some(Decimal::ZERO));
    world.sync(DRAFTS).await;
    assert_eq!(world.crm_invoice(id)["invoicestatus"], "Credit Invoice", "credited as a whole");
    assert_eq!(world.crm_invoice(note)["invoicestatus"], "Credit Invoice");
    assert_eq!(world.sums(), [Decimal::ZERO; 2]);
    let quiet = world.effects(BOOKING).await;
    assert_eq!((quiet.usage.left.writes, quiet.usage.right.writes), (0, 0), "{:?}", quiet.done);
}

#[tokio::test]
async fn p38_a_credit_note_of_dinero_becomes_one_of_the_crm_that_names_its_invoice() {
    let world = World::seeded(6, 22);
    world.sync(DRAFTS).await;
    let (id, invoice) = world.booked().await;
    let now = world.now();
    world.dinero().inner.credit_invoice(&invoice, now).unwrap();

    let summary = world.sync(DRAFTS).await;
    assert_eq!((findings(&summary), summary.created.right), (Vec::new(), 1));
    let made: Vec<Value> =
        world.crm().inner.records("Invoice").into_iter().filter(|it| it["id"] != id.to_string()).collect();
    assert_eq!(made.len(), 1);
    assert_eq!(
        (&made[0]["hdnGrandTotal"], &made[0]["invoicestatus"]),
        (&json!("-125.00000000"), &json!("Credit Invoice"))
    );
    assert_eq!(made[0]["cf_krediterer_faktura"], json!(world.number_of(id)));
    assert_eq!(made[0]["LineItems"][0]["quantity"], "-1.000");
    assert_eq!(world.crm_invoice(id)["invoicestatus"], "Credit Invoice");
    assert_eq!(world.sums(), [Decimal::ZERO; 2]);
    let quiet = world.sync(DRAFTS).await;
    assert_eq!((quiet.usage.left.writes, quiet.usage.right.writes), (0, 0), "{:?}", quiet.done);
}

#[tokio::test]
async fn a_part_that_is_credited_leaves_the_invoice_as_it_is() {
    let world = World::seeded(6, 23);
    world.sync(DRAFTS).await;
    let (id, _) = world.booked().await;
    world.credit("40", &world.number_of(id)).await;
    world.sync(DRAFTS).await;
    assert_eq!(world.effects(BOOKING).await.effects.booked, 1);
    assert_eq!(world.crm_invoice(id)["invoicestatus"], "Approved");
    assert_eq!(world.sums(), [Decimal::from(75); 2]);
}

#[tokio::test]
async fn p38_more_than_was_invoiced_is_held_from_either_side() {
    let world = World::seeded(6, 24);
    world.sync(DRAFTS).await;
    let (id, invoice) = world.booked().await;
    let number = world.number_of(id);
    world.credit("60", &number).await;
    world.sync(DRAFTS).await;
    world.credit("40.01", &number).await;
    let held = world.sync(DRAFTS).await;
    let wanted = "the invoice is over 125.00, of which 75.00 is credited; 50.01 more is too much";
    assert!(findings(&held)[0].starts_with(wanted), "{:?}", findings(&held));
    assert_eq!(world.notes().len(), 1);
    // What a person overdoes in Dinero is not carried on.
    world.dinero().inner.limits_credit = false;
    let now = world.now();
    world.dinero().inner.credit_invoice(&invoice, now).unwrap();
    let held = world.sync(DRAFTS).await;
    assert_eq!(findings(&held).iter().filter(|it| it.contains("is too much")).count(), 2, "{:?}", findings(&held));
    assert_eq!(world.crm().inner.records("Invoice").len(), 3);
}

#[tokio::test]
async fn p38_two_credit_notes_that_are_too_much_together_are_not_both_made_at_once() {
    let world = World::seeded(6, 25);
    world.sync(DRAFTS).await;
    let (id, _) = world.booked().await;
    let number = world.number_of(id);
    world.credit("60", &number).await;
    world.credit("60", &number).await;
    let held = world.sync(DRAFTS).await;
    assert_eq!((held.created.left, findings(&held).len()), (1, 1), "{:?}", findings(&held));
}

#[tokio::test]
async fn a_credit_note_that_names_no_booked_invoice_waits_and_says_why() {
    let cases = [("", "does not say which invoice it credits"), ("INV999", "does not say which invoice it credits")];
    for (named, why) in cases {
        let world = World::seeded(6, 26);
        world.sync(DRAFTS).await;
        world.credit("100", named).await;
        let held = world.sync(DRAFTS).await;
        assert!(findings(&held)[0].contains(why), "{named}: {:?}", findings(&held));
        assert_eq!(world.notes().len(), 0);
    }
    let world = World::seeded(6, 26);
    world.sync(DRAFTS).await;
    let id = world.invoice(&[sold("1", "100")], Element::new()).await;
    world.sync(DRAFTS).await;
    world.credit("100", &id.to_string()).await;
    let held = world.sync(DRAFTS).await;
    assert!(findings(&held)[0].contains("is not booked yet"), "{:?}", findings(&held));
    // As soon as it is booked, the credit note goes on by itself.
    assert_eq!(world.effects(BOOKING).await.effects.booked, 1);
    world.sync(DRAFTS).await;
    assert_eq!(world.notes().len(), 1);
}

#[tokio::test]
async fn p34_a_credit_note_is_sent_once() {
    let world = World::seeded(6, 27);
    world.sync(DRAFTS).await;
    let (id, _) = world.booked().await;
    world.credit("100", &world.number_of(id)).await;
    world.sync(DRAFTS).await;
    for _ in 0..3 {
        world.effects(SENDING).await;
    }
    let note = guid(&world.notes()[0]);
    let tally = world.dinero().inner.tally(&note);
    assert_eq!((tally.bookings, tally.mails), (1, 1));
}

#[tokio::test]
async fn an_invoice_that_turns_into_a_credit_note_is_held_and_not_made_twice() {
    let world = World::seeded(6, 28);
    world.sync(DRAFTS).await;
    let id = world.invoice(&[sold("1", "100")], Element::new()).await;
    world.sync(DRAFTS).await;
    let product = world.crm().inner.records("Products")[0]["id"].as_str().unwrap().parse().unwrap();
    let line = LineItem::new(product, "-1".parse().unwrap(), "100".parse().unwrap());
    let changes = simplycrm_client::InvoiceChanges { header: Element::new(), lines: Some(vec![line]) };
    world.crm_client().update_invoice(id, &changes, Precondition::None).await.unwrap();
    let held = world.effects(BOOKING).await;
    assert!(findings(&held)[0].contains("less than nothing is a credit note"), "{:?}", findings(&held));
    assert_eq!((held.effects.booked, world.drafts().len(), world.notes().len()), (0, 1, 0));
}

#[tokio::test]
async fn without_the_field_nothing_is_made_of_a_credit_note() {
    let world = World::seeded(6, 29);
    world.crm().inner.delete_field("Invoice", "cf_krediterer_faktura").unwrap();
    world.sync(DRAFTS).await;
    let (_, invoice) = world.booked().await;
    let now = world.now();
    world.dinero().inner.credit_invoice(&invoice, now).unwrap();
    let held = world.sync(DRAFTS as Changes<'_>).await;
    assert!(findings(&held)[0].contains("make that text field"), "{:?}", findings(&held));
    assert_eq!(world.crm().inner.records("Invoice").len(), 1);
}
