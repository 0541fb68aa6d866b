//! A stand-in for Simply CRM's `webservice.php` that keeps state: vtiger's web service as two real servers were
//! recorded to answer, with the installations and the bad days that differ from customer to customer.
//!
//! ```
//! use bytes::Bytes;
//! use sandbox::simplycrm::{Profile, SimplyCrm};
//! use sandbox::{Reply, Sandbox};
//!
//! let mut crm = SimplyCrm::new(Profile::simply());
//! let request = http::Request::get("https://firma.simply-crm.dk/webservice.php?operation=getchallenge&username=integration")
//!     .body(Bytes::new())
//!     .unwrap();
//! let Reply::Answer(answer) = crm.handle(&request, chrono::Utc::now()) else { panic!("no fault was planned") };
//! assert!(answer.body().starts_with(br#"{"success":true,"result":{"token":"#));
//! ```

mod collation;
mod columns;
mod dispatch;
mod failure;
mod fitting;
mod hands;
mod html;
mod inventory;
mod invoice_form;
mod layout;
mod php;
mod profile;
mod query;
mod read;
mod related;
mod row;
mod schema;
mod seeding;
mod session;
mod sync;
mod vtql;
mod write;

pub use dispatch::LogEntry;
pub use hands::EditError;
pub use profile::{CustomFields, Prefixes, Profile, Switches, SyncOperation, Version};
pub use seeding::{Goods, Organisation, Person, Planted};

use chrono::DateTime;
use md5::{Digest as _, Md5};
use row::Row;
use schema::Schema;
use session::{Challenge, Session};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Access key of the user `admin` of a new installation.
pub const ADMIN_ACCESS_KEY: &str = "q3Y8wYzK1fWn7TbA";
/// Access key of the user `integration` of a new installation.
pub const INTEGRATION_ACCESS_KEY: &str = "Zk5rQ0vXm2LhE9sD";

/// The settings every user starts with.
const USER_SETTINGS: &[(&str, &str)] = &[
    ("activity_view", "This Week"),
    ("lead_view", "Today"),
    ("start_hour", "00:00"),
    ("end_hour", "23:00"),
    ("currency_grouping_pattern", "123,456,789"),
    ("currency_symbol_placement", "$1.0"),
    ("internal_mailer", "1"),
    ("theme", "alphagrey"),
    ("reminder_interval", "1 Minute"),
    ("truncate_trailing_zeros", "1"),
    ("dayoftheweek", "Sunday"),
    ("default_record_view", "Summary"),
    ("leftpanelhide", "0"),
    ("defaulteventstatus", "Planned"),
    ("defaultactivitytype", "Call"),
    ("defaultcalendarview", "MyCalendar"),
    ("defaultlandingpage", "Home"),
];

/// Settings of a user that are NULL until someone sets them.
const NULL_IN_USERS: [&str; 3] = ["phone_crm_extension", "rowheight", "hidecompletedevents"];

/// One installation with its data, sessions and log. A clone is a snapshot.
#[derive(Debug, Clone)]
pub struct SimplyCrm {
    profile: Profile,
    /// What goes wrong today beyond single faults.
    pub switches: Switches,
    /// How the installation's own handlers change a text on its way into a column: given the module, the field and the text.
    pub habit: Option<fn(&str, &str, &str) -> String>,
    schema: Arc<Schema>,
    users: BTreeMap<u64, User>,
    /// Users, groups, currencies, taxes, the company: rows with an id space of their own.
    actors: BTreeMap<String, BTreeMap<u64, Row>>,
    records: BTreeMap<u64, Row>,
    related: Vec<(u64, u64)>,
    next_record: u64,
    counters: BTreeMap<String, u64>,
    challenges: BTreeMap<String, Challenge>,
    sessions: BTreeMap<String, Session>,
    hung_creates: u32,
    words: u64,
    log: Vec<LogEntry>,
}

/// Someone who can log in.
#[derive(Debug, Clone)]
pub(crate) struct User {
    number: u64,
    name: String,
    access_key: String,
    admin: bool,
    active: bool,
}

impl SimplyCrm {
    /// An installation with the users `admin` and `integration` (administrators) and `mette` (a person), the
    /// currency DKK, a tax named Moms at 25 % and no records.
    #[must_use]
    pub fn new(profile: Profile) -> Self {
        let mut crm = Self::bare(profile);
        crm.add_user("integration", INTEGRATION_ACCESS_KEY, true);
        crm.add_user("mette", "N7pUe4RkB1xGd6Vt", false);
        crm.set_taxes(&[("Moms", "25.000"), ("Momsfri", "0.000")]);
        crm
    }

    /// An installation as in the recordings: the user `admin`, and the three taxes of a stock vtiger.
    #[must_use]
    pub fn recorded(version: Version) -> Self {
        let mut crm = Self::bare(Profile::recorded(version));
        crm.set_taxes(&[("VAT", "4.500"), ("Sales", "10.000"), ("Service", "12.500")]);
        crm.add_actor(
            "CompanyDetails",
            1,
            &[
                ("organizationname", "vtiger"),
                ("address", "95, 12th Main Road, 3rd Block, Rajajinagar"),
                ("city", "Bangalore"),
                ("state", "Karnataka"),
                ("country", "India"),
                ("code", "560010"),
                ("phone", "+91 9243602352"),
                ("fax", "+91 9243602352"),
                ("website", "www.vtiger.com"),
                ("logoname", "vtiger-crm-logo.png"),
            ],
        );
        crm
    }

    fn bare(profile: Profile) -> Self {
        let schema = Arc::new(Schema::new(&profile));
        let mut crm = Self {
            profile,
            switches: Switches::default(),
            habit: None,
            schema,
            users: BTreeMap::new(),
            actors: BTreeMap::new(),
            records: BTreeMap::new(),
            related: Vec::new(),
            next_record: 2,
            counters: BTreeMap::new(),
            challenges: BTreeMap::new(),
            sessions: BTreeMap::new(),
            hung_creates: 0,
            words: 0,
            log: Vec::new(),
        };
        crm.actors.insert("Tax".into(), BTreeMap::new());
        crm.add_actor(
            "Currency",
            1,
            &[
                ("currency_name", "Denmark, Kroner"),
                ("currency_code", "DKK"),
                ("currency_symbol", "kr"),
                ("conversion_rate", "1.00000"),
                ("currency_status", "Active"),
                ("defaultid", "-11"),
                ("deleted", "0"),
            ],
        );
        crm.add_actor(
            "CompanyDetails",
            1,
            &[("organizationname", "Firma ApS"), ("country", "Danmark"), ("logoname", "logo.png")],
        );
        crm.add_actor("DocumentFolders", 1, &[]);
        crm.add_user("admin", ADMIN_ACCESS_KEY, true);
        for (number, name, purpose) in [
            (2, "Team Selling", "Group Related to Sales"),
            (3, "Marketing Group", "Group Related to Marketing Activities"),
            (4, "Support Group", "Group Related to providing Support to Customers"),
        ] {
            crm.add_actor("Groups", number, &[("groupname", name), ("description", purpose)]);
        }
        crm
    }

    fn add_actor(&mut self, module: &str, number: u64, cells: &[(&str, &str)]) {
        let mut row = Row::new(module, number, DateTime::UNIX_EPOCH);
        for (field, value) in cells {
            row.set(field, *value);
        }
        self.actors.entry(module.to_owned()).or_default().insert(number, row);
    }

    /// Replaces the taxes: label and percentage with three decimals, named `tax1`, `tax2`, … in that order.
    pub fn set_taxes(&mut self, taxes: &[(&str, &str)]) {
        Arc::make_mut(&mut self.schema).fit_taxes(taxes);
        self.actors.insert("Tax".into(), BTreeMap::new());
        for ((label, percentage), number) in taxes.iter().zip(1..) {
            let name = format!("tax{number}");
            self.add_actor(
                "Tax",
                number,
                &[
                    ("taxname", &name),
                    ("taxlabel", label),
                    ("percentage", percentage),
                    ("deleted", "0"),
                    ("method", "Simple"),
                    ("type", "Fixed"),
                    ("compoundon", "[]"),
                    ("regions", "[]"),
                ],
            );
        }
    }

    /// Adds a user and gives its id. Users and groups share one series of numbers.
    pub fn add_user(&mut self, name: &str, access_key: &str, admin: bool) -> String {
        let highest = |module: &str| self.actors.get(module).and_then(|rows| rows.keys().last().copied()).unwrap_or(0);
        let number = if self.users.is_empty() { 1 } else { highest("Users").max(highest("Groups")) + 1 };
        self.users.insert(
            number,
            User { number, name: name.to_owned(), access_key: access_key.to_owned(), admin, active: true },
        );
        let described = self.schema.module("Users").into_iter().flat_map(|users| users.own_fields());
        let unset: Vec<String> =
            described.map(|field| field.name.clone()).filter(|name| !NULL_IN_USERS.contains(&name.as_str())).collect();
        let email = format!("{name}@example.invalid");
        self.add_actor(
            "Users",
            number,
            &[
                ("user_name", name),
                ("is_admin", if admin { "on" } else { "off" }),
                ("first_name", "Lab"),
                ("last_name", if number == 1 { "Administrator" } else { name }),
                ("roleid", "H2"),
                ("email1", &email),
                ("status", "Active"),
                ("hour_format", "12"),
                ("date_format", "yyyy-mm-dd"),
                ("time_zone", "UTC"),
                ("currency_id", "1"),
                ("currency_decimal_separator", "."),
                ("currency_grouping_separator", ","),
                ("no_of_currency_decimals", "2"),
                ("language", "en_us"),
                ("callduration", "5"),
                ("othereventduration", "5"),
                ("accesskey", access_key),
                ("userlabel", if number == 1 { "Lab Administrator" } else { name }),
                ("is_owner", if number == 1 { "1" } else { "0" }),
            ],
        );
        if let Some(row) = self.actors.get_mut("Users").and_then(|rows| rows.get_mut(&number)) {
            for (field, value) in USER_SETTINGS {
                row.set(field, *value);
            }
            if self.profile.version >= Version::V8 {
                row.set("calendarsharedtype", "public");
            }
            for field in unset {
                row.cells.entry(field).or_default();
            }
        }
        format!("{}x{number}", self.schema.prefix("Users"))
    }

    /// A word that no request can guess, the same in every run with the same history.
    fn word(&mut self) -> String {
        self.words += 1;
        hex::encode(Md5::digest(format!("word {} after {} requests", self.words, self.log.len())))
    }
}
