//! Visits of the pages: every page in both languages, what is escaped, what is never shown, and how much it weighs.

use tenancy::Connection;

use super::World;

/// Every page of a connection.
const PAGES: [&str; 12] = [
    "",
    "/connection",
    "/settings",
    "/mapping",
    "/mapping/text",
    "/inbox",
    "/history",
    "/access",
    "/plan",
    "/meeting",
    "/undo",
    "/booking",
];

/// A page with everything it refers to.
const HEAVIEST: usize = 100_000;

#[tokio::test]
async fn every_page_is_drawn_in_both_languages_without_secrets_and_is_light() {
    let world = World::new().await;
    let mut mette = world.signed_in("mette").await;
    mette.post(&format!("/c/{}/sync", world.a.id), &[]).await;
    world.rest().await;
    let assets = ["app.css", "app.js", "icon.svg"];
    let mut weight = 0;
    for name in assets {
        weight += mette.get(&format!("/static/x/{name}")).await.body.len();
    }
    for (language, word) in [("da", "Log ud"), ("en", "Sign out")] {
        mette.get("/account").await;
        mette.post("/language", &[("language", language)]).await;
        let record = format!("/c/{}/record/Accounts/1", world.a.id);
        let own = PAGES.map(|page| format!("/c/{}{page}", world.a.id));
        for page in own.iter().map(String::as_str).chain(["/connections", "/account", "/people", &record]) {
            let answer = mette.get(page).await;
            assert_eq!(answer.status, 200, "{page}: {}", answer.body);
            assert!(answer.body.contains(word), "{page} is not in {language}");
            assert!(answer.body.contains(&format!("<html lang=\"{language}\">")), "{page}");
            assert!(answer.body.len() + weight < HEAVIEST, "{page} weighs {}", answer.body.len() + weight);
            for canary in world.canaries() {
                assert!(!answer.body.contains(&canary), "{page} shows a secret");
            }
        }
    }
}

#[tokio::test]
async fn from_a_run_one_comes_to_each_record_and_its_fields() {
    let world = World::new().await;
    let mut vera = world.signed_in("vera").await;
    let mut olga = world.signed_in("olga").await;
    olga.post(&format!("/c/{}/sync", world.a.id), &[]).await;
    world.rest().await;
    let history = vera.get(&format!("/c/{}/history", world.a.id)).await.body;
    let run =
        history.split(&format!("/c/{}/history/", world.a.id)).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = vera.get(&format!("/c/{}/history/{run}", world.a.id)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let records: Vec<&str> = page.body.split("/record/").skip(1).map(|it| it.split('"').next().unwrap()).collect();
    assert!(records.len() > 10, "{}", page.body);
    for record in records {
        let answer = vera.get(&format!("/c/{}/record/{}", world.a.id, record.replace("&#x2f;", "/"))).await;
        assert_eq!(answer.status, 200, "{record}");
        assert!(answer.body.contains("koblet med"), "{record}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_people_write_is_text_and_nothing_else() {
    let world = World::new().await;
    let evil = r#"<script>alert(1)</script>"><img src=x onerror=alert(1)>"#;
    let renamed = Connection { name: evil.to_owned(), ..world.a.clone() };
    world.server.registry().put_connection(&renamed).await.unwrap();
    let mut mette = world.signed_in("mette").await;
    for page in PAGES {
        let answer = mette.get(&format!("/c/{}{page}", world.a.id)).await;
        assert!(!answer.body.contains("<script>alert") && !answer.body.contains("<img src=x"), "{page}");
    }
    let login = world.visitor().post("/login", &[("name", evil), ("next", evil), ("password", "x")]).await;
    assert!(!login.body.contains("<script>alert") && !login.body.contains("<img src=x"));
}

#[tokio::test]
async fn a_change_is_shown_before_it_is_saved() {
    let world = World::new().await;
    let mut mette = world.signed_in("mette").await;
    let path = format!("/c/{}/settings", world.a.id);
    let version = world.a.version.to_string();
    let typed = [("version", version.as_str()), ("sync.direction", "crm-to-dinero"), ("sync.mode", "auto")];
    let review = mette.post(&path, &typed).await;
    assert_eq!(review.status, 200);
    assert!(review.body.contains("Der skrives kun i Dinero"), "{}", review.body);
    let before = world.server.registry().connection(&world.a.id).await.unwrap().unwrap();
    assert_eq!(before, world.a, "looking changes nothing");
    let saved = mette.post(&path, &[&typed[..], &[("save", "yes")]].concat()).await;
    assert_eq!(saved.status, 303);
    let after = world.server.registry().connection(&world.a.id).await.unwrap().unwrap();
    assert_eq!(after.entries["sync.direction"], "crm-to-dinero");
    assert!(!after.entries.contains_key("sync.priority"), "a priority exists only where two write");
    let notes = world.server.registry().notes(Some(&world.a.id), 9).await.unwrap();
    assert!(notes.iter().any(|note| note.what == "settings-changed"));
    let twice = mette.post(&path, &[&typed[..1], &[("save", "yes"), ("sync.mode", "manual")]].concat()).await;
    assert_eq!(twice.status, 409, "somebody changed it since");
}

#[tokio::test]
async fn a_wrong_key_is_red_with_its_cause_and_the_right_one_green() {
    let world = World::new().await;
    let mut mette = world.signed_in("mette").await;
    let path = format!("/c/{}/connection", world.a.id);
    let right = world.canaries()[0].clone();
    for (key, state, word) in [("forkert", "bad", "tager ikke imod nøglen"), (right.as_str(), "good", "forbundet")] {
        let version = world.server.registry().connection(&world.a.id).await.unwrap().unwrap().version.to_string();
        assert_eq!(mette.post(&path, &[("version", &version), ("dinero.api_key", key)]).await.status, 303);
        let page = mette.get(&path).await.body;
        assert!(page.contains(&format!("data-side=\"dinero\" data-state=\"{state}\"")), "{page}");
        assert!(page.contains(word), "{page}");
    }
}

#[tokio::test]
async fn who_comes_before_the_set_up_is_led_to_it_and_told_what_is_missing() {
    let world = World::new().await;
    let mut lars = world.signed_in("lars").await;
    let own = format!("/c/{}", world.b.id);
    let there = format!("{own}/connection");
    for page in ["/mapping", "/booking", "/record/Accounts/11x1"] {
        let answer = lars.get(&format!("{own}{page}")).await;
        assert_eq!((answer.status, answer.location()), (303, there.as_str()), "{page}: {}", answer.body);
    }
    lars.get(&own).await;
    for act in ["sync", "preview", "check"] {
        let answer = lars.post(&format!("{own}/{act}"), &[]).await;
        assert_eq!((answer.status, answer.location()), (303, there.as_str()), "{act}: {}", answer.body);
    }
    let page = lars.get(&there).await.body;
    assert!(page.contains("Endnu mangler") && !page.contains("id=\"sync\""), "{page}");
    let missing = page.split("Endnu mangler").nth(1).unwrap().split("</p>").next().unwrap();
    for name in ["Firma ID", "API-nøgle"] {
        assert!(missing.contains(name), "{name} is not in {missing}");
    }
    assert!(!missing.contains("dinero."), "{missing}");
    let ready = world.signed_in("olga").await.get(&format!("/c/{}/connection", world.a.id)).await.body;
    assert!(!ready.contains("Endnu mangler") && ready.contains("id=\"sync\""), "{ready}");
}

#[tokio::test]
async fn a_fault_is_said_once_in_the_language_of_who_asks() {
    let world = World::new().await;
    let mut mette = world.signed_in("mette").await;
    let progress = format!("/c/{}/progress?run=abc", world.a.id);
    for (language, said) in [("da", "Adressen er ikke hel."), ("en", "The address is not complete.")] {
        mette.get("/account").await;
        mette.post("/language", &[("language", language)]).await;
        for path in ["/open", progress.as_str()] {
            let answer = mette.get(path).await;
            assert_eq!((answer.status, answer.body.matches(said).count()), (400, 1), "{path}: {}", answer.body);
        }
    }
    let nowhere = mette.get("/c/nowhere").await.body;
    assert!(nowhere.contains("Siden findes ikke.") && nowhere.contains("There is no such page."), "{nowhere}");
}

/// The mapping with every module, and an inbox with more than anybody reads at once.
#[tokio::test]
async fn the_heaviest_pages_are_light_and_an_inbox_can_be_read_to_its_end() {
    let mut world = World::new().await;
    world
        .set(&[
            ("sync.modules", "organisations,contacts,products,invoices"),
            ("invoices.vat_accounts", "25=1000,0=1100"),
        ])
        .await;
    world.add_wrong_cvrs(112);
    let mut olga = world.signed_in("olga").await;
    let own = format!("/c/{}", world.a.id);
    olga.post(&format!("{own}/sync"), &[]).await;
    world.rest().await;
    let mapping = olga.get(&format!("{own}/mapping")).await.body;
    assert!(mapping.len() < HEAVIEST, "the mapping weighs {}", mapping.len());
    let (mut seen, mut next) = (std::collections::BTreeSet::new(), Some(format!("{own}/inbox")));
    while let Some(page) = next.take() {
        let body = olga.get(&page).await.body;
        assert!(body.len() < HEAVIEST, "{page} weighs {}", body.len());
        let entries: Vec<&str> = body.split("data-entry=\"").skip(1).map(|it| it.split('"').next().unwrap()).collect();
        assert!((1..=40).contains(&entries.len()), "{page} has {}", entries.len());
        seen.extend(entries.into_iter().map(str::to_owned));
        let after = body.split("<a href=\"?passed=").find_map(|it| it.split_once("\">De næste"));
        next = after.map(|(passed, _)| format!("{own}/inbox?passed={passed}"));
    }
    assert!(seen.len() >= 112, "{}", seen.len());
    let beyond = olga.get(&format!("{own}/inbox?passed=4000")).await.body;
    assert!(beyond.contains("data-entry") && !beyond.contains("De næste"), "the last page there is");
    let count = format!("<span class=\"count\">{}</span>", seen.len());
    assert!(beyond.contains(&count), "{count} stands in the menu");
    // A plan that was looked at since says nothing of the inbox.
    olga.post(&format!("{own}/preview"), &[]).await;
    world.rest().await;
    assert!(olga.get(&own).await.body.contains(&count));
}
