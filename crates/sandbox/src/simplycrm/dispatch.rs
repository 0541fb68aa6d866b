//! From an HTTP request to an operation and back: which verb carries which parameters, in which order the server
//! checks, how an answer is wrapped (fact sheet §1).

use super::failure::Failure;
use super::php::{Php, Spelling};
use super::profile::Version;
use super::read::split_id;
use super::write::Manner;
use super::{SimplyCrm, query};
use crate::{Reply, Sandbox};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, Response, StatusCode, header};
use std::collections::BTreeMap;

/// One request as the server's log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// The operation in lower case; empty when none was named.
    pub operation: String,
    /// The module it is about, as far as the request says.
    pub module: Option<String>,
    /// Whether the operation writes when it succeeds.
    pub write: bool,
    /// The HTTP status, or `None` where no answer was given.
    pub status: Option<u16>,
    /// Whether the envelope said `"success":true`.
    pub success: bool,
}

/// The parameters of a request, apart by place.
struct Call {
    operation: String,
    session: Option<String>,
    json: bool,
    post: bool,
    /// What the operation may see: the query string of a GET operation, the form of a POST operation.
    parameters: BTreeMap<String, String>,
}

impl Sandbox for SimplyCrm {
    fn handle(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Reply {
        if !request.uri().path().ends_with("/webservice.php") {
            return Reply::Answer(response(
                StatusCode::NOT_FOUND,
                "text/html; charset=UTF-8",
                "<h1>Not Found</h1>".into(),
            ));
        }
        let call = Call::read(request);
        let outcome = self.perform(&call, now);
        let success = outcome.is_ok();
        let reply = self.wrap(outcome);
        let status = match &reply {
            Reply::Answer(answer) => Some(answer.status().as_u16()),
            Reply::NoAnswer => None,
        };
        self.log.push(LogEntry {
            module: self.module_of(&call),
            write: matches!(call.operation.as_str(), "create" | "update" | "revise" | "delete" | "add_related"),
            operation: call.operation,
            status,
            success,
        });
        reply
    }
}

impl Call {
    fn read(request: &Request<Bytes>) -> Self {
        let pairs =
            |bytes: &[u8]| -> BTreeMap<String, String> { url::form_urlencoded::parse(bytes).into_owned().collect() };
        let query = pairs(request.uri().query().unwrap_or_default().as_bytes());
        let is_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let post = request.method() == Method::POST;
        let form = if post && is_form { pairs(request.body()) } else { BTreeMap::new() };
        let either = |name: &str| form.get(name).or_else(|| query.get(name)).cloned();
        let operation = either("operation").unwrap_or_default().to_ascii_lowercase();
        let by_post = is_post_operation(&operation);
        let mut parameters = if by_post { form.clone() } else { query.clone() };
        // Empty and zero are false to PHP, and a false parameter is null.
        parameters.retain(|_, value| !value.is_empty() && value != "0");
        Self {
            session: either("sessionName").filter(|name| !name.is_empty()),
            json: either("format").is_none_or(|format| format.eq_ignore_ascii_case("json")),
            operation,
            post,
            parameters,
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

fn is_post_operation(operation: &str) -> bool {
    matches!(
        operation,
        "login"
            | "logout"
            | "extendsession"
            | "create"
            | "update"
            | "revise"
            | "delete"
            | "add_related"
            | "convertlead"
            | "changepassword"
            | "deleteuser"
    )
}

impl SimplyCrm {
    fn perform(&mut self, call: &Call, now: DateTime<Utc>) -> Result<Php, Failure> {
        if !self.knows(&call.operation) {
            return Err(Failure::Fatal);
        }
        if !call.json {
            return Err(match self.profile.version {
                Version::V8 => Failure::Fatal,
                Version::V6 | Version::V7 => Failure::Empty,
            });
        }
        match call.operation.as_str() {
            "getchallenge" => return self.getchallenge(call.get("username"), now),
            "login" => return self.login(call.get("username"), call.get("accessKey"), now),
            "extendsession" => return Err(Failure::new("AUTHENTICATION_FAILURE", "Authencation Failed")),
            _ => {}
        }
        let user = self.authenticate(call.session.as_deref(), now)?;
        if self.switches.empty_bodies > 0 {
            self.switches.empty_bodies -= 1;
            return Err(Failure::Empty);
        }
        match call.operation.as_str() {
            "logout" if call.post => self.logout(call.session.as_deref().unwrap_or_default()),
            "logout" => Err(Failure::new("OPERATION_NOT_SUPPORTED", "Permission to perform the operation is denied")),
            "listtypes" => Ok(self.listtypes(&user, call.get("fieldTypeList"))),
            "describe" => self.describe(&user, call.get("elementType")),
            "create" if call.get("elementType") == Some("LineItem") => self.create_line(&user, call.get("element")),
            "create" => self.create(&user, call.get("elementType"), call.get("element"), now),
            "update" => self.change(&user, call.get("element"), Manner::Update, now),
            "revise" => self.change(&user, call.get("element"), Manner::Revise, now),
            "delete" => self.delete(&user, call.get("id"), now),
            "retrieve_inventory" if self.profile.version >= Version::V8 => Err(Failure::Fatal),
            "retrieve" | "retrieve_inventory" => self.retrieve(&user, call.get("id")),
            "query" => self.query(&user, call.get("query")),
            "sync" => self.sync(&user, call.get("modifiedTime"), call.get("elementType"), call.get("syncType")),
            "relatedtypes" => self.relatedtypes(&user, call.get("elementType")),
            "retrieve_related" => self.retrieve_related(&user, call.get("id"), call.get("relatedType")),
            "query_related" => Err(Failure::new("UNKOWN_ENTITY", "Relation specified is incorrect")),
            "add_related" => self.add_related(&user, call.get("sourceRecordId"), call.get("relatedRecordId")),
            _ => Err(Failure::denied()),
        }
    }

    fn knows(&self, operation: &str) -> bool {
        match operation {
            "revise" => self.profile.revise,
            "relatedtypes" | "retrieve_related" | "query_related" | "add_related" | "files_retrieve" => {
                self.profile.version > Version::V6
            }
            "getchallenge" | "listtypes" | "describe" | "retrieve" | "query" | "sync" | "retrieve_inventory" => true,
            other => is_post_operation(other),
        }
    }

    fn listtypes(&self, user: &super::User, types: Option<&str>) -> Php {
        let wanted: Vec<String> = types.and_then(|types| serde_json::from_str(types).ok()).unwrap_or_default();
        let modules: Vec<_> = self
            .schema
            .modules()
            .filter(|module| !self.is_hidden(user, &module.name))
            .filter(|module| {
                wanted.is_empty() || module.entity && wanted.iter().any(|kind| module.has_field_type(kind))
            })
            .collect();
        Php::map([
            ("types", Php::list(modules.iter().map(|module| Php::text(&module.name)))),
            ("information", Php::map(modules.iter().map(|module| (&module.name, module.listing())))),
        ])
    }

    fn describe(&self, user: &super::User, name: Option<&str>) -> Result<Php, Failure> {
        let name = name.unwrap_or_default();
        let module = self.schema.module(name).filter(|module| !self.is_hidden(user, &module.name));
        let module = module.ok_or_else(|| Failure::denied_for(&format!("name : {name}")))?;
        Ok(module.description(self.is_writable(user, name)))
    }

    fn retrieve(&self, user: &super::User, id: Option<&str>) -> Result<Php, Failure> {
        let lines = id.and_then(split_id).filter(|(prefix, _)| *prefix == self.schema.prefix("LineItem"));
        if let Some((_, number)) = lines {
            return self.retrieve_line(number);
        }
        Ok(Php::Map(self.record(self.find(id, user)?)))
    }

    /// What the request is about, for the log.
    fn module_of(&self, call: &Call) -> Option<String> {
        let element = || call.get("element").and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
        let by_id = |id: &str| {
            split_id(id).and_then(|(prefix, _)| self.schema.by_prefix(prefix)).map(|module| module.name.clone())
        };
        match call.operation.as_str() {
            "update" | "revise" => by_id(element()?.get("id")?.as_str()?),
            "query" => query::module_name(call.get("query")?).map(str::to_owned),
            "retrieve" | "delete" => by_id(call.get("id")?),
            _ => call.get("elementType").map(str::to_owned),
        }
    }

    fn wrap(&self, outcome: Result<Php, Failure>) -> Reply {
        let envelope = match outcome {
            Ok(result) => Php::map([("success", Php::Bool(true)), ("result", result)]),
            Err(Failure::Refused { code, message }) => {
                let (code, message) = (("code", code), ("message", Php::Text(message)));
                let error = if self.profile.version >= Version::V8 { [message, code] } else { [code, message] };
                Php::map([("success", Php::Bool(false)), ("error", Php::map(error))])
            }
            Err(Failure::Fatal) => {
                return Reply::Answer(response(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "text/html; charset=UTF-8",
                    String::new(),
                ));
            }
            Err(Failure::Prose(text)) => {
                return Reply::Answer(response(StatusCode::OK, "text/html; charset=UTF-8", text));
            }
            Err(Failure::Empty) => return Reply::Answer(response(StatusCode::OK, "application/json", String::new())),
            Err(Failure::Silence) => return Reply::NoAnswer,
        };
        let spelling = match self.profile.version {
            Version::V6 | Version::V7 => Spelling::Escaped,
            Version::V8 => Spelling::Raw,
        };
        let mut body = envelope.encode(spelling);
        if self.switches.html_before_json {
            body.insert_str(0, "<br />\n<b>Warning</b>:  Undefined array key \"id\" in <b>/var/www/html/include/utils/utils.php</b> on line <b>1</b><br />\n");
        }
        Reply::Answer(response(StatusCode::OK, "application/json", body))
    }
}

fn response(status: StatusCode, kind: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    response
}
