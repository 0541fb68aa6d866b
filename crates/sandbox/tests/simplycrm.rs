//! The CRM stand-in beyond the recordings: other installations, bad days, people at work in the CRM.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::Request;
use md5::{Digest as _, Md5};
use proptest::prelude::*;
use sandbox::simplycrm::{
    CustomFields, EditError, Goods, INTEGRATION_ACCESS_KEY, Organisation, Person, Prefixes, Profile, SimplyCrm,
    SyncOperation, Version,
};
use sandbox::{Reply, Sandbox};
use serde_json::{Value, json};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("a moment")
}

/// A logged-in caller.
struct Caller {
    crm: SimplyCrm,
    session: String,
    now: DateTime<Utc>,
}

impl Caller {
    fn new(profile: Profile) -> Self {
        let mut caller = Self { crm: SimplyCrm::new(profile), session: String::new(), now: start() };
        caller.log_in();
        caller
    }

    fn log_in(&mut self) {
        let challenge = self.json("GET", &[("operation", "getchallenge"), ("username", "integration")]);
        let token = challenge["result"]["token"].as_str().expect("a token").to_owned();
        let digest = hex::encode(Md5::digest(format!("{token}{INTEGRATION_ACCESS_KEY}")));
        let form = [("operation", "login"), ("username", "integration"), ("accessKey", digest.as_str())];
        let login = self.json("POST", &form);
        self.session = login["result"]["sessionName"].as_str().expect("a session").to_owned();
    }

    fn text(&mut self, method: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let session = self.session.clone();
        let pairs = fields.iter().copied().chain([("sessionName", session.as_str())]);
        let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = match method {
            "GET" => Request::get(format!("https://crm.example.invalid/webservice.php?{encoded}")).body(Bytes::new()),
            _ => Request::post("https://crm.example.invalid/webservice.php")
                .header("content-type", "application/x-www-form-urlencoded")
                .body(Bytes::from(encoded)),
        };
        match self.crm.handle(&request.expect("a request"), self.now) {
            Reply::Answer(answer) => {
                (answer.status().as_u16(), String::from_utf8(answer.body().to_vec()).expect("UTF-8"))
            }
            Reply::NoAnswer => (0, String::new()),
        }
    }

    fn json(&mut self, method: &str, fields: &[(&str, &str)]) -> Value {
        let (_, text) = self.text(method, fields);
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    fn query(&mut self, query: &str) -> Value {
        self.json("GET", &[("operation", "query"), ("query", query)])
    }

    fn write(&mut self, operation: &str, module: &str, element: &Value) -> Value {
        let element = element.to_string();
        self.json("POST", &[("operation", operation), ("elementType", module), ("element", &element)])
    }

    fn make(&mut self, module: &str, element: Value) -> String {
        let mut element = element;
        element["assigned_user_id"] = json!(format!("{}x1", self.crm.prefix("Users").expect("users")));
        let answer = self.write("create", module, &element);
        answer["result"]["id"].as_str().unwrap_or_else(|| panic!("not made: {answer}")).to_owned()
    }
}

#[test]
fn every_installation_has_prefixes_of_its_own() {
    let modules = ["Accounts", "Contacts", "Products", "Services", "Invoice", "Users", "Currency", "LineItem", "Tax"];
    let prefixes = |prefixes| {
        let crm = SimplyCrm::new(Profile { prefixes, ..Profile::simply() });
        modules.map(|module| crm.prefix(module).expect("a module"))
    };
    assert_eq!(prefixes(Prefixes::Usual), [11, 12, 14, 41, 7, 19, 21, 47, 34]);
    assert_eq!(prefixes(Prefixes::Recorded), [11, 12, 14, 26, 7, 19, 21, 33, 34]);
    let shuffled = prefixes(Prefixes::Shuffled);
    assert!(shuffled.iter().zip(prefixes(Prefixes::Usual)).all(|(one, other)| *one != other), "{shuffled:?}");
    let mut distinct = shuffled.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), modules.len());
}

#[test]
fn shuffled_ids_lead_back_to_their_records() {
    let mut caller = Caller::new(Profile { prefixes: Prefixes::Shuffled, ..Profile::simply() });
    let account = caller.make("Accounts", json!({"accountname": "Bageri ApS"}));
    let contact = caller.make("Contacts", json!({"lastname": "Hansen", "account_id": account}));
    let read = caller.json("GET", &[("operation", "retrieve"), ("id", &contact)]);
    assert_eq!(read["result"]["account_id"], account);
    let found = caller.query(&format!("SELECT lastname FROM Contacts WHERE account_id = '{account}';"));
    assert_eq!(found["result"][0]["id"], contact);
}

#[test]
fn custom_fields_come_in_two_namings_or_not_at_all() {
    for (naming, name) in
        [(CustomFields::Slugs, Some("cf_cvr")), (CustomFields::Numbered, Some("cf_851")), (CustomFields::Absent, None)]
    {
        let mut caller = Caller::new(Profile::simply().with_custom_fields(naming));
        let described = caller.json("GET", &[("operation", "describe"), ("elementType", "Accounts")]);
        let fields = described["result"]["fields"].as_array().expect("fields").clone();
        let found = fields.iter().find(|field| field["label"] == "CVR-nr.").and_then(|field| field["name"].as_str());
        assert_eq!(found, name, "{naming:?}");
        let Some(name) = name else { continue };
        let id = caller.make("Accounts", json!({"accountname": "Bageri ApS", name: "12345678"}));
        let found = caller.query(&format!("SELECT {name} FROM Accounts WHERE {name} = '12345678';"));
        assert_eq!(found["result"], json!([{name: "12345678", "id": id}]));
    }
}

#[test]
fn a_description_names_the_taxes_currencies_and_rules_there_are() {
    let unique = [("Accounts".to_owned(), "cf_cvr".to_owned())].into();
    let mut caller = Caller::new(Profile { unique, ..Profile::simply() });
    caller.crm.add_currency("Euro", "EUR", "7.46000");
    let mut named = |module: &str, stem: &str| -> Vec<(String, String)> {
        let described = caller.json("GET", &[("operation", "describe"), ("elementType", module)]);
        let fields = described["result"]["fields"].as_array().expect("fields").clone();
        let text = |field: &Value, key: &str| field[key].as_str().unwrap_or_default().to_owned();
        let found = fields.iter().filter(|field| text(field, "name").starts_with(stem));
        found.map(|field| (text(field, "name"), text(field, "label"))).collect()
    };
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, label)| ((*name).to_owned(), (*label).to_owned())).collect()
    };
    assert_eq!(named("Invoice", "tax"), pairs(&[("tax1", "Moms"), ("tax2", "Momsfri")]));
    assert_eq!(
        named("Products", "currency"),
        pairs(&[("currency1", "Denmark, Kroner DKK"), ("currency2", "Euro EUR")])
    );
    let accounts = caller.json("GET", &[("operation", "describe"), ("elementType", "Accounts")])["result"].clone();
    let unique: Vec<&Value> = accounts["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter(|field| field["isunique"] == true)
        .map(|field| &field["name"])
        .collect();
    assert_eq!((unique, &accounts["allowDuplicates"]), (vec![&json!("cf_cvr")], &json!(false)));
}

#[test]
fn a_persons_edit_shows_as_modified_now_by_that_person() {
    let mut caller = Caller::new(Profile::simply());
    let id = caller.make("Accounts", json!({"accountname": "Bageri ApS"}));
    let later = start() + TimeDelta::minutes(5);
    caller.crm.edit(&id, &[("phone", "+45 12345678")], "mette", later).expect("an edit");
    let record = caller.crm.record_of(&id).expect("the record");
    assert_eq!(record["phone"], "+45 12345678");
    assert_eq!(record["modifiedtime"], later.format("%Y-%m-%d %H:%M:%S").to_string());
    assert_eq!(record["modifiedby"], "19x6");
    assert_eq!(record["createdtime"], start().format("%Y-%m-%d %H:%M:%S").to_string());
}

#[test]
fn hands_are_told_what_they_cannot_do() {
    let mut crm = SimplyCrm::new(Profile::simply());
    let id = crm.add("Accounts", &[("accountname", "Bageri ApS")], "mette", start()).expect("a record");
    for (outcome, error) in [
        (crm.edit(&id, &[("nosuch", "x")], "mette", start()), EditError::NoSuchField("nosuch".into())),
        (crm.edit(&id, &[("phone", "x")], "nobody", start()), EditError::NoSuchUser("nobody".into())),
        (crm.edit("11x999", &[("phone", "x")], "mette", start()), EditError::NoSuchRecord("11x999".into())),
        (crm.add("Nosuch", &[], "mette", start()).map(|_| ()), EditError::NoSuchModule("Nosuch".into())),
    ] {
        assert_eq!(outcome, Err(error));
    }
}

#[test]
fn a_clone_is_a_snapshot() {
    let mut crm = SimplyCrm::new(Profile::simply());
    let id = crm.add("Accounts", &[("accountname", "Bageri ApS")], "mette", start()).expect("a record");
    let before = crm.clone();
    crm.remove(&id, "mette", start()).expect("a deletion");
    assert!(crm.record_of(&id).is_none());
    assert_eq!(before.records("Accounts").len(), 1);
}

#[test]
fn sessions_end_after_calls_and_when_idle() {
    let mut caller = Caller::new(Profile::simply());
    let listing = [("operation", "listtypes")];
    caller.crm.switches.session_calls = Some(2);
    let codes: Vec<Value> = (0..3).map(|_| caller.json("GET", &listing)["error"]["code"].clone()).collect();
    assert_eq!(codes, [Value::Null, Value::Null, json!("INVALID_SESSIONID")]);
    caller.crm.switches.session_calls = None;
    caller.crm.switches.session_idle = Some(TimeDelta::minutes(24));
    caller.log_in();
    caller.now += TimeDelta::minutes(25);
    assert_eq!(caller.json("GET", &listing)["error"]["code"], "INVALID_SESSIONID");
}

#[test]
fn bad_days_show_as_html_empty_bodies_and_denials() {
    let mut caller = Caller::new(Profile::simply());
    let describe = [("operation", "describe"), ("elementType", "Accounts")];
    caller.crm.switches.html_before_json = true;
    let (status, text) = caller.text("GET", &describe);
    assert!(status == 200 && text.starts_with("<br />") && text.contains(r#"{"success":true"#), "{text}");
    caller.crm.switches.html_before_json = false;
    caller.crm.switches.empty_bodies = 1;
    assert_eq!(caller.text("GET", &describe), (200, String::new()));
    caller.crm.switches.read_only.insert("integration".into(), ["Accounts".to_owned()].into());
    assert_eq!(caller.json("GET", &describe)["result"]["createable"], false);
    let refused = caller.write("create", "Accounts", &json!({"accountname": "x", "assigned_user_id": "19x1"}));
    assert_eq!(refused["error"]["code"], "ACCESS_DENIED");
    caller.crm.switches.hidden.insert("integration".into(), ["Accounts".to_owned()].into());
    assert_eq!(caller.query("SELECT id FROM Accounts;")["error"]["code"], "ACCESS_DENIED");
}

#[test]
fn a_unique_rule_answers_with_the_number_zero() {
    let unique = [("Accounts".to_owned(), "cf_cvr".to_owned())].into();
    let mut caller = Caller::new(Profile { unique, ..Profile::simply() });
    caller.make("Accounts", json!({"accountname": "Bageri ApS", "cf_cvr": "12345678"}));
    let element = json!({"accountname": "Andet ApS", "cf_cvr": "12345678", "assigned_user_id": "19x1"});
    assert_eq!(caller.write("create", "Accounts", &element)["error"]["code"], 0);
}

#[test]
fn a_product_loses_the_taxes_and_prices_that_are_not_sent() {
    let mut caller = Caller::new(Profile::simply());
    let euro = caller.crm.add_currency("Euro", "EUR", "7.46000");
    assert_eq!(euro, "21x2");
    let id = caller.make(
        "Products",
        json!({"productname": "Rugbrød", "unit_price": "30", "currency_id": "21x1", "currency2": "4.02", "tax1": "25"}),
    );
    let made = caller.crm.record_of(&id).expect("the product");
    assert_eq!((&made["tax1"], made["currency2"].to_string().as_str()), (&json!("25.000"), "4.02"));
    caller.write("revise", "", &json!({"id": id, "description": "groft"}));
    let revised = caller.crm.record_of(&id).expect("the product");
    assert_eq!((revised.get("tax1"), revised.get("currency2")), (None, None));
    caller.crm.switches.inactive_currencies.insert("DKK".into());
    let refused = caller.write("revise", "", &json!({"id": id, "currency_id": "21x1", "unit_price": "1"}));
    assert_eq!(refused["error"]["code"], "CURRENCY_INACTIVE");
}

#[test]
fn individual_tax_counts_only_what_the_product_has() {
    let mut caller = Caller::new(Profile::simply());
    let account = caller.make("Accounts", json!({"accountname": "Bageri ApS"}));
    let taxed = caller.make("Products", json!({"productname": "Rugbrød", "unit_price": "30", "tax1": "25"}));
    let free = caller.make("Services", json!({"servicename": "Levering"}));
    let element = json!({
        "subject": "Brød", "account_id": account, "bill_street": "x", "ship_street": "x", "productid": taxed,
        "hdnTaxType": "individual",
        "LineItems": [
            {"productid": taxed, "quantity": "2", "tax1": "25"},
            {"productid": free, "quantity": "1", "listprice": "50", "tax1": "25"},
        ],
    });
    let id = caller.make("Invoice", element);
    let invoice = caller.crm.record_of(&id).expect("the invoice");
    assert_eq!(invoice["hdnGrandTotal"], "125.00000000");
    assert_eq!(invoice["LineItems"][0]["listprice"], "30.00000000");
}

#[test]
fn a_person_works_with_the_form_of_an_invoice() {
    for version in [Version::V7, Version::V8] {
        let mut crm = SimplyCrm::new(Profile { version, ..Profile::simply() });
        let account = crm.add("Accounts", &[("accountname", "Bageri ApS")], "mette", start()).unwrap();
        let bread = crm.add("Products", &[("productname", "Rugbrød"), ("unit_price", "30")], "mette", start()).unwrap();
        let line = |quantity: &str, price: &str| json!({"productid": bread, "quantity": quantity, "listprice": price, "tax1": "25", "discount_percent": "10"});
        let head = [("subject", "Brød"), ("account_id", account.as_str()), ("invoicestatus", "Created")];
        let id = crm.add_with_lines("Invoice", &head, &[line("2", "50"), line("1", "10")], "mette", start()).unwrap();
        let shown = |crm: &SimplyCrm, names: [&str; 4]| {
            let record = crm.record_of(&id).expect("the invoice");
            names.map(|name| record[name].as_str().expect("a text").to_owned())
        };
        let money = ["hdnSubTotal", "hdnGrandTotal", "received", "balance"];
        assert_eq!(shown(&crm, money)[..2], ["99.00000000", "123.75000000"]);
        assert_eq!(shown(&crm, money)[3], "123.75000000");

        let later = start() + TimeDelta::seconds(10);
        crm.edit(&id, &[("invoicestatus", "Paid"), ("received", "100.75")], "mette", later).unwrap();
        assert_eq!(shown(&crm, money)[1..], ["123.75000000", "100.75000000", "23.00000000"]);
        let about = ["invoicestatus", "modifiedtime", "hdnTaxType", "subject"];
        assert_eq!(shown(&crm, about), ["Paid", "2026-11-18 11:06:50", "group", "Brød"]);
        assert_eq!(crm.record_of(&id).unwrap()["LineItems"].as_array().map(Vec::len), Some(2));

        crm.edit_lines(&id, &[line("1", "20")], "mette", later).unwrap();
        assert_eq!(shown(&crm, money)[..2], ["18.00000000", "22.50000000"]);
        assert_eq!(crm.record_of(&id).unwrap()["LineItems"].as_array().map(Vec::len), Some(1));
        let stranger = crm.edit_lines("7x999", &[line("1", "20")], "mette", later);
        assert_eq!(stranger, Err(EditError::NoSuchRecord("7x999".into())));
        let shelf = crm.add_with_lines("Accounts", &head, &[], "mette", later);
        assert_eq!(shelf, Err(EditError::NoSuchModule("Accounts".into())));
    }
}

#[test]
fn a_keyset_scan_sees_every_record_once() {
    let mut caller = Caller::new(Profile::simply());
    for place in 0..2_050 {
        let name = format!("Firma {place}");
        caller.crm.add("Accounts", &[("accountname", &name)], "mette", start()).expect("a record");
    }
    let (mut seen, mut last) = (Vec::new(), "11x0".to_owned());
    loop {
        let page = caller.query(&format!("SELECT id FROM Accounts WHERE id > '{last}' ORDER BY id LIMIT 100;"));
        let ids: Vec<String> = page["result"]
            .as_array()
            .expect("rows")
            .iter()
            .filter_map(|row| row["id"].as_str().map(str::to_owned))
            .collect();
        let Some(id) = ids.last() else { break };
        last = id.clone();
        seen.extend(ids);
    }
    let known: Vec<String> =
        caller.crm.records("Accounts").iter().filter_map(|record| record["id"].as_str().map(str::to_owned)).collect();
    assert_eq!((seen.len(), seen), (2_050, known));
}

#[test]
fn the_oldest_version_blanks_what_an_update_leaves_out() {
    let mut caller = Caller::new(Profile { version: Version::V6, ..Profile::simply() });
    let id = caller.make("Accounts", json!({"accountname": "Bageri ApS", "phone": "12345678"}));
    caller.write("update", "", &json!({"id": id, "accountname": "Bageri ApS", "assigned_user_id": "19x1"}));
    let record = caller.crm.record_of(&id).expect("the record");
    assert_eq!((&record["phone"], record.get("label")), (&json!(""), None));
}

#[test]
fn operations_that_an_installation_lacks_are_fatal() {
    let mut caller = Caller::new(Profile { revise: false, ..Profile::simply() });
    let (status, body) = caller.text("POST", &[("operation", "revise"), ("element", "{}")]);
    assert_eq!((status, body.as_str()), (500, ""));
    let sync = [("operation", "sync"), ("modifiedTime", "1"), ("elementType", "Accounts")];
    assert_eq!(caller.text("GET", &sync).0, 500);
    caller.crm.set_sync(SyncOperation::Works);
    assert_eq!(caller.json("GET", &sync)["result"]["more"], false);
}

#[test]
fn the_log_says_what_was_asked_and_whether_it_writes() {
    let mut caller = Caller::new(Profile::simply());
    caller.crm.clear_log();
    let id = caller.make("Accounts", json!({"accountname": "Bageri ApS"}));
    caller.query("SELECT id FROM Contacts;");
    caller.json("POST", &[("operation", "delete"), ("id", &id)]);
    caller.json("GET", &[("operation", "retrieve"), ("id", &id)]);
    let seen: Vec<_> = caller
        .crm
        .log()
        .iter()
        .map(|entry| (entry.operation.as_str(), entry.module.as_deref(), entry.write, entry.success))
        .collect();
    let (accounts, contacts) = (Some("Accounts"), Some("Contacts"));
    assert_eq!(
        seen,
        [
            ("create", accounts, true, true),
            ("query", contacts, false, true),
            ("delete", accounts, true, true),
            ("retrieve", accounts, false, false)
        ]
    );
}

#[test]
fn an_inactive_user_stays_outside() {
    let mut caller = Caller::new(Profile::simply());
    caller.crm.set_active("integration", false);
    let challenge = caller.json("GET", &[("operation", "getchallenge"), ("username", "integration")]);
    let token = challenge["result"]["token"].as_str().expect("a token").to_owned();
    let digest = hex::encode(Md5::digest(format!("{token}{INTEGRATION_ACCESS_KEY}")));
    let login = caller.json("POST", &[("operation", "login"), ("username", "integration"), ("accessKey", &digest)]);
    assert_eq!(login["error"]["code"], "AUTHENTICATION_REQUIRED");
}

#[test]
fn planted_records_say_the_same_in_several_spellings() {
    let mut crm = SimplyCrm::new(Profile::simply());
    let organisations: Vec<Organisation> = (0..5)
        .map(|place| Organisation {
            name: format!("Firma {place} ApS"),
            phone: "12345678".into(),
            cvr: format!("1000000{place}"),
            ..Organisation::default()
        })
        .collect();
    let person = Person { last_name: "Hansen".into(), organisation: Some(3), ..Person::default() };
    let hours = Goods {
        name: "Timer".into(),
        number: "T1".into(),
        price: "850.50".parse().expect("a price"),
        service: true,
        ..Goods::default()
    };
    let planted = crm.plant(&organisations, &[person], &[hours], "mette", start()).expect("a user");
    let records = crm.records("Accounts");
    let column = |field: &str| -> Vec<&str> { records.iter().filter_map(|record| record[field].as_str()).collect() };
    assert_eq!(column("phone"), ["12345678", "12 34 56 78", "+45 12 34 56 78", "004512345678", "+4512345678"]);
    assert_eq!(column("bill_country"), ["Danmark", "DK", "", "Danmark", "Denmark"]);
    assert_eq!(column("cf_cvr")[4], "10000004");
    let contact = crm.record_of(&planted.people[0]).expect("a contact");
    assert_eq!(contact["account_id"], planted.organisations[3].as_str());
    let service = crm.record_of(&planted.goods[0]).expect("a service");
    assert_eq!((&service["unit_price"], &service["cf_varenr"]), (&json!("850.50000000"), &json!("T1")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is asked, the server answers: with an envelope, or as it does when it breaks.
    #[test]
    fn no_query_brings_the_stand_in_down(tail in "[a-zA-Z0-9_'\"%\\\\;,()*=<>! .øÆ-]{0,60}") {
        let mut caller = Caller::new(Profile::recorded(Version::V8).with_custom_fields(CustomFields::Slugs));
        caller.crm.add("Contacts", &[("lastname", "Ærø")], "mette", start()).expect("a record");
        for query in [format!("select {tail} from Contacts;"), format!("select * from Contacts where lastname {tail};")] {
            let (status, text) = caller.text("GET", &[("operation", "query"), ("query", &query)]);
            prop_assert!(status == 200 && text.starts_with("{\"success\":"), "{query}: {status} {text}");
        }
    }

    /// Values of any kind and size are cut, rounded or refused, never fatal to the stand-in.
    #[test]
    fn no_value_brings_the_stand_in_down(text in "\\PC{0,40}", number in any::<i64>(), digits in "-?[0-9]{1,40}(\\.[0-9]{1,12})?") {
        let mut caller = Caller::new(Profile::simply());
        let account = caller.make("Accounts", json!({"accountname": "Bageri ApS"}));
        for value in [json!(text), json!(number), json!(digits), json!([text]), json!({"a": digits})] {
            let element = json!({
                "subject": value, "account_id": account, "assigned_user_id": "19x1", "bill_street": value, "ship_street": "x",
                "productid": "14x1", "hdnTaxType": "group", "hdnDiscountAmount": value, "txtAdjustment": value, "duedate": value,
                "LineItems": [{"productid": "14x1", "quantity": value, "listprice": value, "tax1": value, "discount_percent": value}],
            });
            caller.write("create", "Invoice", &element);
            caller.write("revise", "", &json!({"id": account, "employees": value, "phone": value, "annual_revenue": value}));
        }
        prop_assert!(caller.crm.record_of(&account).is_some());
    }
}
