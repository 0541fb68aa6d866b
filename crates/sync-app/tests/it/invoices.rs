//! Invoices between both sandboxes: drafts, the check of totals, booking, sending, payments, and what is held.

use rust_decimal::Decimal;

use sandbox::dinero::VatRounding;
use sandbox::{Fault, When};
use serde_json::{Value, json};
use simplycrm_client::{Discount, Element, LineItem, ModuleName, SimplyCrmClient, SimplyCrmSettings, WsId};
use sync_app::Say as _;

use crate::world::World;

pub(crate) type Changes<'a> = &'a [(&'a str, &'a str)];

pub(crate) const MODULES: (&str, &str) = (
    "modules = [\"organisations\", \"contacts\", \"products\"]",
    "modules = [\"organisations\", \"contacts\", \"products\", \"invoices\"]",
);
pub(crate) const ACCOUNTS: (&str, &str) =
    ("[store]", "[invoices]\nvat_accounts = { \"25\" = 1000, \"0\" = 1100 }\n#more\n\n[store]");
pub(crate) const DRAFTS: Changes<'static> = &[MODULES, ACCOUNTS];
pub(crate) const BOOKING: Changes<'static> = &[MODULES, ACCOUNTS, ("#more", "book = true")];
pub(crate) const SENDING: Changes<'static> = &[MODULES, ACCOUNTS, ("#more", "book = true\nsend = true")];
pub(crate) const PAYING: Changes<'static> =
    &[MODULES, ACCOUNTS, ("#more", "book = true\npayments = true\ndeposit_account = 55000")];

/// A line of an invoice in the CRM.
pub(crate) struct Sold<'a> {
    pub(crate) quantity: &'a str,
    pub(crate) price: &'a str,
    pub(crate) discount: Option<Discount>,
}

pub(crate) fn sold<'a>(quantity: &'a str, price: &'a str) -> Sold<'a> {
    Sold { quantity, price, discount: None }
}

impl World {
    pub(crate) fn crm_client(&self) -> SimplyCrmClient {
        let key = sandbox::simplycrm::INTEGRATION_ACCESS_KEY;
        let settings = SimplyCrmSettings::new("http://localhost:2", "integration", key.into());
        SimplyCrmClient::new(settings, self.transport_to_crm()).unwrap()
    }

    /// A person makes an invoice in the CRM, for an organisation, of products that both systems have.
    pub(crate) async fn invoice(&self, lines: &[Sold<'_>], more: Element) -> WsId {
        let (account, products) = {
            let crm = self.crm();
            let id = |record: &Value| record["id"].as_str().unwrap().parse::<WsId>().unwrap();
            let products: Vec<WsId> = crm.inner.records("Products").iter().map(id).collect();
            (id(&crm.inner.records("Accounts")[0]), products)
        };
        let lines: Vec<Element> = lines
            .iter()
            .zip(products.iter().cycle())
            .map(|(line, product)| {
                let number = |text: &str| text.parse::<Decimal>().unwrap();
                let item = LineItem::new(*product, number(line.quantity), number(line.price)).tax("tax1", number("25"));
                line.discount.map_or(item.clone(), |discount| item.discount(discount)).element()
            })
            .collect();
        let client = self.crm_client();
        let user = client.connection().await.unwrap().user_id;
        let head = Element::new()
            .text("subject", "Levering")
            .reference("assigned_user_id", user)
            .reference("account_id", account)
            .text("invoicestatus", "Created")
            .text("invoicedate", "2026-11-02")
            .text("duedate", "2026-11-16")
            .text("bill_street", "Ågade 1")
            .text("ship_street", "Ågade 1")
            .text("hdnTaxType", "group")
            .reference("productid", products[0])
            .merged(&more)
            .list("LineItems", &lines);
        client.create(ModuleName::INVOICE, head).await.unwrap().id().unwrap()
    }

    pub(crate) fn drafts(&self) -> Vec<Value> {
        self.dinero().inner.invoices(self.now())
    }

    pub(crate) fn only_draft(&self) -> Value {
        let mut drafts = self.drafts();
        assert_eq!(drafts.len(), 1, "{drafts:#?}");
        drafts.remove(0)
    }

    pub(crate) fn crm_invoice(&self, id: WsId) -> Value {
        self.crm().inner.record_of(&id.to_string()).unwrap()
    }

    pub(crate) async fn effects(&self, changes: Changes<'_>) -> sync_app::Summary {
        self.app(changes).sync_with_effects(&[], None).await.unwrap()
    }
}

pub(crate) fn findings(summary: &sync_app::Summary) -> Vec<String> {
    summary.findings.iter().map(|(_, finding)| finding.matter.say(sync_app::Language::En)).collect()
}

pub(crate) fn guid(invoice: &Value) -> String {
    invoice["Guid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_invoice_is_drafted_checked_booked_on_request_paid_in_dinero_and_paid_in_the_crm() {
    let world = World::seeded(6, 1);
    world.sync(DRAFTS).await;
    let id = world.invoice(&[sold("2", "100"), sold("1.5", "850.5")], Element::new()).await;

    let summary = world.sync(DRAFTS).await;
    assert_eq!(findings(&summary), Vec::<String>::new());
    let draft = world.only_draft();
    assert_eq!((&draft["Status"], &draft["TotalInclVat"]), (&json!("Draft"), &json!(1844.69)));
    assert_eq!((&draft["Date"], &draft["PaymentDate"]), (&json!("2026-11-02"), &json!("2026-11-16")));
    assert_eq!(draft["ExternalReference"], json!(id.to_string()));

    let quiet = world.sync(DRAFTS).await;
    assert_eq!((quiet.usage.left.writes, quiet.usage.right.writes), (0, 0));

    let booked = world.effects(BOOKING).await;
    assert_eq!((booked.effects.booked, booked.effects.sent), (1, 0), "{:?}", findings(&booked));
    let invoice = world.crm_invoice(id);
    assert_eq!((&invoice["invoicestatus"], &invoice["bill_street"]), (&json!("Approved"), &json!("Ågade 1")));

    let guid = guid(&draft);
    let now = world.now();
    world.dinero().inner.pay_sale(&guid, "1844.69".parse().unwrap(), now.date_naive(), now).unwrap();
    let paid = world.sync(BOOKING).await;
    assert_eq!(findings(&paid), Vec::<String>::new());
    let invoice = world.crm_invoice(id);
    assert_eq!((&invoice["invoicestatus"], &invoice["received"]), (&json!("Paid"), &json!("1844.69000000")));
    let quiet = world.effects(BOOKING).await;
    assert_eq!((quiet.usage.left.writes, quiet.usage.right.writes), (0, 0));
}

#[tokio::test]
async fn discounts_charges_and_adjustment_become_lines_that_come_to_the_same() {
    let world = World::seeded(6, 2);
    world.sync(DRAFTS).await;
    let changes = &[MODULES, ACCOUNTS, ("#more", "adjustment_account = 1100")];
    let ten = Discount::Percent("10".parse().unwrap());
    let fifty = Discount::Amount("50".parse().unwrap());
    let lines = [
        Sold { quantity: "2", price: "100", discount: Some(ten) },
        Sold { quantity: "1.5", price: "850.5", discount: Some(fifty) },
    ];
    let more = Element::new().text("hdnDiscountPercent", "5").text("hdnS_H_Amount", "49").text("txtAdjustment", "-10");
    world.invoice(&lines, more).await;
    let summary = world.sync(changes).await;
    assert_eq!(findings(&summary), Vec::<String>::new());
    let draft = world.only_draft();
    assert_eq!(draft["TotalInclVat"], json!(1708.33), "as recorded of vtiger, to the øre");
    let words: Vec<&str> =
        draft["ProductLines"].as_array().unwrap().iter().map(|it| it["Description"].as_str().unwrap()).collect();
    assert_eq!(words[2..], ["Discount", "Discount 5 %", "Shipping", "Adjustment"]);
    assert_eq!(world.sync(changes).await.usage.left.writes, 0);
}

#[tokio::test]
async fn p36_one_ore_off_stays_a_draft_and_is_never_booked() {
    let world = World::seeded(6, 3);
    world.sync(DRAFTS).await;
    // This organisation rounds the VAT of each line, and we do not.
    world.dinero().inner.arithmetic.vat = VatRounding::ByLine;
    world.invoice(&[sold("1", "0.02"), sold("1", "0.02")], Element::new()).await;
    let summary = world.sync(DRAFTS).await;
    let found = findings(&summary);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("VAT: we make it 0.01, Dinero 0.02"), "{found:?}");
    assert!(found[0].contains("in total: we make it 0.05, Dinero 0.06"), "{found:?}");
    let booked = world.effects(BOOKING).await;
    assert_eq!((booked.effects.booked, findings(&booked)), (0, found));
    assert_eq!(world.only_draft()["Status"], "Draft");
}

#[tokio::test]
async fn p36_a_rounding_line_goes_to_its_account_and_no_further_than_its_limit() {
    for (limit, held) in [("0.01", false), ("0.00", true)] {
        let world = World::seeded(6, 4);
        world.sync(DRAFTS).await;
        let more = format!("rounding_account = 1100\nrounding_limit = \"{limit}\"");
        let changes = &[MODULES, ACCOUNTS, ("#more", more.as_str())];
        world.invoice(&[sold("1", "0.333"), sold("1", "0.333"), sold("1", "0.333")], Element::new()).await;
        let summary = world.sync(changes).await;
        assert_eq!(findings(&summary).is_empty(), !held, "{:?}", findings(&summary));
        let lines = world.only_draft()["ProductLines"].as_array().unwrap().len();
        assert_eq!(lines, if held { 3 } else { 4 });
    }
}

#[tokio::test]
async fn p39_a_rate_without_an_account_is_held_and_nothing_is_made() {
    let world = World::seeded(6, 5);
    let without = &[MODULES, ("[store]", "[invoices]\nvat_accounts = { \"0\" = 1100 }\n\n[store]")];
    world.sync(without).await;
    world.invoice(&[sold("1", "100")], Element::new()).await;
    let summary = world.sync(without).await;
    assert!(findings(&summary)[0].starts_with("25 % VAT has no account"), "{:?}", findings(&summary));
    assert_eq!(world.drafts().len(), 0);
    assert_eq!(findings(&world.sync(DRAFTS).await), Vec::<String>::new());
    assert_eq!(world.drafts().len(), 1);
}

#[tokio::test]
async fn p41_a_date_in_a_closed_period_is_held_without_a_request() {
    let world = World::seeded(6, 6);
    world.sync(DRAFTS).await;
    world.invoice(&[sold("1", "100")], Element::new()).await;
    world.dinero().inner.clear_log();
    let summary = world.sync(&[MODULES, ACCOUNTS, ("#more", "closed_until = \"2026-11-30\"")]).await;
    assert!(findings(&summary)[0].contains("closed period"), "{:?}", findings(&summary));
    let asked =
        world.dinero().inner.log().iter().filter(|it| it.path.contains("invoices") && it.method != "GET").count();
    assert_eq!((asked, world.drafts().len()), (0, 0));
}

#[tokio::test]
async fn p35_a_booked_invoice_is_never_asked_to_change_and_an_edit_becomes_a_proposal() {
    let world = World::seeded(6, 7);
    world.sync(DRAFTS).await;
    let id = world.invoice(&[sold("1", "100")], Element::new()).await;
    world.sync(DRAFTS).await;
    assert_eq!(world.effects(BOOKING).await.effects.booked, 1);
    let before = world.only_draft();
    world.dinero().inner.clear_log();
    let changes = Element::new().text("subject", "En anden overskrift");
    let changes = simplycrm_client::InvoiceChanges {
        header: changes,
        lines: Some(vec![LineItem::new(product_of(&world), "3".parse().unwrap(), "7".parse().unwrap())]),
    };
    let none = simplycrm_client::Precondition::None;
    world.crm_client().update_invoice(id, &changes, none).await.unwrap();
    for _ in 0..2 {
        let summary = world.effects(BOOKING).await;
        assert_eq!(findings(&summary).len(), 1, "{:?}", findings(&summary));
        assert!(findings(&summary)[0].contains("cannot be changed"), "{:?}", findings(&summary));
    }
    let writes: Vec<String> = world
        .dinero()
        .inner
        .log()
        .iter()
        .filter(|it| it.write)
        .map(|it| format!("{} {}", it.method, it.path))
        .collect();
    assert_eq!(writes, Vec::<String>::new());
    assert_eq!(world.only_draft(), before);
}

fn product_of(world: &World) -> WsId {
    world.crm().inner.records("Products")[0]["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn p34_booking_sending_and_paying_happen_at_most_once_whatever_answer_is_lost() {
    // What has no effect and no answer is waited for, fifteen seconds each, so one of those is enough.
    let cases = [
        ("/book", Fault::TimeoutAfter, 0),
        ("/book", Fault::FailureAfter, 0),
        ("/book", Fault::Truncated, 0),
        ("/email", Fault::TimeoutAfter, 0),
        ("/email", Fault::FailureAfter, 0),
        ("/email", Fault::Truncated, 0),
        ("/email", Fault::TimeoutBefore, 0),
        ("/payments", Fault::TimeoutAfter, 0),
        ("/payments", Fault::TimeoutAfter, 1),
        ("/payments", Fault::TimeoutAfter, 2),
        ("/payments", Fault::Truncated, 2),
    ];
    for (place, fault, nth) in cases {
        let changes = if place == "/payments" { PAYING } else { SENDING };
        let world = World::seeded(3, 8);
        world.sync(DRAFTS).await;
        let id = world.invoice(&[sold("1", "100")], Element::new()).await;
        world.sync(DRAFTS).await;
        if place == "/payments" {
            world.effects(BOOKING).await;
            let received = Element::new().text("received", "50").text("hdnTaxType", "group");
            world.crm_client().revise(id, received).await.unwrap();
        }
        world.trouble(vec![(When::NthTo(place.to_owned(), nth), fault)], Vec::new());
        for _ in 0..2 {
            // A run that ends early is started again, and by then the day is good.
            let _ = world.app(changes).sync_with_effects(&[], None).await;
            world.trouble(Vec::new(), Vec::new());
        }
        let last = world.effects(changes).await;
        let guid = guid(&world.only_draft());
        let tally = world.dinero().inner.tally(&guid);
        let told = findings(&last);
        let case = format!("{fault:?} at {place} {nth}: {tally:?} {told:?}");
        assert_eq!(tally.bookings, 1, "{case}");
        assert!(tally.mails <= 1 && tally.electronic == 0 && tally.payments <= 1, "{case}");
        match (place, fault) {
            ("/payments", _) => assert_eq!(tally.payments, 1, "{case}"),
            (_, Fault::TimeoutBefore) => assert!(told[0].contains("nothing shows whether"), "{case}"),
            _ => assert_eq!((tally.mails, told.len()), (1, 0), "{case}"),
        }
    }
}

#[tokio::test]
async fn p34_nothing_is_booked_or_sent_without_the_order_and_the_settings() {
    let world = World::seeded(6, 9);
    let first = world.effects(SENDING).await;
    assert_eq!(first.effects, sync_app::EffectCounts::default(), "not on the day the systems meet");
    world.invoice(&[sold("1", "100")], Element::new()).await;
    world.sync(SENDING).await;
    world.effects(DRAFTS).await;
    world.sync(SENDING).await;
    let guid = guid(&world.only_draft());
    assert_eq!(world.dinero().inner.tally(&guid), sandbox::dinero::Tally::default());
    let one = world.effects(SENDING).await;
    assert_eq!((one.effects.booked, one.effects.sent), (1, 1), "{:?}", findings(&one));
    let again = world.effects(SENDING).await;
    assert_eq!((again.effects, again.usage.left.writes), (sync_app::EffectCounts::default(), 0));
}

#[tokio::test]
async fn an_invoice_of_dinero_becomes_one_of_the_crm_and_its_words_go_to_the_service_for_words() {
    let world = World::seeded(6, 10);
    world.sync(DRAFTS).await;
    let now = world.now();
    let (contact, product) = {
        let dinero = world.dinero();
        let contacts = dinero.inner.contacts();
        let company = contacts.iter().find(|it| it["IsPerson"] == false).unwrap();
        (company["ContactGuid"].clone(), dinero.inner.products()[0]["ProductGuid"].clone())
    };
    let lines = json!([
        { "LineType": "Text", "Description": "Afdeling A" },
        { "ProductGuid": product, "Quantity": 2, "BaseAmountValue": 120, "AccountNumber": 1000, "Unit": "parts" },
        { "Description": "Kørsel", "Quantity": 12.5, "BaseAmountValue": 3.76, "AccountNumber": 1000, "Unit": "km" },
    ]);
    let fields = [("ContactGuid", contact), ("ProductLines", lines), ("Description", json!("Juni"))];
    world.dinero().inner.add_invoice(&fields, now).unwrap();

    let held = world.sync(DRAFTS).await;
    assert!(findings(&held)[0].contains("text_service"), "{:?}", findings(&held));

    let service = world.crm().inner.records("Services")[0]["id"].as_str().unwrap().to_owned();
    let more = format!("text_service = \"Services/{service}\"");
    let changes = &[MODULES, ACCOUNTS, ("#more", more.as_str())];
    let summary = world.sync(changes).await;
    assert_eq!(findings(&summary), Vec::<String>::new());
    let invoices = world.crm().inner.records("Invoice");
    assert_eq!(invoices.len(), 1);
    let invoice = &invoices[0];
    assert_eq!((&invoice["subject"], &invoice["hdnGrandTotal"]), (&json!("Juni"), &json!("358.75000000")));
    let comments: Vec<&str> =
        invoice["LineItems"].as_array().unwrap().iter().map(|it| it["comment"].as_str().unwrap()).collect();
    assert_eq!(comments, ["Afdeling A", "", "Kørsel"]);
    let quiet = world.sync(changes).await;
    assert_eq!((quiet.usage.left.writes, quiet.usage.right.writes), (0, 0), "{:?}", quiet.done);
}

#[tokio::test]
async fn a_draft_that_was_edited_in_the_crm_is_replaced_and_keeps_what_only_dinero_has() {
    let world = World::seeded(6, 11);
    world.sync(DRAFTS).await;
    let id = world.invoice(&[sold("1", "100")], Element::new()).await;
    world.sync(DRAFTS).await;
    let lines = Some(vec![
        LineItem::new(product_of(&world), "3".parse().unwrap(), "7".parse().unwrap())
            .tax("tax1", "25".parse().unwrap()),
    ]);
    let changes = simplycrm_client::InvoiceChanges { header: Element::new(), lines };
    world.crm_client().update_invoice(id, &changes, simplycrm_client::Precondition::None).await.unwrap();
    let summary = world.sync(DRAFTS).await;
    assert_eq!((findings(&summary), summary.updated.left), (Vec::new(), 1));
    let draft = world.only_draft();
    assert_eq!((&draft["TotalInclVat"], &draft["PaymentDate"]), (&json!(26.25), &json!("2026-11-16")));
    assert_eq!(world.sync(DRAFTS).await.usage.left.writes, 0);
}

#[tokio::test]
async fn invoices_without_lines_organisation_or_sense_are_held_with_a_reason() {
    let world = World::seeded(6, 12);
    world.sync(DRAFTS).await;
    world.invoice(&[sold("-1", "100")], Element::new()).await;
    world.invoice(&[sold("1", "100")], Element::new().text("txtAdjustment", "-1")).await;
    let id = world.invoice(&[sold("1", "100")], Element::new()).await;
    world.crm().inner.edit(&id.to_string(), &[("account_id", "")], "mette", world.now()).unwrap();
    let mut found = findings(&world.sync(DRAFTS).await);
    found.sort();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("the adjustment of -1.00 has no account"), "{found:?}");
    assert!(found[1].starts_with("the credit note does not say which invoice it credits"), "{found:?}");
    assert!(found[2].starts_with("the invoice has no organisation"), "{found:?}");
    assert_eq!(world.drafts().len(), 0);
}

#[tokio::test]
async fn many_invoices_cost_three_requests_each_at_most_and_nothing_when_nothing_changed() {
    let many: u64 = std::env::var("AFSTEM_INVOICES").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let world = World::seeded(6, 13);
    world.sync(DRAFTS).await;
    let base = world.sync(DRAFTS).await.usage;
    for number in 0..many {
        let price = format!("{}.37", number + 1);
        let lines = [sold("1", &price), sold("2", "10"), sold("3", "20"), sold("0.5", "99.95"), sold("10", "1.25")];
        world.invoice(&lines, Element::new()).await;
    }
    world.a_day_passes();
    let first = world.sync(DRAFTS).await;
    assert_eq!((first.created.left, findings(&first)), (many, Vec::new()));
    let spent = first.usage.left.requests - base.left.requests;
    assert!(spent <= 3 * many, "{spent} requests to Dinero for {many} invoices");
    let quiet = world.sync(DRAFTS).await.usage;
    let per_run = quiet.left.requests - base.left.requests;
    assert!(per_run <= 2, "{per_run} requests to Dinero more than without invoices");
    let crm = quiet.right.requests - base.right.requests;
    assert!(crm <= 4 + many / 100, "{crm} requests to the CRM more than without invoices");
    println!(
        "{many} invoices: {spent} requests to Dinero, {} to the CRM; a quiet run: {quiet:?}",
        first.usage.right.requests
    );
}
