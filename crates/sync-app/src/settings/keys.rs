//! Every key of `afstem.toml`: what it may hold and what it holds when nobody says. This table is the contract.

/// One key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// Section and name, such as `sync.direction`.
    pub(super) path: &'static str,
    /// What it may hold.
    pub(super) kind: Kind,
    /// What it holds when nobody says; `None` for what the user must give.
    pub(super) default: Option<&'static str>,
}

/// What a key may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any text that is not blank.
    Text,
    /// Text that is never shown. It may also be given as `<key>_file`.
    Secret,
    /// A whole number from 0.
    Number,
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words.
    Choices(&'static [&'static str]),
    /// `https://…`, or `http://…` to this machine.
    Url,
    /// A time such as `3h`, `90m`, `45s`.
    Period,
    /// `sqlite://…` or `postgres://…`.
    StoreUrl,
    /// VAT rates in percent, each with an account number.
    Accounts,
    /// An account number, or nothing.
    Account,
    /// An amount of money.
    Amount,
    /// A day, or nothing.
    Day,
    /// A service of the CRM such as `Services/26x5`, or nothing.
    Service,
}

const DIRECTIONS: &[&str] = &["crm-to-dinero", "dinero-to-crm", "both"];
const MODULES: &[&str] = &["organisations", "contacts", "products", "invoices"];

/// All keys, in the order of the documentation.
pub(super) const KEYS: &[Key] = &[
    key("language", Kind::Choice(&["da", "en"]), Some("da")),
    key("dinero.organization_id", Kind::Number, None),
    key("dinero.api_key", Kind::Secret, None),
    key("dinero.client_id", Kind::Text, None),
    key("dinero.client_secret", Kind::Secret, None),
    key("dinero.base_url", Kind::Url, Some("https://api.dinero.dk")),
    key("dinero.token_url", Kind::Url, Some("https://authz.dinero.dk/dineroapi/oauth/token")),
    key("dinero.requests_per_minute", Kind::Number, Some("60")),
    key("simplycrm.url", Kind::Url, None),
    key("simplycrm.username", Kind::Text, None),
    key("simplycrm.access_key", Kind::Secret, None),
    key("sync.mode", Kind::Choice(&["manual", "auto"]), Some("manual")),
    key("sync.every", Kind::Period, Some("3h")),
    key("sync.direction", Kind::Choice(DIRECTIONS), None),
    key("sync.priority", Kind::Choice(&["crm-first", "dinero-first"]), Some("")),
    key("sync.drift", Kind::Choice(&["keep", "overwrite"]), Some("keep")),
    key("sync.invoice_priority", Kind::Choice(&["organisations", "contacts"]), Some("organisations")),
    key("sync.modules", Kind::Choices(MODULES), Some("organisations,contacts,products,invoices")),
    key("sync.deletes", Kind::Choice(&["keep", "approve"]), Some("keep")),
    key("sync.max_creates", Kind::Number, Some("1000")),
    key("invoices.book", Kind::Flag, Some("false")),
    key("invoices.send", Kind::Flag, Some("false")),
    key("invoices.vat_accounts", Kind::Accounts, Some("")),
    key("invoices.other_customer", Kind::Flag, Some("false")),
    key("invoices.text_service", Kind::Service, Some("")),
    key("invoices.adjustment_account", Kind::Account, Some("")),
    key("invoices.rounding_account", Kind::Account, Some("")),
    key("invoices.rounding_limit", Kind::Amount, Some("0.05")),
    key("invoices.closed_until", Kind::Day, Some("")),
    key("invoices.language", Kind::Choice(&["customer", "da", "en"]), Some("customer")),
    key("invoices.cancelled_status", Kind::Text, Some("Cancel")),
    key("invoices.payments", Kind::Flag, Some("false")),
    key("invoices.deposit_account", Kind::Account, Some("")),
    key("mapping.kind", Kind::Choice(&["standard", "custom"]), Some("standard")),
    key("mapping.file", Kind::Text, Some("mapping.toml")),
    key("store.url", Kind::StoreUrl, Some("sqlite://afstem.db")),
];

const fn key(path: &'static str, kind: Kind, default: Option<&'static str>) -> Key {
    Key { path, kind, default }
}

impl Key {
    /// The key at `path`.
    pub(super) fn find(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }
}

impl Kind {
    /// What is allowed, for a person.
    pub(super) fn allowed(self) -> [String; 2] {
        let both = |da: &str, en: &str| [da.to_owned(), en.to_owned()];
        match self {
            Self::Text | Self::Secret => both("en tekst i anførselstegn", "a text in quotation marks"),
            Self::Number => both("et helt tal fra 0", "a whole number from 0"),
            Self::Flag => both("true eller false", "true or false"),
            Self::Choice(words) => both(&listed(words, "eller"), &listed(words, "or")),
            Self::Choices(words) => both(
                &format!("en liste med {}", listed(words, "og/eller")),
                &format!("a list of {}", listed(words, "and/or")),
            ),
            Self::Url => both(
                "en adresse, der begynder med https:// (http:// kun til denne maskine)",
                "an address beginning with https:// (http:// only to this machine)",
            ),
            Self::Period => {
                both("et tidsrum som \"3h\", \"90m\" eller \"45s\"", "a period such as \"3h\", \"90m\" or \"45s\"")
            }
            Self::StoreUrl => both("sqlite://fil eller postgres://…", "sqlite://file or postgres://…"),
            Self::Account => both("et kontonummer", "an account number"),
            Self::Amount => both("et beløb som \"0.05\"", "an amount such as \"0.05\""),
            Self::Day => both("en dag som \"2025-12-31\"", "a day such as \"2025-12-31\""),
            Self::Service => both("en ydelse som \"Services/26x5\"", "a service such as \"Services/26x5\""),
            Self::Accounts => both(
                "momssatser med konti, fx { \"25\" = 1000, \"0\" = 1100, \"0-eu\" = 1050 }",
                "VAT rates with accounts, such as { \"25\" = 1000, \"0\" = 1100, \"0-eu\" = 1050 }",
            ),
        }
    }
}

fn listed(words: &[&str], or: &str) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} {or} {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
