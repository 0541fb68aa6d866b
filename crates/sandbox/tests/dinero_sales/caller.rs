//! A caller with a token, and what it sends.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::Request;
use sandbox::dinero::{API_KEY, CLIENT_ID, CLIENT_SECRET, Dinero};
use sandbox::{Fault, Faulty, Reply, Sandbox, When};
use serde_json::{Value, json};

pub(crate) struct Caller {
    pub(crate) dinero: Dinero,
    pub(crate) now: DateTime<Utc>,
    pub(crate) contact: String,
    pub(crate) product: String,
    token: String,
}

/// Noon of a day in 2026.
pub(crate) fn noon(month: u32, day: u32) -> DateTime<Utc> {
    format!("2026-{month:02}-{day:02}T12:00:00Z").parse().unwrap()
}

/// A line that describes itself: price, quantity, account.
pub(crate) fn line(price: &str, quantity: &str, account: i64, discount: &str) -> Value {
    let number = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    json!({
        "Description": "Vare",
        "BaseAmountValue": number(price),
        "Quantity": number(quantity),
        "AccountNumber": account,
        "Unit": "parts",
        "Discount": number(discount),
    })
}

impl Caller {
    pub(crate) fn new() -> Self {
        let mut dinero = Dinero::new(4711, "Prøvefirma ApS");
        let now = noon(3, 2);
        let customer: [(&str, Value); 6] = [
            ("Name", "Nordlys ApS".into()),
            ("Street", "Algade 1".into()),
            ("ZipCode", "4000".into()),
            ("City", "Roskilde".into()),
            ("CountryKey", "DK".into()),
            ("Email", "faktura@nordlys.dk".into()),
        ];
        let contact = dinero.add_contact(&customer, now);
        let goods: [(&str, Value); 4] = [
            ("Name", "Kontorstol".into()),
            ("BaseAmountValue", 1200.into()),
            ("Quantity", 1.into()),
            ("AccountNumber", 1000.into()),
        ];
        let product = dinero.add_product(&goods, now);
        let mut caller = Self { dinero, now, contact, product, token: String::new() };
        caller.dinero.requests_per_minute = 0;
        caller.log_in();
        caller
    }

    fn log_in(&mut self) {
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")));
        let form = format!("grant_type=password&username={API_KEY}&password={API_KEY}");
        let request = Request::post("https://authz.dinero.dk/dineroapi/oauth/token")
            .header("authorization", basic)
            .body(Bytes::from(form))
            .unwrap();
        let (_, token) = self.handle(&request);
        self.token = token["access_token"].as_str().unwrap().to_owned();
    }

    /// Lets days go by, and takes a new token.
    pub(crate) fn wait(&mut self, days: i64) {
        self.now += TimeDelta::days(days);
        self.log_in();
    }

    /// A request to the organisation: `PUT v1.2 invoices/…`. Gives the status and the body.
    pub(crate) fn send(&mut self, what: &str, body: &Value) -> (u16, Value) {
        let request = self.request(what, body);
        self.handle(&request)
    }

    fn request(&self, what: &str, body: &Value) -> Request<Bytes> {
        let parts: Vec<&str> = what.splitn(3, ' ').collect();
        let [method, version, path] = parts[..] else { panic!("{what}") };
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        Request::builder()
            .method(method)
            .uri(format!("https://api.dinero.dk/{version}/4711/{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .body(body)
            .unwrap()
    }

    /// The same where the server has its effect and its answer is lost.
    pub(crate) fn lost(&mut self, what: &str, body: &Value) {
        let rules = vec![(When::Nth(0), Fault::TimeoutAfter)];
        let mut faulty = Faulty::new(self.dinero.clone(), rules, 0);
        let request = self.request(what, body);
        assert!(matches!(faulty.handle(&request, self.now), Reply::NoAnswer));
        self.dinero = faulty.inner;
    }

    /// The same for what has to succeed.
    pub(crate) fn ok(&mut self, what: &str, body: &Value) -> Value {
        let (status, answer) = self.send(what, body);
        assert_eq!(status, 200, "{what}: {answer}");
        answer
    }

    /// The code of a refusal, and what it says of which fields.
    pub(crate) fn refused(&mut self, what: &str, body: &Value) -> (u16, i64, Vec<String>) {
        let (status, answer) = self.send(what, body);
        let fields = answer["validationErrors"].as_object().map(|it| it.keys().cloned().collect()).unwrap_or_default();
        (status, answer["code"].as_i64().unwrap_or_default(), fields)
    }

    /// An invoice of `lines` to the customer.
    pub(crate) fn body(&self, lines: &[Value]) -> Value {
        json!({ "ContactGuid": self.contact, "Date": "2026-03-02", "ProductLines": lines })
    }

    /// Makes a draft of one line of 100 kroner. Gives its guid and time stamp.
    pub(crate) fn drafted(&mut self) -> (String, String) {
        let body = self.body(&[line("100", "1", 1000, "0")]);
        let made = self.ok("POST v1 invoices", &body);
        (text(&made["Guid"]), text(&made["TimeStamp"]))
    }

    /// The same, booked.
    pub(crate) fn booked(&mut self) -> (String, String) {
        let (guid, stamp) = self.drafted();
        let booked = self.ok(&format!("POST v1 invoices/{guid}/book"), &json!({ "Timestamp": stamp }));
        (guid, text(&booked["TimeStamp"]))
    }

    fn handle(&mut self, request: &Request<Bytes>) -> (u16, Value) {
        match self.dinero.handle(request, self.now) {
            Reply::Answer(answer) => {
                (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or(Value::Null))
            }
            Reply::NoAnswer => panic!("no answer"),
        }
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
