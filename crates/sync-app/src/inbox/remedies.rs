//! What a person does about a finding, in Danish and English: what to put right where, and the commands to type.

use reconcile::{Finding, Matter, Reply};

use crate::Language;
use crate::words::side_name;

/// Who has to do what about `finding`, which the inbox knows as `id`.
pub(super) fn remedy(finding: &Finding, id: &str, language: Language) -> String {
    let mut sentences: Vec<String> = advice(&finding.matter, id, language).into_iter().collect();
    for (reply, verb) in [(Reply::Approve, "approve"), (Reply::Reject, "reject")] {
        if finding.decided_by(reply).is_some() {
            sentences.push(format!("{}: `afstem held {verb} {id}`.", meaning(&finding.matter, reply, language)));
        }
    }
    sentences.join(" ")
}

/// What `reply` means here.
fn meaning(matter: &Matter, reply: Reply, language: Language) -> String {
    let (da, en) = match (matter, reply) {
        (Matter::Ambiguous { .. }, Reply::Approve) => ("Det er den samme", "They are the same"),
        (Matter::Ambiguous { .. }, Reply::Reject) => ("De hører ikke sammen", "They do not belong together"),
        (Matter::Duplicate { .. }, Reply::Approve) => ("En anden, som skal oprettes", "Another one, to be made"),
        (Matter::Deletion { deletion }, Reply::Approve) => {
            let other = side_name(deletion.side.other());
            return match language {
                Language::Da => format!("Slet den også i {other}"),
                Language::En => format!("Delete it in {other}, too"),
            };
        }
        (Matter::EditedAfterDeletion { .. }, Reply::Approve) => {
            ("Slet den trods rettelsen", "Delete it despite the edit")
        }
        (Matter::Deletion { .. } | Matter::EditedAfterDeletion { .. }, Reply::Reject) => ("Behold den", "Keep it"),
        (Matter::Guarded { .. }, Reply::Reject) => ("Hold det tilbage", "Hold it back"),
        (Matter::Proposal { .. }, Reply::Approve) => ("Gør det ved næste synkronisering", "Do so at the next sync"),
        (Matter::Proposal { .. }, Reply::Reject) => ("Lad dem være forskellige", "Leave them different"),
        (_, Reply::Approve) => ("Det er meningen", "It is intended"),
        (_, Reply::Reject) => ("Den skal lades i fred", "Leave it alone"),
    };
    language.pick(da, en).to_owned()
}

/// What is to be done besides answering.
fn advice(matter: &Matter, id: &str, language: Language) -> Option<String> {
    let (da, en) = match matter {
        Matter::Conflict { .. } => {
            let command = format!("afstem conflicts resolve {id}");
            return Some(match language {
                Language::Da => format!(
                    "Vælg, hvis værdi der gælder: `{command} --take dinero` eller `--take crm`; med `--field FELT` kun det felt."
                ),
                Language::En => format!(
                    "Choose whose value stands: `{command} --take dinero` or `--take crm`; with `--field FIELD` that field only."
                ),
            });
        }
        Matter::Ambiguous { pairs, .. } if pairs.len() > 1 => (
            "Vælg selv parret med `afstem match confirm DINERO CRM`.",
            "Choose the pair with `afstem match confirm DINERO CRM`.",
        ),
        Matter::Guarded { .. } => (
            "Hvad der bringes tilbage i systemet, falder bort her.",
            "What is brought back in the system goes away here.",
        ),
        Matter::Unfit { .. } | Matter::Refused { .. } => {
            ("Ret posten; næste synkronisering prøver igen.", "Correct the record; the next sync tries again.")
        }
        Matter::GivenUp { .. } => (
            "Ret posten, eller prøv den igen med `afstem sync --record MODUL/ID`.",
            "Correct the record, or try it again with `afstem sync --record MODULE/ID`.",
        ),
        Matter::Needs { .. } => ("Få den anden post på plads først.", "Settle the other record first."),
        Matter::OutcomeUnknown { .. } => (
            "Se efter i systemet, om posten findes; næste synkronisering ser også efter.",
            "Look whether the record is in that system; the next sync looks, too.",
        ),
        Matter::SystemChanged { .. } => (
            "Ret feltet i systemet, eller ret kortlægningen; så går det videre af sig selv.",
            "Put the field right in the system, or change the mapping; then it goes on by itself.",
        ),
        Matter::Totals { .. } => (
            "Ret fakturaen i ét af systemerne, eller tillad en øreafrunding ([invoices] rounding_account).",
            "Correct the invoice in one of the systems, or allow a rounding line ([invoices] rounding_account).",
        ),
        Matter::Proposal { .. } => (
            "Godkend forslaget, eller sæt det tilbage i Simply CRM.",
            "Approve the proposal, or put it back in Simply CRM.",
        ),
        Matter::Cancelled => (
            "Slet kladden i Dinero, eller giv fakturaen en anden status i Simply CRM.",
            "Delete the draft in Dinero, or give the invoice another status in Simply CRM.",
        ),
        Matter::EffectUnknown { .. } => (
            "Se efter i Dinero, og gør det i hånden, hvis det ikke skete.",
            "Look in Dinero, and do it by hand if it did not happen.",
        ),
        Matter::Swinging { .. } => {
            ("Giv feltet en ny værdi i ét af systemerne.", "Give the field a new value in one of the systems.")
        }
        Matter::Ambiguous { .. }
        | Matter::Duplicate { .. }
        | Matter::Deletion { .. }
        | Matter::EditedAfterDeletion { .. }
        | Matter::Deleted { .. }
        | Matter::HeldBack { .. } => return None,
    };
    Some(language.pick(da, en).to_owned())
}
