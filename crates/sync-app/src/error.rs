//! Why the application could not do what was asked, with the next step.

use sync_model::Side;
use sync_run::{ConnectorError, PlanError, RunError, StoreError};

use crate::settings::SettingsError;
use crate::words::{next_step, side_name};
use crate::{Language, Say};

/// What was asked could not be done. Nothing was lost; what was written is journaled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A system, the store or the mapping cannot be used.
    #[error(transparent)]
    Run(#[from] RunError),
    /// An address cannot be used.
    #[error(transparent)]
    Address(#[from] api_transport::BaseUrlError),
    /// The network cannot be used from here.
    #[error(transparent)]
    Network(#[from] api_transport::NetworkError),
    /// Simply CRM's address is not that of an installation.
    #[error(transparent)]
    Installation(#[from] simplycrm_client::Error),
    /// The sandbox could not be served.
    #[error("the sandbox could not be served: {0}")]
    Sandbox(std::io::Error),
    /// A file or the terminal could not be used.
    #[error(transparent)]
    Machine(#[from] std::io::Error),
    /// A mapping cannot be edited so.
    #[error(transparent)]
    Mapping(#[from] field_mapping::DraftError),
    /// What a server remembers cannot be read or written.
    #[error(transparent)]
    Registry(#[from] tenancy::RegistryError),
    /// A secret cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] tenancy::SealError),
    /// Something is being worked on for this connection already.
    #[error("something is being worked on already")]
    Busy,
    /// A file that was named cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    /// A plan cannot be written down.
    #[error("the plan cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The mapping has no field of this name; it has those.
    #[error("`{0}` is no field of this record; it has {1}")]
    NoSuchField(String, String),
    /// No run is named so, or several are.
    #[error("`{0}` names no run")]
    NoSuchRun(String),
    /// The trail is not as it was written.
    #[error("the trail is not as it was written: {0}")]
    Trail(sync_run::trail::TrailError),
    /// A single record was to be pushed in a direction that does not allow it.
    #[error("single records are pushed only in the direction CRM→Dinero")]
    PushDirection,
    /// A record reference could not be understood.
    #[error("`{0}` names no record")]
    NoSuchReference(String),
    /// A module that does not exist or is switched off.
    #[error("`{0}` is no module that takes part")]
    NoSuchModule(String),
    /// No entry of the inbox has this name, or several have.
    #[error("`{0}` is the name of no entry, or the beginning of several")]
    NoSuchEntry(String),
    /// That is no answer to this entry of the inbox.
    #[error("entry {id} cannot be answered so: {}", remedy[1])]
    NoAnswer {
        /// The entry.
        id: String,
        /// What to do instead, in Danish and English.
        remedy: Box<[String; 2]>,
    },
    /// Two records of one system cannot be the same thing.
    #[error("{0} and {1} are of one system")]
    SameSystem(String, String),
    /// A record is linked already.
    #[error("{0} and {1} are linked with each other")]
    LinkedAlready(String, String),
    /// A filter of the mapping leaves a record out that was called the same as another.
    #[error("{record} is left out of {module} by the filter on {field}, where it holds “{held}”")]
    LeftOut {
        /// The record.
        record: String,
        /// The module that it would belong to.
        module: String,
        /// The record's field that the filter asks for.
        field: String,
        /// What it holds.
        held: String,
    },
    /// The mapping takes no two records of these kinds for the same thing.
    #[error("no module takes {0} and {1} together")]
    NeverTogether(String, String),
    /// The record does not exist or takes no part.
    #[error("{0} was not found")]
    NoSuchRecord(String),
}

impl AppError {
    /// Whether a person asked the run to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self, Self::Run(error) if error.is_stopped())
    }
}

impl From<crate::office::Busy> for AppError {
    fn from(_: crate::office::Busy) -> Self {
        Self::Busy
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self::Run(error.into())
    }
}

impl From<ConnectorError> for AppError {
    fn from(error: ConnectorError) -> Self {
        Self::Run(error.into())
    }
}

/// The side that a connector's name stands for.
pub(crate) fn side_of(system: &str) -> Side {
    if system == "dinero" { Side::Left } else { Side::Right }
}

impl Say for AppError {
    #[expect(clippy::too_many_lines, reason = "one sentence for each error, in one exhaustive match")]
    fn say(&self, language: Language) -> String {
        match self {
            Self::Settings(error) => error.say(language),
            Self::Run(error) => run(error, language),
            Self::Address(error) => error.to_string(),
            Self::Network(error) => error.to_string(),
            Self::Installation(error) => error.to_string(),
            Self::Sandbox(error) => {
                let what = language.pick("Sandkassen kunne ikke startes", "The sandbox could not be started");
                format!("{what}: {error}")
            }
            Self::Mapping(error) => {
                format!(
                    "{}: {error}",
                    language.pick("Kortlægningen kan ikke ændres sådan", "The mapping cannot be changed so")
                )
            }
            Self::Registry(error) => registry(error, language),
            Self::Seal(error) => format!("{}: {error}", sealed(language)),
            Self::Busy => busy(language).to_owned(),
            // Whoever presses Ctrl-C or Esc at a question wants to stop.
            Self::Machine(error) if error.kind() == std::io::ErrorKind::Interrupted => {
                language.pick("Afbrudt; intet er skrevet.", "Stopped; nothing was written.").to_owned()
            }
            Self::Machine(error) => error.to_string(),
            Self::Unreadable(file, reason) => {
                format!("{file} {}: {reason}", language.pick("kan ikke læses", "cannot be read"))
            }
            Self::Unwritable(error) => {
                format!("{}: {error}", language.pick("Planen kan ikke skrives", "The plan cannot be written"))
            }
            Self::NoSuchField(field, names) => {
                let what =
                    language.pick("er ikke et felt ved denne post. Den har", "is no field of this record. It has");
                format!("`{field}` {what}: {names}")
            }
            Self::NoSuchRun(text) => {
                let what = language.pick(
                    "er ikke én kørsel. Skriv nok af dens nummer, som `afstem runs` viser det, eller `last`.",
                    "names no single run. Write enough of its number, as `afstem runs` shows it, or `last`.",
                );
                format!("`{text}` {what}")
            }
            Self::Trail(error) => {
                let what = language.pick(
                    "Sporet er ikke, som det blev skrevet. Gem en kopi af databasen, og find ud af, hvem der har haft adgang til den",
                    "The trail is not as it was written. Keep a copy of the database, and find out who had access to it",
                );
                format!("{what}: {error}")
            }
            Self::PushDirection => push_direction(language).to_owned(),
            Self::NoSuchReference(text) => {
                let what = language.pick(
                    "er ikke en post. Skriv modulets navn i Simply CRM og postens id, fx Accounts/11x57",
                    "names no record. Write the module's name in Simply CRM and the record's id, such as Accounts/11x57",
                );
                format!("`{text}` {what}")
            }
            Self::NoSuchModule(name) => {
                let what = language.pick(
                    "er ikke et modul, der deltager. Se sync.modules i afstem.toml.",
                    "is no module that takes part. See sync.modules in afstem.toml.",
                );
                format!("`{name}` {what}")
            }
            Self::NoSuchEntry(id) => format!("“{id}” {}", no_such_entry(language)),
            Self::NoAnswer { id, remedy } => match language {
                Language::Da => format!("{id} kan ikke besvares sådan. {}", remedy[0]),
                Language::En => format!("{id} cannot be answered so. {}", remedy[1]),
            },
            Self::SameSystem(one, other) => match language {
                Language::Da => {
                    format!("{one} og {other} er fra samme system. Angiv én fra Dinero og én fra Simply CRM.")
                }
                Language::En => {
                    format!("{one} and {other} are of one system. Name one of Dinero and one of Simply CRM.")
                }
            },
            Self::LinkedAlready(one, other) => match language {
                Language::Da => format!("{one} og {other} er koblet med hinanden; en post har højst én kobling."),
                Language::En => format!("{one} and {other} are linked with each other; a record has one link at most."),
            },
            Self::LeftOut { record, module, field, held } => match language {
                Language::Da => format!(
                    "{record} holdes ude af {module} af kortlægningens filter på {field}, hvor den har “{held}”; at bekræfte \
                     parret ville ingen virkning have. Ret filteret (`afstem mapping export`) eller posten først."
                ),
                Language::En => format!(
                    "{record} is left out of {module} by the mapping's filter on {field}, where it holds “{held}”; to confirm \
                     the pair would have no effect. Change the filter (`afstem mapping export`) or the record first."
                ),
            },
            Self::NeverTogether(one, other) => match language {
                Language::Da => format!(
                    "{one} og {other} kan ikke være det samme: ingen af de moduler, der er slået til (`sync.modules`), \
                     parrer den slags poster."
                ),
                Language::En => format!(
                    "{one} and {other} cannot be the same: no module that is switched on (`sync.modules`) pairs such records."
                ),
            },
            Self::NoSuchRecord(name) => {
                let what = language.pick(
                    "findes ikke, eller tages ikke med af kortlægningen.",
                    "does not exist, or is left out by the mapping.",
                );
                format!("{name} {what}")
            }
        }
    }
}

fn sealed(language: Language) -> &'static str {
    language.pick(
        "De gemte nøgler kan ikke åbnes. Se serverens nøglefil",
        "The stored keys cannot be opened. See the server's key file",
    )
}

fn busy(language: Language) -> &'static str {
    language.pick(
        "Der arbejdes allerede på denne forbindelse. Vent, til det er færdigt, eller stop det.",
        "This connection is being worked on. Wait until that is done, or stop it.",
    )
}

fn push_direction(language: Language) -> &'static str {
    language.pick(
        "En enkelt post kan kun sendes til Dinero, når retningen er CRM→Dinero (direction = \"crm-to-dinero\"). Brug i stedet \
         `afstem sync --record MODUL/ID`, som afstemmer den ene post efter alle regler.",
        "A single record can be sent to Dinero only when the direction is CRM→Dinero (direction = \"crm-to-dinero\"). Use \
         `afstem sync --record MODULE/ID` instead, which reconciles that record by all the rules.",
    )
}

fn no_such_entry(language: Language) -> &'static str {
    language.pick(
        "er ikke navnet på noget, der venter, eller begyndelsen på flere. Det kan have ændret sig, siden du så det: se \
         `afstem held` og `afstem conflicts`.",
        "is the name of nothing that waits, or the beginning of several. It may have changed since you saw it: look at \
         `afstem held` and `afstem conflicts`.",
    )
}

fn registry(error: &tenancy::RegistryError, language: Language) -> String {
    match error {
        tenancy::RegistryError::Overtaken => language
            .pick(
                "En anden har ændret det imens. Se det igen, og prøv så.",
                "Somebody else changed it in the meantime. Look at it again, and then try.",
            )
            .to_owned(),
        tenancy::RegistryError::Taken => {
            language.pick("Navnet er taget af en anden.", "The name is taken by another.").to_owned()
        }
        other => other.to_string(),
    }
}

fn run(error: &RunError, language: Language) -> String {
    match error {
        RunError::Connector(error) => connector(error, language),
        RunError::Store(StoreError::Busy { until, .. }) => match language {
            Language::Da => {
                format!("En anden kørsel er i gang med dette par. Prøv igen efter {} UTC.", until.format("%H:%M:%S"))
            }
            Language::En => {
                format!("Another run is at work on this pair. Try again after {} UTC.", until.format("%H:%M:%S"))
            }
        },
        RunError::Store(StoreError::Fenced) => language
            .pick(
                "En anden kørsel har overtaget dette par, fordi denne ikke gav livstegn. Intet mere skrives herfra.",
                "Another run has taken over this pair, because this one gave no sign of life. Nothing more is written here.",
            )
            .to_owned(),
        RunError::Store(error) => {
            let what = language.pick("Databasen kan ikke bruges. Se store.url", "The database cannot be used. See store.url");
            format!("{what}: {error}")
        }
        RunError::Stopped => language
            .pick(
                "Stoppet. Det, der er skrevet, står ved magt, og næste synkronisering fortsætter derfra.",
                "Stopped. What was written stands, and the next synchronisation goes on from there.",
            )
            .to_owned(),
        RunError::Rules(error) => error.to_string(),
        RunError::Plan(error) => saved_plan(error, language),
        RunError::TooManyCreates { module, side, count, most } => {
            let name = side_name(*side);
            match language {
                Language::Da => format!(
                    "Første synkronisering ville oprette {count} poster i {name} ({module}), og der er kun givet lov til \
                     {most}. Intet er skrevet. Se dem med `afstem match`; er det meningen, så giv lov med \
                     `afstem sync --max-creates {count}` eller sync.max_creates = {count} i indstillingerne."
                ),
                Language::En => format!(
                    "The first synchronisation would make {count} records in {name} ({module}), and only {most} are \
                     allowed. Nothing was written. Look at them with `afstem match`; if that is intended, allow them with \
                     `afstem sync --max-creates {count}` or sync.max_creates = {count} in the settings."
                ),
            }
        }
        other => other.to_string(),
    }
}

fn saved_plan(error: &PlanError, language: Language) -> String {
    let anew = language.pick("Lav en ny med `afstem plan --out`.", "Make a new one with `afstem plan --out`.");
    let what = match (error, language) {
        (PlanError::Unreadable(reason), Language::Da) => format!("Filen er ikke en gemt plan ({reason})."),
        (PlanError::Unreadable(reason), Language::En) => format!("The file is no saved plan ({reason})."),
        (PlanError::Tampered, Language::Da) => {
            "Planen er ændret, efter at den blev gemt; derfor udføres intet af den.".to_owned()
        }
        (PlanError::Tampered, Language::En) => {
            "The plan was changed after it was saved; nothing of it is carried out.".to_owned()
        }
        (PlanError::OtherPair(pair), Language::Da) => format!("Planen er lavet til et andet par ({pair})."),
        (PlanError::OtherPair(pair), Language::En) => format!("The plan was made for another pair ({pair})."),
        (PlanError::OtherVersion(version), Language::Da) => {
            format!("Planen er lavet af en anden version af Afstem ({version}).")
        }
        (PlanError::OtherVersion(version), Language::En) => {
            format!("The plan was made by another version of Afstem ({version}).")
        }
        (PlanError::OtherRules, Language::Da) => {
            "Indstillingerne eller kortlægningen er ændret, siden planen blev lavet.".to_owned()
        }
        (PlanError::OtherRules, Language::En) => {
            "The settings or the mapping changed since the plan was made.".to_owned()
        }
    };
    format!("{what} {anew}")
}

/// A system that cannot be used: its name, what happened, what to do.
pub(crate) fn connector(error: &ConnectorError, language: Language) -> String {
    let side = side_of(error.system);
    format!("{}: {}. {}", side_name(side), error.message.trim_end_matches('.'), next_step(side, error.class, language))
}
