//! Every setting of the pages: what it is called, what it means, and what each choice does.

use super::{Answering, Both, Choice, Field, Part};

const fn option(value: &'static str, label: Both, effect: Both) -> Choice {
    Choice { value, label, effect }
}

const fn field(key: &'static str, part: Part, answer: Answering, label: Both, explain: Both) -> Field {
    Field { key, part, label, explain, answer, when: None }
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
    field(
        "invoices.vat_accounts",
        Part::Invoices,
        Answering::Text,
        ["Salgskonti efter moms", "Sales accounts by VAT"],
        [
            "Kontoen i Dinero for hver momssats, fx 25=1000,0=1100. En sats uden konto venter på jer.",
            "Dinero's account for each VAT rate, such as 25=1000,0=1100. A rate without an account waits for you.",
        ],
    ),
    field(
        "invoices.book",
        Part::Invoices,
        Answering::Flag,
        ["Må bogføre", "May book"],
        [
            "Fakturaer må bogføres i Dinero, når nogen udtrykkeligt beder om det. Det kan ikke fortrydes.",
            "Invoices may be booked in Dinero when somebody expressly asks for it. That cannot be undone.",
        ],
    ),
    field(
        "invoices.send",
        Part::Invoices,
        Answering::Flag,
        ["Må sende", "May send"],
        [
            "Bogførte fakturaer må sendes til kunden fra Dinero, når nogen udtrykkeligt beder om det.",
            "Booked invoices may be mailed to the customer from Dinero when somebody expressly asks for it.",
        ],
    ),
];
