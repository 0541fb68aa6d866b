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
                "{vat} % moms har ingen konto; skriv i indstillingerne, hvilken konto i Dinero den bogføres på: [invoices] \
                 vat_accounts = {{ \"{vat}\" = … }}"
            ),
            format!(
                "{vat} % VAT has no account; say in the settings which account of Dinero it is posted to: [invoices] \
                 vat_accounts = {{ \"{vat}\" = … }}"
            ),
        ),
        FaultKind::UnknownAccount { account } => pick(
            format!(
                "fakturaen bruger konto {account}, som ingen momssats hører til i indstillingerne; tilføj den i [invoices] \
                 vat_accounts"
            ),
            format!(
                "the invoice uses account {account}, which no VAT rate in the settings belongs to; add it to [invoices] \
                 vat_accounts"
            ),
        ),
        FaultKind::NoTextService => pick(
            "en linje har ingen vare; vælg i indstillingerne den ydelse i Simply CRM, der står for tekst: [invoices] \
             text_service = \"…\""
                .to_owned(),
            "a line has no product; choose in the settings the service of Simply CRM that stands for words: [invoices] \
             text_service = \"…\""
                .to_owned(),
        ),
        FaultKind::NoCustomer { person } => no_customer(*person, language),
        FaultKind::NoCreditedInvoice => pick(
            "kreditnotaen siger ikke, hvilken faktura den krediterer; skriv fakturaens nummer i feltet “Krediterer faktura” i \
             Simply CRM, eller opret det tekstfelt på fakturaer, hvis det mangler"
                .to_owned(),
            "the credit note does not say which invoice it credits; write the invoice's number into the field “Krediterer \
             faktura” in Simply CRM, or make that text field for invoices if it is missing"
                .to_owned(),
        ),
        FaultKind::CreditsDraft => pick(
            "fakturaen, som krediteres, er ikke bogført endnu; bogfør den først, eller ret den i stedet".to_owned(),
            "the invoice that is credited is not booked yet; book it first, or correct it instead".to_owned(),
        ),
        FaultKind::OverCredit(over) => {
            let [invoiced, credited, wanted] = [over.invoiced, over.credited, over.wanted].map(kroner);
            pick(
                format!(
                    "fakturaen er på {invoiced}, hvoraf {credited} er krediteret; {wanted} mere er for meget, så ret \
                     kreditnotaen"
                ),
                format!(
                    "the invoice is over {invoiced}, of which {credited} is credited; {wanted} more is too much, so correct \
                     the credit note"
                ),
            )
        }
        FaultKind::ClosedPeriod { until } => pick(
            format!("fakturadatoen ligger i en lukket periode (til og med {until}); giv fakturaen en senere dato"),
            format!("the invoice date is in a closed period (until {until}); give the invoice a later date"),
        ),
        FaultKind::TooLong { .. }
        | FaultKind::Missing
        | FaultKind::Invalid { .. }
        | FaultKind::NotAChoice
        | FaultKind::NoCounterpart
        | FaultKind::Broken => return None,
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
                "reguleringen på {} har ingen konto; vælg en i indstillingerne ([invoices] adjustment_account), eller fjern den",
                kroner(*amount)
            ),
            format!(
                "the adjustment of {} has no account; choose one in the settings ([invoices] adjustment_account), or remove \
                 it",
                kroner(*amount)
            ),
        ),
        Inexpressible::DeductedTax(amount) => pick(
            format!("der trækkes {} i skat fra; det kan Dinero ikke udtrykke, så fjern fradraget", kroner(*amount)),
            format!("{} of tax is deducted; Dinero cannot express that, so remove it", kroner(*amount)),
        ),
        Inexpressible::Negative(amount) => pick(
            format!(
                "fakturaen er blevet til {}; mindre end nul er en kreditnota, så ret den, eller lav en ny faktura til det",
                kroner(*amount)
            ),
            format!(
                "the invoice has come to {}; less than nothing is a credit note, so correct it, or make a new invoice for it",
                kroner(*amount)
            ),
        ),
        Inexpressible::NotNegative(amount) => pick(
            format!("kreditnotaen er blevet til {}; den skal være mindre end nul, så ret den", kroner(*amount)),
            format!("the credit note has come to {}; it has to be less than nothing, so correct it", kroner(*amount)),
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

/// A booked invoice that was edited or cancelled in the CRM. `again`: what approving it does, if it can be approved.
pub(crate) fn proposal(fields: &[FieldWhy], again: Option<bool>, approved: bool, language: Language) -> String {
    let names = fields.iter().map(|why| why.field.as_str()).collect::<Vec<_>>().join(", ");
    let pick = |da: String, en: String| if language == Language::Da { da } else { en };
    let what = if again == Some(false) {
        pick(
            "bogført i Dinero, men annulleret i Simply CRM".to_owned(),
            "booked in Dinero, and cancelled in Simply CRM".to_owned(),
        )
    } else {
        pick(
            format!("bogført i Dinero og kan ikke ændres, men {names} er rettet i Simply CRM"),
            format!("booked in Dinero and cannot be changed, but {names} was edited in Simply CRM"),
        )
    };
    let proposed = match again {
        Some(true) => language.pick(
            "krediter fakturaen, og lav en ny kladde med det, der står i Simply CRM",
            "credit the invoice, and make a new draft of what stands in Simply CRM",
        ),
        Some(false) => language.pick("krediter fakturaen", "credit the invoice"),
        None => language.pick(
            "sæt det tilbage i Simply CRM, og lav en ny faktura",
            "put it back in Simply CRM, and make a new invoice",
        ),
    };
    match (approved, language) {
        (true, Language::Da) => format!("{what}; godkendt: {proposed}"),
        (true, Language::En) => format!("{what}; approved: {proposed}"),
        (false, Language::Da) => format!("{what}; forslag: {proposed}"),
        (false, Language::En) => format!("{what}; proposal: {proposed}"),
    }
}

/// A draft whose invoice was cancelled in the CRM.
pub(crate) fn cancelled(language: Language) -> String {
    let text = language.pick(
        "annulleret i Simply CRM, men står som kladde i Dinero; den bogføres ikke",
        "cancelled in Simply CRM, and a draft in Dinero; it is not booked",
    );
    text.to_owned()
}

/// An effect of which nobody knows whether it happened.
pub(crate) fn effect_unknown(effect: &str, language: Language) -> String {
    let what = match (effect, language) {
        ("book", Language::Da) => "bogført".to_owned(),
        ("book", Language::En) => "booked".to_owned(),
        ("send", Language::Da) => "sendt til kunden".to_owned(),
        ("send", Language::En) => "sent to the customer".to_owned(),
        ("credit", Language::Da) => "krediteret".to_owned(),
        ("credit", Language::En) => "credited".to_owned(),
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
