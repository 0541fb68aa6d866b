//! Recorded requests, said by our operations.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::DateTime;
use serde_json::Value;
use simplycrm_client::op::{
    AddRelated, Context, Create, Delete, Describe, ExtendSession, GetChallenge, ListTypes, Login, Logout, Query,
    RelatedTypes, Retrieve, RetrieveInventory, RetrieveRelated, Revise, SessionName, Sync, SyncScope, Update, Verb,
};
use simplycrm_client::vtql::Vtql;
use simplycrm_client::{Call, Element, Endpoint, Error, FieldValue, Operation, Record, Repair, WsId};

pub(super) type Parameters = BTreeMap<String, String>;

type Decode = dyn Fn(&http::Response<Bytes>) -> Result<Reading, Error>;

pub(super) struct Replayed {
    pub(super) request: http::Request<Bytes>,
    /// The answer as our types read it, written down again where they keep everything.
    pub(super) decode: Box<Decode>,
}

pub(super) struct Reading {
    pub(super) again: Option<Value>,
    pub(super) repairs: Vec<Repair>,
}

pub(super) fn typed(verb: Verb, parameters: &Parameters) -> Option<Replayed> {
    let get = |name: &str| parameters.get(name).cloned();
    let only = |names: &[&str]| {
        parameters
            .keys()
            .all(|name| ["operation", "sessionName"].contains(&name.as_str()) || names.contains(&name.as_str()))
    };
    let records = |records: &Vec<Record>| serde_json::to_value(records).ok();
    let record = |record: &Record| serde_json::to_value(record).ok();
    match get("operation")?.as_str() {
        "getchallenge" if only(&["username"]) => {
            replayed(verb, parameters, GetChallenge { username: get("username")? }, |_| None)
        }
        "login" if only(&["username", "accessKey"]) => {
            replayed(verb, parameters, Login::with_digest(get("username")?, get("accessKey")?.into()), |_| None)
        }
        "logout" if only(&[]) => replayed(verb, parameters, Logout, |_| None),
        "extendsession" if only(&[]) => replayed(verb, parameters, ExtendSession, |_| None),
        "listtypes" if only(&["fieldTypeList"]) => {
            let with_field_types =
                get("fieldTypeList").map(|list| serde_json::from_str(&list).unwrap()).unwrap_or_default();
            replayed(verb, parameters, ListTypes { with_field_types }, |_| None)
        }
        "describe" => replayed(verb, parameters, Describe { module: get("elementType")?.parse().ok()? }, |_| None),
        "create" => {
            let operation = Create { module: get("elementType")?.parse().ok()?, element: element(&get("element")?)? };
            replayed(verb, parameters, operation, record)
        }
        "update" => {
            let element = element(&get("element")?)?;
            let id = element.get("id").and_then(id_in)?;
            replayed(verb, parameters, Update { id, element }, record)
        }
        "revise" => {
            let element = element(&get("element")?)?;
            let id = element.get("id").and_then(id_in)?;
            replayed(verb, parameters, Revise { id, element }, record)
        }
        "retrieve" => replayed(verb, parameters, Retrieve { id: get("id")?.parse().ok()? }, record),
        "retrieve_inventory" => replayed(verb, parameters, RetrieveInventory { id: get("id")?.parse().ok()? }, record),
        "delete" => replayed(verb, parameters, Delete { id: get("id")?.parse().ok()? }, |_| None),
        "query" => replayed(verb, parameters, Query::new(get("query")?.parse::<Vtql>().ok()?), records),
        "sync" => {
            let since = DateTime::from_timestamp(get("modifiedTime")?.parse().ok().filter(|seconds| *seconds > 0)?, 0)?;
            let scope = match get("syncType").as_deref() {
                None => None,
                Some("user") => Some(SyncScope::User),
                Some("userandgroup") => Some(SyncScope::UserAndGroup),
                Some("application") => Some(SyncScope::Application),
                Some(_) => return None,
            };
            let module = get("elementType")?.parse().ok()?;
            replayed(verb, parameters, Sync { since, module, scope }, |page| {
                serde_json::to_value(&page.updated).ok().map(|updated| serde_json::json!({ "updated": updated }))
            })
        }
        "relatedtypes" => {
            replayed(verb, parameters, RelatedTypes { module: get("elementType")?.parse().ok()? }, |_| None)
        }
        "retrieve_related" => {
            let module = get("relatedType")?.parse().ok()?;
            let operation = RetrieveRelated { id: get("id")?.parse().ok()?, module, label: get("relatedLabel")? };
            replayed(verb, parameters, operation, records)
        }
        "add_related" => {
            let (source, related) = (get("sourceRecordId")?.parse().ok()?, get("relatedRecordId")?.parse().ok()?);
            replayed(verb, parameters, AddRelated { source, related, label: get("relationIdLabel")? }, |_| None)
        }
        _ => None,
    }
}

fn element(json: &str) -> Option<Element> {
    let value: Value = serde_json::from_str(json).ok().filter(Value::is_object)?;
    serde_json::from_value::<Record>(value).ok().map(Element::from)
}

fn id_in(value: &FieldValue) -> Option<WsId> {
    match value {
        FieldValue::Text(id) => id.parse().ok(),
        _ => None,
    }
}

fn replayed<O: Operation + 'static>(
    verb: Verb,
    parameters: &Parameters,
    operation: O,
    again: impl Fn(&O::Output) -> Option<Value> + 'static,
) -> Option<Replayed> {
    if verb != O::VERB {
        return None;
    }
    let request = build(operation.call(), parameters);
    let decode = move |response: &http::Response<Bytes>| {
        let answer = operation.decode(response)?;
        Ok(Reading { again: again(&answer.value), repairs: answer.repairs })
    };
    Some(Replayed { request, decode: Box::new(decode) })
}

pub(super) fn by_call(verb: Verb, parameters: &Parameters) -> Replayed {
    let name = parameters.get("operation").cloned().unwrap_or_default();
    let mut call = if verb == Verb::Get { Call::get(name) } else { Call::post(name) };
    for (name, value) in parameters.iter().filter(|(name, _)| !["operation", "sessionName"].contains(&name.as_str())) {
        call = call.parameter(name.clone(), value.clone());
    }
    let request = build(call.clone(), parameters);
    let decode = move |response: &http::Response<Bytes>| {
        let answer = call.decode::<Value>(response)?;
        Ok(Reading { again: Some(answer.value), repairs: answer.repairs })
    };
    Replayed { request, decode: Box::new(decode) }
}

fn build(call: Call, parameters: &Parameters) -> http::Request<Bytes> {
    let endpoint: Endpoint = "https://crm.example.invalid".parse().unwrap();
    let session = parameters.get("sessionName").map(|name| SessionName::new(name.clone().into()));
    // Some requests were sent without a session to see what happens; of others the recorder left it out.
    let call = if session.is_none() { call.without_session() } else { call };
    call.request(Context { endpoint: &endpoint, session: session.as_ref() }).unwrap()
}

pub(super) fn same_request(verb: Verb, recorded: &Parameters, request: &http::Request<Bytes>) -> Result<(), String> {
    let (method, encoded) = match verb {
        Verb::Get => ("GET", request.uri().query().unwrap_or_default().to_owned()),
        Verb::Post => ("POST", String::from_utf8(request.body().to_vec()).unwrap()),
    };
    if request.method() != method {
        return Err(format!("sent as {}, not {method}", request.method()));
    }
    if verb == Verb::Post && request.uri().query().is_some() {
        return Err("a POST with parameters in the URL".to_owned());
    }
    let form = request.headers().get("content-type").is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    if form != (verb == Verb::Post) {
        return Err("the wrong content type".to_owned());
    }
    let sent: Parameters = php_decoded(&encoded)?;
    let comparable = |parameters: &Parameters| -> BTreeMap<String, Value> {
        let structured = |name: &str, text: &str| match name {
            "element" | "fieldTypeList" => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
            _ => Value::from(text),
        };
        parameters.iter().map(|(name, text)| (name.clone(), structured(name, text))).collect()
    };
    if comparable(&sent) != comparable(recorded) {
        return Err(format!("sent {sent:?} instead of {recorded:?}"));
    }
    Ok(())
}

/// Parameters as PHP reads them, written here anew so that one mistake cannot hide in both.
fn php_decoded(encoded: &str) -> Result<Parameters, String> {
    let text = |part: &str| {
        let mut bytes = Vec::new();
        let mut rest = part.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'+' => bytes.push(b' '),
                b'%' => {
                    let digits = [rest.next().ok_or("cut")?, rest.next().ok_or("cut")?];
                    let digits = std::str::from_utf8(&digits).map_err(|e| e.to_string())?;
                    bytes.push(u8::from_str_radix(digits, 16).map_err(|e| e.to_string())?);
                }
                byte if byte.is_ascii_alphanumeric() || b"-._*~".contains(&byte) => bytes.push(byte),
                byte => return Err(format!("{:?} is not encoded", char::from(byte))),
            }
        }
        String::from_utf8(bytes).map_err(|e| e.to_string())
    };
    encoded
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or("a parameter without =")?;
            Ok((text(name)?, text(value)?))
        })
        .collect()
}
