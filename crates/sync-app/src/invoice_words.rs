//! What keeps an invoice from going on, said to a bookkeeper in Danish and English.

use field_mapping::{FaultKind, TotalsCheck};
use invoicing::{Difference, Inexpressible, Part};
use reconcile::FieldWhy;
use rust_decimal::Decimal;

use crate::Language;

/// What a fault of an invoice says; `None` for any other.
pub(crate) fn fault(kind: &FaultKind, language: Language) -> Option<String> {
    let pick = |da: String, en: String| if language == Language::Da { da } else { en };
    Some(match kind {
        FaultKind::Inexpressible(reason) => inexpressible(reason, language),
        FaultKind::NoAccount { vat } => pick(
            format!(
                "{vat} % moms har ingen konto; skriv i afstem.toml, hvilken konto i Dinero den bogføres på: [invoices] \
                 vat_accounts = {{ \"{vat}\" = … }}"
            ),
            format!(
                "{vat} % VAT has no account; say in afstem.toml which account of Dinero it is posted to: [invoices] \
                 vat_accounts = {{ \"{vat}\" = … }}"
            ),
        ),
        FaultKind::UnknownAccount { account } => pick(
            format!(
                "fakturaen bruger konto {account}, som ingen momssats hører til i afstem.toml; tilføj den i [invoices] \
                 vat_accounts"
            ),
            format!(
                "the invoice uses account {account}, which no VAT rate in afstem.toml belongs to; add it to [invoices] \
                 vat_accounts"
            ),
        ),
        FaultKind::NoTextService => pick(
            "en linje har ingen vare; vælg i afstem.toml den ydelse i Simply CRM, der står for tekst: [invoices] \
             text_service = \"…\""
                .to_owned(),
            "a line has no product; choose in afstem.toml the service of Simply CRM that stands for words: [invoices] \
             text_service = \"…\""
                .to_owned(),
        ),
        FaultKind::NoCustomer { person } => no_customer(*person, language),
        FaultKind::ClosedPeriod { until } => pick(
            format!("fakturadatoen ligger i en lukket periode (til og med {until}); giv fakturaen en senere dato"),
            format!("the invoice date is in a closed period (until {until}); give the invoice a later date"),
        ),
        FaultKind::TooLong { .. }
        | FaultKind::Missing
        | FaultKind::Invalid { .. }
        | FaultKind::NotAChoice
        | FaultKind::NoCounterpart => return None,
    })
}

fn no_customer(person: bool, language: Language) -> String {
    let text = match (person, language) {
        (false, Language::Da) => {
            "fakturaen har ingen organisation; vælg en, eller tillad kontaktpersonen i stedet ([invoices] other_customer = \
             true)"
        }
        (false, Language::En) => {
            "the invoice has no organisation; choose one, or allow the person instead ([invoices] other_customer = true)"
        }
        (true, Language::Da) => {
            "fakturaen har ingen kontaktperson; vælg en, eller tillad organisationen i stedet ([invoices] other_customer \
             = true)"
        }
        (true, Language::En) => {
            "the invoice has no person; choose one, or allow the organisation instead ([invoices] other_customer = true)"
        }
    };
    text.to_owned()
}

fn inexpressible(reason: &Inexpressible, language: Language) -> String {
    let pick = |da: String, en: String| if language == Language::Da { da } else { en };
    match reason {
        Inexpressible::NoLines => pick(
            "fakturaen har ingen linjer; tilføj mindst én".to_owned(),
            "the invoice has no lines; add at least one".to_owned(),
        ),
        Inexpressible::ProductDeleted(line) => pick(
            format!("varen på linje {line} er slettet; gendan den, eller vælg en anden vare på linjen"),
            format!("the product of line {line} was deleted; restore it, or choose another for the line"),
        ),
        Inexpressible::DiscountAfterTax => pick(
            "rabatten på hele fakturaen trækkes fra efter momsen; vælg gruppemoms, eller giv rabatten på linjerne"
                .to_owned(),
            "the discount on the whole is taken off after the VAT; choose group tax, or give the discount on the lines"
                .to_owned(),
        ),
        Inexpressible::Adjustment(amount) => pick(
            format!(
                "reguleringen på {} har ingen konto; vælg en i afstem.toml ([invoices] adjustment_account), eller fjern den",
                kroner(*amount)
            ),
            format!(
                "the adjustment of {} has no account; choose one in afstem.toml ([invoices] adjustment_account), or remove \
                 it",
                kroner(*amount)
            ),
        ),
        Inexpressible::DeductedTax(amount) => pick(
            format!("der trækkes {} i skat fra; det kan Dinero ikke udtrykke, så fjern fradraget", kroner(*amount)),
            format!("{} of tax is deducted; Dinero cannot express that, so remove it", kroner(*amount)),
        ),
        Inexpressible::Negative(amount) => pick(
            format!("fakturaen er på {}; mindre end nul er en kreditnota, så lav en sådan i Dinero", kroner(*amount)),
            format!(
                "the invoice is over {}; less than nothing is a credit note, so make one in Dinero",
                kroner(*amount)
            ),
        ),
        Inexpressible::NoTaxMode => pick(
            "fakturaens momstype er gået tabt; vælg gruppe eller individuel moms i Simply CRM og gem".to_owned(),
            "the invoice has lost its tax mode; choose group or individual tax in Simply CRM and save".to_owned(),
        ),
        Inexpressible::DiscountOutOfRange(line) => pick(
            format!("rabatten på linje {line} er ikke mellem 0 og 100 %; ret den"),
            format!("the discount of line {line} is not between 0 and 100 %; correct it"),
        ),
    }
}

/// Totals that are not the same everywhere, line by line.
pub(crate) fn totals(check: &TotalsCheck, language: Language) -> String {
    let all = |system: &str, differences: &[Difference]| {
        differences.iter().map(|it| difference(system, it, language)).collect::<Vec<_>>()
    };
    let mut found = all("Dinero", &check.dinero);
    found.extend(all("Simply CRM", &check.crm));
    let found = found.join("; ");
    match language {
        Language::Da => format!("beløbene stemmer ikke, så fakturaen bliver stående som kladde: {found}"),
        Language::En => format!("the amounts do not agree, so the invoice stays a draft: {found}"),
    }
}

fn difference(system: &str, difference: &Difference, language: Language) -> String {
    let (ours, theirs) = (kroner(difference.ours), kroner(difference.theirs));
    let part = match (difference.part, language) {
        (Part::Count, Language::Da) => "antal linjer".to_owned(),
        (Part::Count, Language::En) => "number of lines".to_owned(),
        (Part::Line(line), Language::Da) => format!("linje {line}"),
        (Part::Line(line), Language::En) => format!("line {line}"),
        (Part::Net, Language::Da) => "uden moms".to_owned(),
        (Part::Net, Language::En) => "without VAT".to_owned(),
        (Part::Vat, Language::Da) => "moms".to_owned(),
        (Part::Vat, Language::En) => "VAT".to_owned(),
        (Part::Gross, Language::Da) => "i alt".to_owned(),
        (Part::Gross, Language::En) => "in total".to_owned(),
    };
    match language {
        Language::Da => format!("{part}: vi regner {ours}, {system} {theirs}"),
        Language::En => format!("{part}: we make it {ours}, {system} {theirs}"),
    }
}

/// A booked invoice that was edited in the CRM.
pub(crate) fn proposal(fields: &[FieldWhy], language: Language) -> String {
    let names = fields.iter().map(|why| why.field.as_str()).collect::<Vec<_>>().join(", ");
    match language {
        Language::Da => format!(
            "bogført i Dinero og kan ikke ændres, men {names} er rettet i Simply CRM; forslag: krediter fakturaen og lav en ny"
        ),
        Language::En => format!(
            "booked in Dinero and cannot be changed, but {names} was edited in Simply CRM; proposal: credit the invoice and \
             make a new one"
        ),
    }
}

/// An effect of which nobody knows whether it happened.
pub(crate) fn effect_unknown(effect: &str, language: Language) -> String {
    let what = match (effect, language) {
        ("book", Language::Da) => "bogført".to_owned(),
        ("book", Language::En) => "booked".to_owned(),
        ("send", Language::Da) => "sendt til kunden".to_owned(),
        ("send", Language::En) => "sent to the customer".to_owned(),
        (other, Language::Da) => format!("registreret som betalt ({other})"),
        (other, Language::En) => format!("registered as paid ({other})"),
    };
    match language {
        Language::Da => format!(
            "svaret gik tabt, og intet viser, om fakturaen blev {what}; se efter i Dinero, og gør det i hånden, hvis det ikke skete"
        ),
        Language::En => format!(
            "the answer was lost, and nothing shows whether the invoice was {what}; look in Dinero, and do it by hand if it was \
             not"
        ),
    }
}

fn kroner(amount: Decimal) -> String {
    let amount = invoicing::ore(amount);
    format!("{amount:.2}")
}
