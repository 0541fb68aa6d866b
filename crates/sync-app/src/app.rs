//! One pair of systems, wired: what the binaries call.

use std::sync::Arc;
use std::time::Duration;

use api_transport::{HttpSettings, HttpTransport, Transport};
use chrono::{DateTime, Utc};
use dinero_connector::DineroConnector;
use secrecy::ExposeSecret;
use simplycrm_connector::SimplyCrmConnector;
use sync_model::{Kind, PairId, Schema, Side, Sides};
use sync_run::{
    Clock, Connector, ConnectorError, Engine, ErrorClass, Events, Guids, Halt, Health, Order, Pace, Preview, Rules,
    RunError, RunRecord, SavedPlan, Store, Summary,
};

use crate::error::AppError;
use crate::mapping::MappingView;
use crate::reference::{ModuleName, RecordReference};
use crate::rules::ConfiguredRules;
use crate::settings::Settings;
use crate::status::{SideStatus, Status};
use crate::world::{RandomGuids, SystemClock};
use crate::{Language, words};

/// How long somebody who looks at a page waits for a system's answer.
const LOOK: Duration = Duration::from_secs(20);

/// How requests leave the process, and what time it is when they do. Sandboxes and simulations bring their own.
#[derive(Debug, Clone)]
pub struct Reach {
    /// To Dinero.
    pub dinero: Arc<dyn Transport>,
    /// To Simply CRM.
    pub simplycrm: Arc<dyn Transport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// One pair of systems, wired by its settings.
#[derive(Debug, Clone)]
pub struct App {
    settings: Settings,
    connectors: Sides<Arc<dyn Connector>>,
    clock: Arc<dyn Clock>,
    guids: Arc<dyn Guids>,
    events: Arc<dyn Events>,
    rules: ConfiguredRules,
    /// Where a server seated this pair; otherwise the settings say where the store is.
    seat: Option<Seat>,
    halt: Halt,
    by: Option<String>,
}

/// The store that a pair shares with others, and what keeps it apart from them.
#[derive(Debug, Clone)]
struct Seat {
    store: Arc<dyn Store>,
    owner: String,
}

impl App {
    /// Wires the pair of `settings`. Nothing is sent yet. Without `reach`, requests go over the network.
    ///
    /// # Errors
    /// When the network client or an address cannot be used.
    pub fn connect(settings: Settings, reach: Option<Reach>, events: Arc<dyn Events>) -> Result<Self, AppError> {
        let reach = match reach {
            Some(reach) => reach,
            None => {
                let network: Arc<dyn Transport> = Arc::new(HttpTransport::new(&HttpSettings::default())?);
                Reach { dinero: Arc::clone(&network), simplycrm: network, clock: Arc::new(SystemClock) }
            }
        };
        let clock = reach.clock;
        let dinero = DineroConnector::new(crate::wiring::dinero(&settings, reach.dinero)?, Arc::clone(&clock))
            .with_language(settings.invoices.language);
        let simplycrm =
            SimplyCrmConnector::new(crate::wiring::simplycrm(&settings, reach.simplycrm)?, Arc::clone(&clock));
        let rules = ConfiguredRules::new(&settings);
        Ok(Self {
            settings,
            connectors: Sides::new(Arc::new(dinero), Arc::new(simplycrm)),
            clock,
            guids: Arc::new(RandomGuids),
            events,
            rules,
            seat: None,
            halt: Halt::default(),
            by: None,
        })
    }

    /// The same pair in a store that it shares with pairs of others: its state is `owner`'s alone.
    #[must_use]
    pub fn seated(self, store: Arc<dyn Store>, owner: &str) -> Self {
        Self { seat: Some(Seat { store, owner: owner.to_owned() }), ..self }
    }

    /// The same pair, whose runs end when `halt` asks for it.
    #[must_use]
    pub fn until(self, halt: Halt) -> Self {
        Self { halt, ..self }
    }

    /// What time it is.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// What the settings say.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How both systems are.
    pub(crate) async fn looks(&self) -> Sides<Result<Health, ConnectorError>> {
        let look = async |side: Side| {
            let connector = self.connectors.get(side);
            let late = |_| {
                Err(ConnectorError {
                    system: connector.name(),
                    class: ErrorClass::Busy,
                    message: "it did not answer in time; the rate limit may be used up".to_owned(),
                })
            };
            tokio::time::timeout(LOOK, connector.check()).await.unwrap_or_else(late)
        };
        let (left, right) = futures::join!(look(Side::Left), look(Side::Right));
        Sides::new(left, right)
    }

    /// The latest runs, newest first.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn latest_runs(&self, limit: u32) -> Result<Vec<RunRecord>, AppError> {
        let engine = self.engine().await?;
        Ok(engine.store.runs(&engine.pair, limit).await?)
    }

    /// Everything that is asked of it from now on is asked by `name`; the trail keeps it.
    #[must_use]
    pub fn on_behalf_of(self, name: Option<String>) -> Self {
        Self { by: name, ..self }
    }

    /// Whether both connections work, and what to do if not.
    pub async fn status(&self) -> Status {
        let (left, right) = futures::join!(self.connectors.left.check(), self.connectors.right.check());
        Status::new(Sides::new(left, right), self.settings.language)
    }

    /// Whether the connection of one side works, and what to do if not.
    pub async fn check(&self, side: Side) -> SideStatus {
        SideStatus::new(side, self.connectors.get(side).check().await, self.settings.language)
    }

    /// The mapping in force, checked against what both systems say of themselves now.
    ///
    /// # Errors
    /// When a system cannot be used, or the mapping does not fit: every place and remedy is named.
    pub async fn mapping(&self) -> Result<MappingView, AppError> {
        let (mapping, _) = self.rules.mapping(&self.schemas().await?, None).map_err(RunError::from)?;
        Ok(MappingView::new(&mapping, self.settings.language))
    }

    /// What both systems say of themselves now.
    pub(crate) async fn schemas(&self) -> Result<Sides<Schema>, AppError> {
        let kinds = self.rules.kinds();
        let of = |side: Side| self.connectors.get(side).schema(kinds.get(side));
        let (left, right) = futures::join!(of(Side::Left), of(Side::Right));
        Ok(Sides::new(left?, right?))
    }

    /// The text of the mapping in force: the start of a custom one.
    #[must_use]
    pub fn mapping_text(&self) -> String {
        self.rules.text()
    }

    /// What a sync would do now. Nothing is written anywhere.
    ///
    /// # Errors
    /// When a system, the store or the mapping cannot be used.
    pub async fn plan(&self, modules: &[ModuleName]) -> Result<Preview, AppError> {
        Ok(self.engine().await?.plan(&self.rules, &self.order(modules)).await?)
    }

    /// `preview` as the text of a file that [`sync_plan`](Self::sync_plan) carries out.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn save_plan(&self, preview: &Preview) -> Result<SavedPlan, AppError> {
        Ok(self.engine().await?.save(preview))
    }

    /// Carries out exactly the plan in `text`, once: what moved on since is left out and told.
    ///
    /// # Errors
    /// When the file is no plan of this pair and version or was changed, or the settings were; otherwise as
    /// [`sync`](Self::sync).
    pub async fn sync_plan(&self, text: &str) -> Result<Summary, AppError> {
        let saved = SavedPlan::read(text).map_err(RunError::from)?;
        let order = Order { modules: saved.modules.clone(), plan: Some(Arc::new(saved)), ..self.order(&[]) };
        Ok(self.engine().await?.sync(&self.rules, &order).await?)
    }

    /// Brings both systems into agreement.
    ///
    /// # Errors
    /// When a system, the store or the mapping cannot be used. What was written until then is journaled.
    pub async fn sync(&self, modules: &[ModuleName]) -> Result<Summary, AppError> {
        Ok(self.engine().await?.sync(&self.rules, &self.order(modules)).await?)
    }

    /// Brings both systems into agreement, and carries out the booking, mailing and payments that the settings allow: for
    /// one record, or for all.
    ///
    /// # Errors
    /// As [`sync`](Self::sync).
    pub async fn sync_with_effects(
        &self,
        modules: &[ModuleName],
        record: Option<&RecordReference>,
    ) -> Result<Summary, AppError> {
        match record {
            Some(record) => self.one(record, None, true).await,
            None => {
                let order = Order { effects: true, ..self.order(modules) };
                Ok(self.engine().await?.sync(&self.rules, &order).await?)
            }
        }
    }

    /// Reconciles one record by all the rules.
    ///
    /// # Errors
    /// As [`sync`](Self::sync).
    pub async fn sync_record(&self, record: &RecordReference) -> Result<Summary, AppError> {
        self.one(record, None, false).await
    }

    /// Sends one record to Dinero.
    ///
    /// # Errors
    /// [`AppError::PushDirection`] unless data go from Simply CRM to Dinero only; otherwise as [`sync`](Self::sync).
    pub async fn push(&self, record: &RecordReference) -> Result<Summary, AppError> {
        self.may_push(record)?;
        self.one(record, Some(Side::Left), false).await
    }

    /// One record, and before it what it refers to and is not linked yet.
    async fn one(
        &self,
        record: &RecordReference,
        only_writes: Option<Side>,
        effects: bool,
    ) -> Result<Summary, AppError> {
        let modules = self.modules_of(record)?;
        let order =
            Order { record: Some((record.side, record.key.clone())), only_writes, effects, ..self.order(&modules) };
        let engine = self.engine().await?;
        let summary = engine.sync(&self.rules, &order).await?;
        let keys = [record.key.clone()];
        if engine.store.seen(&engine.pair, record.side, &keys).await?.is_empty() {
            return Err(AppError::NoSuchRecord(record.to_string()));
        }
        Ok(summary)
    }

    /// Whether this pair never ran before, as far as the store knows.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn is_first_meeting(&self) -> Result<bool, AppError> {
        let engine = self.engine().await?;
        Ok(!engine.store.has_links(&engine.pair).await?)
    }

    /// What carrying out `preview` would cost, in words.
    #[must_use]
    pub fn cost(&self, preview: &Preview, language: Language) -> String {
        let told = |side: Side| {
            let cost = preview.cost.get(side);
            let name = words::side_name(side);
            match language {
                Language::Da => format!("{name}: {} skrivninger, højst {} forespørgsler", cost.writes, cost.requests),
                Language::En => format!("{name}: {} writes, {} requests at most", cost.writes, cost.requests),
            }
        };
        let minutes = preview.cost.left.minutes.max(preview.cost.right.minutes);
        let counts = Side::BOTH.map(told).join("; ");
        match (minutes, language) {
            (0, _) => format!("{counts}."),
            (_, Language::Da) => format!("{counts}. Grænsen for forespørgsler gør, at det tager op til {minutes} min."),
            (_, Language::En) => format!("{counts}. The rate limit makes it take up to {minutes} min."),
        }
    }

    pub(crate) fn connector(&self, side: Side) -> &Arc<dyn Connector> {
        self.connectors.get(side)
    }

    pub(crate) fn kinds(&self) -> Sides<Vec<Kind>> {
        self.rules.kinds()
    }

    pub(crate) fn rules(&self) -> &ConfiguredRules {
        &self.rules
    }

    pub(crate) fn takes_part(&self, module: &str) -> bool {
        self.settings.sync.modules.iter().any(|it| it == module)
    }

    /// The modules that a record may belong to; none means any.
    pub(crate) fn modules_of(&self, record: &RecordReference) -> Result<Vec<ModuleName>, AppError> {
        Ok(match record.module() {
            Some(name) => vec![ModuleName::parse(name, &self.settings.sync.modules)?],
            None => Vec::new(),
        })
    }

    pub(crate) fn order(&self, modules: &[ModuleName]) -> Order {
        let modules = modules.iter().map(|name| name.0.clone()).collect();
        Order { modules, halt: self.halt.clone(), by: self.by.clone(), ..Order::default() }
    }

    /// The engine over the opened store.
    pub(crate) async fn engine(&self) -> Result<Engine, AppError> {
        let pair = pair(&self.settings);
        let (pair, store) = match &self.seat {
            Some(seat) => (PairId::new(format!("{}/{pair}", seat.owner)), Arc::clone(&seat.store)),
            None => (pair, open_store(self.settings.store_url.expose_secret()).await?),
        };
        Ok(Engine {
            pair,
            connectors: self.connectors.clone(),
            store,
            clock: Arc::clone(&self.clock),
            guids: Arc::clone(&self.guids),
            events: Arc::clone(&self.events),
            pace: Pace::default(),
        })
    }
}

/// A pair is one Dinero organisation and one Simply CRM installation.
fn pair(settings: &Settings) -> PairId {
    let address = settings.simplycrm.url.trim_end_matches('/').to_lowercase();
    PairId::new(format!("{}@{address}", settings.dinero.organization_id))
}

/// Copies the SQLite database at `url` into a new file while it is in use: the copy is of one moment.
///
/// # Errors
/// When the database cannot be read or the file not be written.
pub async fn backup(url: &str, to: &std::path::Path) -> Result<(), AppError> {
    Ok(store_sqlite::SqliteStore::open(url).await?.backup(to).await?)
}

async fn open_store(url: &str) -> Result<Arc<dyn Store>, AppError> {
    if url.starts_with("sqlite:") {
        Ok(Arc::new(store_sqlite::SqliteStore::open(url).await?))
    } else {
        Ok(Arc::new(store_postgres::PostgresStore::connect(url).await?))
    }
}
