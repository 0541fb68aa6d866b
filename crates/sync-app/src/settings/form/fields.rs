//! Every setting of the pages: what it is called, what it means, and what each choice does.

use super::{Answering, Both, Choice, Field, Part};

const fn option(value: &'static str, label: Both, effect: Both) -> Choice {
    Choice { value, label, effect }
}

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
        Answering::One(&[
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
        ]),
        ["Kortlægning", "Mapping"],
        [
            "Hvilket felt i Simply CRM der svarer til hvilket felt i Dinero.",
            "Which field of Simply CRM means which field of Dinero.",
        ],
    ),
    field(
        "sync.mode",
        Part::Sync,
        Answering::One(&[
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
        ]),
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
        Answering::One(&[
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
        ]),
        ["Synkroniseringsindstilling", "Direction"],
        ["Hvor Afstem må skrive.", "Where Afstem may write."],
    ),
    Field {
        when: Some(("sync.direction", "both")),
        ..field(
            "sync.priority",
            Part::Sync,
            Answering::One(&[
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
            ]),
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
            Answering::One(&[
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
            ]),
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
        Answering::Some(&[
            option(
                "organisations",
                ["Organisationer", "Organisations"],
                ["Organisationer synkroniseres.", "Organisations are synchronised."],
            ),
            option("contacts", ["Kontakter", "Contacts"], ["Kontakter synkroniseres.", "Contacts are synchronised."]),
            option("products", ["Produkter", "Products"], ["Produkter synkroniseres.", "Products are synchronised."]),
            option("invoices", ["Fakturaer", "Invoices"], ["Fakturaer synkroniseres.", "Invoices are synchronised."]),
        ]),
        ["Moduler", "Modules"],
        ["Hvad der synkroniseres.", "What is synchronised."],
    ),
    field(
        "sync.deletes",
        Part::Sync,
        Answering::One(&[
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
        ]),
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
        Answering::One(&[
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
        ]),
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
            "Så meget må øreafrundingen højst være, i kroner, fx 0.05. Er forskellen større, venter fakturaen på jer.",
            "The most a rounding line may come to, in kroner, such as 0.05. If the difference is larger, the invoice waits for you.",
        ],
    ),
    typed(
        "invoices.closed_until",
        ["Lukket til og med", "Closed until"],
        [
            "Den sidste dag i den lukkede regnskabsperiode, fx 2025-12-31. Ingen faktura får en dato i den.",
            "The last day of the closed accounting period, such as 2025-12-31. No invoice is dated in it.",
        ],
    ),
    field(
        "invoices.language",
        Part::Invoices,
        Answering::One(&[
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
        ]),
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
