//! The two languages in which Afstem speaks.

use serde::{Deserialize, Serialize};

/// A language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Danish.
    #[default]
    Da,
    /// English.
    En,
}

impl Language {
    /// The text in this language.
    ///
    /// ```
    /// # use sync_app::Language;
    /// assert_eq!(Language::Da.pick("ja", "yes"), "ja");
    /// ```
    #[must_use]
    pub fn pick<'t>(self, danish: &'t str, english: &'t str) -> &'t str {
        match self {
            Self::Da => danish,
            Self::En => english,
        }
    }
}

/// Something that can be said in both languages.
pub trait Say {
    /// The sentence.
    fn say(&self, language: Language) -> String;
}
