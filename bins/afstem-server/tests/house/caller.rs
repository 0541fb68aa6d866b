//! A person without a browser: signs in, sends forms, follows progress.

use std::time::{Duration, Instant};

use futures::StreamExt;
use reqwest::redirect::Policy;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Somebody who is signed in.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    base: String,
    cookie: String,
    csrf: String,
}

/// What a viewer saw of a run.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The numbers of the lines, in the order in which they came.
    pub(crate) lines: Vec<u64>,
    pub(crate) ended: bool,
}

impl Caller {
    /// Makes the first account.
    pub(crate) async fn found(base: &str, code: &str) -> Self {
        Self::enter(base, "/setup", &[("code", code), ("name", "mette"), ("password", "en god lang sætning")]).await
    }

    /// Signs in.
    pub(crate) async fn sign_in(base: &str) -> Self {
        Self::enter(base, "/login", &[("name", "mette"), ("password", "en god lang sætning")]).await
    }

    async fn enter(base: &str, path: &str, fields: &[(&str, &str)]) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).timeout(PATIENCE).build().unwrap();
        let mut caller = Self { http, base: base.to_owned(), cookie: String::new(), csrf: String::new() };
        let answer = caller.send(path, fields).await;
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        caller.cookie = cookie;
        let page = caller.get("/connections").await;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
        caller.csrf = rest.split('"').next().unwrap().to_owned();
        caller
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> reqwest::Response {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .append_pair("csrf", &self.csrf)
            .finish();
        let request = self.http.post(format!("{}{path}", self.base)).header("cookie", &self.cookie).body(form);
        request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
    }

    /// Sends a form; what is answered.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> String {
        self.send(path, fields).await.text().await.unwrap()
    }

    /// The secret of the session.
    pub(crate) fn session(&self) -> &str {
        self.cookie.split_once('=').unwrap().1
    }

    /// The secret of its forms.
    pub(crate) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Sends a form that is accepted; says where that leads.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.send(path, fields).await;
        assert_eq!(answer.status(), 303, "{path}: {}", answer.text().await.unwrap_or_default());
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// A page that is there.
    pub(crate) async fn get(&self, path: &str) -> String {
        let answer = self.http.get(format!("{}{path}", self.base)).header("cookie", &self.cookie).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// The same session at another address.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// Makes a connection and gives it everything it needs.
    pub(crate) async fn connect(&self, name: &str, crm_url: &str) -> String {
        let made = self.post("/connections", &[("name", name)]).await;
        let settings = [
            ("version", "1"),
            ("dinero.organization_id", "4711"),
            ("dinero.api_key", sandbox::dinero::API_KEY),
            ("simplycrm.url", crm_url),
            ("simplycrm.username", "integration"),
            ("simplycrm.access_key", sandbox::simplycrm::INTEGRATION_ACCESS_KEY),
        ];
        self.post(&made, &settings).await.trim_end_matches("/connection").to_owned()
    }

    /// Looks on until the run ends or the server is gone.
    pub(crate) async fn watch(&self, connection: &str) -> Seen {
        let request = self.http.get(format!("{}{connection}/progress", self.base)).header("cookie", &self.cookie);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let (mut seen, mut text, mut stream) = (Seen::default(), String::new(), answer.bytes_stream());
        while let Some(Ok(bytes)) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&bytes));
            while let Some((message, rest)) = text.split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned())) {
                text = rest;
                let Some(data) = message.lines().find_map(|line| line.strip_prefix("data: ")) else { continue };
                let told: serde_json::Value = serde_json::from_str(data).unwrap();
                seen.lines.extend(told["lines"].as_array().unwrap().iter().filter_map(|line| line["number"].as_u64()));
                seen.ended |= told["ended"] == true;
            }
            if seen.ended {
                break;
            }
        }
        seen
    }

    /// Comes back when nothing goes on.
    pub(crate) async fn rest(&self, connection: &str) {
        let begun = Instant::now();
        while !self.watch(connection).await.ended {
            assert!(begun.elapsed() < PATIENCE, "{connection} does not end");
        }
    }
}
