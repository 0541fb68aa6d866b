//! An inbox entry as a page shows it: the values in conflict, and the answers there are as buttons.

use reconcile::{Matter, Reply};

use super::{Entry, Inbox};
use crate::Language;
use crate::words::side_name;

/// One field in conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contested {
    /// The field.
    pub field: String,
    /// What both last agreed on; empty, when they never did.
    pub before: String,
    /// Dinero's value.
    pub dinero: String,
    /// Simply CRM's value.
    pub simplycrm: String,
}

impl Inbox {
    /// Everything that waits.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Entry {
    /// The fields in conflict.
    #[must_use]
    pub fn contested(&self) -> Vec<Contested> {
        let shown = |value: Option<&sync_model::Value>| value.map(ToString::to_string).unwrap_or_default();
        let fields = self.findings.iter().filter_map(|finding| match &finding.matter {
            Matter::Conflict { fields } => Some(fields),
            _ => None,
        });
        let contested = fields.flatten().map(|why| Contested {
            field: why.field.to_string(),
            before: shown(why.base.left.as_ref().or(why.base.right.as_ref())),
            dinero: shown(why.now.left.as_ref()),
            simplycrm: shown(why.now.right.as_ref()),
        });
        contested.collect()
    }

    /// What to press to approve and to reject it, where that is an answer.
    #[must_use]
    pub fn buttons(&self, language: Language) -> [Option<String>; 2] {
        let Some(finding) = self.findings.first() else { return [None, None] };
        let pick = |da: &str, en: &str| language.pick(da, en).to_owned();
        let also_in = |other: &str| match language {
            Language::Da => format!("Slet også i {other}"),
            Language::En => format!("Delete in {other}, too"),
        };
        let (approve, reject) = match &finding.matter {
            Matter::Ambiguous { pairs, .. } if pairs.len() > 1 => {
                (pick("Den samme", "The same"), pick("Ingen af dem hører sammen", "None of them belong together"))
            }
            Matter::Ambiguous { .. } => {
                (pick("Ja, den samme", "Yes, the same"), pick("Nej, to forskellige", "No, two different ones"))
            }
            Matter::Duplicate { .. } => {
                (pick("En anden; opret den", "Another one; make it"), pick("Lad den i fred", "Leave it alone"))
            }
            Matter::Deletion { deletion } => (also_in(side_name(deletion.side.other())), pick("Behold den", "Keep it")),
            Matter::EditedAfterDeletion { side, .. } => {
                (also_in(side_name(side.other())), pick("Behold den", "Keep it"))
            }
            Matter::Guarded { .. } => {
                (pick("Det er meningen", "It is intended"), pick("Det er en fejl", "It is a mistake"))
            }
            Matter::Proposal { correction: Some(correction), .. } if correction.again => (
                pick("Krediter og lav en ny", "Credit it and make a new one"),
                pick("Lad dem være forskellige", "Leave them different"),
            ),
            Matter::Proposal { .. } => (
                pick("Krediter fakturaen", "Credit the invoice"),
                pick("Lad dem være forskellige", "Leave them different"),
            ),
            _ => (pick("Godkend", "Approve"), pick("Lad den i fred", "Leave it alone")),
        };
        let offered = |reply: Reply, text: String| self.decided_by(reply).is_ok().then_some(text);
        [offered(Reply::Approve, approve), offered(Reply::Reject, reject)]
    }
}
