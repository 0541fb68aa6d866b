//! What a person does about a finding, in Danish and English: the command to type, or what to put right where.

use reconcile::{Finding, Matter, Reply};

use crate::Language;
use crate::words::side_name;

/// Who has to do what about `finding`, which the inbox knows as `id`.
pub(super) fn remedy(finding: &Finding, id: &str, language: Language) -> String {
    let pick = |da: String, en: String| if language == Language::Da { da } else { en };
    match &finding.matter {
        Matter::Ambiguous { pairs, .. } if pairs.len() > 1 => pick(
            format!(
                "Vælg parret: `afstem match confirm DINERO CRM`. Ingen af dem hører sammen: `afstem held reject {id}`."
            ),
            format!(
                "Choose the pair: `afstem match confirm DINERO CRM`. None of them belong together: `afstem held reject {id}`."
            ),
        ),
        Matter::Ambiguous { .. } => pick(
            format!("Den samme: `afstem held approve {id}`. To forskellige: `afstem held reject {id}`."),
            format!("The same: `afstem held approve {id}`. Two different ones: `afstem held reject {id}`."),
        ),
        Matter::Conflict { .. } => pick(
            format!(
                "Vælg: `afstem conflicts resolve {id} --take dinero` eller `--take crm`; med `--field FELT` kun det ene felt."
            ),
            format!(
                "Choose: `afstem conflicts resolve {id} --take dinero` or `--take crm`; with `--field FIELD` that field only."
            ),
        ),
        Matter::Duplicate { .. } => pick(
            format!(
                "En anden, som skal oprettes: `afstem held approve {id}`. Skal lades i fred: `afstem held reject {id}`."
            ),
            format!(
                "Another one, to be made: `afstem held approve {id}`. To be left alone: `afstem held reject {id}`."
            ),
        ),
        Matter::Deletion { deletion } => {
            let other = side_name(deletion.side.other());
            pick(
                format!("Slet også i {other}: `afstem held approve {id}`. Behold den: `afstem held reject {id}`."),
                format!("Delete it in {other}, too: `afstem held approve {id}`. Keep it: `afstem held reject {id}`."),
            )
        }
        Matter::EditedAfterDeletion { side, .. } => {
            let other = side_name(side.other());
            pick(
                format!(
                    "Slet i {other} trods rettelsen: `afstem held approve {id}`. Behold den: `afstem held reject {id}`."
                ),
                format!(
                    "Delete it in {other} despite the edit: `afstem held approve {id}`. Keep it: `afstem held reject {id}`."
                ),
            )
        }
        Matter::Guarded { from, .. } => {
            let name = side_name(*from);
            pick(
                format!(
                    "Det er meningen: `afstem held approve {id}`. Det er det ikke: `afstem held reject {id}`, og ret det i \
                     {name}; hvad der kommer tilbage dér, falder bort her."
                ),
                format!(
                    "It is intended: `afstem held approve {id}`. It is not: `afstem held reject {id}`, and put it right in \
                     {name}; what comes back there goes away here."
                ),
            )
        }
        Matter::Unfit { .. } | Matter::Refused { .. } => with_ignoring(
            finding,
            id,
            language,
            pick(
                "Ret posten; næste synkronisering prøver igen.".into(),
                "Correct the record; the next sync tries again.".into(),
            ),
        ),
        Matter::Needs { .. } => with_ignoring(
            finding,
            id,
            language,
            pick("Få den anden post på plads først.".into(), "Settle the other record first.".into()),
        ),
        Matter::OutcomeUnknown { side } => {
            let name = side_name(*side);
            pick(
                format!("Se efter i {name}, om posten findes; næste synkronisering ser også efter."),
                format!("Look whether the record is in {name}; the next sync looks, too."),
            )
        }
        Matter::SystemChanged { .. } => pick(
            "Ret feltet i systemet, eller ret kortlægningen; så går det videre af sig selv.".into(),
            "Put the field right in the system, or change the mapping; then it goes on by itself.".into(),
        ),
        Matter::Swinging { .. } => pick(
            "Ret feltet i det ene system til en ny værdi.".into(),
            "Set the field to a new value in one of the systems.".into(),
        ),
        Matter::Deleted { .. } | Matter::HeldBack { .. } => {
            pick("Der er intet at gøre.".into(), "There is nothing to do.".into())
        }
    }
}

/// `first`, and that the record can also be left alone where that is so.
fn with_ignoring(finding: &Finding, id: &str, language: Language, first: String) -> String {
    if finding.decided_by(Reply::Reject).is_none() {
        return first;
    }
    match language {
        Language::Da => format!("{first} Skal den lades i fred: `afstem held reject {id}`."),
        Language::En => format!("{first} To leave it alone: `afstem held reject {id}`."),
    }
}
