//! What is wrong with the settings, said with the place and the remedy in both languages.

use crate::{Language, Say};

/// Where a setting was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file, at this line and column, both from 1.
    File {
        /// The file's name.
        file: String,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// In this environment variable.
    Environment(String),
    /// On the settings page.
    Page,
    /// Nowhere.
    Nowhere {
        /// The file it would stand in.
        file: String,
    },
}

/// What is wrong with one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The file is not TOML.
    Syntax(String),
    /// There is no such key.
    Unknown {
        /// What may have been meant.
        meant: Option<String>,
    },
    /// It holds something else than it may.
    Bad {
        /// What is allowed, in Danish and English.
        allowed: [String; 2],
    },
    /// It is missing.
    Missing {
        /// What is allowed, in Danish and English.
        allowed: [String; 2],
    },
    /// It needs `priority`, because data go both ways.
    NoPriority,
    /// Unencrypted `http://` to another machine.
    Insecure,
    /// The file it names cannot be read.
    Unreadable(String),
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, such as `sync.direction`.
    pub key: String,
    /// Where.
    pub place: Place,
    /// What.
    pub trouble: Trouble,
}

impl Say for Place {
    fn say(&self, language: Language) -> String {
        match self {
            Self::File { file, line, column } => format!(
                "{file}, {} {line}, {} {column}",
                language.pick("linje", "line"),
                language.pick("kolonne", "column")
            ),
            Self::Environment(name) => format!("{} {name}", language.pick("miljøvariablen", "environment variable")),
            Self::Page => language.pick("indstillingerne", "the settings").to_owned(),
            Self::Nowhere { file } => file.clone(),
        }
    }
}

impl Say for Problem {
    fn say(&self, language: Language) -> String {
        let key = &self.key;
        let at = match language {
            Language::Da => 0,
            Language::En => 1,
        };
        let what = match &self.trouble {
            Trouble::Syntax(message) => {
                format!("{}: {message}", language.pick("filen er ikke gyldig TOML", "the file is not valid TOML"))
            }
            Trouble::Unknown { meant: Some(meant) } => format!(
                "`{key}` {} `{meant}`?",
                language.pick("findes ikke. Mente du", "does not exist. Did you mean")
            ),
            Trouble::Unknown { meant: None } => format!(
                "`{key}` {}",
                language.pick("findes ikke. Fjern linjen.", "does not exist. Remove the line.")
            ),
            Trouble::Bad { allowed } => format!(
                "`{key}` {}: {}",
                language.pick("har en ugyldig værdi. Tilladt er", "has a value that is not allowed. Allowed is"),
                allowed[at]
            ),
            Trouble::Missing { allowed } => format!(
                "`{key}` {}: {}",
                language.pick("mangler. Angiv", "is missing. Give"),
                allowed[at]
            ),
            Trouble::NoPriority => language
                .pick(
                    "`sync.priority` mangler. Når data går begge veje, skal det siges, hvis data der har prioritet: \
                     \"crm-first\" eller \"dinero-first\"",
                    "`sync.priority` is missing. When data go both ways, say whose data have priority: \"crm-first\" or \
                     \"dinero-first\"",
                )
                .to_owned(),
            Trouble::Insecure => format!(
                "`{key}`: {}",
                language.pick(
                    "http:// er ukrypteret og kun tilladt til denne maskine. Brug https://",
                    "http:// is not encrypted and is allowed to this machine only. Use https://"
                )
            ),
            Trouble::Unreadable(reason) => format!(
                "`{key}`: {}: {reason}",
                language.pick("filen kan ikke læses", "the file cannot be read")
            ),
        };
        format!("{}: {what}", self.place.say(language))
    }
}

/// The settings cannot be used. All problems at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsError {
    /// The language the settings ask for, as far as that could be read.
    pub language: Language,
    /// Every problem.
    pub problems: Vec<Problem>,
}

impl Say for SettingsError {
    fn say(&self, language: Language) -> String {
        self.problems.iter().map(|problem| problem.say(language)).collect::<Vec<_>>().join("\n")
    }
}

impl std::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(self.language))
    }
}

impl std::error::Error for SettingsError {}
