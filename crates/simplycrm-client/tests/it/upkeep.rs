//! Changes that keep what they do not change, on servers with and without `revise`.

use std::sync::Arc;

use simplycrm_client::{Element, InvoiceChanges, Precondition, Record, WsId};

use crate::fake::{FakeCrm, Reply, refused, success};
use crate::invoices::recorded;

fn id(text: &str) -> WsId {
    text.parse().unwrap()
}

fn json(record: &Record) -> String {
    serde_json::to_string(record).unwrap()
}

fn sent(crm: &FakeCrm, operation: &str) -> serde_json::Value {
    let seen = crm.seen(operation);
    serde_json::from_str(&seen.last().unwrap().parameters["element"]).unwrap()
}

/// A server that does not know `revise`.
fn old_server() -> Arc<FakeCrm> {
    Arc::new(FakeCrm::default()).on("revise", Reply::Body(500, String::new()))
}

#[tokio::test(start_paused = true)]
async fn whether_a_server_can_revise_is_asked_once_and_writes_nothing() {
    let crm = Arc::new(FakeCrm::default());
    let client = crm.client();
    assert!(client.has_revise().await.unwrap() && client.clone().has_revise().await.unwrap());
    assert_eq!(crm.operations(), ["revise"]);
    assert!(!crm.seen("revise")[0].parameters["element"].contains("\"id\""));
    assert_eq!(client.writes(), 0);
    assert!(!old_server().client().has_revise().await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_got_no_answer_decides_nothing() {
    let crm = Arc::new(FakeCrm::default()).on("revise", Reply::Lost);
    let client = crm.client();
    assert!(client.has_revise().await.unwrap_err().is_unreachable());
    assert!(client.has_revise().await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_change_is_a_revise_or_the_whole_record() {
    let stored =
        r#"{"accountname":"Gammel","phone":"12","account_id":null,"modifiedtime":"2026-11-23 07:30:03","id":"11x4"}"#;
    let changes = Element::new().text("accountname", "Ny");

    let crm = Arc::new(FakeCrm::default());
    let client = crm.client();
    client.has_revise().await.unwrap();
    crm.on("revise", success(stored));
    client.change(id("11x4"), &changes, Precondition::None).await.unwrap();
    assert_eq!(sent(&crm, "revise"), serde_json::json!({"id":"11x4","accountname":"Ny"}));

    let crm = old_server().on("retrieve", success(stored)).on("update", success(stored));
    crm.client().change(id("11x4"), &changes, Precondition::None).await.unwrap();
    assert_eq!(sent(&crm, "update"), serde_json::json!({"id":"11x4","accountname":"Ny","phone":"12"}));
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_changed_meanwhile_is_left_alone() {
    let stored = r#"{"accountname":"x","modifiedtime":"2026-11-23 07:30:03","id":"11x4"}"#;
    let at = |text: &str| Precondition::SavedAt(text.parse().unwrap());
    let changes = Element::new().text("accountname", "Ny");

    let crm = Arc::new(FakeCrm::default()).on("retrieve", success(stored));
    let client = crm.client();
    let error = client.change(id("11x4"), &changes, at("2026-11-23T07:30:02")).await.unwrap_err();
    assert!(error.is_stale() && !error.outcome_unknown());
    assert_eq!(client.writes(), 0);

    crm.on("retrieve", success(stored)).on("revise", success(stored));
    client.change(id("11x4"), &changes, at("2026-11-23T07:30:03")).await.unwrap();
    assert_eq!(client.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_product_keeps_its_taxes_and_prices() {
    let stored = r#"{"productname":"Vare","unit_price":"100.00000000","qtyinstock":"7.000","id":"14x7","tax1":"25.000",
                     "currency1":100,"currency_id":"21x1","modifiedtime":"2026-11-23 07:30:03"}"#;
    let changes = Element::new().text("productname", "Ny");

    let crm = Arc::new(FakeCrm::default());
    let client = crm.client();
    client.has_revise().await.unwrap();
    crm.on("retrieve", success(stored)).on("revise", success(stored));
    client.update_product(id("14x7"), &changes, Precondition::None).await.unwrap();
    let kept = serde_json::json!({"id":"14x7","productname":"Ny","unit_price":"100.00000000","tax1":"25.000",
                                  "currency1":100,"currency_id":"21x1"});
    assert_eq!(sent(&crm, "revise"), kept, "and not the stock, which may have moved");

    let crm = old_server().on("retrieve", success(stored)).on("update", success(stored));
    crm.client().update_product(id("14x7"), &changes, Precondition::None).await.unwrap();
    let element = sent(&crm, "update");
    assert_eq!((&element["tax1"], &element["qtyinstock"]), (&"25.000".into(), &"7.000".into()));
}

#[tokio::test(start_paused = true)]
async fn an_invoice_is_read_sent_whole_and_read_back() {
    for file in ["invoice.v730.json", "invoice.v840.json"] {
        let stored = json(&recorded(file, "retrieve"));
        let crm = Arc::new(FakeCrm::default());
        // 7.3 answers an update without the lines, so the answer is not what is given back.
        crm.on("retrieve", success(&stored))
            .on("update", success(r#"{"id":"7x6","LineItems":[]}"#))
            .on("retrieve", success(&stored));
        let changes = InvoiceChanges { header: Element::new().text("customerno", "K-77"), lines: None };
        let client = crm.client();
        let kept = client.update_invoice(id("7x6"), &changes, Precondition::None).await.unwrap();
        assert_eq!(kept.lines().len(), 2);
        let element = sent(&crm, "update");
        assert_eq!((&element["hdnTaxType"], &element["customerno"]), (&"group".into(), &"K-77".into()));
        assert_eq!(element["LineItems"].as_array().unwrap().len(), 2);
        assert_eq!((client.requests(), client.writes()), (5, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_status_goes_with_the_tax_mode_and_nothing_else() {
    let crm = Arc::new(FakeCrm::default());
    let client = crm.client();
    client.has_revise().await.unwrap();
    crm.on("query", success(r#"[{"id":"7x6","hdnTaxType":"group"}]"#)).on("revise", success(r#"{"id":"7x6"}"#));
    client.set_invoice_status(id("7x6"), "Paid").await.unwrap();
    assert_eq!(sent(&crm, "revise"), serde_json::json!({"id":"7x6","invoicestatus":"Paid","hdnTaxType":"group"}));

    crm.on("query", success("[]")).on("retrieve", refused("ACCESS_DENIED"));
    assert!(client.set_invoice_status(id("7x9"), "Paid").await.unwrap_err().is_access_denied());

    let stored = json(&recorded("invoice.v730.json", "retrieve"));
    let crm = old_server()
        .on("retrieve", success(&stored))
        .on("update", success(r#"{"id":"7x6"}"#))
        .on("retrieve", success(&stored));
    crm.client().set_invoice_status(id("7x6"), "Paid").await.unwrap();
    let element = sent(&crm, "update");
    assert_eq!((&element["invoicestatus"], &element["hdnTaxType"]), (&"Paid".into(), &"group".into()));
}
