//! Which installation is played: version, id prefixes, custom fields and the switches of a bad day.

use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};

/// The generation of vtiger underneath (fact sheet §13; 7.3 and 8.4 follow recordings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// vtiger 6.4: `update` blanks what is not sent, the login answer has four keys. From the fact sheet only.
    V6,
    /// vtiger 7.3.0.
    V7,
    /// vtiger 8.4.0.
    V8,
}

impl Version {
    /// The version the login answer states.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V6 => "6.4.0",
            Self::V7 => "7.3.0",
            Self::V8 => "8.4.0",
        }
    }
}

/// How ids are prefixed, which differs from one installation to the next (fact sheet §6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefixes {
    /// The usual 7/11/12/14/19/20/21, with Services at 41 and LineItem at 47.
    Usual,
    /// Every module at another number than usual.
    Shuffled,
    /// As in the recorded installations.
    Recorded,
}

impl Prefixes {
    pub(crate) fn of(self, module: &str, usual: u32) -> u32 {
        match self {
            Self::Recorded => usual,
            Self::Usual => match module {
                "Services" => 41,
                "LineItem" => 47,
                _ => usual,
            },
            // 17 and 53 have no common divisor, so no two modules meet.
            Self::Shuffled => usual * 17 % 53 + 2,
        }
    }
}

/// How a module's custom fields are named (fact sheet §7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomFields {
    /// The module has none.
    Absent,
    /// `cf_851` with a label, as stock vtiger names them.
    Numbered,
    /// `cf_cvr`, as newer Simply CRM installations name them.
    Slugs,
}

/// What `sync` answers (recordings sync-stock and sync).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncOperation {
    /// HTTP 500, as installed on both recorded servers.
    Fatal,
    /// Works, and honours `syncType`.
    Works,
}

/// The installation.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The generation of vtiger.
    pub version: Version,
    /// How ids are prefixed.
    pub prefixes: Prefixes,
    /// The naming of custom fields per module; a module not named here has none.
    pub custom_fields: BTreeMap<String, CustomFields>,
    /// Whether `revise` exists.
    pub revise: bool,
    /// What `sync` answers.
    pub sync: SyncOperation,
    /// Fields in which no two living records of a module may agree: `(module, field)`.
    pub unique: BTreeSet<(String, String)>,
}

impl Profile {
    /// A 7.3 installation as Simply CRM's users are likely to have it: custom fields with slugs for CVR, EAN and the Dinero guid.
    #[must_use]
    pub fn simply() -> Self {
        let slugs = ["Accounts", "Contacts", "Products", "Services", "Invoice"];
        Self {
            version: Version::V7,
            prefixes: Prefixes::Usual,
            custom_fields: slugs.map(|module| (module.to_owned(), CustomFields::Slugs)).into(),
            revise: true,
            sync: SyncOperation::Fatal,
            unique: BTreeSet::new(),
        }
    }

    /// The installation of the recordings: no custom fields, organisation names unique.
    #[must_use]
    pub fn recorded(version: Version) -> Self {
        Self {
            version,
            prefixes: Prefixes::Recorded,
            custom_fields: BTreeMap::new(),
            unique: [("Accounts".to_owned(), "accountname".to_owned())].into(),
            ..Self::simply()
        }
    }

    /// The same with custom fields named in one way in every module that can have them.
    #[must_use]
    pub fn with_custom_fields(mut self, naming: CustomFields) -> Self {
        for module in ["Accounts", "Contacts", "Products", "Services", "Invoice"] {
            self.custom_fields.insert(module.to_owned(), naming);
        }
        self
    }
}

/// What may go wrong beyond the single faults; all off to begin with.
#[derive(Debug, Clone, Default)]
pub struct Switches {
    /// A PHP warning in HTML stands before every JSON answer.
    pub html_before_json: bool,
    /// So many of the next operations with a session answer HTTP 200 with an empty body.
    pub empty_bodies: u32,
    /// A session ends after so many calls.
    pub session_calls: Option<u32>,
    /// A session ends when idle for longer than this.
    pub session_idle: Option<TimeDelta>,
    /// Modules a user (by user name) cannot see.
    pub hidden: BTreeMap<String, BTreeSet<String>>,
    /// Modules a user (by user name) can see but not write.
    pub read_only: BTreeMap<String, BTreeSet<String>>,
    /// Currency codes no record may be written in any more.
    pub inactive_currencies: BTreeSet<String>,
}
