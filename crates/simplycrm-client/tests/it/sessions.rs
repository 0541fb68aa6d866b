//! Sessions: opened once, renewed once, never two logins of one user at a time; and no secret in sight.

use std::num::NonZeroUsize;
use std::sync::Arc;

use api_transport::Transport;
use simplycrm_client::{Call, Element, ModuleName};

use crate::fake::{ACCESS_KEY, FakeCrm, Reply, refused, success};

const ACCOUNT: &str = r#"{"id":"11x57","accountname":"Ågade ApS"}"#;

#[tokio::test(start_paused = true)]
async fn one_login_serves_many_calls() {
    let crm = Arc::new(FakeCrm::default());
    let client = crm.client();
    for _ in 0..3 {
        crm.on("retrieve", success(ACCOUNT));
        client.clone().retrieve("11x57".parse().unwrap()).await.unwrap();
    }
    assert_eq!(crm.seen("login").len(), 1);
    assert_eq!(crm.seen("retrieve")[2].parameters["sessionName"], "canary-session-1");
    assert_eq!((client.requests(), client.writes()), (5, 0));
    let connection = client.connection().await.unwrap();
    assert_eq!((connection.user_id.to_string().as_str(), connection.vtiger_version.as_str()), ("19x5", "7.3.0"));
    assert_eq!(connection.server_time.timestamp(), 1_795_419_027);
    tokio::time::advance(std::time::Duration::from_secs(60)).await;
    assert_eq!((connection.server_now() - connection.server_time).num_seconds(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_lost_session_is_renewed_once_and_the_call_repeated_once() {
    for code in ["INVALID_SESSIONID", "AUTHENTICATION_REQUIRED", "SESSION_EXPIRED", "SESSION_LEFT_IDLE"] {
        let crm = Arc::new(FakeCrm::default());
        crm.on("create", refused(code)).on("create", success(ACCOUNT));
        let client = crm.client();
        client.create(ModuleName::ACCOUNTS, Element::new().text("accountname", "x")).await.unwrap();
        let sessions: Vec<_> = crm.seen("create").iter().map(|seen| seen.parameters["sessionName"].clone()).collect();
        assert_eq!(sessions, ["canary-session-1", "canary-session-2"], "{code}");

        let crm = Arc::new(FakeCrm::default());
        crm.on("create", refused(code)).on("create", refused(code));
        let error = crm.client().create(ModuleName::ACCOUNTS, Element::new()).await.unwrap_err();
        assert!(error.is_session_lost() && !error.outcome_unknown(), "{code}");
        assert_eq!(crm.operations().len(), 2, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_is_wrong_only_after_a_second_try_at_another_moment() {
    for code in ["INVALID_USER_CREDENTIALS", "INVALID_AUTH_TOKEN"] {
        let crm = Arc::new(FakeCrm::default());
        crm.on("login", refused(code)).on("retrieve", success(ACCOUNT));
        let begun = tokio::time::Instant::now();
        crm.client().retrieve("11x57".parse().unwrap()).await.unwrap();
        assert!(begun.elapsed().as_millis() >= 200, "the other one needs time to get done");
        assert_eq!(crm.seen("getchallenge").len(), 2, "{code}");

        let crm = Arc::new(FakeCrm::default());
        crm.on("login", refused(code)).on("login", refused(code));
        let error = crm.client().connection().await.unwrap_err();
        assert!(error.is_bad_credentials(), "{code}");
        assert_eq!(crm.seen("login").len(), 2, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_user_is_a_matter_of_credentials() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("getchallenge", refused("ACCESS_DENIED"));
    let error = crm.client().connection().await.unwrap_err();
    assert!(error.is_bad_credentials());
}

#[tokio::test(start_paused = true)]
async fn an_inactive_user_is_not_a_lost_session() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("login", refused("AUTHENTICATION_REQUIRED"));
    let error = crm.client().retrieve("11x57".parse().unwrap()).await.unwrap_err();
    assert!(error.is_bad_credentials() && !error.is_session_lost());
    assert_eq!(crm.seen("login").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deadlock_in_the_database_is_waited_out_by_reads() {
    let crm = Arc::new(FakeCrm::default());
    for _ in 0..2 {
        crm.on("retrieve", refused("DATABASE_QUERY_ERROR"));
    }
    crm.on("retrieve", success(ACCOUNT));
    crm.client().retrieve("11x57".parse().unwrap()).await.unwrap();
    for _ in 0..3 {
        crm.on("retrieve", refused("DATABASE_QUERY_ERROR"));
    }
    assert!(crm.client().retrieve("11x57".parse().unwrap()).await.unwrap_err().is_query_error());
    assert_eq!(crm.operations().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn challenge_and_login_of_one_user_never_interleave() {
    let crm = Arc::new(FakeCrm::default());
    // Two clients that know nothing of each other, with four sessions each and the user spelt differently.
    let four = NonZeroUsize::new(4).unwrap();
    let clients = [
        crm.client_with(|settings| settings.sessions = four),
        crm.client_with(|settings| {
            settings.sessions = four;
            settings.username = "Integration".to_owned();
        }),
    ];
    let mut calls = tokio::task::JoinSet::new();
    for nth in 0..16 {
        crm.on("retrieve", success(ACCOUNT));
        let client = clients[nth % 2].clone();
        calls.spawn(async move { client.retrieve("11x57".parse().unwrap()).await });
    }
    while let Some(done) = calls.join_next().await {
        done.unwrap().unwrap();
    }
    let order: Vec<_> = crm.logins();
    assert_eq!(order.len(), 16, "each of the eight sessions was opened once: {order:?}");
    for pair in order.chunks(2) {
        assert_eq!(pair, ["getchallenge", "login"]);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_of_one_session_run_one_after_another_and_an_abandoned_one_gives_it_back() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("retrieve", success(ACCOUNT)).on("retrieve", success(ACCOUNT));
    let client = crm.client();
    client.connection().await.unwrap();
    let abandoned = client.retrieve("11x57".parse().unwrap());
    assert!(futures::FutureExt::now_or_never(abandoned).is_none(), "it is under way when it is dropped");
    client.retrieve("11x57".parse().unwrap()).await.unwrap();
    assert_eq!(crm.seen("login").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn reads_are_repeated_and_writes_are_not() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("retrieve", Reply::Lost).on("retrieve", Reply::Body(503, String::new())).on("retrieve", success(ACCOUNT));
    crm.client().retrieve("11x57".parse().unwrap()).await.unwrap();
    assert_eq!(crm.operations(), ["retrieve", "retrieve", "retrieve"]);

    let unknown: [(Reply, bool); 7] = [
        (Reply::Lost, true),
        (Reply::Body(500, String::new()), true),
        (Reply::Body(502, "<html>Bad gateway</html>".to_owned()), true),
        (Reply::Body(200, String::new()), true),
        (Reply::Body(200, "Sorry! Attempt to access restricted file.".to_owned()), true),
        (refused("DATABASE_QUERY_ERROR"), true),
        (refused("MANDATORY_FIELDS_MISSING"), false),
    ];
    for (reply, outcome_unknown) in unknown {
        let crm = Arc::new(FakeCrm::default());
        crm.on("create", reply.clone());
        let client = crm.client();
        let error = client.create(ModuleName::ACCOUNTS, Element::new()).await.unwrap_err();
        assert_eq!(error.outcome_unknown(), outcome_unknown, "{reply:?}");
        assert_eq!(crm.operations(), ["create"], "{reply:?}");
        assert_eq!(client.writes(), 1, "{reply:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_left_may_leave_again() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("create", Reply::NotSent).on("create", success(ACCOUNT));
    let client = crm.client();
    client.create(ModuleName::ACCOUNTS, Element::new()).await.unwrap();
    assert_eq!(client.writes(), 1);
}

#[tokio::test(start_paused = true)]
async fn operations_that_a_server_lacks_are_asked_for_once() {
    let crm = Arc::new(FakeCrm::default());
    crm.on("wsapp_get", Reply::Body(500, String::new()));
    let error = crm.client().send_call(&Call::get("wsapp_get")).await.unwrap_err();
    assert!(error.is_unknown_operation() && !error.outcome_unknown());
    assert_eq!(crm.operations(), ["wsapp_get"]);
}

#[tokio::test(start_paused = true)]
async fn l11_no_secret_is_ever_shown() {
    let crm = Arc::new(FakeCrm::default());
    let transport: Arc<dyn Transport> = crm.clone();
    let client = crm.client();
    let mut shown = format!("{client:?} {transport:p}");
    // A server that puts what it was sent into its answer.
    for reply in [
        Reply::Body(200, "canary-session-1 is not welcome".to_owned()),
        Reply::Body(200, "<html>canary-session-1</html>".to_owned()),
        Reply::Body(200, r#"{"success":false,"error":{"code":"X","message":"canary-session-1"}}"#.to_owned()),
        Reply::Lost,
    ] {
        crm.on("create", reply);
        let error = client.create(ModuleName::ACCOUNTS, Element::new()).await.unwrap_err();
        shown.push_str(&format!("{error} {error:?}"));
    }
    crm.on("login", refused("INVALID_USER_CREDENTIALS")).on("login", refused("INVALID_USER_CREDENTIALS"));
    let error = crm.client().connection().await.unwrap_err();
    shown.push_str(&format!("{error} {error:?} {:?}", client.connection().await.unwrap()));
    let login = simplycrm_client::op::Login::new("u", &"canary-token".into(), &ACCESS_KEY.into());
    shown.push_str(&format!("{login:?} {:?}", simplycrm_client::Operation::call(&login)));
    assert!(!shown.contains("canary"), "{shown}");
    assert!(crm.seen("login")[0].parameters["accessKey"].len() == 32, "the key itself is never sent");
}
