//! What the fields with a choice offer, each with what it comes to.

use super::{Both, Choice};

const fn option(value: &'static str, label: Both, effect: Both) -> Choice {
    Choice { value, label, effect }
}

/// Where data may be written.
pub(super) const DIRECTIONS: &[Choice] = &[
    option(
        "crm-to-dinero",
        ["CRM→Dinero", "CRM→Dinero"],
        [
            "Der skrives kun i Dinero. Rettelser i Dinero kommer ikke til Simply CRM. Enkelte poster kan sendes med Sync to Dinero.",
            "Only Dinero is written to. Edits in Dinero do not reach Simply CRM. Single records can be sent with Sync to Dinero.",
        ],
    ),
    option(
        "dinero-to-crm",
        ["Dinero→CRM", "Dinero→CRM"],
        [
            "Der skrives kun i Simply CRM. Rettelser i Simply CRM kommer ikke til Dinero.",
            "Only Simply CRM is written to. Edits in Simply CRM do not reach Dinero.",
        ],
    ),
    option(
        "both",
        ["Begge veje", "Both ways"],
        [
            "Der skrives i begge systemer. Rettelser af forskellige felter flettes.",
            "Both systems are written to. Edits of different fields are merged.",
        ],
    ),
];

/// Whose value stands.
pub(super) const PRIORITIES: &[Choice] = &[
    option(
        "crm-first",
        ["CRM først", "CRM first"],
        [
            "Er samme felt rettet begge steder, gælder værdien fra Simply CRM.",
            "Where both changed the same field, the value of Simply CRM stands.",
        ],
    ),
    option(
        "dinero-first",
        ["Dinero først", "Dinero first"],
        [
            "Er samme felt rettet begge steder, gælder værdien fra Dinero.",
            "Where both changed the same field, the value of Dinero stands.",
        ],
    ),
];

/// Whom an invoice belongs to.
pub(super) const CUSTOMERS: &[Choice] = &[
    option(
        "organisations",
        ["Organisationer", "Organisations"],
        ["Fakturaer stilles til organisationen.", "Invoices belong to the organisation."],
    ),
    option(
        "contacts",
        ["Kontakter", "Contacts"],
        ["Fakturaer stilles til kontaktpersonen.", "Invoices belong to the person."],
    ),
];

/// In which language invoices are written.
pub(super) const LANGUAGES: &[Choice] = &[
    option(
        "customer",
        ["Kundens", "The customer's"],
        [
            "Nye fakturaer skrives på det sprog, som kunden har i Dinero.",
            "New invoices are in the language that the customer has in Dinero.",
        ],
    ),
    option("da", ["Dansk", "Danish"], ["Nye fakturaer skrives på dansk.", "New invoices are in Danish."]),
    option("en", ["Engelsk", "English"], ["Nye fakturaer skrives på engelsk.", "New invoices are in English."]),
];

/// When a run begins.
pub(super) const MODES: &[Choice] = &[
    option(
        "manual",
        ["Manuel", "Manual"],
        ["Intet sker, før nogen trykker Sync.", "Nothing happens until somebody presses Sync."],
    ),
    option(
        "auto",
        ["Auto", "Auto"],
        [
            "Afstem synkroniserer også af sig selv. Den første synkronisering starter I selv.",
            "Afstem also synchronises by itself. The first synchronisation is started by you.",
        ],
    ),
];

/// What becomes of the other record.
pub(super) const DELETIONS: &[Choice] = &[
    option(
        "keep",
        ["Lad den anden stå", "Keep the other"],
        [
            "Slettes en post i det ene system, bliver den stående i det andet.",
            "A record that is deleted in one system stays in the other.",
        ],
    ),
    option(
        "approve",
        ["Spørg først", "Ask first"],
        [
            "Slettes en post i det ene system, kommer den i indbakken, og I afgør, om den også slettes i det andet.",
            "A record that is deleted in one system waits in the inbox, and you decide whether it is deleted in the other.",
        ],
    ),
];

/// What is kept in agreement.
pub(super) const MODULES: &[Choice] = &[
    option(
        "organisations",
        ["Organisationer", "Organisations"],
        ["Organisationer synkroniseres.", "Organisations are synchronised."],
    ),
    option("contacts", ["Kontakter", "Contacts"], ["Kontakter synkroniseres.", "Contacts are synchronised."]),
    option("products", ["Produkter", "Products"], ["Produkter synkroniseres.", "Products are synchronised."]),
    option("invoices", ["Fakturaer", "Invoices"], ["Fakturaer synkroniseres.", "Invoices are synchronised."]),
];

/// Which mapping is in force.
pub(super) const MAPPINGS: &[Choice] = &[
    option(
        "standard",
        ["Standard", "Standard"],
        [
            "Alle felter følger Afstems standard. Jeres egne feltpar gemmes, men bruges ikke.",
            "All fields follow Afstem's standard. Your own pairs of fields are kept but not used.",
        ],
    ),
    option(
        "custom",
        ["Tilpasset", "Custom"],
        [
            "Jeres egne feltpar bruges. I begynder med standarden og kan rette den under Kortlægning.",
            "Your own pairs of fields are used. You begin with the standard and edit it under Mapping.",
        ],
    ),
];

/// What becomes of edits at the target.
pub(super) const DRIFT: &[Choice] = &[
    option(
        "keep",
        ["Lad dem stå", "Leave them"],
        [
            "Rettelser hos modtageren bliver stående, til kilden retter feltet.",
            "Edits at the target stay until the source changes the field.",
        ],
    ),
    option(
        "overwrite",
        ["Skriv over", "Write over"],
        [
            "Rettelser hos modtageren skrives over. Modtageren bliver et spejl af kilden.",
            "Edits at the target are written over. The target becomes a mirror of the source.",
        ],
    ),
];
