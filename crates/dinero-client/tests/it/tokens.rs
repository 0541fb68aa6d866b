//! Tokens: asked for once, replaced once, and never refreshed twice at a time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_transport::Courier;
use async_trait::async_trait;
use dinero_client::op::{GetSalesSettings, ListOrganizations};
use dinero_client::{Credentials, DineroClient, DineroSettings, Pkce, TokenStore, TokenStoreError, VismaApp};
use secrecy::{ExposeSecret, SecretString};

use crate::fake::{Fake, said, settings};

fn bearer(request: &http::Request<bytes::Bytes>) -> &str {
    request.headers()["authorization"].to_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_request_for_a_token_is_as_documented() {
    let fake = Fake::with_tokens(|_| said(200, "[]"));
    fake.client().send(&ListOrganizations).await.unwrap();
    let asked = &fake.seen()[0];
    assert_eq!(asked.uri().to_string(), "https://api.test/token");
    assert_eq!(bearer(asked), "Basic Y2xpZW50OmNhbmFyeS1jbGllbnQtc2VjcmV0");
    assert_eq!(asked.body(), "grant_type=password&scope=read+write&username=canary-api-key&password=canary-api-key");
    assert_eq!(bearer(&fake.seen()[1]), "Bearer token-1");
}

#[tokio::test(start_paused = true)]
async fn many_tasks_ask_for_one_token_and_use_it_until_shortly_before_it_ends() {
    let fake = Fake::with_tokens(|_| said(200, "[]"));
    let client = fake.client();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.send(&ListOrganizations).await.map(|_| ()) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let tokens = |fake: &Fake| fake.paths().iter().filter(|path| *path == "/token").count();
    assert_eq!(tokens(&fake), 1);
    assert_eq!((client.requests(), client.writes()), (9, 0));
    tokio::time::advance(Duration::from_secs(3500)).await;
    client.send(&ListOrganizations).await.unwrap();
    assert_eq!(tokens(&fake), 1);
    tokio::time::advance(Duration::from_secs(50)).await;
    client.send(&ListOrganizations).await.unwrap();
    assert_eq!(tokens(&fake), 2);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_claims_to_last_for_ever_is_asked_for_again_after_a_day() {
    let fake = Fake::new(|request| {
        let token = format!(r#"{{"access_token":"t","expires_in":{}}}"#, u64::MAX);
        Ok(said(200, if request.uri().path() == "/token" { &token } else { "[]" }))
    });
    let client = fake.client();
    for expected in [2, 3] {
        client.send(&ListOrganizations).await.unwrap();
        assert_eq!(fake.paths().len(), expected);
    }
    tokio::time::advance(Duration::from_secs(24 * 3600)).await;
    client.send(&ListOrganizations).await.unwrap();
    assert_eq!(fake.paths().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_token_refused_in_mid_flight_is_replaced_once() {
    let fake = Fake::with_tokens(|request| match bearer(request) {
        "Bearer token-1" => said(401, ""),
        _ => said(200, "[]"),
    });
    fake.client().send(&ListOrganizations).await.unwrap();
    assert_eq!(fake.paths(), ["/token", "/v1/organizations", "/token", "/v1/organizations"]);

    let fake = Fake::with_tokens(|_| said(401, ""));
    let error = fake.client().send(&ListOrganizations).await.unwrap_err();
    assert!(error.is_bad_credentials() && error.is_unauthorized(), "{error}");
    assert_eq!(fake.paths().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_wrong_key_is_told_from_a_server_that_is_down() {
    for (status, body, bad) in [
        (400, r#"{"error":"invalid_grant"}"#, true),
        (401, r#"{"error":"invalid_client"}"#, true),
        (503, "<html>down</html>", false),
    ] {
        let fake = Fake::new(move |_| Ok(said(status, body)));
        let error = fake.client().send(&ListOrganizations).await.unwrap_err();
        assert_eq!((error.is_bad_credentials(), error.is_unreachable()), (bad, !bad), "{error}");
        assert!(!error.outcome_unknown());
    }
}

/// Keeps every refresh token that it was given.
struct Kept(Mutex<Vec<String>>);

#[async_trait]
impl TokenStore for Kept {
    async fn load(&self) -> Result<Option<SecretString>, TokenStoreError> {
        Ok(self.0.lock().unwrap().last().cloned().map(Into::into))
    }

    async fn save(&self, refresh_token: &SecretString) -> Result<(), TokenStoreError> {
        self.0.lock().unwrap().push(refresh_token.expose_secret().to_owned());
        Ok(())
    }
}

fn visma(store: &Arc<Kept>) -> DineroSettings {
    let (client_id, client_secret) = ("isv_afstem".to_owned(), "s".into());
    let credentials = Credentials::Visma { client_id, client_secret, store: Arc::clone(store) as Arc<dyn TokenStore> };
    DineroSettings { credentials, ..settings("https://api.test") }
}

#[tokio::test(start_paused = true)]
async fn refresh_tokens_are_used_one_at_a_time_and_what_comes_back_is_kept() {
    let mut valid = 0;
    let fake = Fake::new(move |request| {
        if request.uri().path() != "/token" {
            return Ok(said(200, "[]"));
        }
        let expected = format!("grant_type=refresh_token&refresh_token=r{valid}&client_id=isv_afstem&client_secret=s");
        assert_eq!(request.body(), &expected, "a refresh token was used twice");
        valid += 1;
        Ok(said(200, &format!(r#"{{"access_token":"a{valid}","expires_in":3600,"refresh_token":"r{valid}"}}"#)))
    });
    let store = Arc::new(Kept(Mutex::new(vec!["r0".to_owned()])));
    let client = DineroClient::new(visma(&store), Arc::new(fake.clone()));
    for _ in 0..3 {
        let (first, second) = tokio::join!(client.send(&ListOrganizations), client.send(&ListOrganizations));
        first.and(second).unwrap();
        tokio::time::advance(Duration::from_secs(3600)).await;
    }
    assert_eq!(*store.0.lock().unwrap(), ["r0", "r1", "r2", "r3"]);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_whose_answer_is_lost_is_not_tried_again() {
    let fake = Fake::new(|_| Err(crate::fake::lost()));
    let store = Arc::new(Kept(Mutex::new(vec!["r0".to_owned()])));
    let client = DineroClient::new(visma(&store), Arc::new(fake.clone()));
    assert!(client.send(&GetSalesSettings).await.unwrap_err().is_unreachable());
    assert_eq!(fake.paths().len(), 1);
    let empty = Arc::new(Kept(Mutex::default()));
    let client = DineroClient::new(visma(&empty), Arc::new(fake.clone()));
    let error = client.send(&GetSalesSettings).await.unwrap_err();
    assert_eq!(error.to_string(), "no token can be asked for: no refresh token is kept; let the user in again");
}

#[tokio::test(start_paused = true)]
async fn a_user_is_let_in_with_proof_of_who_asked() {
    let app = VismaApp {
        client_id: "isv_afstem".to_owned(),
        client_secret: "s".into(),
        redirect_uri: "https://afstem.example/back".parse().unwrap(),
        authorize_url: api_transport::BaseUrl::parse("https://connect.visma.com/connect/authorize").unwrap(),
        token_url: api_transport::BaseUrl::parse("https://connect.visma.com/connect/token").unwrap(),
    };
    // The example of RFC 7636, appendix B.
    let pkce = Pkce::from_verifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
    assert_eq!(
        app.authorize(&pkce, "xyz", Some("da-DK")).as_str(),
        "https://connect.visma.com/connect/authorize?client_id=isv_afstem&response_type=code&response_mode=form_post\
         &scope=dineropublicapi%3Aread+dineropublicapi%3Awrite+offline_access\
         &redirect_uri=https%3A%2F%2Fafstem.example%2Fback&state=xyz\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&ui_locales=da-DK"
    );
    let fake = Fake::new(|_| Ok(said(200, r#"{"access_token":"a","token_type":"Bearer","refresh_token":"r"}"#)));
    let courier = Courier::new(Arc::new(fake.clone()), 0, "visma");
    let grant = app.exchange(&courier, &"the-code".into(), &pkce).await.unwrap();
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "r");
    assert_eq!(
        fake.seen()[0].body(),
        "grant_type=authorization_code&code=the-code&redirect_uri=https%3A%2F%2Fafstem.example%2Fback\
         &client_id=isv_afstem&client_secret=s&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    );
}
