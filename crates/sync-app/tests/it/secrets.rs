//! Canaries among the secrets: no byte of them is in anything that is kept or shown.

use sandbox::{Fault, When};
use sync_app::{AppError, Language, Say, summary_json};

use crate::world::World;

/// As users set them, and as nothing else in a world is spelled.
const CANARIES: [&str; 2] = ["kanariefugl-9d41", "kanariefugl-c07e"];

fn assert_no_secret(where_: &str, text: &[u8]) {
    let secrets =
        [sandbox::dinero::API_KEY, sandbox::dinero::CLIENT_SECRET, sandbox::simplycrm::INTEGRATION_ACCESS_KEY];
    for secret in secrets.iter().chain(&CANARIES) {
        let found = text.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "{where_} holds {secret}");
    }
}

fn assert_silent(where_: &str, error: &AppError) {
    for text in [error.say(Language::Da), error.say(Language::En), format!("{error:?}"), error.to_string()] {
        assert_no_secret(where_, text.as_bytes());
    }
}

#[tokio::test]
async fn l11_no_secret_is_in_plans_journals_summaries_and_errors() {
    let world = World::seeded(4, 31);
    let app = world.app(&[]);
    assert_no_secret("the settings", format!("{:?}", app.settings()).as_bytes());
    let preview = app.plan(&[]).await.unwrap();
    let saved = app.save_plan(&preview).await.unwrap();
    assert_no_secret("a saved plan", saved.text().unwrap().as_bytes());
    let summary = app.sync(&[]).await.unwrap();
    assert_no_secret("a summary", summary_json(&summary, Language::En).to_string().as_bytes());

    for (key, canary) in
        [(sandbox::dinero::API_KEY, CANARIES[0]), (sandbox::simplycrm::INTEGRATION_ACCESS_KEY, CANARIES[1])]
    {
        let error = world.app(&[(key, canary)]).sync(&[]).await.unwrap_err();
        assert_silent("a refusal", &error);
    }
    // Whatever goes wrong ends in the list of runs, too.
    for fault in [Fault::Unauthorised, Fault::WebPage, Fault::Truncated, Fault::FailureBefore] {
        let always = || (0..200).map(|nth| (When::Nth(nth), fault)).collect();
        world.trouble(always(), always());
        if let Err(error) = world.app(&[]).sync(&[]).await {
            assert_silent("a failure", &error);
        }
    }
    let remembered = world.remembered();
    assert!(remembered.len() > 4096, "the database was read");
    assert_no_secret("the database", &remembered);
}
