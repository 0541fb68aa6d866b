//! What a person can answer to a finding, as decisions bound to exactly what the finding shows.

use sync_model::{RecordKey, Side, Sides};

use crate::{Answer, Choice, Decision, Finding, Matter};

/// What a person can say to a finding as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Let it happen: link them, make it, delete it, let it through.
    Approve,
    /// Do not: they are not the same, leave it alone, keep it, hold it back.
    Reject,
}

impl Finding {
    /// What `reply` decides, or `None` where that is no answer to this finding: something else must change first.
    #[must_use]
    pub fn decided_by(&self, reply: Reply) -> Option<Vec<Decision>> {
        match (&self.matter, reply) {
            (Matter::Ambiguous { pairs, .. }, Reply::Approve) => match pairs.as_slice() {
                [only] => Some(vec![Decision::Same(only.keys.clone())]),
                _ => None,
            },
            (Matter::Ambiguous { pairs, .. }, Reply::Reject) if !pairs.is_empty() => {
                Some(pairs.iter().map(|pair| Decision::Different(pair.keys.clone())).collect())
            }
            (Matter::Duplicate { of, .. }, Reply::Approve) => {
                let (side, key) = self.lone()?;
                Some(vec![Decision::Different(Sides::facing(side, key.clone(), of.clone()))])
            }
            (Matter::Deletion { deletion } | Matter::EditedAfterDeletion { deletion: Some(deletion), .. }, reply) => {
                Some(vec![Decision::Deletion(deletion.clone(), answer(reply))])
            }
            (Matter::Guarded { step: Some(step), .. }, reply) => {
                Some(vec![Decision::Guarded(step.clone(), answer(reply))])
            }
            (Matter::Proposal { correction: Some(correction), .. }, reply) => {
                Some(vec![Decision::Correction(correction.clone(), answer(reply))])
            }
            (
                Matter::Duplicate { .. }
                | Matter::Unfit { .. }
                | Matter::Refused { .. }
                | Matter::GivenUp { .. }
                | Matter::Needs { .. },
                Reply::Reject,
            ) => self.lone().map(|(side, key)| vec![Decision::Ignored(side, key.clone())]),
            (
                Matter::Ambiguous { .. }
                | Matter::Conflict { .. }
                | Matter::Unfit { .. }
                | Matter::Refused { .. }
                | Matter::GivenUp { .. }
                | Matter::OutcomeUnknown { .. }
                | Matter::Needs { .. }
                | Matter::Deleted { .. }
                | Matter::SystemChanged { .. }
                | Matter::EditedAfterDeletion { deletion: None, .. }
                | Matter::Guarded { step: None, .. }
                | Matter::HeldBack { .. }
                | Matter::Proposal { correction: None, .. }
                | Matter::Cancelled
                | Matter::EffectUnknown { .. }
                | Matter::Totals { .. }
                | Matter::Swinging { .. },
                _,
            ) => None,
        }
    }

    /// What follows when the value of `take` shall stand in the conflicting field called `field`, or in all of them;
    /// `None` where nothing of that name is in conflict.
    #[must_use]
    pub fn resolved_by(&self, take: Side, field: Option<&str>) -> Option<Vec<Decision>> {
        let Matter::Conflict { fields } = &self.matter else { return None };
        let keys = self.pair()?;
        let wanted = fields.iter().filter(|why| field.is_none_or(|field| why.field.as_str() == field));
        let choices: Vec<_> = wanted.map(|why| Decision::Choice(Choice::of(keys.clone(), why, take))).collect();
        (!choices.is_empty()).then_some(choices)
    }

    /// The linked records that it is about, where it is about two.
    #[must_use]
    pub fn pair(&self) -> Option<Sides<RecordKey>> {
        let of = |wanted: Side| self.records.iter().find(|(side, _)| *side == wanted).map(|(_, key)| key.clone());
        Some(Sides::new(of(Side::Left)?, of(Side::Right)?))
    }

    /// The one record that it is about, where it is about one.
    fn lone(&self) -> Option<(Side, &RecordKey)> {
        match self.records.as_slice() {
            [(side, key)] => Some((*side, key)),
            _ => None,
        }
    }
}

fn answer(reply: Reply) -> Answer {
    match reply {
        Reply::Approve => Answer::Approved,
        Reply::Reject => Answer::Rejected,
    }
}
