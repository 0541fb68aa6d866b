//! Whatever is logged, no secret is in it.

use crate::house::House;
use crate::house::caller::Caller;

fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    text.split_once(before).unwrap_or_else(|| panic!("`{before}` is not in {text}")).1.split(after).next().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_in_the_log_even_when_everything_is_logged() {
    let house = House::open_with(3, &[("AFSTEM_LOG", "trace".to_owned())]).await;
    let mette = Caller::found(house.address(), house.code()).await;
    let own = mette.connect("Nordlys ApS", &house.crm_url()).await;
    mette.post(&format!("{own}/sync"), &[]).await;
    mette.rest(&own).await;
    let access = format!("{own}/access");
    let page = mette.submit(&access, &[("do", "token"), ("label", "regneark"), ("scope", "read")]).await;
    let token = between(&page, "id=\"new-token\">", "<").to_owned();
    let page = mette.submit(&access, &[("do", "hook")]).await;
    let hook = between(&page, "id=\"new-hook\">", "<").replace("&#x2f;", "/");
    let client = reqwest::Client::new();
    let api = format!("{}/api/v1/status", house.address());
    assert_eq!(client.get(api).bearer_auth(&token).send().await.unwrap().status(), 200);
    assert_eq!(client.post(format!("{}{hook}", house.address())).send().await.unwrap().status(), 202);
    let guess = [("name", "mette"), ("password", "et gæt, som måske næsten er rigtigt")];
    mette.submit("/login", &guess).await;
    let log = house.log();
    assert!(log.lines().count() > 100, "everything is logged: {log}");
    let secrets = [
        ("API-nøgle", sandbox::dinero::API_KEY),
        ("access key", sandbox::simplycrm::INTEGRATION_ACCESS_KEY),
        ("client secret", sandbox::dinero::CLIENT_SECRET),
        ("one-time code", house.code()),
        ("session", mette.session()),
        ("form secret", mette.csrf()),
        ("password", "god lang"),
        ("password as it was sent", "god+lang"),
        ("guessed password", "er rigtigt"),
        ("guessed password as it was sent", "er+rigtigt"),
        ("token of the API", &token),
        ("webhook", hook.rsplit('/').next().unwrap()),
    ];
    for (name, secret) in secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "the log tells the {name}");
    }
}
