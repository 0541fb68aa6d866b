//! What the user set, parsed and checked once. Everything behind this page works with types, not with texts.

mod entries;
pub mod first;
pub mod form;
mod keys;
mod problem;
mod source;
mod texts;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use chrono::NaiveDate;
pub use dinero_connector::InvoiceLanguage;
use rust_decimal::Decimal;
use secrecy::SecretString;

pub use entries::Entries;
pub(crate) use entries::{default_of, is_secret};
pub use problem::{Place, Problem, SettingsError, Trouble};
pub(crate) use texts::service;

use crate::Language;
use keys::{Key, Kind};
use source::{Given, Source};
use texts::{accounts, amount, day, period};

/// The settings of one pair.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The language of messages.
    pub language: Language,
    /// The Dinero organisation and how to reach it.
    pub dinero: DineroSettings,
    /// The Simply CRM installation and how to reach it.
    pub simplycrm: SimplyCrmSettings,
    /// What a run does, and when.
    pub sync: SyncSettings,
    /// Invoices.
    pub invoices: InvoiceSettings,
    /// The custom mapping, or `None` for the standard one.
    pub mapping: Option<CustomMapping>,
    /// `sqlite://…` or `postgres://…`; it may hold a password.
    pub store_url: SecretString,
}

/// A mapping of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomMapping {
    /// The file it stands in, as messages about it name it.
    pub file: String,
    /// What that file holds.
    pub text: String,
}

/// The Dinero organisation and how to reach it.
#[derive(Debug, Clone)]
pub struct DineroSettings {
    /// *Firma ID*.
    pub organization_id: u64,
    /// *API-nøgle*.
    pub api_key: SecretString,
    /// The installation's client id.
    pub client_id: String,
    /// The installation's client secret.
    pub client_secret: SecretString,
    /// Where the API is.
    pub base_url: String,
    /// Where tokens are given.
    pub token_url: String,
    /// The rate limit; 0 means no pacing.
    pub requests_per_minute: u32,
}

/// The Simply CRM installation and how to reach it.
#[derive(Debug, Clone)]
pub struct SimplyCrmSettings {
    /// Its address.
    pub url: String,
    /// The user we act as.
    pub username: String,
    /// That user's access key.
    pub access_key: SecretString,
}

/// What a run does, and when.
#[derive(Debug, Clone)]
pub struct SyncSettings {
    /// *Synkronisere*: whether runs also start by themselves.
    pub auto: bool,
    /// How often they do.
    pub every: Duration,
    /// *Synkroniseringsindstilling*: where data may be written.
    pub direction: SyncDirection,
    /// Whether edits at the target of a one-way direction are written over.
    pub overwrite_drift: bool,
    /// *Prioritetsmodul*: whom an invoice belongs to.
    pub invoice_priority: InvoicePriority,
    /// Which modules take part.
    pub modules: Vec<String>,
    /// What a deletion on one side means for the other.
    pub deletes: Deletes,
    /// How many new records a run makes at most in each system and module without a person's word.
    pub max_creates: u32,
}

/// Where data may be written. Only when they go both ways is there a priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncDirection {
    /// From Simply CRM to Dinero.
    CrmToDinero,
    /// From Dinero to Simply CRM.
    DineroToCrm,
    /// Both ways.
    Both {
        /// Whose value stands when both changed.
        first: DataPriority,
    },
}

/// Whose data have priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataPriority {
    /// Simply CRM's.
    Crm,
    /// Dinero's.
    Dinero,
}

/// Whom an invoice belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoicePriority {
    /// The organisation.
    Organisations,
    /// The person.
    Contacts,
}

/// What a deletion on one side means for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletes {
    /// Nothing: the other side keeps its record.
    Keep,
    /// A person is asked.
    Approve,
}

/// Invoices.
#[derive(Debug, Clone)]
pub struct InvoiceSettings {
    /// Whether drafts may be booked on request.
    pub book: bool,
    /// Whether booked invoices may be mailed on request.
    pub send: bool,
    /// The sales account for each VAT rate in percent; `0-eu` and `0-world` are sales without VAT to customers abroad.
    pub vat_accounts: BTreeMap<String, u32>,
    /// Whether the person stands in for a missing organisation, or the organisation for a missing person.
    pub other_customer: bool,
    /// The CRM's service that stands for words, such as `Services/26x5`.
    pub text_service: Option<String>,
    /// The account of adjustments.
    pub adjustment_account: Option<u32>,
    /// The account of roundings.
    pub rounding_account: Option<u32>,
    /// The most that a rounding may come to.
    pub rounding_limit: Decimal,
    /// The last day of the closed period.
    pub closed_until: Option<NaiveDate>,
    /// In which language new invoices are written.
    pub language: InvoiceLanguage,
    /// The CRM's status of an invoice that was cancelled.
    pub cancelled_status: String,
    /// Whether payments registered in the CRM may be registered in Dinero on request.
    pub payments: bool,
    /// The account that they are registered on.
    pub deposit_account: Option<u32>,
}

impl Settings {
    /// Parses the text of `afstem.toml` and lays `AFSTEM_…` variables of `environment` over it. Variables that
    /// stand for no key, such as `AFSTEM_CONFIG`, are passed over.
    ///
    /// `read` opens the files that the settings name: those that secrets are given in, and the custom mapping. Their names
    /// are relative to the folder of `file`.
    ///
    /// # Errors
    /// Every problem at once, each with its place and the remedy.
    ///
    /// ```
    /// # use sync_app::{Language, Say, Settings};
    /// let error = Settings::parse("afstem.toml", "[dinero]\norganisation_id = 1", &[], &|_| Err("no".into())).unwrap_err();
    /// assert!(error.say(Language::En).contains("afstem.toml, line 2"));
    /// ```
    pub fn parse(
        file: &str,
        text: &str,
        environment: &[(String, String)],
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Self, SettingsError> {
        let source = source::collect(file, text, environment, read);
        let mut reader = Reader { file, source, read };
        let settings = reader.settings();
        let language = settings.language;
        if reader.source.problems.is_empty() {
            Ok(settings)
        } else {
            Err(SettingsError { language, problems: reader.source.problems })
        }
    }
}

/// Reads typed values and notes every problem on the way.
struct Reader<'a> {
    file: &'a str,
    source: Source,
    read: &'a dyn Fn(&str) -> Result<String, String>,
}

impl Reader<'_> {
    fn settings(&mut self) -> Settings {
        let language = if self.text("language") == "en" { Language::En } else { Language::Da };
        Settings {
            language,
            dinero: DineroSettings {
                organization_id: self.number("dinero.organization_id"),
                api_key: self.text("dinero.api_key").into(),
                client_id: self.text("dinero.client_id"),
                client_secret: self.text("dinero.client_secret").into(),
                base_url: self.text("dinero.base_url"),
                token_url: self.text("dinero.token_url"),
                requests_per_minute: u32::try_from(self.number("dinero.requests_per_minute")).unwrap_or(u32::MAX),
            },
            simplycrm: SimplyCrmSettings {
                url: self.text("simplycrm.url"),
                username: self.text("simplycrm.username"),
                access_key: self.text("simplycrm.access_key").into(),
            },
            sync: self.sync(),
            invoices: InvoiceSettings {
                book: self.text("invoices.book") == "true",
                send: self.text("invoices.send") == "true",
                vat_accounts: accounts(&self.text("invoices.vat_accounts")).unwrap_or_default(),
                other_customer: self.text("invoices.other_customer") == "true",
                text_service: Some(self.text("invoices.text_service")).filter(|text| !text.is_empty()),
                adjustment_account: self.text("invoices.adjustment_account").parse().ok(),
                rounding_account: self.text("invoices.rounding_account").parse().ok(),
                rounding_limit: amount(&self.text("invoices.rounding_limit")).unwrap_or_default(),
                closed_until: day(&self.text("invoices.closed_until")),
                language: match self.text("invoices.language").as_str() {
                    "da" => InvoiceLanguage::Danish,
                    "en" => InvoiceLanguage::English,
                    _ => InvoiceLanguage::Customer,
                },
                cancelled_status: self.text("invoices.cancelled_status"),
                payments: self.text("invoices.payments") == "true",
                deposit_account: self.text("invoices.deposit_account").parse().ok(),
            },
            mapping: self.mapping(),
            store_url: self.text("store.url").into(),
        }
    }

    fn sync(&mut self) -> SyncSettings {
        let direction = match (self.text("sync.direction").as_str(), self.text("sync.priority").as_str()) {
            ("crm-to-dinero", _) => SyncDirection::CrmToDinero,
            ("dinero-to-crm", _) => SyncDirection::DineroToCrm,
            ("both", "") => {
                let place = Place::Nowhere { file: self.file.to_owned() };
                let key = "sync.priority".to_owned();
                self.source.problems.push(Problem { key, place, trouble: Trouble::NoPriority });
                SyncDirection::Both { first: DataPriority::Crm }
            }
            ("both", "dinero-first") => SyncDirection::Both { first: DataPriority::Dinero },
            (_, _) => SyncDirection::Both { first: DataPriority::Crm },
        };
        SyncSettings {
            auto: self.text("sync.mode") == "auto",
            every: period(&self.text("sync.every")).unwrap_or(Duration::from_secs(3 * 3600)),
            direction,
            overwrite_drift: self.text("sync.drift") == "overwrite",
            invoice_priority: match self.text("sync.invoice_priority").as_str() {
                "contacts" => InvoicePriority::Contacts,
                _ => InvoicePriority::Organisations,
            },
            modules: self.text("sync.modules").split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
            deletes: if self.text("sync.deletes") == "approve" { Deletes::Approve } else { Deletes::Keep },
            max_creates: u32::try_from(self.number("sync.max_creates")).unwrap_or(u32::MAX),
        }
    }

    fn mapping(&mut self) -> Option<CustomMapping> {
        if self.text("mapping.kind") != "custom" {
            return None;
        }
        let name = self.text("mapping.file");
        match (self.read)(&name) {
            Ok(text) => {
                let file = Path::new(self.file).with_file_name(name).display().to_string();
                Some(CustomMapping { file, text })
            }
            Err(reason) => {
                let place = match self.source.given.get("mapping.file") {
                    Some(given) => given.place.clone(),
                    None => Place::Nowhere { file: self.file.to_owned() },
                };
                let (key, trouble) = ("mapping.file".to_owned(), Trouble::Unreadable(format!("{name}: {reason}")));
                self.source.problems.push(Problem { key, place, trouble });
                None
            }
        }
    }

    fn number(&mut self, path: &str) -> u64 {
        self.text(path).parse().unwrap_or_default()
    }

    /// The checked text of a key: what was given, or its default. A problem is noted and leaves it empty.
    fn text(&mut self, path: &str) -> String {
        let Some(key) = Key::find(path) else { return String::new() };
        match self.source.given.get(key.path).cloned() {
            Some(given) => match checked(key.kind, &given.text) {
                Ok(()) => given.text.trim().to_owned(),
                Err(trouble) => {
                    self.note(key, given.clone(), trouble);
                    String::new()
                }
            },
            None => key.default.map_or_else(
                || {
                    let place = Place::Nowhere { file: self.file.to_owned() };
                    let given = Given { text: String::new(), place };
                    let named = self.source.problems.iter().any(|problem| problem.key == key.path);
                    if !named {
                        self.note(key, given, Trouble::Missing { allowed: key.kind.allowed() });
                    }
                    String::new()
                },
                str::to_owned,
            ),
        }
    }

    fn note(&mut self, key: &Key, given: Given, trouble: Trouble) {
        self.source.problems.push(Problem { key: key.path.to_owned(), place: given.place, trouble });
    }
}

fn checked(kind: Kind, text: &str) -> Result<(), Trouble> {
    let fits = match kind {
        Kind::Text | Kind::Secret => !text.trim().is_empty(),
        Kind::Number => text.parse::<u64>().is_ok(),
        Kind::Flag => matches!(text, "true" | "false"),
        Kind::Choice(words) => words.contains(&text),
        Kind::Choices(words) => text.split(',').all(|word| words.contains(&word.trim())),
        Kind::Url => match api_transport::BaseUrl::parse(text) {
            Ok(_) => true,
            Err(error) if error.is_insecure() => return Err(Trouble::Insecure),
            Err(_) => false,
        },
        Kind::Period => period(text).is_some(),
        Kind::StoreUrl => ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)),
        Kind::Accounts => accounts(text).is_some(),
        Kind::Account => text.parse::<u32>().is_ok(),
        Kind::Amount => amount(text).is_some(),
        Kind::Day => day(text).is_some(),
        Kind::Service => service(text).is_some(),
    };
    if fits { Ok(()) } else { Err(Trouble::Bad { allowed: kind.allowed() }) }
}
