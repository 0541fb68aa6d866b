//! Pages claim no more than is so: of a run that goes on, and of work that was about something else.

use super::World;

#[tokio::test]
async fn a_run_that_goes_on_is_neither_in_agreement_nor_failed() {
    let world = World::new().await;
    let mut olga = world.signed_in("olga").await;
    let own = format!("/c/{}", world.a.id);
    olga.post(&format!("{own}/sync"), &[]).await;
    let office = world.server.office();
    while office.runs(&world.a, 1).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let overview = olga.get(&own).await.body;
    let history = olga.get(&format!("{own}/history")).await.body;
    assert!(office.desk(&world.a.id).is_busy(), "the run outlasts two pages");
    assert!(overview.contains("Den kører nu") && !overview.contains("i overensstemmelse"), "{overview}");
    assert!(history.contains("<span class=\"state wait small\">kører nu"), "{history}");
    world.rest().await;
    let mut open = office.runs(&world.a, 1).await.unwrap().remove(0);
    assert!(!office.desk(&world.a.id).works_on(&open), "it ended");
    (open.ended, open.summary) = (None, serde_json::Value::Null);
    assert!(!office.desk(&world.a.id).works_on(&open), "nobody works on what was cut off");
    olga.post(&format!("{own}/sync"), &[]).await;
    assert!(!office.desk(&world.a.id).works_on(&open), "nor does the next run");
    world.rest().await;
}

#[tokio::test]
async fn a_page_tells_of_work_only_where_that_was_its_own() {
    let world = World::new().await;
    let mut olga = world.signed_in("olga").await;
    let own = format!("/c/{}", world.a.id);
    olga.post(&format!("{own}/sync"), &[]).await;
    world.rest().await;
    let account = world.edit_crm_phone("70 10 20 30");
    let record = format!("{own}/record/{account}");
    for page in ["/record/Accounts/99x99", "/undo", "/booking"] {
        let body = olga.get(&format!("{own}{page}")).await.body;
        assert!(!body.contains("role=\"status\"><p><b>"), "{page}: {body}");
    }
    olga.post(&record, &[("do", "reconcile")]).await;
    world.rest().await;
    let page = olga.get(&record).await.body;
    let differ = page.matches("tag wait\">forskellig").count();
    let said = match differ {
        0 => "Posten er ens i de to systemer".to_owned(),
        1 => "1 felt er forskelligt".to_owned(),
        many => format!("{many} felter er forskellige"),
    };
    assert!(page.contains(&format!("{said}</b>")), "{said} is not in {page}");
    // Once undone, the two systems hold different telephone numbers, and a run leaves it so.
    let undo = [("target", account.as_str()), ("field", "phone"), ("do", "carry-out")];
    olga.post(&format!("{own}/undo"), &undo).await;
    world.rest().await;
    assert!(olga.get(&record).await.body.contains("<b>Fortrudt"), "its own undo");
    olga.post(&record, &[("do", "reconcile")]).await;
    world.rest().await;
    let page = olga.get(&record).await.body;
    assert!(page.contains("forskellig</span>") && page.contains("Mere er der ikke at gøre; "), "{page}");
    assert!(!page.contains("i overensstemmelse") && !page.contains("Posten er ens"), "{page}");
}

#[tokio::test]
async fn of_what_waits_nobody_says_that_it_is_written_next() {
    let world = World::new().await;
    let mut olga = world.signed_in("olga").await;
    let own = format!("/c/{}", world.a.id);
    olga.post(&format!("{own}/sync"), &[]).await;
    world.rest().await;
    let account = world.spoil_cvr();
    olga.post(&format!("{own}/sync"), &[]).await;
    world.rest().await;
    let page = olga.get(&format!("{own}/record/{account}")).await.body;
    assert!(page.contains("Venter: "), "{page}");
    assert!(!page.contains("næste kørsel skriver “12”"), "{page}");
}
