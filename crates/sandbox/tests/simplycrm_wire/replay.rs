//! One recorded file played against a server of our own: requests rewritten to our ids and sessions, answers
//! compared.

use crate::compare::{self, Numbers};
use crate::setting;
use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use http::Request;
use md5::{Digest as _, Md5};
use sandbox::simplycrm::{ADMIN_ACCESS_KEY, SimplyCrm, Version};
use sandbox::{Reply, Sandbox};
use serde_json::Value;
use std::collections::BTreeMap;

pub(crate) struct Replay {
    pub(crate) topic: String,
    pub(crate) version: Version,
    pub(crate) crm: SimplyCrm,
    pub(crate) now: DateTime<Utc>,
    /// Recorded record numbers to ours.
    pub(crate) numbers: Numbers,
    /// Session placeholders to our sessions.
    pub(crate) sessions: BTreeMap<String, String>,
    /// The access key the next digest is made with.
    pub(crate) key: String,
    /// The last challenge.
    pub(crate) token: String,
}

/// What came back: status and body, or nothing.
type Answer = Option<(u16, String)>;

impl Replay {
    pub(crate) fn new(topic: &str, version: Version) -> Self {
        let mut replay = Self {
            topic: topic.to_owned(),
            version,
            crm: SimplyCrm::recorded(version),
            now: DateTime::from_timestamp(1_795_418_000, 0).expect("a moment of the recording"),
            numbers: Numbers::default(),
            sessions: BTreeMap::new(),
            key: ADMIN_ACCESS_KEY.into(),
            token: String::new(),
        };
        if topic != "auth" {
            let session = replay.log_in("admin", ADMIN_ACCESS_KEY);
            replay.sessions.insert("<SESSION>".into(), session);
            setting::prepare(&mut replay);
        }
        replay
    }

    /// Sends one recorded request and names the differences between the answers.
    pub(crate) fn exchange(&mut self, exchange: &Value) -> Vec<String> {
        let name = exchange["name"].as_str().unwrap_or_default();
        let response = &exchange["response"];
        if let Some(moment) = modified(response) {
            self.now = self.now.max(moment);
        }
        setting::intervene(self, name, &exchange["request"]);
        let request = self.request(&exchange["request"]);
        let answer = match self.crm.handle(&request, self.now) {
            Reply::Answer(answer) => {
                Some((answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned()))
            }
            Reply::NoAnswer => None,
        };
        self.note(response, &answer);
        self.differences(response, &answer)
    }

    pub(crate) fn log_in(&mut self, user: &str, key: &str) -> String {
        let challenge = self.get(&[("operation", "getchallenge"), ("username", user)]);
        let token = challenge["result"]["token"].as_str().unwrap_or_default().to_owned();
        let answer = hex::encode(Md5::digest(format!("{token}{key}")));
        let form = [("operation", "login"), ("username", user), ("accessKey", &answer)];
        let login = self.send(&post(&form));
        login["result"]["sessionName"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn get(&mut self, query: &[(&str, &str)]) -> Value {
        self.send(&get(query))
    }

    pub(crate) fn post(&mut self, form: &[(&str, &str)]) -> Value {
        self.send(&post(form))
    }

    fn send(&mut self, request: &Request<Bytes>) -> Value {
        match self.crm.handle(request, self.now) {
            Reply::Answer(answer) => serde_json::from_slice(answer.body()).unwrap_or(Value::Null),
            Reply::NoAnswer => Value::Null,
        }
    }

    fn request(&self, recorded: &Value) -> Request<Bytes> {
        let part = if recorded["method"] == "POST" { "form" } else { "query" };
        let mut fields: BTreeMap<String, String> = recorded[part]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), self.rewritten(value.as_str().unwrap_or_default())))
            .collect();
        let sessionless = ["getchallenge", "login", "extendsession"];
        let operation = fields.get("operation").cloned().unwrap_or_default();
        if self.topic != "auth" && !sessionless.contains(&operation.as_str()) {
            fields.entry("sessionName".into()).or_insert_with(|| self.sessions["<SESSION>"].clone());
        }
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if part == "form" { post(&pairs) } else { get(&pairs) }
    }

    fn rewritten(&self, value: &str) -> String {
        let digest = |key: &str| hex::encode(Md5::digest(format!("{}{key}", self.token)));
        match value {
            "<MD5(token+accesskey)>" => digest(&self.key),
            "<MD5(token+WRONG key)>" => digest("wrong"),
            "<MD5(token+accesskey) UPPER CASE>" => digest(ADMIN_ACCESS_KEY).to_uppercase(),
            "<ACCESSKEY:admin>" => ADMIN_ACCESS_KEY.to_owned(),
            placeholder if placeholder.starts_with("<SESSION") => {
                self.sessions.get(placeholder).cloned().unwrap_or_default()
            }
            // The recorder cut what is long.
            text if text.contains("å… 300 times") => {
                format!(r#"{{"lastname":"{}","assigned_user_id":"19x1"}}"#, "å".repeat(300))
            }
            text if text.contains("x… 70000 times") => {
                format!(r#"{{"lastname":"lang","description":"{}","assigned_user_id":"19x1"}}"#, "x".repeat(70_000))
            }
            text => self.numbers.rewrite(text),
        }
    }

    /// Remembers tokens and sessions for the requests that follow.
    fn note(&mut self, response: &Value, answer: &Answer) {
        let Some((_, body)) = answer else { return };
        let ours: Value = serde_json::from_str(body).unwrap_or(Value::Null);
        if let Some(token) = ours["result"]["token"].as_str() {
            self.token = token.to_owned();
        }
        if let (Some(placeholder), Some(session)) =
            (response["body"]["result"]["sessionName"].as_str(), ours["result"]["sessionName"].as_str())
        {
            self.sessions.insert(placeholder.to_owned(), session.to_owned());
        }
    }

    fn differences(&mut self, response: &Value, answer: &Answer) -> Vec<String> {
        let Some((status, body)) = answer else {
            return if response.get("no_answer").is_some() { Vec::new() } else { vec!["we gave no answer".into()] };
        };
        if response.get("no_answer").is_some() {
            return vec![format!("we answered: {body}")];
        }
        if response["status"] != *status {
            return vec![format!("status {} became {status}", response["status"])];
        }
        if let Some(text) = response["not_json"].as_str() {
            // What the recorder could not parse differs in times and numbers; that it is not JSON is what counts.
            let broken = text.starts_with('{') && serde_json::from_str::<Value>(body).is_err();
            return if text == body || broken { Vec::new() } else { vec![format!("{text:?} became {body:?}")] };
        }
        if let Some(text) = response["raw_text"].as_str().filter(|text| text.starts_with("'\"")) {
            let text = unquote(text);
            if !body.contains(&text) {
                return vec![format!("{text:?} is not in {body:?}")];
            }
        }
        if response.get("body").is_none() {
            return Vec::new();
        }
        match serde_json::from_str(body) {
            Ok(ours) => compare::bodies(&response["body"], &ours, &mut self.numbers),
            Err(_) => vec![format!("not JSON: {body:?}")],
        }
    }
}

fn get(query: &[(&str, &str)]) -> Request<Bytes> {
    let text = encoded(query);
    Request::get(format!("https://crm.example.invalid/webservice.php?{text}"))
        .body(Bytes::new())
        .expect("a valid request")
}

fn post(form: &[(&str, &str)]) -> Request<Bytes> {
    Request::post("https://crm.example.invalid/webservice.php")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(encoded(form)))
        .expect("a valid request")
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// When the recorded answer says its record was saved.
fn modified(response: &Value) -> Option<DateTime<Utc>> {
    let result = response["body"].get("result").or_else(|| response["body"].get("result (part)"))?;
    let text = result.get("modifiedtime")?.as_str()?;
    Some(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?.and_utc())
}

/// The recorder wrote raw text as Python shows a string.
fn unquote(text: &str) -> String {
    let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).unwrap_or(text);
    let mut out = String::new();
    let mut rest = inner.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        let digits = match rest.next() {
            Some('n') => {
                out.push('\n');
                continue;
            }
            Some('x') => 2,
            Some('u') => 4,
            Some(other) => {
                out.push(other);
                continue;
            }
            None => break,
        };
        let code: String = rest.by_ref().take(digits).collect();
        out.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
    }
    out
}
