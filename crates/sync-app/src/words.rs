//! What the engine's values are called, in Danish and English.

use field_mapping::{Fault, FaultKind};
use reconcile::Rule;
use sync_model::Side;
use sync_run::ErrorClass;

use crate::{Language, Say};

/// A side's key in settings and JSON: `dinero`, `simplycrm`.
#[must_use]
pub fn side_key(side: Side) -> &'static str {
    match side {
        Side::Left => "dinero",
        Side::Right => "simplycrm",
    }
}

/// A module's name for a person.
#[must_use]
pub fn module_name(module: &str, language: Language) -> String {
    let modules = crate::form::Field::of("sync.modules");
    modules.map_or_else(|| module.to_owned(), |field| field.shown(module, language))
}

/// A side's name for a person.
#[must_use]
pub fn side_name(side: Side) -> &'static str {
    match side {
        Side::Left => "Dinero",
        Side::Right => "Simply CRM",
    }
}

impl Say for Rule {
    fn say(&self, language: Language) -> String {
        let pick = |da: &str, en: &str| language.pick(da, en).to_owned();
        match self {
            Self::Same => pick("ens på begge sider", "the same on both sides"),
            Self::Unchanged => pick("uændret siden sidst", "unchanged since last time"),
            Self::Unknown => pick("ukendt på den ene side", "unknown on one side"),
            Self::StandsStill => pick("overføres ikke i denne retning", "does not travel in this direction"),
            Self::OnlyChanged(side) => match language {
                Language::Da => format!("kun ændret i {}", side_name(*side)),
                Language::En => format!("changed in {} only", side_name(*side)),
            },
            Self::Priority(side) => match language {
                Language::Da => format!("ændret begge steder; {} har prioritet", side_name(*side)),
                Language::En => format!("changed on both sides; {} has priority", side_name(*side)),
            },
            Self::BothChanged => pick("ændret begge steder", "changed on both sides"),
            Self::Person(side) => match language {
                Language::Da => format!("valgt i hånden: {}", side_name(*side)),
                Language::En => format!("chosen by hand: {}", side_name(*side)),
            },
            Self::FillsEmpty(side) => match language {
                Language::Da => format!("tom i {}", side_name(*side)),
                Language::En => format!("empty in {}", side_name(*side)),
            },
            Self::FirstMeeting(side) => match language {
                Language::Da => format!("første møde; {} har prioritet", side_name(*side)),
                Language::En => format!("first meeting; {} has priority", side_name(*side)),
            },
            Self::Source(side) => match language {
                Language::Da => format!("{} er kilden", side_name(*side)),
                Language::En => format!("{} is the source", side_name(*side)),
            },
            Self::Drift => {
                pick("rettet i hånden hos modtageren; bliver stående", "edited by hand at the target; it stays")
            }
            Self::EmptyStays => pick("en tom værdi sletter ikke", "an empty value does not erase"),
            Self::EarlierLife => pick(
                "tidligere synkroniseret; databasen er ny, så intet overskrives",
                "synchronised before; the database is new, so nothing is overwritten",
            ),
            Self::New => pick("ny post", "new record"),
            Self::StandsIn => pick(
                "ny post; den foretrukne kunde mangler på fakturaen, så den anden træder i stedet",
                "new record; the invoice lacks the preferred customer, so the other one stands in",
            ),
            Self::Default => {
                pick("standardværdi, da den anden side er tom", "default, because the other side is empty")
            }
            Self::Undone => pick("fortrudt", "undone"),
            Self::NoCounterpart => pick("findes ikke på den anden side", "has no counterpart on the other side"),
        }
    }
}

impl Say for Fault {
    fn say(&self, language: Language) -> String {
        if let Some(text) = crate::invoice_words::fault(&self.kind, language) {
            return text;
        }
        let system = side_name(self.side);
        let field = self.own_field.as_ref().unwrap_or(&self.field);
        let value = &self.value;
        match (&self.kind, language) {
            (FaultKind::TooLong { max }, Language::Da) => {
                format!("{field} må højst have {max} tegn i {system}; forkort “{value}”")
            }
            (FaultKind::TooLong { max }, Language::En) => {
                format!("{field} keeps at most {max} characters in {system}; shorten “{value}”")
            }
            (FaultKind::Missing, Language::Da) => format!("{system} kræver {field}; udfyld feltet"),
            (FaultKind::Missing, Language::En) => format!("{system} needs {field}; fill it in"),
            (FaultKind::Invalid { expected }, Language::Da) => {
                format!("{field}: “{value}” er ikke et gyldigt {expected}; ret det")
            }
            (FaultKind::Invalid { expected }, Language::En) => {
                format!("{field}: “{value}” is not a valid {expected}; correct it")
            }
            (FaultKind::NotAChoice, Language::Da) => {
                format!("{field}: “{value}” findes ikke på listen i {system}; tilføj valgmuligheden dér")
            }
            (FaultKind::NotAChoice, Language::En) => {
                format!("{field}: “{value}” is not on the list in {system}; add the choice there")
            }
            (
                FaultKind::Inexpressible(_)
                | FaultKind::NoAccount { .. }
                | FaultKind::UnknownAccount { .. }
                | FaultKind::NoTextService
                | FaultKind::NoCustomer { .. }
                | FaultKind::NoCreditedInvoice
                | FaultKind::CreditsDraft
                | FaultKind::OverCredit(_)
                | FaultKind::ClosedPeriod { .. },
                _,
            ) => value.clone(),
            (FaultKind::Broken, Language::Da) => {
                format!(
                    "{field}: “{value}” kan ikke oversættes på grund af en fejl i Afstem; meld den, og ret så længe i hånden"
                )
            }
            (FaultKind::Broken, Language::En) => {
                format!(
                    "{field}: “{value}” cannot be translated because of a mistake in Afstem; report it, and edit by hand until then"
                )
            }
            (FaultKind::NoCounterpart, Language::Da) => format!("{field}: “{value}” har intet modstykke i {system}"),
            (FaultKind::NoCounterpart, Language::En) => format!("{field}: “{value}” has no counterpart in {system}"),
        }
    }
}

/// What is wrong with a system that cannot be used.
pub(crate) fn trouble(side: Side, class: ErrorClass, language: Language) -> String {
    let name = side_name(side);
    let [da, en] = match (class, side) {
        (ErrorClass::Unreachable, _) => ["kan ikke nås", "cannot be reached"],
        (ErrorClass::Credentials, Side::Left) => ["tager ikke imod nøglen", "does not accept the key"],
        (ErrorClass::Credentials, Side::Right) => {
            ["tager ikke imod brugernavn og adgangsnøgle", "does not accept user name and access key"]
        }
        (ErrorClass::Subscription, _) => {
            ["giver ikke adgang til API'et med dette abonnement", "gives no access to the API with this subscription"]
        }
        (ErrorClass::Permission, _) => ["giver os ikke ret til det", "does not give us the right"],
        (ErrorClass::Busy, _) => ["har for travlt lige nu", "is too busy just now"],
        (ErrorClass::Protocol, _) => ["svarer ikke, som det skal", "does not answer as it should"],
    };
    format!("{name} {}.", language.pick(da, en))
}

/// What a person does about a system that cannot be used.
pub(crate) fn next_step(side: Side, class: ErrorClass, language: Language) -> &'static str {
    match (side, class) {
        (_, ErrorClass::Unreachable) => language.pick(
            "Kontrollér internetforbindelsen og adressen i indstillingerne.",
            "Check the internet connection and the address in the settings.",
        ),
        (Side::Left, ErrorClass::Credentials) => language.pick(
            "Kontrollér API-nøgle, client_id og client_secret. Nøglen laves i Dinero under Integrationer → API-nøgler.",
            "Check api_key, client_id and client_secret. The key is made in Dinero under Integrationer → API-nøgler.",
        ),
        (Side::Right, ErrorClass::Credentials) => language.pick(
            "Kontrollér brugernavn og adgangsnøgle. Nøglen står på brugerens egne indstillinger i Simply CRM (Access Key).",
            "Check username and access key. The key stands on the user's own preferences in Simply CRM (Access Key).",
        ),
        (_, ErrorClass::Subscription) => language.pick(
            "Organisationens abonnement giver ikke adgang til API'et. Skift til Dinero Pro eller Total.",
            "The organisation's subscription gives no access to the API. Change to Dinero Pro or Total.",
        ),
        (Side::Left, ErrorClass::Permission) => language.pick(
            "Kontrollér Firma ID: nøglen giver kun adgang til den organisation, den er lavet i.",
            "Check the Firma ID (organization_id): the key gives access only to the organisation it was made in.",
        ),
        (Side::Right, ErrorClass::Permission) => language.pick(
            "Giv brugeren ret til at se og redigere modulerne i Simply CRM, eller brug en administrator.",
            "Give the user the right to see and edit the modules in Simply CRM, or use an administrator.",
        ),
        (_, ErrorClass::Busy) => {
            language.pick("Vent et minut, og prøv igen.", "Wait a minute and try again.")
        }
        (Side::Left, ErrorClass::Protocol) => language.pick(
            "Svaret ligner ikke Dineros API. Kontrollér base_url og token_url.",
            "The answer does not look like Dinero's API. Check base_url and token_url.",
        ),
        (Side::Right, ErrorClass::Protocol) => language.pick(
            "Svaret ligner ikke Simply CRM's webservice.php. Kontrollér adressen.",
            "The answer does not look like Simply CRM's webservice.php. Check the address.",
        ),
    }
}

impl Say for field_mapping::Diagnostic {
    fn say(&self, language: Language) -> String {
        match language {
            Language::Da => self.in_danish(),
            Language::En => self.in_english(),
        }
    }
}
