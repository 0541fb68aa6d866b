//! The past on the pages and in the API: undo, why, booking that was looked at first, and everything that is known.

use serde_json::{Value, json};
use sync_app::Side;

use super::{PASSWORD, Visitor, World};

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("`{before}` is not in {text}")).1;
    rest.split(after).next().unwrap_or_default()
}

/// Synchronises, and says which run that was.
async fn synchronised(world: &World, olga: &mut Visitor) -> String {
    olga.post(&format!("/c/{}/sync", world.a.id), &[]).await;
    world.rest().await;
    let last = world.server.office().desk(&world.a.id).last().unwrap();
    last.summary().unwrap_or_else(|| panic!("{last:?}")).run.to_string()
}

#[tokio::test]
async fn an_undo_is_shown_first_and_done_then() {
    let world = World::new().await;
    let (mut olga, mut vera) = (world.signed_in("olga").await, world.signed_in("vera").await);
    let run = synchronised(&world, &mut olga).await;
    let own = format!("/c/{}", world.a.id);
    let page = olga.get(&format!("{own}/history/{run}")).await.body;
    assert!(page.contains("Fortryd kørslen") && page.contains("Hvad der blev ændret"), "{page}");
    assert!(!vera.get(&format!("{own}/history/{run}")).await.body.contains("Fortryd kørslen"), "who only looks");
    let undo = format!("{own}/undo");
    let looked = olga.post(&undo, &[("do", "look"), ("target", &run)]).await;
    assert_eq!((looked.status, looked.location()), (303, undo.as_str()));
    world.rest().await;
    let shown = olga.get(&undo).await.body;
    assert!(shown.contains("Fortryd det</button>") && shown.contains("Det bliver stående"), "{shown}");
    let dry = world.server.office().runs(&world.a, 9).await.unwrap();
    assert_eq!(dry.len(), 1, "looking writes nothing");
    assert_eq!(olga.post(&undo, &[("do", "carry-out"), ("target", &run)]).await.status, 303);
    world.rest().await;
    let last = world.server.office().desk(&world.a.id).last().unwrap();
    let undone = last.summary().unwrap().undone.as_ref().unwrap();
    assert!(!undone.unlinked.is_empty() && undone.kept.iter().all(|kept| kept.field.is_none()), "{undone:?}");
    let overview = olga.get(&own).await.body;
    assert!(!undone.kept.is_empty() && overview.contains("Fortrudt, så vidt det kunne lade sig gøre"), "{overview}");
    let history = olga.get(&format!("{own}/history")).await.body;
    assert!(history.contains("<span class=\"state wait small\">fortrudt til dels"), "{history}");
    for (target, status) in [("no-such-run", 404), ("Accounts/zzz", 422)] {
        assert_eq!(olga.post(&undo, &[("do", "look"), ("target", target)]).await.status, status, "{target}");
    }
}

#[tokio::test]
async fn one_field_is_explained_and_undone() {
    let world = World::new().await;
    let mut olga = world.signed_in("olga").await;
    synchronised(&world, &mut olga).await;
    let account = world.edit_crm_phone("70 10 20 30");
    synchronised(&world, &mut olga).await;
    assert!(world.dinero_knows("70102030"));
    let record = format!("/c/{}/record/{account}", world.a.id);
    let page = olga.get(&record).await.body;
    let field = between(&page, "data-field=\"phone\"", "</tr>");
    for said in ["skrevet i Dinero", "+4570102030", "kun ændret i Simply CRM", "Fortryd denne ændring"] {
        assert!(field.contains(said), "{said} is not in {field}");
    }
    let undo = format!("/c/{}/undo", world.a.id);
    let target = [("target", account.as_str()), ("field", "phone")];
    olga.post(&undo, &[&target[..], &[("do", "look")]].concat()).await;
    world.rest().await;
    assert!(olga.get(&undo).await.body.contains("+4570102030"));
    olga.post(&undo, &[&target[..], &[("do", "carry-out")]].concat()).await;
    world.rest().await;
    assert!(!world.dinero_knows("70102030"), "it is as it was");
    let all = world.tokens["all"].clone();
    let why = olga.call("GET", &format!("/api/v1/records/{account}/why?field=phone"), &all, None).await;
    let why: Value = serde_json::from_str(&why.body).unwrap();
    assert_eq!(why["fields"][0]["field"], "phone", "{why}");
    assert!(why["history"].as_array().unwrap().len() >= 2, "the write and its undo");
}

#[tokio::test]
async fn what_the_pages_undo_the_api_undoes() {
    let world = World::new().await;
    let (mut olga, all) = (world.signed_in("olga").await, world.tokens["all"].clone());
    let run = synchronised(&world, &mut olga).await;
    let order = json!({ "target": run }).to_string();
    assert_eq!(olga.call("GET", "/api/v1/undo", &all, None).await.status, 404, "nobody asked");
    let begun = olga.call("POST", "/api/v1/undo/preview", &all, Some(&order)).await;
    assert_eq!(begun.status, 202, "{}", begun.body);
    world.rest().await;
    let shown: Value = serde_json::from_str(&olga.call("GET", "/api/v1/undo", &all, None).await.body).unwrap();
    assert_eq!(shown["target"], json!(run));
    assert!(!shown["undone"]["unlinked"].as_array().unwrap().is_empty(), "{shown}");
    assert_eq!(olga.call("POST", "/api/v1/undo", &all, Some(&order)).await.status, 202);
    world.rest().await;
    let work: Value = serde_json::from_str(&olga.call("GET", "/api/v1/work", &all, None).await.body).unwrap();
    assert_eq!((&work["job"], &work["last"]["error"]), (&json!("undo"), &Value::Null), "{work}");
}

/// The invoices of the CRM are drafted by plain runs; booked is only what somebody saw, and only once.
#[tokio::test]
async fn booking_is_shown_first_never_done_by_a_plain_run_and_never_twice() {
    let mut world = World::new().await;
    world
        .set(&[
            ("sync.modules", "organisations,contacts,products,invoices"),
            ("invoices.vat_accounts", "25=1000,0=1100"),
            ("invoices.book", "true"),
        ])
        .await;
    let mut olga = world.signed_in("olga").await;
    synchronised(&world, &mut olga).await;
    synchronised(&world, &mut olga).await;
    assert_eq!(world.booked(), 0, "a plain run books nothing");
    let booking = format!("/c/{}/booking", world.a.id);
    let guessed = olga.post(&booking, &[("do", "carry-out"), ("at", "2026-01-01T00:00:00+00:00")]).await;
    assert_eq!(guessed.status, 400, "nobody saw that");
    olga.post(&booking, &[("do", "look")]).await;
    world.rest().await;
    let page = olga.get(&booking).await.body;
    assert!(page.contains("bogføres"), "{page}");
    let at = between(&page, "name=\"at\" value=\"", "\"").replace("&#x2b;", "+");
    let shown = page.matches("/record/Invoice").count();
    assert!(shown > 1, "{page}");
    // One of them is changed after it was looked at, and is not booked.
    world.edit_invoice("Ordre 1001");
    assert_eq!(olga.post(&booking, &[("do", "carry-out"), ("at", &at)]).await.status, 303);
    world.rest().await;
    assert_eq!(world.booked(), shown - 1, "all that were shown and stayed as they were");
    let again = olga.post(&booking, &[("do", "carry-out"), ("at", &at)]).await;
    assert_eq!(again.status, 400, "once");
    let (all, read) = (world.tokens["all"].clone(), world.tokens["read"].clone());
    assert_eq!(olga.call("POST", "/api/v1/effects/preview", &read, None).await.status, 403);
    assert_eq!(olga.call("POST", "/api/v1/effects/preview", &all, None).await.status, 202);
    world.rest().await;
    let due: Value = serde_json::from_str(&olga.call("GET", "/api/v1/effects", &all, None).await.body).unwrap();
    assert_eq!(due["invoices"].as_array().unwrap().len(), 1, "the one that was changed: {due}");
    let stale = olga.call("POST", "/api/v1/effects", &all, Some(r#"{"seen":"yesterday"}"#)).await;
    assert_eq!(stale.status, 409);
    let order = json!({ "seen": due["seen"] }).to_string();
    assert_eq!(olga.call("POST", "/api/v1/effects", &all, Some(&order)).await.status, 202);
    world.rest().await;
    assert_eq!(world.booked(), shown);
}

/// Everything that is known is in the export, the mirrored records too, and no secret; nothing of it is left when erased.
#[tokio::test]
async fn what_is_known_is_exported_and_what_is_erased_is_gone() {
    let world = World::new().await;
    let (mut olga, mut mette) = (world.signed_in("olga").await, world.signed_in("mette").await);
    synchronised(&world, &mut olga).await;
    let own = format!("/c/{}", world.a.id);
    let export = mette.get(&format!("{own}/export")).await;
    assert_eq!(export.headers["content-type"], "application/json");
    let told: Value = serde_json::from_str(&export.body).unwrap_or_else(|error| panic!("{error}: {}", export.body));
    assert_eq!(told["connection"]["name"], "Nordlys ApS");
    for side in [Side::Left, Side::Right] {
        let side = json!(side);
        let records = told["known"]["record"].as_array().unwrap().iter().filter(|row| row["side"] == side);
        assert!(records.clone().count() > 5, "both mirrors");
        assert!(records.clone().all(|row| row["body"]["fields"].is_object()), "with everything in them");
    }
    for table in ["link", "intent", "trail", "run"] {
        assert!(!told["known"][table].as_array().unwrap().is_empty(), "{table}");
    }
    for canary in world.canaries() {
        assert!(!export.body.contains(&canary), "a secret is exported");
    }
    assert!(!export.body.contains(super::world::HOOK) && !export.body.contains("$argon2"));
    let wrong = mette.post(&format!("{own}/access"), &[("do", "erase"), ("password", "forkert")]).await;
    assert_eq!(wrong.status, 400);
    let erased = mette.post(&format!("{own}/access"), &[("do", "erase"), ("password", PASSWORD)]).await;
    assert_eq!((erased.status, erased.location()), (303, "/connections"));
    let registry = world.server.registry();
    assert_eq!(registry.connection(&world.a.id).await.unwrap(), None);
    assert_eq!(registry.notes(Some(&world.a.id), 9).await.unwrap(), []);
    for table in registry.tables() {
        assert!(registry.known(&world.a.id, table, 0, 9).await.unwrap().is_empty(), "{table}");
    }
    assert_eq!(mette.get(&own).await.status, 404);
}
