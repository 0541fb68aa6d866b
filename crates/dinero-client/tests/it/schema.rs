//! The published description of the API: which operations there are, and what they send and answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

/// The description, and what the tests have seen of it.
pub(crate) struct Description {
    pub(crate) document: Value,
    validators: Mutex<BTreeMap<String, jsonschema::Validator>>,
}

pub(crate) static DINERO: LazyLock<Description> = LazyLock::new(|| Description {
    document: serde_json::from_str(include_str!("../dinero-openapi-subset.json")).unwrap(),
    validators: Mutex::default(),
});

/// One operation: its method and path, and the rest as published.
#[derive(Clone, Copy)]
pub(crate) struct Published {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) details: &'static Value,
}

impl Published {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    pub(crate) fn is_deprecated(&self) -> bool {
        self.details["deprecated"] == true
    }

    /// The schema of the request's body, by media type.
    pub(crate) fn body(&self) -> Option<(&'static str, &'static Value)> {
        let content = self.details["requestBody"]["content"].as_object()?;
        content.iter().next().map(|(kind, media)| (kind.as_str(), &media["schema"]))
    }

    /// The schema of the answer in JSON.
    pub(crate) fn answer(&self) -> Option<&'static Value> {
        let answer = &self.details["responses"]["200"]["content"]["application/json"]["schema"];
        (!answer.is_null()).then_some(answer)
    }
}

impl Description {
    pub(crate) fn operations(&'static self) -> Vec<Published> {
        let paths = self.document["paths"].as_object().unwrap();
        paths
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().iter().map(move |(method, details)| Published { method, path, details })
            })
            .collect()
    }

    /// The operation that `request` is. A path that says a word comes before one with a parameter in its place.
    pub(crate) fn operation(&'static self, request: &Request<Bytes>) -> Option<Published> {
        let path: Vec<&str> = request.uri().path().split('/').collect();
        let fits = |published: &Published| {
            let template: Vec<&str> = published.path.split('/').collect();
            published.method.eq_ignore_ascii_case(request.method().as_str())
                && template.len() == path.len()
                && template
                    .iter()
                    .zip(&path)
                    .all(|(part, said)| part == said || (is_parameter(part) && !said.is_empty()))
        };
        let parameters = |published: &Published| published.path.split('/').filter(|part| is_parameter(part)).count();
        self.operations().into_iter().filter(fits).min_by_key(parameters)
    }

    /// What `value` breaks of `schema`.
    pub(crate) fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = validators.entry(schema.to_string()).or_insert_with(|| {
            let mut root = schema.clone();
            root["components"] = self.document["components"].clone();
            jsonschema::options().should_validate_formats(true).build(&root).unwrap()
        });
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    pub(crate) fn resolved(&'static self, schema: &'static Value) -> (&'static str, &'static Value) {
        match schema["$ref"].as_str().and_then(|it| it.strip_prefix("#/components/schemas/")) {
            Some(name) => (name, &self.document["components"]["schemas"][name]),
            None => ("", schema),
        }
    }

    /// What is wrong with a request: an unknown or misspelt parameter, a body that does not fit.
    pub(crate) fn wrong(&self, published: Published, request: &Request<Bytes>) -> Vec<String> {
        let mut wrong = Vec::new();
        let parameters = published.details["parameters"].as_array().cloned().unwrap_or_default();
        let url = url::Url::parse(&request.uri().to_string()).unwrap();
        let mut seen = BTreeSet::new();
        for (name, value) in url.query_pairs() {
            let Some(parameter) = parameters.iter().find(|it| it["in"] == "query" && it["name"] == *name) else {
                wrong.push(format!("no parameter `{name}`"));
                continue;
            };
            let schema = &parameter["schema"];
            if schema["type"] != "array" && !seen.insert(name.clone()) {
                wrong.push(format!("`{name}` twice"));
            }
            let typed = match schema["type"].as_str() {
                Some("integer") => value.parse::<i64>().map_or(Value::Null, Value::from),
                Some("boolean") => value.parse::<bool>().map_or(Value::Null, Value::from),
                Some("array") => json!([value]),
                _ => json!(value),
            };
            wrong.extend(self.faults(schema, &typed).into_iter().map(|fault| format!("`{name}`: {fault}")));
        }
        let content_type = request.headers().get("content-type").map(|it| it.to_str().unwrap());
        match published.body() {
            None if !request.body().is_empty() => wrong.push("a body where none is declared".to_owned()),
            None => {}
            Some(("application/json", schema)) => {
                assert_eq!(content_type, Some("application/json"));
                let body = serde_json::from_slice(request.body()).unwrap();
                wrong.extend(self.faults(schema, &body));
            }
            Some(_) => {
                let whole = String::from_utf8_lossy(request.body());
                if !content_type.unwrap().starts_with("multipart/form-data; boundary=")
                    || !whole.contains("form-data; name=\"file\"; filename=")
                {
                    wrong.push("no part named `file`".to_owned());
                }
            }
        }
        wrong
    }
}

fn is_parameter(part: &str) -> bool {
    part.starts_with('{')
}
