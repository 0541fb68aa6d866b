//! What was on the recorded server when a file begins, and what the recorder did between two exchanges.

use crate::replay::Replay;
use chrono::{DateTime, TimeDelta};
use sandbox::simplycrm::{SyncOperation, Version};
use serde_json::{Value, json};

type Fields<'a> = &'a [(&'a str, &'a str)];

/// Makes what the recorder had made beforehand. Numbers are those of the recording: `(7.3, 8.4)`.
pub(crate) fn prepare(replay: &mut Replay) {
    replay.crm.add_user("cph", "cphcphcphcphcph1", true);
    replay.crm.set_user_field("cph", "date_format", "dd-mm-yyyy");
    replay.crm.add_user("sales", "salessalessales1", false);
    for (field, value) in [("hour_format", "24"), ("last_name", "Cph"), ("time_zone", "Europe/Copenhagen")] {
        replay.crm.set_user_field("cph", field, value);
    }
    match replay.topic.as_str() {
        "sync" => replay.crm.set_sync(SyncOperation::Works),
        "crud-contacts" => {
            make(replay, "Accounts", ("2", "2"), &[("accountname", "Rød Grød 2")]);
        }
        "errors" | "owner-not-existing" => {
            // Records whose numbers would otherwise be those of users and groups.
            for place in 0..6 {
                let nobody = format!("none {place}");
                make(replay, "Contacts", (&nobody, &nobody), &[("lastname", "x")]);
            }
            make(replay, "Accounts", ("555", "560"), &[("accountname", "Fejl ApS")]);
            make(replay, "Contacts", ("556", "561"), &[("lastname", "Fejl")]);
        }
        "invoice" | "invoice-stock" | "invoice-create-unpatched" => goods(replay),
        "invoice-more" | "invoice-more-stock" => {
            goods(replay);
            invoice(replay, ("6", "6"));
        }
        "query-limits-users" => {
            goods(replay);
            invoice(replay, ("13", "13"));
        }
        "query" => contacts(replay),
        "time" => {
            for place in 0..100 {
                let nobody = format!("none {place}");
                make(replay, "Contacts", (&nobody, &nobody), &[("lastname", "x")]);
            }
        }
        "related" => {
            let account = make(replay, "Accounts", ("230", "232"), &[("accountname", "Relation ApS")]);
            make(replay, "Contacts", ("231", "233"), &[("lastname", "Rel"), ("account_id", &account)]);
            make(replay, "Products", ("232", "234"), &[("productname", "Rel")]);
        }
        "modified-window" => {
            make(replay, "Accounts", ("230", "232"), &[("accountname", "Relation ApS")]);
            replay.now += TimeDelta::days(1);
            make(replay, "Contacts", ("488", "490"), &[("lastname", "Vindue 1")]);
            make(replay, "Contacts", ("489", "491"), &[("lastname", "Vindue 2")]);
        }
        _ => {}
    }
}

fn goods(replay: &mut Replay) {
    make(replay, "Accounts", ("2", "2"), &[("accountname", "Kunde ApS")]);
    make(replay, "Contacts", ("3", "3"), &[("lastname", "Fakturamodtager")]);
    make(replay, "Products", ("4", "4"), &[("productname", "Vare 1"), ("unit_price", "100"), ("qtyinstock", "50")]);
    make(replay, "Services", ("5", "5"), &[("servicename", "Konsulenttime")]);
}

/// An invoice of two lines, as the file `invoice` leaves it.
fn invoice(replay: &mut Replay, numbers: (&str, &str)) {
    let lines = r#"[{"productid":"14x4","quantity":"2","listprice":"100","discount_percent":"10","tax1":"25","comment":"linje 1 æøå"},
        {"productid":"26x5","quantity":"1.5","listprice":"850.5","discount_amount":"50","tax1":"25","comment":"linje 2"}]"#;
    let lines: Value = serde_json::from_str(&replay.numbers.rewrite(lines)).expect("lines are JSON");
    let header = r#"{"subject":"Faktura æøå","customerno":"K-77","account_id":"11x2","contact_id":"12x3","productid":"14x4","hdnTaxType":"group",
        "invoicestatus":"Created","invoicedate":"2026-11-01","duedate":"2026-11-30","bill_street":"Ågade 1","ship_street":"Ågade 1"}"#;
    let mut element: Value = serde_json::from_str(&replay.numbers.rewrite(header)).expect("a header is JSON");
    element["LineItems"] = lines;
    make_element(replay, "Invoice", numbers, element);
}

/// The account and the 130 contacts that the queries look for.
fn contacts(replay: &mut Replay) {
    make(replay, "Contacts", ("4", "4"), &[("lastname", "Sørensen"), ("birthday", "1980-12-31"), ("donotcall", "1")]);
    make(replay, "Contacts", ("9", "9"), &[("lastname", "Fakturamodtager")]);
    let first = if replay.version == Version::V7 { 599 } else { 608 };
    let account_number = (first - 1).to_string();
    let account = make(replay, "Accounts", (&account_number, &account_number), &[("accountname", "Query ApS RUN")]);
    for place in 0..130 {
        replay.now += TimeDelta::seconds(1);
        let number = (first + place).to_string();
        let name = format!("QRUN-{place:03}");
        let mut fields = vec![
            ("lastname", name.as_str()),
            ("firstname", ["Anders", "Bente", "Carl", ""][place % 4]),
            ("mailingcity", ["Århus", "Odense", "Aalborg"][place % 3]),
            ("leadsource", "Web Site"),
        ];
        if place % 2 == 1 {
            fields.push(("account_id", &account));
        }
        make(replay, "Contacts", (&number, &number), &fields);
    }
}

/// What the recorder did on the server before an exchange.
pub(crate) fn intervene(replay: &mut Replay, name: &str, request: &Value) {
    match (replay.topic.as_str(), name) {
        ("auth", "login with token A after someone else fetched token B") => {
            let stale = replay.token.clone();
            fetch_token(replay);
            replay.token = stale;
        }
        ("auth", "login with token B" | "login unknown user" | "login of an inactive user") => fetch_token(replay),
        ("auth", "login with expired token") => replay.now += TimeDelta::seconds(301),
        ("auth", "session file removed (what PHP session garbage collection does)") => {
            let session = replay.sessions["<SESSION-3>"].clone();
            replay.crm.forget_session(&session);
        }
        ("errors", "delete") => fresh_contact(replay, request),
        ("query-escaping", "encoding on the wire (raw text kept)") => {
            let number = id_in(request).unwrap_or_default();
            make(replay, "Contacts", (&number, &number), &[("lastname", "Ærø \"x\" / <b>")]);
        }
        ("owner-not-existing", "create with an account as owner" | "create, owner given as bare number") => {
            replay.crm.end_open_transaction();
        }
        ("modified-window", "after delete of one") => remove(replay, "12x488", "12x490"),
        ("sync", _) => sync(replay, name, request),
        ("time", _) => time(replay, name, request),
        _ => {}
    }
}

/// The contact that a request is about, made just before.
fn fresh_contact(replay: &mut Replay, request: &Value) {
    let number = id_in(request).unwrap_or_default();
    make(replay, "Contacts", (&number, &number), &[("lastname", "Slettes")]);
}

/// The steps between the sync calls, a second after the moment each call asks from.
fn sync(replay: &mut Replay, name: &str, request: &Value) {
    let since = request["query"]["modifiedTime"].as_str().and_then(|text| text.parse().ok());
    if let Some(moment) = since
        .and_then(|since: i64| DateTime::from_timestamp(since + 1, 0))
        .filter(|moment| moment.timestamp() < 1_795_450_000)
    {
        replay.now = replay.now.max(moment);
    }
    let sales = "19x6";
    match name {
        "one new contact, whole answer" => {
            make(replay, "Contacts", ("233", "235"), &[("lastname", "Sync A")]);
        }
        "after an update" => change(replay, ("12x233", "12x235"), "phone", "1"),
        "after delete" => remove(replay, "12x233", "12x235"),
        "same second: first record made, then sync" => {
            make(replay, "Contacts", ("234", "236"), &[("lastname", "Samme sekund 1")]);
        }
        "same second: a second record made within the same second, sync from lastModifiedTime" => {
            replay.now -= TimeDelta::seconds(1);
            make(replay, "Contacts", ("235", "237"), &[("lastname", "Samme sekund 2")]);
        }
        "record owned by another user, no syncType" => {
            make(replay, "Contacts", ("236", "238"), &[("lastname", "Ejet af sales"), ("assigned_user_id", sales)]);
            let session = replay.log_in("sales", "salessalessales1");
            replay.sessions.insert("<SESSION:sales>".into(), session);
        }
        "before the owner changes" => {
            make(replay, "Contacts", ("237", "239"), &[("lastname", "Skifter ejer")]);
        }
        "after the owner changed from the caller to another user" => {
            change(replay, ("12x237", "12x239"), "assigned_user_id", sales);
        }
        "paging, call 1" => pages(replay),
        "250 records with the same modifiedtime (set by the lab in the database)" => {
            replay.now += TimeDelta::seconds(1);
            for id in paged(replay) {
                replay.crm.edit(&id, &[("phone", "1")], "admin", replay.now).expect("a record to edit");
            }
        }
        "120 deleted" => {
            replay.now += TimeDelta::seconds(2);
            for id in paged(replay).into_iter().take(120) {
                replay.crm.remove(&id, "admin", replay.now).expect("a record to delete");
            }
        }
        _ => {}
    }
}

/// 250 contacts made one after another, spread over the seconds as they were.
fn pages(replay: &mut Replay) {
    let (start, spread) = match replay.version {
        Version::V6 | Version::V7 => (238, [(113, 5), (126, 9), (11, 10)]),
        Version::V8 => (240, [(115, 4), (106, 8), (29, 10)]),
    };
    let begin = replay.now - TimeDelta::seconds(1);
    let mut place = 0;
    for (count, seconds) in spread {
        replay.now = begin + TimeDelta::seconds(seconds);
        for _ in 0..count {
            let (number, name) = ((start + place).to_string(), format!("Side {place:03}"));
            make(replay, "Contacts", (&number, &number), &[("lastname", &name)]);
            place += 1;
        }
    }
}

fn paged(replay: &Replay) -> Vec<String> {
    let contacts = replay.crm.records("Contacts").into_iter();
    let paged = contacts.filter(|contact| contact["lastname"].as_str().is_some_and(|name| name.starts_with("Side ")));
    paged.filter_map(|contact| contact["id"].as_str().map(str::to_owned)).collect()
}

fn time(replay: &mut Replay, name: &str, request: &Value) {
    match name {
        "admin (UTC) retrieves" => {
            let number = id_in(request).unwrap_or_default();
            make(replay, "Contacts", (&number, &number), &[("lastname", "Tid")]);
        }
        "login" => replay.key = "cphcphcphcphcph1".into(),
        _ => {}
    }
}

fn fetch_token(replay: &mut Replay) {
    let challenge = replay.get(&[("operation", "getchallenge"), ("username", "admin")]);
    replay.token = challenge["result"]["token"].as_str().unwrap_or_default().to_owned();
}

fn remove(replay: &mut Replay, seven: &str, eight: &str) {
    let id = replay.numbers.rewrite(if replay.version == Version::V7 { seven } else { eight });
    replay.crm.remove(&id, "admin", replay.now).expect("a record to delete");
}

fn change(replay: &mut Replay, ids: (&str, &str), field: &str, value: &str) {
    let id = replay.numbers.rewrite(if replay.version == Version::V7 { ids.0 } else { ids.1 });
    replay.crm.edit(&id, &[(field, value)], "admin", replay.now).expect("a record to edit");
}

/// The number of the id a request names.
fn id_in(request: &Value) -> Option<String> {
    let id = request["query"].get("id").or_else(|| request["form"].get("id"))?.as_str()?;
    Some(id.split_once('x')?.1.to_owned())
}

/// Makes a record through the web service and notes its number. Gives its id.
fn make(replay: &mut Replay, module: &str, numbers: (&str, &str), fields: Fields<'_>) -> String {
    let element: serde_json::Map<String, Value> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    make_element(replay, module, numbers, Value::Object(element))
}

fn make_element(replay: &mut Replay, module: &str, numbers: (&str, &str), mut element: Value) -> String {
    if element.get("assigned_user_id").is_none() {
        element["assigned_user_id"] = json!("19x1");
    }
    let session = replay.sessions["<SESSION>"].clone();
    let text = element.to_string();
    let form = [("operation", "create"), ("elementType", module), ("element", &text), ("sessionName", &session)];
    let answer = replay.post(&form);
    let id = answer["result"]["id"].as_str().unwrap_or_else(|| panic!("no record made: {answer}")).to_owned();
    let recorded = if replay.version == Version::V7 { numbers.0 } else { numbers.1 };
    replay.numbers.note(recorded, id.split_once('x').map_or("", |(_, number)| number));
    id
}
