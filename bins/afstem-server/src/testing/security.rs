//! Attempts that have to fail, as a table: who tries what, and what he gets.

use axum::body::Body;
use http::Request;

use super::{PASSWORD, Visitor, World};

/// Who tries.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Nobody,
    /// With a cookie that he made himself.
    Forger,
    /// Whose session ran out.
    Expired,
    Vera,
    Olga,
    Mette,
    /// The owner of the other connection.
    Lars,
}

/// One attempt. In paths, `{a}` is connection A.
#[derive(Debug)]
struct Attempt {
    who: Who,
    method: &'static str,
    path: &'static str,
    /// Headers besides.
    headers: &'static [(&'static str, &'static str)],
    /// The form; `csrf=right` becomes the right secret.
    body: &'static str,
    status: u16,
}

const fn get(who: Who, path: &'static str, status: u16) -> Attempt {
    Attempt { who, method: "GET", path, headers: &[], body: "", status }
}

const fn post(who: Who, path: &'static str, body: &'static str, status: u16) -> Attempt {
    Attempt { who, method: "POST", path, headers: &[], body, status }
}

const fn with(who: Who, path: &'static str, headers: &'static [(&'static str, &'static str)], status: u16) -> Attempt {
    Attempt { who, method: "POST", path, headers, body: "csrf=right", status }
}

use Who::{Expired, Forger, Lars, Mette, Nobody, Olga, Vera};

const ATTEMPTS: &[Attempt] = &[
    // Without a session every page leads to the door, and every form, too.
    get(Nobody, "/", 303),
    get(Nobody, "/connections", 303),
    get(Nobody, "/c/{a}", 303),
    get(Nobody, "/c/{a}/connection", 303),
    get(Nobody, "/c/{a}/settings", 303),
    get(Nobody, "/c/{a}/mapping", 303),
    get(Nobody, "/c/{a}/inbox", 303),
    get(Nobody, "/c/{a}/history", 303),
    get(Nobody, "/c/{a}/access", 303),
    get(Nobody, "/c/{a}/export", 303),
    get(Nobody, "/c/{a}/progress", 303),
    get(Nobody, "/people", 303),
    get(Nobody, "/account/export", 303),
    get(Nobody, "/open?module=Accounts&record=11x1", 303),
    post(Nobody, "/c/{a}/sync", "csrf=x", 303),
    post(Nobody, "/c/{a}/settings", "save=yes", 303),
    // A session that was made up or ran out is none.
    get(Forger, "/c/{a}", 303),
    post(Forger, "/c/{a}/sync", "csrf=x", 303),
    get(Expired, "/c/{a}", 303),
    post(Expired, "/c/{a}/sync", "csrf=right", 303),
    // Another tenant's connection does not even exist.
    get(Lars, "/c/{a}", 404),
    get(Lars, "/c/{a}/connection", 404),
    get(Lars, "/c/{a}/settings", 404),
    get(Lars, "/c/{a}/mapping", 404),
    get(Lars, "/c/{a}/mapping/text", 404),
    get(Lars, "/c/{a}/inbox", 404),
    get(Lars, "/c/{a}/history", 404),
    get(Lars, "/c/{a}/access", 404),
    get(Lars, "/c/{a}/export", 404),
    get(Lars, "/c/{a}/plan", 404),
    get(Lars, "/c/{a}/meeting", 404),
    get(Lars, "/c/{a}/progress", 404),
    get(Lars, "/c/{a}/record/Accounts/11x1", 404),
    get(Lars, "/open?module=Accounts&record=11x1&connection={a}", 404),
    post(Lars, "/c/{a}/sync", "csrf=right", 404),
    post(Lars, "/c/{a}/stop", "csrf=right", 404),
    post(Lars, "/c/{a}/preview", "csrf=right", 404),
    post(Lars, "/c/{a}/check", "csrf=right", 404),
    post(Lars, "/c/{a}/settings", "csrf=right&save=yes&sync.mode=auto", 404),
    post(Lars, "/c/{a}/connection", "csrf=right&dinero.api_key=stolen", 404),
    post(Lars, "/c/{a}/mapping", "csrf=right&do=standard", 404),
    post(Lars, "/c/{a}/inbox", "csrf=right&entry=x&decide=approve", 404),
    post(Lars, "/c/{a}/access", "csrf=right&do=token&label=x&scope=read", 404),
    post(Lars, "/c/{a}/planned", "csrf=right", 404),
    post(Lars, "/c/{a}/record/Accounts/11x1", "csrf=right&do=reconcile", 404),
    get(Lars, "/c/{a}/undo", 404),
    post(Lars, "/c/{a}/undo", "csrf=right&do=carry-out&target=last", 404),
    get(Lars, "/c/{a}/booking", 404),
    post(Lars, "/c/{a}/booking", "csrf=right&do=look", 404),
    get(Lars, "/c/00000000-0000-0000-0000-000000000000", 404),
    // Who only looks does not touch.
    post(Vera, "/c/{a}/sync", "csrf=right", 403),
    post(Vera, "/c/{a}/preview", "csrf=right", 403),
    post(Vera, "/c/{a}/stop", "csrf=right", 403),
    post(Vera, "/c/{a}/check", "csrf=right", 403),
    post(Vera, "/c/{a}/inbox", "csrf=right&entry=x&decide=approve", 403),
    post(Vera, "/c/{a}/meeting", "csrf=right&do=look", 403),
    post(Vera, "/c/{a}/record/Accounts/11x1", "csrf=right&do=push", 403),
    post(Vera, "/c/{a}/settings", "csrf=right&save=yes&sync.mode=auto", 403),
    post(Vera, "/c/{a}/undo", "csrf=right&do=look&target=last", 403),
    post(Vera, "/c/{a}/booking", "csrf=right&do=look", 403),
    get(Vera, "/c/{a}/export", 403),
    // Who synchronises does not change what is synchronised.
    post(Olga, "/c/{a}/settings", "csrf=right&save=yes&sync.mode=auto", 403),
    post(Olga, "/c/{a}/connection", "csrf=right&simplycrm.url=https://evil.example", 403),
    post(Olga, "/c/{a}/mapping", "csrf=right&do=standard", 403),
    post(Olga, "/c/{a}/mapping/text", "csrf=right&do=text&text=x", 403),
    post(Olga, "/c/{a}/access", "csrf=right&do=member&name=olga&role=owner", 403),
    post(Olga, "/c/{a}/access", "csrf=right&do=erase&password=x", 403),
    get(Olga, "/c/{a}/export", 403),
    // Accounts and connections are made by administrators.
    get(Olga, "/people", 404),
    post(Olga, "/people", "csrf=right&name=ny&password=en lang adgangskode", 404),
    post(Olga, "/connections", "csrf=right&name=ny", 403),
    // A form needs the session's own secret, and comes from our own pages.
    post(Mette, "/c/{a}/sync", "", 403),
    post(Mette, "/c/{a}/sync", "csrf=", 403),
    post(Mette, "/c/{a}/sync", "csrf=wrong", 403),
    post(Mette, "/logout", "csrf=wrong", 403),
    with(Mette, "/c/{a}/sync", &[("sec-fetch-site", "cross-site")], 403),
    with(Mette, "/c/{a}/sync", &[("sec-fetch-site", "same-site")], 403),
    with(Mette, "/c/{a}/sync", &[("origin", "https://evil.example")], 403),
    with(Mette, "/c/{a}/sync", &[("origin", "null")], 403),
    with(Nobody, "/login", &[("origin", "https://evil.example")], 403),
    // A link changes nothing.
    get(Mette, "/c/{a}/sync", 405),
    get(Mette, "/c/{a}/stop", 405),
    get(Mette, "/logout", 405),
    // A name that was pointed at this machine is not ours.
    Attempt { headers: &[("host", "evil.example")], ..get(Mette, "/c/{a}", 421) },
    Attempt { headers: &[("host", "evil.example:8470")], ..get(Nobody, "/login", 421) },
    Attempt { headers: &[("host", "127.0.0.1.evil.example")], ..get(Nobody, "/login", 421) },
    // Paths lead nowhere else.
    get(Mette, "/static/x/../../Cargo.toml", 404),
    get(Mette, "/static/x/%2e%2e%2f%2e%2e%2fCargo.toml", 404),
    get(Mette, "/static/x/..%5c..%5cCargo.toml", 404),
    get(Mette, "/static/x/app.css%00.html", 404),
    get(Mette, "/c/..%2f..%2fetc%2fpasswd", 404),
    get(Mette, "/c/%27%20or%201=1--", 404),
    get(Mette, "/c/{a}/history/..%2f..%2f", 404),
    get(Mette, "/open?module=Accounts%0d%0aset-cookie:x&record=11x1", 404),
    get(Mette, "/open?module=..%2f..%2flogin&record=1", 404),
    get(Mette, "/open?module=Accounts", 400),
    // What is asked for and does not exist is not done.
    post(Mette, "/c/{a}/access", "csrf=right&do=everything", 404),
    post(Mette, "/c/{a}/mapping", "csrf=right&do=everything", 404),
    post(Mette, "/c/{a}/undo", "csrf=right&do=look&target=last", 404),
    post(Mette, "/c/{a}/undo", "csrf=right&do=carry-out&target=..%2F..%2Fetc", 422),
    post(Mette, "/c/{a}/booking", "csrf=right&do=everything", 404),
    // Nothing is carried out that was not looked at.
    post(Mette, "/c/{a}/booking", "csrf=right&do=carry-out", 400),
    post(Mette, "/c/{a}/planned", "csrf=right&at=2026-01-01T00:00:00Z", 400),
    post(Mette, "/c/{a}/access", "csrf=right&do=erase&password=wrong", 400),
    post(Mette, "/c/{a}/access", "csrf=right&do=member&name=mette&role=viewer", 400),
    post(Mette, "/account/password", "csrf=right&old=wrong&new=en ny lang sætning", 400),
    post(Mette, "/account/erase", "csrf=right&password=wrong", 400),
    post(Mette, "/people/unknown/erase", "csrf=right", 404),
    // Keys do not travel unencrypted, and nothing is saved that cannot be used.
    post(Mette, "/c/{a}/connection", "csrf=right&simplycrm.url=http://firma.example", 422),
    post(Mette, "/c/{a}/connection", "csrf=right&simplycrm.url=file:///etc/passwd", 422),
    post(Mette, "/c/{a}/connection", "csrf=right&simplycrm.url=javascript:alert(1)", 422),
    post(Mette, "/c/{a}/settings", "csrf=right&save=yes&sync.direction=sideways", 422),
    post(Mette, "/c/{a}/settings", "csrf=right&save=yes&sync.every=0s", 422),
    // A form that nobody saw in this version overtakes nobody.
    post(Mette, "/c/{a}/settings", "csrf=right&save=yes&version=1&sync.mode=auto", 409),
    // The first account is made once.
    post(Nobody, "/setup", "code=ABCD-EFGH-JKMN&name=evil&password=en lang adgangskode", 303),
    // Webhooks know their secret, and are dammed.
    post(Nobody, "/hooks/{a}/guess", "{}", 404),
    post(Nobody, "/hooks/00000000-0000-0000-0000-000000000000/guess", "{}", 404),
    post(Nobody, "/hooks/{a}/", "{}", 404),
    get(Nobody, "/hooks/{a}/guess", 405),
];

#[tokio::test]
async fn every_attempt_is_refused_as_stated() {
    let world = World::new().await;
    let visitors = Visitors::of(&world).await;
    let mut failures = Vec::new();
    for attempt in ATTEMPTS {
        let mut visitor = visitors.of_kind(&world, attempt.who);
        let answer = visitor.send(request(&world, attempt, &visitor)).await;
        if answer.status != attempt.status {
            failures.push(format!("{attempt:?}: {}", answer.status));
        }
        if answer.status == 303 && !answer.location().starts_with("/login") {
            failures.push(format!("{attempt:?}: leads to {}", answer.location()));
        }
        for canary in world.canaries() {
            assert!(!answer.body.contains(&canary), "{attempt:?} shows a secret");
        }
    }
    assert!(ATTEMPTS.len() >= 60, "{}", ATTEMPTS.len());
    assert_eq!(failures, Vec::<String>::new());
    let accounts = world.server.registry().accounts().await.unwrap();
    assert_eq!(accounts.len(), 4, "nobody was added and nobody is gone");
    let saved = world.server.registry().connection(&world.a.id).await.unwrap().unwrap();
    assert_eq!(saved, world.a, "nothing was changed");
}

struct Visitors {
    cookies: Vec<(Who, std::collections::BTreeMap<String, String>, String)>,
}

impl Visitors {
    async fn of(world: &World) -> Self {
        let mut cookies = Vec::new();
        for (who, name) in [(Vera, "vera"), (Olga, "olga"), (Mette, "mette"), (Lars, "lars"), (Expired, "mette")] {
            let visitor = world.signed_in(name).await;
            if who == Expired {
                let digest = tenancy::Digest::of(&visitor.cookies["afstem"]);
                let past = world.server.now() - chrono::Duration::seconds(1);
                world.server.registry().extend_session(&digest, past).await.unwrap();
            }
            cookies.push((who, visitor.cookies, visitor.csrf));
        }
        let forged = [("afstem".to_owned(), tenancy::fresh())].into();
        cookies.push((Forger, forged, String::new()));
        Self { cookies }
    }

    fn of_kind(&self, world: &World, who: Who) -> Visitor {
        let mut visitor = world.visitor();
        if let Some((_, cookies, csrf)) = self.cookies.iter().find(|(of, ..)| *of == who) {
            (visitor.cookies, visitor.csrf) = (cookies.clone(), csrf.clone());
        }
        visitor
    }
}

fn request(world: &World, attempt: &Attempt, visitor: &Visitor) -> Request<Body> {
    let path = attempt.path.replace("{a}", world.a.id.as_str());
    let mut request = Request::builder().method(attempt.method).uri(path);
    for (name, value) in attempt.headers {
        request = request.header(*name, *value);
    }
    let body = attempt.body.replace("csrf=right", &format!("csrf={}", visitor.csrf));
    request.header("content-type", "application/x-www-form-urlencoded").body(body.into()).unwrap()
}

/// Attempts on the API: with which token, what, and what comes of it.
const CALLS: &[(&str, &str, &str, Option<&str>, u16)] = &[
    ("", "GET", "/api/v1/connection", None, 401),
    ("", "POST", "/api/v1/sync", Some("{}"), 401),
    ("", "PATCH", "/api/v1/settings", Some("{}"), 401),
    ("afstem_guess", "GET", "/api/v1/connection", None, 401),
    ("read", "POST", "/api/v1/sync", Some("{}"), 403),
    ("read", "POST", "/api/v1/preview", None, 403),
    ("read", "POST", "/api/v1/stop", None, 403),
    ("read", "POST", "/api/v1/check", None, 403),
    ("read", "POST", "/api/v1/records/Accounts/11x1/push", None, 403),
    ("read", "POST", "/api/v1/undo/preview", Some(r#"{"target":"r"}"#), 403),
    ("read", "POST", "/api/v1/undo", Some(r#"{"target":"r"}"#), 403),
    ("read", "POST", "/api/v1/effects/preview", None, 403),
    ("read", "POST", "/api/v1/effects", Some(r#"{"seen":"x"}"#), 403),
    ("settings", "GET", "/api/v1/undo", None, 403),
    ("settings", "GET", "/api/v1/effects", None, 403),
    ("all", "POST", "/api/v1/undo", Some(r#"{"target":"no-such-run"}"#), 404),
    ("all", "POST", "/api/v1/undo", Some(r#"{"target":"../../etc"}"#), 422),
    ("all", "POST", "/api/v1/undo", Some(r#"{"target":"r","field":"x"}"#), 422),
    ("all", "POST", "/api/v1/effects", Some(r#"{"seen":"x"}"#), 409),
    ("read", "PATCH", "/api/v1/settings", Some(r#"{"version":1,"settings":{}}"#), 403),
    ("sync", "PATCH", "/api/v1/settings", Some(r#"{"version":1,"settings":{}}"#), 403),
    ("sync", "PUT", "/api/v1/mapping", Some(r#"{"version":1,"text":""}"#), 403),
    ("settings", "GET", "/api/v1/settings", None, 403),
    ("settings", "POST", "/api/v1/sync", Some("{}"), 403),
    (
        "all",
        "PATCH",
        "/api/v1/settings",
        Some(r#"{"version":1,"settings":{"dinero.base_url":"https://evil.example"}}"#),
        422,
    ),
    ("all", "PATCH", "/api/v1/settings", Some(r#"{"version":1,"settings":{"store.url":"sqlite://x"}}"#), 422),
    (
        "all",
        "PATCH",
        "/api/v1/settings",
        Some(r#"{"version":1,"settings":{"simplycrm.url":"http://evil.example"}}"#),
        422,
    ),
    ("all", "PATCH", "/api/v1/settings", Some(r#"{"version":1,"settings":{"sync.mode":"auto"}}"#), 409),
    (
        "all",
        "PATCH",
        "/api/v1/settings",
        Some(r#"{"version":9223372036854775807,"settings":{"sync.mode":"auto"}}"#),
        409,
    ),
    ("all", "PATCH", "/api/v1/settings", Some(r#"{"version":0,"settings":{"sync.mode":"auto"}}"#), 409),
    ("all", "PATCH", "/api/v1/settings", Some(r#"{"version":1,"settings":{},"sudo":true}"#), 422),
    ("all", "POST", "/api/v1/sync", Some("{"), 400),
    ("all", "POST", "/api/v1/sync", Some(r#"{"modules":["../etc"]}"#), 422),
    ("all", "POST", "/api/v1/sync", None, 415),
    ("all", "GET", "/api/v1/runs?limit=0", None, 400),
    ("all", "GET", "/api/v1/runs?limit=99999999999", None, 400),
    ("all", "GET", "/api/v1/runs/..%2f..%2f", None, 404),
    ("all", "GET", "/api/v1/records/Accounts/..%2f", None, 422),
    ("all", "GET", "/api/v1/elsewhere", None, 404),
    ("all", "DELETE", "/api/v1/settings", None, 405),
];

#[tokio::test]
async fn every_call_is_refused_as_stated_and_as_a_problem_document() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    for (token, method, path, body, status) in CALLS {
        let token = world.tokens.get(token).map_or(*token, String::as_str);
        let answer = visitor.call(method, path, token, *body).await;
        assert_eq!(answer.status, *status, "{method} {path} {body:?}: {}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{method} {path}");
        let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["status"], *status);
    }
    let saved = world.server.registry().connection(&world.a.id).await.unwrap().unwrap();
    assert_eq!(saved, world.a, "nothing was changed");
}

#[tokio::test]
async fn too_much_is_not_read() {
    let world = World::new().await;
    let mut mette = world.signed_in("mette").await;
    let much = "x".repeat(600 * 1024);
    let path = format!("/c/{}/mapping", world.a.id);
    assert_eq!(mette.post(&path, &[("do", "text"), ("text", &much)]).await.status, 413);
    let body = format!(r#"{{"version":1,"text":"{much}"}}"#);
    assert_eq!(mette.call("PUT", "/api/v1/mapping", &world.tokens["all"], Some(&body)).await.status, 413);
    let hook = format!("/hooks/{}/{}", world.a.id, super::world::HOOK);
    assert_eq!(mette.post(&hook, &[("x", &much)]).await.status, 413);
}

#[tokio::test]
async fn l7_a_forged_hint_does_nothing_and_a_flood_is_dammed() {
    let world = World::new().await;
    let mut nobody = world.visitor();
    let desk = world.server.office().desk(&world.a.id);
    nobody.post(&format!("/hooks/{}/guess", world.a.id), &[]).await;
    assert_eq!(desk.hinted(), None);
    let hook = format!("/hooks/{}/{}", world.a.id, super::world::HOOK);
    assert_eq!(nobody.post(&hook, &[("anything", "at all")]).await.status, 202);
    assert!(desk.hinted().is_some() && !desk.is_busy(), "noted, and nothing more");
    let mut last = 202;
    for _ in 0..130 {
        last = nobody.post(&hook, &[]).await.status;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn guessing_a_password_is_slowed_down_and_tells_nothing() {
    let world = World::new().await;
    let mut guesser = world.visitor();
    guesser.peer = ([203, 0, 113, 9], 4000).into();
    let wrong = guesser.post("/login", &[("name", "mette"), ("password", "forkert")]).await;
    let unknown = guesser.post("/login", &[("name", "findes ikke"), ("password", "forkert")]).await;
    assert_eq!((wrong.status, unknown.status), (401, 401));
    let plain = |body: &str| body.replace("mette", "…").replace("findes ikke", "…");
    assert_eq!(plain(&wrong.body), plain(&unknown.body), "nobody learns which names there are");
    for _ in 0..4 {
        guesser.post("/login", &[("name", "mette"), ("password", "forkert")]).await;
    }
    let right = guesser.post("/login", &[("name", "mette"), ("password", PASSWORD)]).await;
    assert_eq!(right.status, 429, "not even the right one is listened to");
    let other = guesser.post("/login", &[("name", "olga"), ("password", PASSWORD)]).await;
    assert_eq!(other.status, 303, "others are not locked out");
    // Whoever says that he comes from elsewhere is not believed.
    let spoofed =
        Request::post("/login").header("x-forwarded-for", "198.51.100.7").body(Body::from("name=mette")).unwrap();
    assert_eq!(guesser.send(spoofed).await.status, 429);
}

#[tokio::test]
async fn a_session_begins_anew_and_ends_when_it_should() {
    let world = World::new().await;
    let mut fixed = world.visitor();
    fixed.cookies.insert("afstem".to_owned(), "chosen-by-somebody-else".to_owned());
    fixed.post("/login", &[("name", "mette"), ("password", PASSWORD)]).await;
    assert_ne!(fixed.cookies["afstem"], "chosen-by-somebody-else");
    let mut mette = world.signed_in("mette").await;
    let mut elsewhere = world.signed_in("mette").await;
    assert_ne!(mette.cookies["afstem"], elsewhere.cookies["afstem"]);
    let old = mette.cookies.clone();
    mette.get("/account").await;
    let changed = mette.post("/account/password", &[("old", PASSWORD), ("new", "en anden lang sætning")]).await;
    assert_eq!(changed.status, 303);
    assert_eq!(elsewhere.get("/connections").await.status, 303, "signed out everywhere else");
    assert_eq!(mette.get("/connections").await.status, 200);
    let mut copy = world.visitor();
    copy.cookies = old;
    assert_eq!(copy.get("/connections").await.status, 303, "the old secret is worth nothing");
    let cookies = mette.cookies.clone();
    mette.post("/logout", &[]).await;
    copy.cookies = cookies;
    assert_eq!(copy.get("/connections").await.status, 303);
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_not_to_do() {
    let world = World::new().await;
    let mut mette = world.signed_in("mette").await;
    for path in ["/login", "/connections", "/nowhere", "/health/live", "/api/v1/connection", "/static/x/app.css"] {
        let headers = mette.get(path).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY")] {
            assert_eq!(headers[name], value, "{path}");
        }
        if !path.starts_with("/static") {
            assert_eq!(headers["cache-control"], "no-store", "{path}");
        }
    }
    let cookie = world.visitor().post("/login", &[("name", "mette"), ("password", PASSWORD)]).await;
    let cookie = cookie.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn numbers_are_for_this_machine() {
    let world = World::new().await;
    let mut here = world.visitor();
    here.get("/login").await;
    assert!(here.get("/metrics").await.body.contains("afstem_http_requests_total"));
    let mut there = world.visitor();
    there.peer = ([203, 0, 113, 9], 4000).into();
    assert_eq!(there.get("/metrics").await.status, 404);
    assert_eq!(there.get("/health/live").await.status, 200);
    assert_eq!(there.get("/health/ready").await.status, 200);
}
