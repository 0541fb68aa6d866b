//! Invoices as they come: languages, order numbers, currencies, customers abroad, deleted products, many lines.

use serde_json::{Value, json};
use simplycrm_client::{Element, LineItem};

use crate::invoices::{ACCOUNTS, BOOKING, Changes, DRAFTS, MODULES, findings, guid, sold};
use crate::world::World;

const ORDER_TWICE: &str = "4500-77";

#[tokio::test]
async fn the_order_number_stands_on_the_draft_and_comes_back_as_a_number() {
    let world = World::seeded(6, 41);
    world.sync(DRAFTS).await;
    let id = world.invoice(&[sold("1", "100")], Element::new().text("vtiger_purchaseorder", ORDER_TWICE)).await;
    let summary = world.sync(DRAFTS).await;
    assert_eq!(findings(&summary), Vec::<String>::new());
    let draft = world.only_draft();
    let last = draft["ProductLines"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["LineType"], &last["Description"]), (&json!("Text"), &json!("Order number: 4500-77")));
    assert_eq!(world.sync(DRAFTS).await.usage.left.writes, 0);
    // A person corrects it in Dinero.
    let mut lines = draft["ProductLines"].clone();
    let at = lines.as_array().unwrap().len() - 1;
    lines[at] = json!({ "LineType": "Text", "Description": "Order number: 4500-78" });
    let lines: Vec<Value> = lines.as_array().unwrap().iter().map(sent).collect();
    let now = world.now();
    world.dinero().inner.edit_sale(&guid(&draft), &[("ProductLines", json!(lines))], now).unwrap();
    let back = world.sync(DRAFTS).await;
    assert_eq!(findings(&back), Vec::<String>::new());
    assert_eq!(world.crm_invoice(id)["vtiger_purchaseorder"], "4500-78");
    assert_eq!(world.crm_invoice(id)["LineItems"].as_array().unwrap().len(), 1);
}

/// A line as a body sends it.
fn sent(line: &Value) -> Value {
    if line["LineType"] == "Text" {
        return json!({ "LineType": "Text", "Description": line["Description"] });
    }
    let mut sent = json!({});
    for name in ["Quantity", "BaseAmountValue", "AccountNumber", "Unit", "Discount", "Comments", "ProductGuid"] {
        sent[name] = line[name].clone();
    }
    sent
}

#[tokio::test]
async fn an_invoice_is_written_in_the_customer_s_language_or_in_the_one_that_was_set() {
    for (contact, more, wanted) in [
        (vec![("CountryKey", json!("DK"))], "", "da-DK"),
        (vec![("CountryKey", json!("DE"))], "", "en-GB"),
        (vec![("CountryKey", json!("DK")), ("PreferredInvoiceLanguageKey", json!("en"))], "", "en-GB"),
        (vec![("CountryKey", json!("DE"))], "language = \"da\"", "da-DK"),
        (vec![("CountryKey", json!("DK"))], "language = \"en\"", "en-GB"),
    ] {
        let world = World::seeded(6, 42);
        let changes: Changes<'_> = &[MODULES, ACCOUNTS, ("#more", more)];
        world.sync(changes).await;
        world.customers(&contact);
        world.invoice(&[sold("1", "100")], Element::new()).await;
        let summary = world.sync(changes).await;
        assert_eq!(findings(&summary), Vec::<String>::new());
        assert_eq!(world.only_draft()["Language"], wanted, "{contact:?} {more}");
    }
}

impl World {
    /// A person changes every contact in Dinero.
    fn customers(&self, fields: &[(&str, Value)]) {
        let now = self.now();
        let mut dinero = self.dinero();
        for contact in dinero.inner.contacts() {
            let guid = contact["ContactGuid"].as_str().unwrap().to_owned();
            assert!(dinero.inner.edit_contact(&guid, fields, now));
        }
    }
}

#[tokio::test]
async fn the_plan_says_when_the_other_customer_stands_in() {
    let world = World::seeded(6, 43);
    world.sync(DRAFTS).await;
    let id = world.invoice(&[sold("1", "100")], Element::new()).await;
    let person = world.crm().inner.records("Contacts")[0]["id"].as_str().unwrap().to_owned();
    let now = world.now();
    world
        .crm()
        .inner
        .edit(&id.to_string(), &[("account_id", ""), ("contact_id", person.as_str())], "mette", now)
        .unwrap();
    let held = world.sync(DRAFTS).await;
    assert!(findings(&held)[0].starts_with("the invoice has no organisation"), "{:?}", findings(&held));
    let changes: Changes<'_> = &[MODULES, ACCOUNTS, ("#more", "other_customer = true")];
    let plan = world.app(changes).plan(&[]).await.unwrap();
    let rules: Vec<_> = plan
        .plans
        .iter()
        .flat_map(|it| &it.steps)
        .flat_map(|it| &it.why)
        .filter(|it| it.field.as_str() == "customer")
        .map(|it| it.rule)
        .collect();
    assert_eq!(rules, [reconcile::Rule::StandsIn]);
    let done = world.sync(changes).await;
    assert_eq!((findings(&done), done.created.left), (Vec::new(), 1));
}

#[tokio::test]
async fn five_hundred_lines_come_to_the_same_everywhere() {
    let world = World::seeded(6, 44);
    world.sync(DRAFTS).await;
    let prices: Vec<String> = (0..500).map(|n| format!("{}.{:02}", n + 1, n % 100)).collect();
    let lines: Vec<_> = prices.iter().map(|price| sold("1.25", price)).collect();
    let more = "rounding_account = 1100\nrounding_limit = \"1.00\"";
    let changes: Changes<'_> = &[MODULES, ACCOUNTS, ("#more", more)];
    world.invoice(&lines, Element::new()).await;
    let summary = world.sync(changes).await;
    assert_eq!((findings(&summary), summary.created.left), (Vec::new(), 1));
    assert!(world.only_draft()["ProductLines"].as_array().unwrap().len() >= 500);
    assert_eq!(world.sync(changes).await.usage.left.writes, 0);
}

#[tokio::test]
async fn zero_and_negative_lines_are_carried_over_as_they_are_meant() {
    let world = World::seeded(6, 45);
    world.sync(DRAFTS).await;
    world.invoice(&[sold("2", "100"), sold("0", "5"), sold("-1", "30")], Element::new()).await;
    let summary = world.sync(DRAFTS).await;
    assert_eq!(findings(&summary), Vec::<String>::new());
    let draft = world.only_draft();
    assert_eq!(draft["TotalInclVat"], json!(212.5));
    let types: Vec<&str> =
        draft["ProductLines"].as_array().unwrap().iter().map(|it| it["LineType"].as_str().unwrap()).collect();
    assert_eq!(types, ["Product", "Text", "Product"]);
    assert_eq!(world.sync(DRAFTS).await.usage.left.writes, 0);
}

#[tokio::test]
async fn p39_customers_abroad_need_an_account_of_their_own() {
    for (country, zone) in [("Germany", "0-eu"), ("Norway", "0-world")] {
        let world = World::seeded(6, 47);
        world.sync(DRAFTS).await;
        let more = Element::new().text("bill_country", country);
        let id = world.invoice(&[sold("1", "100")], more).await;
        world.untaxed(id).await;
        let held = world.sync(DRAFTS).await;
        assert!(findings(&held)[0].contains(zone), "{country}: {:?}", findings(&held));
        let accounts = format!("[invoices]\nvat_accounts = {{ \"25\" = 1000, \"{zone}\" = 1100 }}\n\n[store]");
        let summary = world.sync(&[MODULES, ("[store]", accounts.as_str())]).await;
        assert_eq!(findings(&summary), Vec::<String>::new(), "{country}");
        let draft = world.only_draft();
        assert_eq!((&draft["ProductLines"][0]["AccountNumber"], &draft["TotalInclVat"]), (&json!(1100), &json!(100)));
    }
}

impl World {
    async fn untaxed(&self, id: simplycrm_client::WsId) {
        let product = self.crm().inner.records("Products")[0]["id"].as_str().unwrap().parse().unwrap();
        let line =
            LineItem::new(product, "1".parse().unwrap(), "100".parse().unwrap()).tax("tax1", "0".parse().unwrap());
        let changes = simplycrm_client::InvoiceChanges { header: Element::new(), lines: Some(vec![line]) };
        self.crm_client().update_invoice(id, &changes, simplycrm_client::Precondition::None).await.unwrap();
    }
}

#[tokio::test]
async fn a_deleted_product_holds_the_invoice_until_the_line_has_another() {
    let world = World::seeded(6, 48);
    world.sync(DRAFTS).await;
    world.invoice(&[sold("1", "100")], Element::new()).await;
    let product = world.crm().inner.records("Products")[0]["id"].as_str().unwrap().to_owned();
    let now = world.now();
    world.crm().inner.remove(&product, "mette", now).unwrap();
    let held = world.sync(DRAFTS).await;
    assert!(findings(&held).iter().any(|it| it.contains("line 1 was deleted")), "{:?}", findings(&held));
    assert_eq!(world.drafts().len(), 0);
}

#[tokio::test]
async fn an_organisation_without_vat_holds_an_invoice_with_vat() {
    let world = World::seeded(6, 49);
    world.dinero().inner.is_vat_free = true;
    world.sync(DRAFTS).await;
    world.invoice(&[sold("1", "100")], Element::new()).await;
    let held = world.effects(BOOKING).await;
    assert!(findings(&held)[0].contains("VAT: we make it 25.00, Dinero 0.00"), "{:?}", findings(&held));
    assert_eq!(world.effects(BOOKING).await.effects.booked, 0);
}

#[tokio::test]
async fn tax_by_line_counts_where_it_is_attached_to_the_product_and_holds_the_invoice_where_it_is_not() {
    for (attached, wanted) in [(2, json!(225)), (1, json!(null))] {
        let world = World::seeded(6, 50);
        world.sync(DRAFTS).await;
        let products: Vec<Value> =
            world.crm().inner.records("Products").into_iter().map(|it| it["id"].clone()).collect();
        for product in &products[..attached] {
            world.crm().inner.attach_tax(product.as_str().unwrap(), "tax1", "25").unwrap();
        }
        let by_line = Element::new().text("hdnTaxType", "individual");
        world.invoice(&[sold("1", "100"), sold("2", "40")], by_line).await;
        let summary = world.sync(DRAFTS).await;
        assert_eq!(summary.created.left, 1);
        if attached == 2 {
            assert_eq!(findings(&summary), Vec::<String>::new());
            assert_eq!(world.only_draft()["TotalInclVat"], wanted);
        } else {
            let said = &findings(&summary)[0];
            assert!(said.contains("we make it 225.00, Simply CRM 205.00"), "{said}");
        }
        assert_eq!(world.sync(DRAFTS).await.usage.left.writes, 0);
    }
}

#[tokio::test]
async fn an_invoice_in_euro_is_a_draft_in_euro() {
    let world = World::seeded(6, 51);
    let euro = world.crm().inner.add_currency("Euro", "EUR", "7.45");
    world.sync(DRAFTS).await;
    world.invoice(&[sold("3", "12.35")], Element::new().text("currency_id", euro.as_str())).await;
    let summary = world.sync(DRAFTS).await;
    assert_eq!((findings(&summary), summary.created.left), (Vec::new(), 1));
    let draft = world.only_draft();
    assert_eq!((&draft["Currency"], &draft["TotalExclVat"]), (&json!("EUR"), &json!(37.05)));
    assert_eq!(world.sync(DRAFTS).await.usage.left.writes, 0);
}

#[tokio::test]
async fn a_date_in_no_accounting_year_is_refused_in_words_that_say_so() {
    let world = World::seeded(6, 52);
    world.sync(DRAFTS).await;
    world
        .invoice(&[sold("1", "100")], Element::new().text("invoicedate", "2009-01-01").text("duedate", "2009-01-15"))
        .await;
    assert_eq!(findings(&world.sync(DRAFTS).await), Vec::<String>::new(), "a draft may have any date");
    let held = world.effects(BOOKING).await;
    assert!(findings(&held)[0].contains("accounting year"), "{:?}", findings(&held));
    assert_eq!(world.only_draft()["Status"], "Draft");
}

#[tokio::test]
async fn a_customer_without_a_country_is_a_danish_one() {
    let world = World::seeded(6, 53);
    let account = world.crm().inner.records("Accounts")[0]["id"].as_str().unwrap().to_owned();
    let now = world.now();
    world.crm().inner.edit(&account, &[("bill_country", "")], "mette", now).unwrap();
    world.sync(DRAFTS).await;
    world.invoice(&[sold("1", "100")], Element::new()).await;
    let summary = world.sync(DRAFTS).await;
    assert_eq!((findings(&summary), summary.created.left), (Vec::new(), 1));
    let customer = world.only_draft()["ContactGuid"].as_str().unwrap().to_owned();
    assert_eq!(world.dinero().inner.contact(&customer).unwrap()["CountryKey"], json!("DK"));
}
