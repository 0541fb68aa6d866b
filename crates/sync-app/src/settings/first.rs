//! The first settings: what a new user is asked, in order, and the file that the answers make.
//!
//! Only what has no good answer of its own is asked, in the words of the [form](super::form). What the environment gives
//! already is neither asked nor written.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item, Table, Value, value};

use super::form::{Answering, Field, complaint};
use super::keys::{Key, Kind};
use super::{Settings, SettingsError, checked};
use crate::Language;

/// What is asked about Dinero.
pub const DINERO: &[&str] = &["dinero.organization_id", "dinero.api_key", "dinero.client_id", "dinero.client_secret"];

/// What is asked about Simply CRM.
pub const SIMPLYCRM: &[&str] = &["simplycrm.url", "simplycrm.username", "simplycrm.access_key"];

/// What is asked about the synchronisation.
pub const SYNC: &[&str] = &["sync.direction", "sync.priority", "sync.invoice_priority", "sync.mode", "sync.deletes"];

/// The answers so far, by key. They hold secrets, so they are never shown.
#[derive(Clone, Default)]
pub struct Answers(BTreeMap<&'static str, String>);

/// The settings among `keys` that have to be asked for, after `answers` and with `environment` over them.
pub fn open<'a>(
    keys: &'a [&str],
    answers: &'a Answers,
    environment: &'a [(String, String)],
) -> impl Iterator<Item = &'static Field> + use<'a> {
    keys.iter().filter_map(|key| Field::of(key)).filter(move |field| {
        let applies = field.when.is_none_or(|(key, wanted)| {
            let given = given(key, environment).or_else(|| answers.0.get(key).map(String::as_str));
            given == Some(wanted)
        });
        let by_file = format!("{}_file", field.key);
        applies && given(field.key, environment).is_none() && given(&by_file, environment).is_none()
    })
}

/// Whether `answer` may stand in `field`.
///
/// # Errors
/// What is wrong with it, for the user.
pub fn check(field: &Field, answer: &str, language: Language) -> Result<(), String> {
    let Some(key) = Key::find(field.key) else { return Ok(()) };
    checked(key.kind, answer.trim()).map_err(|trouble| complaint(field.key, &trouble, language))
}

/// The variable of the environment that means `key`.
#[must_use]
pub fn variable(key: &str) -> String {
    format!("AFSTEM_{}", key.replace('.', "__").to_uppercase())
}

fn given<'e>(key: &str, environment: &'e [(String, String)]) -> Option<&'e str> {
    let wanted = variable(key);
    environment.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
}

impl Answers {
    /// Takes the answer to `field`, instead of an earlier one.
    pub fn take(&mut self, field: &Field, answer: &str) {
        self.0.insert(field.key, answer.trim().to_owned());
    }

    /// The earlier answer to `field`, if it is no secret.
    #[must_use]
    pub fn shown(&self, field: &Field) -> Option<&str> {
        match field.answer {
            Answering::Secret => None,
            Answering::Text | Answering::Flag | Answering::One(_) | Answering::Some(_) => {
                self.0.get(field.key).map(String::as_str)
            }
        }
    }

    /// The settings file: what was answered, in the order of the documentation.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let mut document = DocumentMut::new();
        document.insert("language", value(language.pick("da", "en")));
        for key in [DINERO, SIMPLYCRM, SYNC].into_iter().flatten() {
            let Some(answer) = self.0.get(key) else { continue };
            let Some((section, name)) = key.split_once('.') else { continue };
            let section = document.entry(section).or_insert_with(|| Item::Table(Table::new()));
            section[name] = Item::Value(typed(key, answer));
        }
        let headline = language.pick(
            "# Afstems indstillinger. Alle nøgler: docs/configuration.md",
            "# Settings of Afstem. All keys: docs/configuration.md",
        );
        format!("{headline}\n{document}")
    }

    /// The settings, as a run would read them from the file `name`.
    ///
    /// # Errors
    /// Every problem at once.
    pub fn settings(
        &self,
        name: &str,
        language: Language,
        environment: &[(String, String)],
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Settings, SettingsError> {
        Settings::parse(name, &self.text(language), environment, read)
    }

    /// The same with something harmless in place of what is not answered yet, so that one connection can be tried before
    /// the other is known.
    ///
    /// # Errors
    /// Every problem of what was answered.
    pub fn settings_so_far(
        &self,
        language: Language,
        environment: &[(String, String)],
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Settings, SettingsError> {
        let mut filled = self.clone();
        for field in [DINERO, SIMPLYCRM, SYNC].into_iter().flat_map(|keys| open(keys, self, environment)) {
            let harmless = match (field.answer, field.key) {
                (Answering::One(choices) | Answering::Some(choices), _) => {
                    choices.first().map_or("", |choice| choice.value)
                }
                (_, "simplycrm.url") => "https://unknown.invalid",
                (Answering::Text | Answering::Secret | Answering::Flag, _) => "0",
            };
            filled.0.entry(field.key).or_insert_with(|| harmless.to_owned());
        }
        filled.settings("afstem.toml", language, environment, read)
    }
}

fn typed(key: &str, answer: &str) -> Value {
    match (Key::find(key).map(|key| key.kind), answer.parse::<i64>()) {
        (Some(Kind::Number), Ok(number)) => number.into(),
        (_, _) => answer.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(pairs: &[(&str, &str)]) -> Answers {
        let mut answers = Answers::default();
        for (key, answer) in pairs {
            answers.take(Field::of(key).unwrap(), answer);
        }
        answers
    }

    const ALL: &[(&str, &str)] = &[
        ("dinero.organization_id", "4711"),
        ("dinero.api_key", "a \"quoted\" key"),
        ("dinero.client_id", "client"),
        ("dinero.client_secret", "s\\lash"),
        ("simplycrm.url", "https://firma.simply-crm.dk"),
        ("simplycrm.username", "integration"),
        ("simplycrm.access_key", "k"),
        ("sync.direction", "both"),
        ("sync.priority", "dinero-first"),
        ("sync.invoice_priority", "contacts"),
        ("sync.mode", "auto"),
        ("sync.deletes", "approve"),
    ];

    #[test]
    fn what_was_answered_is_what_is_read() {
        use secrecy::ExposeSecret;
        let settings = answered(ALL).settings("afstem.toml", Language::En, &[], &|_| Err("none".into())).unwrap();
        assert_eq!(settings.dinero.organization_id, 4711);
        assert_eq!(settings.dinero.api_key.expose_secret(), "a \"quoted\" key");
        assert_eq!(settings.dinero.client_secret.expose_secret(), "s\\lash");
        assert_eq!(settings.language, Language::En);
        assert!(settings.sync.auto);
        assert_eq!(settings.sync.direction, crate::SyncDirection::Both { first: crate::DataPriority::Dinero });
    }

    fn asked(keys: &[&str], answers: &Answers, environment: &[(String, String)]) -> Vec<&'static str> {
        open(keys, answers, environment).map(|field| field.key).collect()
    }

    #[test]
    fn priority_is_asked_only_where_data_go_both_ways() {
        let priority = &["sync.priority"];
        assert_eq!(asked(priority, &answered(&[("sync.direction", "both")]), &[]), priority);
        assert!(asked(priority, &answered(&[("sync.direction", "crm-to-dinero")]), &[]).is_empty());
        let environment = [("AFSTEM_SYNC__DIRECTION".to_owned(), "both".to_owned())];
        assert_eq!(asked(priority, &Answers::default(), &environment), priority);
    }

    #[test]
    fn what_the_environment_gives_is_not_asked() {
        let key = &["dinero.api_key"];
        assert_eq!(asked(key, &Answers::default(), &[]), key);
        for variable in ["AFSTEM_DINERO__API_KEY", "AFSTEM_DINERO__API_KEY_FILE"] {
            let environment = [(variable.to_owned(), "x".to_owned())];
            assert!(asked(key, &Answers::default(), &environment).is_empty(), "{variable}");
        }
    }

    #[test]
    fn everything_that_is_asked_is_on_the_form() {
        for key in [DINERO, SIMPLYCRM, SYNC].into_iter().flatten() {
            assert!(Field::of(key).is_some(), "{key}");
        }
    }

    #[test]
    fn one_connection_can_be_tried_before_the_other_is_known() {
        let so_far = answered(&ALL[..4]).settings_so_far(Language::Da, &[], &|_| Err("none".into())).unwrap();
        assert_eq!(so_far.dinero.client_id, "client");
        assert_eq!(so_far.simplycrm.url, "https://unknown.invalid");
    }

    #[test]
    fn a_wrong_answer_is_told_at_once() {
        let told = |key, answer, language| check(Field::of(key).unwrap(), answer, language);
        let number = told("dinero.organization_id", "min virksomhed", Language::Da);
        assert!(number.unwrap_err().contains("et helt tal"));
        let plain = told("simplycrm.url", "http://firma.simply-crm.dk", Language::En);
        assert!(plain.unwrap_err().contains("https://"));
        assert_eq!(told("simplycrm.url", " https://firma.simply-crm.dk ", Language::En), Ok(()));
    }
}
