//! The settings as a page shows them: each under the word a user of Simply CRM knows, with one plain sentence, and with
//! what a change of it will do.

mod choices;
mod fields;

use super::keys::{Key, Kind};
use super::problem::Trouble;
use crate::{Language, Say};

pub use fields::FIELDS;

/// A text in Danish and English.
pub type Both = [&'static str; 2];

/// One setting on the page.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The key of `afstem.toml`.
    pub key: &'static str,
    /// On which part of the page.
    pub part: Part,
    /// What it is called.
    pub label: Both,
    /// What it means, in one sentence.
    pub explain: Both,
    /// How it is answered.
    pub answer: Answering,
    /// Shown only while that key holds that word, or, after a `!`, any other.
    pub when: Option<(&'static str, &'static str)>,
}

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The connection to Dinero.
    Dinero,
    /// The connection to Simply CRM.
    SimplyCrm,
    /// What is synchronised, and when.
    Sync,
    /// Invoices.
    Invoices,
}

/// How a setting is answered.
#[derive(Debug, Clone, Copy)]
pub enum Answering {
    /// Something typed.
    Text,
    /// Something typed that is never shown again.
    Secret,
    /// Yes or no.
    Flag,
    /// One of these.
    One(&'static [Choice]),
    /// Some of these.
    Some(&'static [Choice]),
}

/// One of the answers to choose from.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// As it stands in the settings.
    pub value: &'static str,
    /// What it is called.
    pub label: Both,
    /// What happens once it is chosen.
    pub effect: Both,
}

impl Field {
    /// The setting of this key.
    #[must_use]
    pub fn of(key: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.key == key)
    }

    /// How a value is shown; a secret never is.
    #[must_use]
    pub fn shown(&self, value: &str, language: Language) -> String {
        let named = |options: &[Choice], word: &str| {
            let label =
                options.iter().find(|it| it.value == word.trim()).map(|it| language.pick(it.label[0], it.label[1]));
            label.unwrap_or(word).to_owned()
        };
        match self.answer {
            _ if value.is_empty() => "–".to_owned(),
            Answering::Secret => "••••••".to_owned(),
            Answering::Text => value.to_owned(),
            Answering::Flag if value == "true" => language.pick("ja", "yes").to_owned(),
            Answering::Flag => language.pick("nej", "no").to_owned(),
            Answering::One(options) => named(options, value),
            Answering::Some(options) => {
                value.split(',').map(|word| named(options, word)).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// What a change from `old` to `new` will do, sentence by sentence.
    #[must_use]
    pub fn consequences(&self, old: &str, new: &str, language: Language) -> Vec<String> {
        let say = |both: Both| language.pick(both[0], both[1]).to_owned();
        let moved_to_another = [
            "Det er et andet firma eller en anden installation: Afstem begynder forfra med den og glemmer ikke den gamle.",
            "This is another company or installation: Afstem begins afresh with it, and does not forget the old one.",
        ];
        match self.answer {
            Answering::One(options) => options.iter().filter(|it| it.value == new).map(|it| say(it.effect)).collect(),
            Answering::Some(options) => {
                let has = |list: &str, word: &str| list.split(',').any(|it| it.trim() == word);
                let ends = |it: &Choice| match language {
                    Language::Da => format!("{} synkroniseres ikke mere. Intet slettes.", it.label[0]),
                    Language::En => format!("{} are no longer synchronised. Nothing is deleted.", it.label[1]),
                };
                options
                    .iter()
                    .filter_map(|it| match (has(old, it.value), has(new, it.value)) {
                        (false, true) => Some(say(it.effect)),
                        (true, false) => Some(ends(it)),
                        (true, true) | (false, false) => None,
                    })
                    .collect()
            }
            Answering::Text if matches!(self.key, "dinero.organization_id" | "simplycrm.url") && !old.is_empty() => {
                vec![say(moved_to_another)]
            }
            Answering::Secret => vec![say([
                "Den nye bruges fra næste forespørgsel. Den gamle glemmes.",
                "The new one is used from the next request on. The old one is forgotten.",
            ])],
            Answering::Text | Answering::Flag => vec![say(self.explain)],
        }
    }
}

/// What is wrong with what was entered for `key`, for the line below the field.
#[must_use]
pub fn complaint(key: &str, trouble: &Trouble, language: Language) -> String {
    let allowed = |allowed: &[String; 2]| {
        let [da, en] = allowed;
        format!("{} {}.", language.pick("Her skal stå", "This has to be"), language.pick(da, en))
    };
    match trouble {
        Trouble::Missing { .. } => language.pick("Skal udfyldes.", "Has to be filled in.").to_owned(),
        Trouble::Bad { allowed: what } => match Key::find(key).map(|key| key.kind) {
            Some(Kind::Text | Kind::Secret) => language.pick("Skal udfyldes.", "Has to be filled in.").to_owned(),
            Some(Kind::Period) => language
                .pick("Her skal stå et tidsrum som 3h, 90m eller 1d.", "This has to be a period such as 3h, 90m or 1d.")
                .to_owned(),
            Some(Kind::Accounts) => language
                .pick(
                    "Her skal stå satser og konti som 25=1000,0=1100.",
                    "This has to be rates and accounts such as 25=1000,0=1100.",
                )
                .to_owned(),
            Some(Kind::Account) => language
                .pick("Her skal stå et kontonummer, eller ingenting.", "This has to be an account number, or nothing.")
                .to_owned(),
            Some(Kind::Amount) => {
                language.pick("Her skal stå et beløb som 0,05.", "This has to be an amount such as 0.05.").to_owned()
            }
            Some(Kind::Day) => language
                .pick(
                    "Her skal stå en dag som 31.12.2025, eller ingenting.",
                    "This has to be a day such as 2025-12-31, or nothing.",
                )
                .to_owned(),
            Some(Kind::Service) => language
                .pick(
                    "Her skal stå en ydelse som Services/26x5, eller ingenting.",
                    "This has to be a service such as Services/26x5, or nothing.",
                )
                .to_owned(),
            Some(_) | None => allowed(what),
        },
        Trouble::NoPriority => {
            language.pick("Vælg, hvis data der har prioritet.", "Choose whose data have priority.").to_owned()
        }
        Trouble::Insecure => language
            .pick(
                "Adressen skal begynde med https://, så nøglen ikke sendes ukrypteret.",
                "The address has to begin with https://, so that the key does not travel unencrypted.",
            )
            .to_owned(),
        Trouble::Syntax(_) | Trouble::Unknown { .. } | Trouble::Unreadable(_) => {
            super::Problem { key: key.to_owned(), place: super::Place::Page, trouble: trouble.clone() }.say(language)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an installation sets, and not a user of the pages.
    const ELSEWHERE: [&str; 6] =
        ["language", "dinero.base_url", "dinero.token_url", "dinero.requests_per_minute", "mapping.file", "store.url"];

    #[test]
    fn every_key_is_on_the_page_or_set_elsewhere() {
        for key in super::super::keys::KEYS {
            assert_ne!(Field::of(key.path).is_some(), ELSEWHERE.contains(&key.path), "{}", key.path);
        }
    }

    #[test]
    fn every_choice_of_a_key_has_a_word_and_an_effect_in_both_languages() {
        for field in FIELDS {
            let (options, words): (&[Choice], &[&str]) = match (field.answer, Key::find(field.key).unwrap().kind) {
                (Answering::One(options), Kind::Choice(words)) | (Answering::Some(options), Kind::Choices(words)) => {
                    (options, words)
                }
                (Answering::One(_) | Answering::Some(_), kind) => panic!("{}: {kind:?} has no choices", field.key),
                (Answering::Secret, kind) => {
                    assert_eq!(kind, Kind::Secret, "{}", field.key);
                    continue;
                }
                (Answering::Text | Answering::Flag, kind) => {
                    assert_ne!(kind, Kind::Secret, "{} would be shown", field.key);
                    continue;
                }
            };
            assert_eq!(options.iter().map(|it| it.value).collect::<Vec<_>>(), words, "{}", field.key);
            for option in options {
                assert!(option.effect.iter().all(|it| it.ends_with('.')), "{}: {option:?}", field.key);
            }
        }
    }

    /// The words a user of Simply CRM knows.
    #[test]
    fn the_settings_bear_the_very_words_of_simply_crm() {
        let words = FIELDS.iter().map(|field| field.label[0]).collect::<Vec<_>>();
        for word in
            ["Firma ID", "API-nøgle", "Kortlægning", "Synkronisere", "Synkroniseringsindstilling", "Prioritetsmodul"]
        {
            assert!(words.contains(&word), "{word}");
        }
    }

    #[test]
    fn a_module_that_is_left_out_deletes_nothing_and_the_page_says_so() {
        let modules = Field::of("sync.modules").unwrap();
        let said = modules.consequences("organisations,products", "organisations,contacts", Language::En);
        assert_eq!(said, ["Contacts are synchronised.", "Products are no longer synchronised. Nothing is deleted."]);
    }
}
