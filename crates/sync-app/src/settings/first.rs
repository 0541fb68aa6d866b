//! The first settings: what a new user is asked, in order, and the file that the answers make.
//!
//! Only what has no good answer of its own is asked. What the environment gives already is neither asked nor written.

use std::collections::BTreeMap;

use toml_edit::{DocumentMut, Item, Table, Value, value};

use super::keys::{Key, Kind};
use super::{Settings, SettingsError, checked};
use crate::{Language, Say};

/// Something a new user is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// The key of `afstem.toml` that the answer is for.
    pub key: &'static str,
    /// What the answer looks like.
    pub answer: AnswerKind,
    ask: [&'static str; 2],
    /// Asked only when this key was answered so.
    when: Option<(&'static str, &'static str)>,
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy)]
pub enum AnswerKind {
    /// Something typed.
    Text,
    /// Something typed that is not shown.
    Secret,
    /// One of these, each with what it means.
    Choice(&'static [Choice]),
}

/// One of the answers to choose from.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// As it stands in the file.
    pub value: &'static str,
    says: [&'static str; 2],
}

/// The answers so far, by key. They hold secrets, so they are never shown.
#[derive(Clone, Default)]
pub struct Answers(BTreeMap<&'static str, String>);

/// What is asked about Dinero.
pub const DINERO: &[Question] = &[
    text("dinero.organization_id", ["Firma ID (står i Dineros adresselinje)", "Firma ID (in Dinero's address bar)"]),
    secret("dinero.api_key", ["API-nøgle (Dinero → Integrationer → API-nøgler)", "API key (Dinero → Integrationer)"]),
    text("dinero.client_id", ["Klient-id for denne installation", "This installation's client id"]),
    secret("dinero.client_secret", ["Klientens hemmelighed", "The client's secret"]),
];

/// What is asked about Simply CRM.
pub const SIMPLYCRM: &[Question] = &[
    text(
        "simplycrm.url",
        [
            "Simply CRM's adresse, fx https://firma.simply-crm.dk",
            "Simply CRM's address, such as https://firma.simply-crm.dk",
        ],
    ),
    text(
        "simplycrm.username",
        ["Brugernavn (en bruger, der ser alle poster)", "User name (a user who sees all records)"],
    ),
    secret("simplycrm.access_key", ["Adgangsnøgle (Mine præferencer)", "Access key (My preferences)"]),
];

/// What is asked about the synchronisation.
pub const SYNC: &[Question] = &[
    choice(
        "sync.direction",
        ["Synkroniseringsindstilling: hvor må der skrives?", "Direction: where may data be written?"],
        &[
            option("crm-to-dinero", ["CRM→Dinero", "CRM→Dinero"]),
            option("dinero-to-crm", ["Dinero→CRM", "Dinero→CRM"]),
            option("both", ["Begge veje", "Both ways"]),
        ],
    ),
    Question {
        when: Some(("sync.direction", "both")),
        ..choice(
            "sync.priority",
            [
                "Dataprioritet: hvis værdi gælder, når begge har rettet det samme?",
                "Data priority: whose value stands when both changed the same?",
            ],
            &[
                option("crm-first", ["CRM først", "CRM first"]),
                option("dinero-first", ["Dinero først", "Dinero first"]),
            ],
        )
    },
    choice(
        "sync.invoice_priority",
        ["Prioritetsmodul: hvem hører en faktura til?", "Invoice priority: whom does an invoice belong to?"],
        &[
            option("organisations", ["Organisationen", "The organisation"]),
            option("contacts", ["Kontaktpersonen", "The contact"]),
        ],
    ),
    choice(
        "sync.mode",
        ["Synkronisere: hvornår?", "Mode: when?"],
        &[
            option("manual", ["Manuelt: kun når nogen beder om det", "Manual: only when asked"]),
            option("auto", ["Automatisk: også hver tredje time", "Automatic: also every three hours"]),
        ],
    ),
    choice(
        "sync.deletes",
        ["En post er slettet i det ene system. Hvad så?", "A record was deleted in one system. What then?"],
        &[
            option("keep", ["Lad den stå i det andet", "Leave it alone in the other"]),
            option("approve", ["Spørg mig først", "Ask me first"]),
        ],
    ),
];

const fn text(key: &'static str, ask: [&'static str; 2]) -> Question {
    Question { key, answer: AnswerKind::Text, ask, when: None }
}

const fn secret(key: &'static str, ask: [&'static str; 2]) -> Question {
    Question { key, answer: AnswerKind::Secret, ask, when: None }
}

const fn choice(key: &'static str, ask: [&'static str; 2], choices: &'static [Choice]) -> Question {
    Question { key, answer: AnswerKind::Choice(choices), ask, when: None }
}

const fn option(value: &'static str, says: [&'static str; 2]) -> Choice {
    Choice { value, says }
}

impl Say for Question {
    fn say(&self, language: Language) -> String {
        language.pick(self.ask[0], self.ask[1]).to_owned()
    }
}

impl Say for Choice {
    fn say(&self, language: Language) -> String {
        language.pick(self.says[0], self.says[1]).to_owned()
    }
}

impl Question {
    /// Whether it has to be asked, after `answers`, with `environment` over them.
    #[must_use]
    pub fn is_open(&self, answers: &Answers, environment: &[(String, String)]) -> bool {
        let applies = self.when.is_none_or(|(key, wanted)| {
            let given = given(key, environment).or_else(|| answers.0.get(key).map(String::as_str));
            given == Some(wanted)
        });
        let by_file = format!("{}_file", self.key);
        applies && given(self.key, environment).is_none() && given(&by_file, environment).is_none()
    }

    /// Whether `answer` may stand there.
    ///
    /// # Errors
    /// What is wrong with it, for the user.
    pub fn check(&self, answer: &str, language: Language) -> Result<(), String> {
        let Some(key) = Key::find(self.key) else { return Ok(()) };
        checked(key.kind, answer.trim()).map_err(|_| {
            let [danish, english] = key.kind.allowed();
            format!("{} {}", language.pick("Her skal stå", "This has to be"), language.pick(&danish, &english))
        })
    }

    /// The variable that may give the answer instead.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("AFSTEM_{}", self.key.replace('.', "__").to_uppercase())
    }
}

fn given<'e>(key: &str, environment: &'e [(String, String)]) -> Option<&'e str> {
    let wanted = format!("AFSTEM_{}", key.replace('.', "__").to_uppercase());
    environment.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str())
}

impl Answers {
    /// Takes the answer to `question`, instead of an earlier one.
    pub fn take(&mut self, question: &Question, answer: &str) {
        self.0.insert(question.key, answer.trim().to_owned());
    }

    /// The earlier answer to `question`, if it is no secret.
    #[must_use]
    pub fn shown(&self, question: &Question) -> Option<&str> {
        match question.answer {
            AnswerKind::Secret => None,
            AnswerKind::Text | AnswerKind::Choice(_) => self.0.get(question.key).map(String::as_str),
        }
    }

    /// The settings file: what was answered, in the order of the documentation.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let mut document = DocumentMut::new();
        document.insert("language", value(language.pick("da", "en")));
        for question in [DINERO, SIMPLYCRM, SYNC].into_iter().flatten() {
            let Some(answer) = self.0.get(question.key) else { continue };
            let Some((section, name)) = question.key.split_once('.') else { continue };
            let section = document.entry(section).or_insert_with(|| Item::Table(Table::new()));
            section[name] = Item::Value(typed(question.key, answer));
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
        for question in [DINERO, SIMPLYCRM, SYNC].into_iter().flatten().filter(|it| it.is_open(self, environment)) {
            let harmless = match (question.answer, question.key) {
                (AnswerKind::Choice(choices), _) => choices.first().map_or("", |choice| choice.value),
                (_, "simplycrm.url") => "https://unknown.invalid",
                (AnswerKind::Text | AnswerKind::Secret, _) => "0",
            };
            filled.0.entry(question.key).or_insert_with(|| harmless.to_owned());
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
        for question in [DINERO, SIMPLYCRM, SYNC].into_iter().flatten() {
            if let Some((_, answer)) = pairs.iter().find(|(key, _)| *key == question.key) {
                answers.take(question, answer);
            }
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

    #[test]
    fn priority_is_asked_only_where_data_go_both_ways() {
        let priority = SYNC.iter().find(|it| it.key == "sync.priority").unwrap();
        assert!(priority.is_open(&answered(&[("sync.direction", "both")]), &[]));
        assert!(!priority.is_open(&answered(&[("sync.direction", "crm-to-dinero")]), &[]));
        let environment = [("AFSTEM_SYNC__DIRECTION".to_owned(), "both".to_owned())];
        assert!(priority.is_open(&Answers::default(), &environment));
    }

    #[test]
    fn what_the_environment_gives_is_not_asked() {
        let key = &DINERO[1];
        assert!(key.is_open(&Answers::default(), &[]));
        for variable in ["AFSTEM_DINERO__API_KEY", "AFSTEM_DINERO__API_KEY_FILE"] {
            assert!(!key.is_open(&Answers::default(), &[(variable.to_owned(), "x".to_owned())]), "{variable}");
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
        assert!(DINERO[0].check("min virksomhed", Language::Da).unwrap_err().contains("et helt tal"));
        assert!(SIMPLYCRM[0].check("http://firma.simply-crm.dk", Language::En).unwrap_err().contains("https://"));
        assert_eq!(SIMPLYCRM[0].check(" https://firma.simply-crm.dk ", Language::En), Ok(()));
    }
}
