//! Every setting of the pages: what it is called, what it means, and what each choice does.

use super::{Answering, Both, Field, Part, choices};

const fn field(key: &'static str, part: Part, answer: Answering, label: Both, explain: Both) -> Field {
    Field { key, part, label, explain, answer, when: None }
}

/// Something of invoices that is typed.
const fn typed(key: &'static str, label: Both, explain: Both) -> Field {
    field(key, Part::Invoices, Answering::Text, label, explain)
}

/// Something of invoices that is allowed or not.
const fn allowed(key: &'static str, label: Both, explain: Both) -> Field {
    field(key, Part::Invoices, Answering::Flag, label, explain)
}

/// Every setting of a page, in order.
pub const FIELDS: &[Field] = &[
    field(
        "dinero.organization_id",
        Part::Dinero,
        Answering::Text,
        ["Firma ID", "Firma ID"],
        [
            "Nummeret på jeres virksomhed i Dinero. Det står i adresselinjen, når I er logget ind.",
            "The number of your company in Dinero. It stands in the address bar when you are signed in.",
        ],
    ),
    field(
        "dinero.api_key",
        Part::Dinero,
        Answering::Secret,
        ["API-nøgle", "API-nøgle"],
        [
            "Lav den i Dinero under Integrationer → API-nøgler, og sæt den ind her.",
            "Make it in Dinero under Integrationer → API-nøgler, and paste it here.",
        ],
    ),
    field(
        "dinero.client_id",
        Part::Dinero,
        Answering::Text,
        ["Klient-id", "Client id"],
        ["Installationens eget id hos Dinero.", "This installation's own id with Dinero."],
    ),
    field(
        "dinero.client_secret",
        Part::Dinero,
        Answering::Secret,
        ["Klientens hemmelighed", "Client secret"],
        ["Hører til klient-id.", "Belongs to the client id."],
    ),
    field(
        "simplycrm.url",
        Part::SimplyCrm,
        Answering::Text,
        ["Adresse", "Address"],
        [
            "Den adresse, I bruger Simply CRM på, fx https://firma.simply-crm.dk.",
            "The address where you use Simply CRM, such as https://firma.simply-crm.dk.",
        ],
    ),
    field(
        "simplycrm.username",
        Part::SimplyCrm,
        Answering::Text,
        ["Brugernavn", "User name"],
        [
            "En bruger, der må se og rette alle poster. Helst én, der er lavet til formålet.",
            "A user who may see and edit all records; best one made for this purpose.",
        ],
    ),
    field(
        "simplycrm.access_key",
        Part::SimplyCrm,
        Answering::Secret,
        ["Adgangsnøgle", "Access key"],
        [
            "Står i Simply CRM under brugerens Mine præferencer (Access Key).",
            "Stands in Simply CRM under the user's My preferences (Access Key).",
        ],
    ),
    field(
        "mapping.kind",
        Part::Sync,
        Answering::One(choices::MAPPINGS),
        ["Kortlægning", "Mapping"],
        [
            "Hvilket felt i Simply CRM der svarer til hvilket felt i Dinero.",
            "Which field of Simply CRM means which field of Dinero.",
        ],
    ),
    field(
        "sync.mode",
        Part::Sync,
        Answering::One(choices::MODES),
        ["Synkronisere", "Synchronise"],
        ["Om Afstem også synkroniserer af sig selv.", "Whether Afstem also synchronises by itself."],
    ),
    Field {
        when: Some(("sync.mode", "auto")),
        ..field(
            "sync.every",
            Part::Sync,
            Answering::Text,
            ["Hvor ofte", "How often"],
            [
                "Tiden mellem to automatiske synkroniseringer, fx 3h, 90m eller 1d.",
                "The time between two automatic synchronisations, such as 3h, 90m or 1d.",
            ],
        )
    },
    field(
        "sync.direction",
        Part::Sync,
        Answering::One(choices::DIRECTIONS),
        ["Synkroniseringsindstilling", "Direction"],
        ["Hvor Afstem må skrive.", "Where Afstem may write."],
    ),
    Field {
        when: Some(("sync.direction", "both")),
        ..field(
            "sync.priority",
            Part::Sync,
            Answering::One(choices::PRIORITIES),
            ["Dataprioritet", "Data priority"],
            [
                "Hvis værdi der gælder, når begge har rettet det samme felt, og første gang to poster mødes.",
                "Whose value stands when both changed the same field, and when two records meet for the first time.",
            ],
        )
    },
    Field {
        when: Some(("sync.direction", "!both")),
        ..field(
            "sync.drift",
            Part::Sync,
            Answering::One(choices::DRIFT),
            ["Rettelser hos modtageren", "Edits at the target"],
            [
                "Hvad der sker med rettelser i det system, der kun modtager.",
                "What becomes of edits in the system that only receives.",
            ],
        )
    },
    field(
        "sync.modules",
        Part::Sync,
        Answering::Some(choices::MODULES),
        ["Moduler", "Modules"],
        ["Hvad der synkroniseres.", "What is synchronised."],
    ),
    field(
        "sync.deletes",
        Part::Sync,
        Answering::One(choices::DELETIONS),
        ["Sletninger", "Deletions"],
        [
            "Hvad der sker, når en post er slettet i det ene system. Afstem sletter aldrig af sig selv.",
            "What happens when a record was deleted in one system. Afstem never deletes by itself.",
        ],
    ),
    field(
        "sync.max_creates",
        Part::Sync,
        Answering::Text,
        ["Nye poster på én gang", "New records at once"],
        [
            "Så mange nye poster oprettes højst ad gangen i hvert system og modul uden jeres ord.",
            "So many new records at most are made at a time in each system and module without your word.",
        ],
    ),
    field(
        "sync.invoice_priority",
        Part::Invoices,
        Answering::One(choices::CUSTOMERS),
        ["Prioritetsmodul", "Invoice priority"],
        [
            "Om en faktura hører til organisationen eller til kontaktpersonen.",
            "Whether an invoice belongs to the organisation or to the person.",
        ],
    ),
    allowed(
        "invoices.other_customer",
        ["Den anden må træde i stedet", "The other may stand in"],
        [
            "Mangler organisationen, stilles fakturaen til kontaktpersonen, og omvendt. Ellers venter fakturaen på jer.",
            "If the organisation is missing, the invoice goes to the person, and the other way round. Otherwise it waits for you.",
        ],
    ),
    typed(
        "invoices.vat_accounts",
        ["Salgskonti efter moms", "Sales accounts by VAT"],
        [
            "Kontoen i Dinero for hver momssats, fx 25=1000,0=1100; 0-eu og 0-world er salg uden moms til udlandet. En sats uden konto venter på jer.",
            "Dinero's account for each VAT rate, such as 25=1000,0=1100; 0-eu and 0-world are sales without VAT abroad. A rate without an account waits for you.",
        ],
    ),
    typed(
        "invoices.text_service",
        ["Ydelse for tekstlinjer", "Service for lines of words"],
        [
            "Den ydelse i Simply CRM, som en linje med ren tekst fra Dinero bogføres på der, fx Services/26x5. Uden den venter sådan en faktura på jer.",
            "The service of Simply CRM that a line of mere words from Dinero goes to, such as Services/26x5. Without it such an invoice waits for you.",
        ],
    ),
    typed(
        "invoices.adjustment_account",
        ["Konto for justeringer", "Account of adjustments"],
        [
            "Kontoen i Dinero for en fakturas justering i Simply CRM. Uden den venter fakturaer med en justering på jer.",
            "Dinero's account for an invoice's adjustment in Simply CRM. Without it invoices with an adjustment wait for you.",
        ],
    ),
    typed(
        "invoices.rounding_account",
        ["Konto for øreafrunding", "Account of roundings"],
        [
            "Kontoen i Dinero for en linje, der udligner de øre, som de to systemer afrunder forskelligt. Uden den laves ingen sådan linje.",
            "Dinero's account for a line that evens out the øre which the two systems round differently. Without it no such line is made.",
        ],
    ),
    typed(
        "invoices.rounding_limit",
        ["Højeste øreafrunding", "Largest rounding"],
        [
            "Så meget må øreafrundingen højst være, i kroner, fx 0,05. Er forskellen større, venter fakturaen på jer.",
            "The most a rounding line may come to, in kroner, such as 0.05. If the difference is larger, the invoice waits for you.",
        ],
    ),
    typed(
        "invoices.closed_until",
        ["Lukket til og med", "Closed until"],
        [
            "Den sidste dag i den lukkede regnskabsperiode, fx 31.12.2025. Ingen faktura får en dato i den.",
            "The last day of the closed accounting period, such as 2025-12-31. No invoice is dated in it.",
        ],
    ),
    field(
        "invoices.language",
        Part::Invoices,
        Answering::One(choices::LANGUAGES),
        ["Fakturaens sprog", "Language of invoices"],
        [
            "Det sprog, som nye fakturaer skrives på i Dinero.",
            "The language in which new invoices are written in Dinero.",
        ],
    ),
    typed(
        "invoices.cancelled_status",
        ["Status for annulleret", "Status of cancelled"],
        [
            "Den status i Simply CRM, som betyder, at en faktura er annulleret. Den laves ikke i Dinero, og er den bogført, foreslås en kreditnota.",
            "The status in Simply CRM which means that an invoice was cancelled. It is not made in Dinero, and where it is booked, a credit note is proposed.",
        ],
    ),
    allowed(
        "invoices.book",
        ["Må bogføre", "May book"],
        [
            "Fakturaer må bogføres i Dinero, når nogen udtrykkeligt beder om det. Det kan ikke fortrydes.",
            "Invoices may be booked in Dinero when somebody expressly asks for it. That cannot be undone.",
        ],
    ),
    allowed(
        "invoices.send",
        ["Må sende", "May send"],
        [
            "Bogførte fakturaer må sendes til kunden fra Dinero, når nogen udtrykkeligt beder om det.",
            "Booked invoices may be mailed to the customer from Dinero when somebody expressly asks for it.",
        ],
    ),
    allowed(
        "invoices.payments",
        ["Må registrere betalinger", "May register payments"],
        [
            "Betalinger fra Simply CRM må registreres i Dinero, når nogen udtrykkeligt beder om det. De bogføres på kontoen herunder.",
            "Payments of Simply CRM may be registered in Dinero when somebody expressly asks for it, on the account below.",
        ],
    ),
    typed(
        "invoices.deposit_account",
        ["Konto for indbetalinger", "Account of payments"],
        [
            "Den konto i Dinero, som betalinger registreres på, fx 55000. Uden den registreres ingen.",
            "Dinero's account that payments are registered on, such as 55000. Without it none is registered.",
        ],
    ),
];
