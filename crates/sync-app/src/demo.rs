//! The demonstration: two sandboxes with believable data, an app wired to them, and a person who edits on both sides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use rust_decimal::Decimal;
use sandbox::dinero::Dinero;
use sandbox::simplycrm::SimplyCrm;
use serde_json::Value;
use simplycrm_client::{Element, ModuleName};
use sync_run::{Clock, Events};

use crate::sandboxed::{SandboxTransport, sandbox_settings};
use crate::settings::SettingsError;
use crate::world::SystemClock;
use crate::{App, AppError, Language, Reach, Say, Settings};

/// Addresses under which the embedded sandboxes are known; nothing is sent to them.
const DINERO: &str = "http://localhost:1";
const SIMPLYCRM: &str = "http://localhost:2";
/// What the invoice of the story is called, and its VAT in percent.
const SUBJECT: &str = "Levering";
const VAT: u32 = 25;

/// Two embedded sandboxes and an app wired to them.
pub struct Demo {
    dinero: Arc<Mutex<Dinero>>,
    crm: Arc<Mutex<SimplyCrm>>,
    language: Language,
    store_url: String,
    events: Arc<dyn Events>,
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").finish_non_exhaustive()
    }
}

/// What a person changed in one of the systems.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The system's name.
    pub system: &'static str,
    /// The record's name.
    pub record: String,
    /// Which field.
    pub field: &'static str,
    /// What it was.
    pub before: String,
    /// What it is now.
    pub after: String,
}

impl Say for Edit {
    fn say(&self, language: Language) -> String {
        let Self { system, record, field, before, after } = self;
        let verb = language.pick("rettes i", "is edited in");
        format!("“{record}” {verb} {system}: {field} “{before}” → “{after}”")
    }
}

/// What happens to an invoice in the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scene {
    /// Somebody makes it in the CRM.
    Sold {
        /// What it is called.
        invoice: String,
        /// To whom.
        customer: String,
        /// The CRM's total.
        total: Decimal,
    },
    /// What it is in Dinero now, and what both systems make of it.
    Stands {
        /// What it is called.
        invoice: String,
        /// Dinero's word for its state.
        status: String,
        /// Dinero's number, once it has one.
        number: Option<String>,
        /// Dinero's total.
        dinero: Decimal,
        /// The CRM's word for its state.
        crm_status: String,
        /// The CRM's total.
        crm: Decimal,
    },
    /// The customer pays it.
    Paid {
        /// What it is called.
        invoice: String,
        /// How much.
        amount: Decimal,
    },
}

impl Say for Scene {
    fn say(&self, language: Language) -> String {
        let kroner = |amount: &Decimal| format!("{amount:.2}");
        match (self, language) {
            (Self::Sold { invoice, customer, total }, Language::Da) => {
                format!("I Simply CRM laves fakturaen “{invoice}” til {customer}: {} kr. i alt", kroner(total))
            }
            (Self::Sold { invoice, customer, total }, Language::En) => {
                format!("In Simply CRM the invoice “{invoice}” to {customer} is made: {} kr. in all", kroner(total))
            }
            (Self::Stands { invoice, status, number, dinero, crm_status, crm }, _) => {
                let number = number.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
                let (dinero, crm) = (kroner(dinero), kroner(crm));
                format!("“{invoice}”: Dinero: {status}{number}, {dinero} kr. · Simply CRM: {crm_status}, {crm} kr.")
            }
            (Self::Paid { invoice, amount }, Language::Da) => {
                format!("I Dinero betales “{invoice}” med {} kr.", kroner(amount))
            }
            (Self::Paid { invoice, amount }, Language::En) => {
                format!("In Dinero “{invoice}” is paid: {} kr.", kroner(amount))
            }
        }
    }
}

impl Demo {
    /// Sandboxes with `records` organisations, contacts and products each; the same seed gives the same data.
    #[must_use]
    pub fn new(records: u32, seed: u64, store_url: String, language: Language, events: Arc<dyn Events>) -> Self {
        let (dinero, crm) = sandbox::seed_pair(records, seed, Utc::now());
        Self { dinero: Arc::new(Mutex::new(dinero)), crm: Arc::new(Mutex::new(crm)), language, store_url, events }
    }

    /// The app, wired to the sandboxes.
    ///
    /// # Errors
    /// As [`App::connect`].
    pub fn app(&self) -> Result<App, AppError> {
        self.connect(sandbox::dinero::API_KEY)
    }

    /// The app of somebody who mistyped the API key.
    ///
    /// # Errors
    /// As [`App::connect`].
    pub fn app_with_wrong_key(&self) -> Result<App, AppError> {
        self.connect("0000000000")
    }

    /// The settings that the demonstration runs with.
    ///
    /// # Errors
    /// When they cannot be parsed.
    pub fn settings(&self) -> Result<Settings, SettingsError> {
        let text = sandbox_settings(DINERO, SIMPLYCRM, &self.store_url, self.language);
        Settings::parse("afstem.toml", &text, &[], &|name| Err(name.to_owned()))
    }

    fn connect(&self, api_key: &str) -> Result<App, AppError> {
        let mut settings = self.settings()?;
        settings.dinero.api_key = api_key.to_owned().into();
        self.connect_with(settings)
    }

    fn connect_with(&self, settings: Settings) -> Result<App, AppError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let reach = Reach {
            dinero: Arc::new(SandboxTransport::new(Arc::clone(&self.dinero), Arc::clone(&clock))),
            simplycrm: Arc::new(SandboxTransport::new(Arc::clone(&self.crm), Arc::clone(&clock))),
            clock,
        };
        App::connect(settings, Some(reach), Arc::clone(&self.events))
    }

    /// The app of somebody who also keeps invoices in agreement and lets them be booked on request. From here on the sandbox
    /// counts no requests, so that nobody waits for the end of the story.
    ///
    /// # Errors
    /// As [`App::connect`].
    pub fn app_with_invoices(&self) -> Result<App, AppError> {
        lock(&self.dinero).requests_per_minute = 0;
        let mut settings = self.settings()?;
        settings.dinero.requests_per_minute = 0;
        settings.sync.modules.push("invoices".to_owned());
        settings.invoices.vat_accounts = [("25", 1000), ("0", 1100)].map(|(rate, it)| (rate.to_owned(), it)).into();
        settings.invoices.book = true;
        self.connect_with(settings)
    }

    /// An invoice of two lines is made in the CRM.
    ///
    /// # Errors
    /// When the CRM does not take it.
    pub async fn sell(&self) -> Result<Scene, AppError> {
        let refused = |error: simplycrm_client::Error| AppError::NoSuchRecord(error.to_string());
        let (customer, products) = {
            let crm = lock(&self.crm);
            let account = self.shared_of(&crm, 0).map(|it| it.account);
            (account.unwrap_or_default(), crm.records("Products"))
        };
        let settings = self.settings()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let client =
            crate::wiring::simplycrm(&settings, Arc::new(SandboxTransport::new(Arc::clone(&self.crm), clock)))?;
        let user = client.connection().await.map_err(refused)?.user_id;
        let line = |product: &Value, quantity: u32, price: u32| {
            Element::new()
                .text("productid", text(product, "id"))
                .decimal("quantity", quantity.into())
                .decimal("listprice", price.into())
                .decimal("tax1", VAT.into())
        };
        let lines: Vec<Element> =
            products.iter().zip([(2, 100), (3, 450)]).map(|(it, (n, price))| line(it, n, price)).collect();
        let head = Element::new()
            .text("subject", SUBJECT)
            .reference("assigned_user_id", user)
            .text("account_id", text(&customer, "id"))
            .text("invoicestatus", "Created")
            .text("invoicedate", Utc::now().format("%Y-%m-%d").to_string())
            .text("bill_street", "Havnegade 12")
            .text("ship_street", "Havnegade 12")
            .text("hdnTaxType", "group")
            .text("productid", products.first().map(|it| text(it, "id")).unwrap_or_default())
            .list("LineItems", &lines);
        let made = client.create(ModuleName::INVOICE, head).await.map_err(refused)?;
        let total = made.decimal("hdnGrandTotal").ok().flatten().unwrap_or_default();
        Ok(Scene::Sold { invoice: SUBJECT.to_owned(), customer: text(&customer, "accountname"), total })
    }

    /// The invoices of the story as they stand in Dinero now.
    #[must_use]
    pub fn invoices(&self) -> Vec<Scene> {
        let (dinero, crm) = (lock(&self.dinero), lock(&self.crm));
        let scene = |sale: &Value| {
            let status = text(sale, "PaymentStatus");
            let source = crm.record_of(&text(sale, "ExternalReference")).unwrap_or_default();
            Scene::Stands {
                invoice: text(sale, "Description"),
                number: (status != "Draft").then(|| number(sale, "Number").to_string()),
                status,
                dinero: number(sale, "TotalInclVat"),
                crm_status: text(&source, "invoicestatus"),
                crm: number(&source, "hdnGrandTotal"),
            }
        };
        dinero.invoices(Utc::now()).iter().map(scene).collect()
    }

    /// Every booked invoice is paid in Dinero.
    #[must_use]
    pub fn pay(&self) -> Vec<Scene> {
        let (mut dinero, now) = (lock(&self.dinero), Utc::now());
        let booked: Vec<Value> = dinero.invoices(now).into_iter().filter(|it| it["Status"] == "Booked").collect();
        let pay = |invoice: &Value| {
            let guid = text(invoice, "Guid");
            let amount = dinero.remaining(&guid)?;
            dinero.pay_sale(&guid, amount, now.date_naive(), now).ok()?;
            Some(Scene::Paid { invoice: text(invoice, "Description"), amount })
        };
        booked.iter().filter_map(pay).collect()
    }

    /// One organisation is edited in both systems, each in a field of its own.
    #[must_use]
    pub fn edit_apart(&self) -> Vec<Edit> {
        let Some(shared) = self.shared(0) else { return Vec::new() };
        vec![
            self.edit_dinero(&shared, "Phone", "+45 70 10 20 30"),
            self.edit_crm(&shared, "bill_street", "Havnegade 12"),
        ]
    }

    /// One organisation is edited in both systems, in the same field.
    #[must_use]
    pub fn edit_against(&self) -> Vec<Edit> {
        let Some(shared) = self.shared(1) else { return Vec::new() };
        vec![
            self.edit_dinero(&shared, "Email", "bogholderi@eksempel.dk"),
            self.edit_crm(&shared, "email1", "faktura@eksempel.dk"),
        ]
    }

    /// The `nth` organisation that both systems have, as both show it.
    fn shared(&self, nth: usize) -> Option<Shared> {
        self.shared_of(&lock(&self.crm), nth)
    }

    fn shared_of(&self, crm: &SimplyCrm, nth: usize) -> Option<Shared> {
        let accounts = crm.records("Accounts");
        let contacts = lock(&self.dinero).contacts();
        let pairs = contacts.into_iter().filter_map(|contact| {
            let number = text(&contact, "vatNumber");
            let twin = accounts.iter().find(|account| {
                let fields = account.as_object();
                !number.is_empty() && fields.is_some_and(|it| it.values().any(|value| value.as_str() == Some(&number)))
            })?;
            Some(Shared { contact, account: twin.clone() })
        });
        pairs.into_iter().nth(nth)
    }

    fn edit_dinero(&self, shared: &Shared, field: &'static str, after: &str) -> Edit {
        let before = text(&shared.contact, field);
        lock(&self.dinero).edit_contact(&text(&shared.contact, "contactGuid"), &[(field, after.into())], Utc::now());
        Edit { system: "Dinero", record: text(&shared.contact, "name"), field, before, after: after.to_owned() }
    }

    fn edit_crm(&self, shared: &Shared, field: &'static str, after: &str) -> Edit {
        let before = text(&shared.account, field);
        let id = text(&shared.account, "id");
        let edited = lock(&self.crm).edit(&id, &[(field, after)], "mette", Utc::now());
        let after = edited.map_or_else(|error| error.to_string(), |()| after.to_owned());
        Edit { system: "Simply CRM", record: text(&shared.account, "accountname"), field, before, after }
    }
}

/// An organisation that both systems have.
struct Shared {
    contact: Value,
    account: Value,
}

/// A field as text, whichever case its name is in.
fn text(record: &Value, field: &str) -> String {
    let fields = record.as_object().into_iter().flatten();
    let value = fields.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(field)).map(|(_, value)| value);
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A number, whether it is written as one or as a text.
fn number(record: &Value, field: &str) -> Decimal {
    let value = match &record[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    value.parse().unwrap_or_default()
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
