//! What a finding says to a person, in Danish and English: what waits, and what to do about it.

use field_mapping::Held;
use reconcile::{FailureClass, FieldWhy, Guarded, LikelyPair, Matter};
use sync_model::{RecordKey, Side};

use crate::words::side_name;
use crate::{Language, Say};

impl Say for Matter {
    fn say(&self, language: Language) -> String {
        let pick = |da: String, en: String| if language == Language::Da { da } else { en };
        match self {
            Self::Ambiguous { rule, value, pairs } => ambiguous(rule, value, pairs, language),
            Self::Conflict { fields } => {
                let names = names(fields);
                pick(format!("konflikt om {names}; vælg en værdi"), format!("conflict about {names}; choose a value"))
            }
            Self::Unfit { faults } => faults.iter().map(|fault| fault.say(language)).collect::<Vec<_>>().join("; "),
            Self::Refused { side, message, field } => {
                let field = field.as_ref().map(|field| format!(" ({field})")).unwrap_or_default();
                let name = side_name(*side);
                pick(
                    format!("{name} afviste posten{field}: {message}"),
                    format!("{name} refused the record{field}: {message}"),
                )
            }
            Self::GivenUp { side, class, attempts, message, field } => {
                let about = [message.as_str(), field.as_deref().unwrap_or_default()];
                given_up(*side, *class, *attempts, about, language)
            }
            Self::Duplicate { of, rule, value } => pick(
                format!("deler {rule} “{value}” med {of}, som allerede er koblet eller udeladt; er det en anden?"),
                format!("shares {rule} “{value}” with {of}, which is linked or left alone already; is it another one?"),
            ),
            Self::OutcomeUnknown { side } => outcome_unknown(*side, language),
            Self::Needs { records } => needs(records, language),
            Self::SystemChanged { held } => system_changed(held, language),
            Self::Deleted { side } => {
                let (name, other) = (side_name(*side), side_name(side.other()));
                pick(
                    format!("slettet i {name}; {other} beholder sin post, og koblingen er ophævet"),
                    format!("deleted in {name}; {other} keeps its record, and the link has ended"),
                )
            }
            Self::Deletion { deletion } => {
                let (name, other) = (side_name(deletion.side), side_name(deletion.side.other()));
                pick(
                    format!("slettet i {name}; skal den også slettes i {other}?"),
                    format!("deleted in {name}; shall it be deleted in {other}, too?"),
                )
            }
            Self::EditedAfterDeletion { side, fields, .. } => edited_after_deletion(*side, fields, language),
            Self::Guarded { what, from, count, links, .. } => guarded(*what, *from, [*count, *links], language),
            Self::HeldBack { from, .. } => {
                let name = side_name(*from);
                pick(
                    format!("du har holdt det fra {name} tilbage; intet sker, før en af posterne ændres"),
                    format!("you held back what came from {name}; nothing is done until one of the records changes"),
                )
            }
            Self::Proposal { fields, correction, approved } => {
                let again = correction.as_ref().map(|it| it.again);
                crate::invoice_words::proposal(fields, again, *approved, language)
            }
            Self::Cancelled => crate::invoice_words::cancelled(language),
            Self::EffectUnknown { effect } => crate::invoice_words::effect_unknown(effect, language),
            Self::Totals { check } => crate::invoice_words::totals(check, language),
            Self::Swinging { fields } => {
                let names = names(fields);
                pick(
                    format!("{names} skifter frem og tilbage mellem systemerne; ret det i ét af dem"),
                    format!("{names} changes back and forth between the systems; correct it in one"),
                )
            }
        }
    }
}

fn outcome_unknown(side: Side, language: Language) -> String {
    let name = side_name(side);
    match language {
        Language::Da => format!("svaret fra {name} gik tabt; se efter, om posten findes, før den sendes igen"),
        Language::En => {
            format!("the answer from {name} was lost; see whether the record exists before it is sent again")
        }
    }
}

fn given_up(side: Side, class: FailureClass, attempts: u32, [message, field]: [&str; 2], language: Language) -> String {
    let name = side_name(side);
    let field = if field.is_empty() { String::new() } else { format!(" ({field})") };
    let (who, what) = owner(class, language);
    match language {
        Language::Da => format!(
            "opgivet efter {attempts} kørsler; {name} svarede{field}: {message}. {who}: {what}. Den prøves igen, når posten \
             eller kortlægningen ændres, eller med sync --record"
        ),
        Language::En => format!(
            "given up after {attempts} runs; {name} answered{field}: {message}. {who}: {what}. It is tried again when \
             the record or the mapping changes, or with sync --record"
        ),
    }
}

/// Who can help, and how.
fn owner(class: FailureClass, language: Language) -> (&'static str, &'static str) {
    match class {
        FailureClass::Transient => (
            language.pick("Den, der driver systemet", "Whoever runs the system"),
            language.pick(
                "se efter, hvorfor det ikke svarer for denne post",
                "find out why it does not answer for this record",
            ),
        ),
        FailureClass::Data => (
            language.pick("Den, der ejer posten", "Whoever keeps the record"),
            language.pick("ret oplysningen i det andet system", "correct the value in the other system"),
        ),
        FailureClass::Permission => (
            language.pick("Administratoren", "The administrator"),
            language.pick(
                "giv integrationsbrugeren ret til at skrive posten",
                "give the integration's user the right to write it",
            ),
        ),
        FailureClass::Conflict => (
            language.pick("Den, der ejer posten", "Whoever keeps the record"),
            language.pick(
                "find den post, den støder sammen med, og ret en af dem",
                "find the record it collides with and correct one of them",
            ),
        ),
        FailureClass::Accounting => (
            language.pick("Bogholderen", "The bookkeeper"),
            language.pick("se på konto, periode eller moms i Dinero", "look at the account, period or VAT in Dinero"),
        ),
    }
}

fn ambiguous(rule: &str, value: &str, pairs: &[LikelyPair], language: Language) -> String {
    match (pairs, language) {
        ([LikelyPair { titles, score, .. }], Language::Da) => format!(
            "ligner hinanden ({rule}, {score} %): “{}” i Dinero og “{}” i Simply CRM; er det den samme?",
            titles.left, titles.right
        ),
        ([LikelyPair { titles, score, .. }], Language::En) => format!(
            "alike ({rule}, {score} %): “{}” in Dinero and “{}” in Simply CRM; are they the same?",
            titles.left, titles.right
        ),
        (_, Language::Da) => format!("flere poster deler {rule} “{value}”; vælg selv, hvilke der hører sammen"),
        (_, Language::En) => format!("several records share {rule} “{value}”; choose which belong together"),
    }
}

fn needs(records: &[(Side, RecordKey)], language: Language) -> String {
    let names = records.iter().map(|(_, key)| key.to_string()).collect::<Vec<_>>().join(", ");
    match language {
        Language::Da => format!("henviser til {names}, som ikke er koblet endnu; få den post på plads først"),
        Language::En => format!("refers to {names}, which is not linked yet; settle that record first"),
    }
}

fn system_changed(held: &Held, language: Language) -> String {
    let (module, what) = (&held.module, language.pick(&held.text.da, &held.text.en));
    match (&held.field, language) {
        (Some(field), Language::Da) => format!("feltet {field} i {module} venter, mens resten går videre: {what}"),
        (Some(field), Language::En) => format!("the field {field} of {module} waits while the rest goes on: {what}"),
        (None, Language::Da) => format!("nye poster i {module} uden feltet venter: {what}"),
        (None, Language::En) => format!("new records of {module} without the field wait: {what}"),
    }
}

fn edited_after_deletion(side: Side, fields: &[FieldWhy], language: Language) -> String {
    let (name, other, fields) = (side_name(side), side_name(side.other()), names(fields));
    match language {
        Language::Da => format!("slettet i {name}, men {fields} er rettet i {other}; posten bliver stående"),
        Language::En => format!("deleted in {name}, but {fields} was edited in {other}; the record stays"),
    }
}

fn guarded(what: Guarded, from: Side, [count, links]: [usize; 2], language: Language) -> String {
    let name = side_name(from);
    match (what, language) {
        (Guarded::Deletions, Language::Da) => {
            format!("{count} af {links} koblede poster er slettet i {name}; er det meningen?")
        }
        (Guarded::Deletions, Language::En) => {
            format!("{count} of {links} linked records were deleted in {name}; is that intended?")
        }
        (Guarded::Changes, Language::Da) => {
            format!("{count} af {links} koblede poster er ændret i {name} på én gang; er det meningen?")
        }
        (Guarded::Changes, Language::En) => {
            format!("{count} of {links} linked records changed in {name} at once; is that intended?")
        }
        (Guarded::Creates, Language::Da) => {
            format!(
                "{count} nye poster fra {name} på én gang er flere end tilladt (sync.max_creates); er det meningen?"
            )
        }
        (Guarded::Creates, Language::En) => {
            format!(
                "{count} new records from {name} at once are more than allowed (sync.max_creates); is that intended?"
            )
        }
    }
}

fn names(fields: &[FieldWhy]) -> String {
    fields.iter().map(|why| why.field.as_str()).collect::<Vec<_>>().join(", ")
}
