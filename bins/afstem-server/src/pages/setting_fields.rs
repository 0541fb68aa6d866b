//! Settings as fields of a page: what is in force, what was entered, what is wrong with it.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sync_app::form::{Answering, FIELDS, Field, Part, complaint};
use sync_app::office::Office;
use sync_app::{Language, SettingsError};
use tenancy::Connection;

use crate::fault::Fault;
use crate::guard::Fields;

/// One field of a page.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    key: &'static str,
    label: &'static str,
    explain: &'static str,
    kind: &'static str,
    value: String,
    stored: bool,
    choices: Vec<ShownChoice>,
    when: Option<String>,
    wrong: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownChoice {
    value: &'static str,
    label: &'static str,
    effect: &'static str,
    chosen: bool,
}

/// What was entered of `parts`, by key.
pub(super) fn entered(office: &Office, parts: &[Part], fields: &Fields) -> BTreeMap<String, SecretString> {
    let asked = FIELDS.iter().filter(|it| parts.contains(&it.part) && !office.gives(it.key) && fields.has(it.key));
    asked
        .map(|field| {
            let text = match field.answer {
                Answering::Some(_) => {
                    let chosen = fields.all(field.key).iter().filter(|it| !it.is_empty());
                    chosen.map(String::as_str).collect::<Vec<_>>().join(",")
                }
                // A box that is not ticked sends nothing but the hidden field before it.
                Answering::Flag => fields.all(field.key).last().cloned().unwrap_or_default(),
                Answering::Text | Answering::Secret | Answering::One(_) => fields.get(field.key).to_owned(),
            };
            (field.key.to_owned(), text.into())
        })
        .collect()
}

/// The fields of `part`: what was entered, else what is in force.
pub(super) fn shown(
    office: &Office,
    connection: &Connection,
    part: Part,
    entered: &BTreeMap<String, SecretString>,
    wrong: Option<&SettingsError>,
    language: Language,
) -> Result<Vec<Shown>, Fault> {
    let in_force = office.in_force(connection)?;
    let asked = FIELDS.iter().filter(|it| it.part == part && !office.gives(it.key));
    Ok(asked
        .map(|field| {
            let value = match entered.get(field.key) {
                Some(text) => text.expose_secret().to_owned(),
                None => in_force.get(field.key).cloned().unwrap_or_default(),
            };
            let trouble = wrong.and_then(|it| it.problems.iter().find(|problem| problem.key == field.key));
            Shown {
                key: field.key,
                label: language.pick(field.label[0], field.label[1]),
                explain: language.pick(field.explain[0], field.explain[1]),
                kind: kind(field),
                choices: choices(field, &value, language),
                stored: connection.secrets.contains_key(field.key),
                // A secret is never shown again, not even what was typed a moment ago.
                value: if matches!(field.answer, Answering::Secret) { String::new() } else { value },
                when: field.when.map(|(key, word)| format!("{key}={word}")),
                wrong: trouble.map(|problem| complaint(field.key, &problem.trouble, language)),
            }
        })
        .collect())
}

fn kind(field: &Field) -> &'static str {
    match field.answer {
        Answering::Text => "text",
        Answering::Secret => "secret",
        Answering::Flag => "flag",
        Answering::One(_) => "one",
        Answering::Some(_) => "some",
    }
}

fn choices(field: &Field, value: &str, language: Language) -> Vec<ShownChoice> {
    let (Answering::One(options) | Answering::Some(options)) = field.answer else { return Vec::new() };
    let chosen = |word: &str| value.split(',').any(|it| it.trim() == word);
    let shown = options.iter().map(|it| ShownChoice {
        value: it.value,
        label: language.pick(it.label[0], it.label[1]),
        effect: language.pick(it.effect[0], it.effect[1]),
        chosen: chosen(it.value),
    });
    shown.collect()
}
