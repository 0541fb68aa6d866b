//! What an undo left as it is, as a person reads it.

use reconcile::{Kept, KeptWhy};
use serde_json::{Value, json};
use sync_model::{FieldName, RecordKey, Side, Sides};
use sync_run::Undone;

use crate::words::{side_key, side_name};
use crate::{Language, Say};

/// What an undo left as it is, and the links it ended.
#[must_use]
pub(crate) fn undone_json(undone: &Undone, language: Language) -> Value {
    let links = |links: &[Sides<RecordKey>]| {
        links
            .iter()
            .map(|keys| json!({ "dinero": keys.left.to_string(), "simplycrm": keys.right.to_string() }))
            .collect::<Vec<_>>()
    };
    json!({
        "kept": undone.kept.iter().map(|kept| json!({
            "on": side_key(kept.side),
            "record": kept.record.to_string(),
            "title": kept.title,
            "field": kept.field.as_ref().map(FieldName::as_str),
            "reason": kept.why,
            "why": kept.say(language),
        })).collect::<Vec<_>>(),
        "unlinked": links(&undone.unlinked),
        "relinked": links(&undone.relinked),
    })
}

impl Say for Kept {
    fn say(&self, language: Language) -> String {
        let what = match &self.field {
            Some(field) => format!("“{}”, {field}", self.title),
            None => format!("“{}”", self.title),
        };
        format!("{what} ({}): {}", side_name(self.side), kept_why(self.why, self.side, language))
    }
}

fn kept_why(why: KeptWhy, on: Side, language: Language) -> String {
    let pick = |da: &str, en: &str| language.pick(da, en).to_owned();
    match (why, language) {
        (KeptWhy::EditedSince(side), Language::Da) => format!("rettet i {} siden; står, som det er", side_name(side)),
        (KeptWhy::EditedSince(side), Language::En) => format!("edited in {} since; stays as it is", side_name(side)),
        (KeptWhy::WrittenSince, _) => pick(
            "skrevet igen af en senere kørsel; fortryd den først",
            "written again by a later run; undo that one first",
        ),
        (KeptWhy::Unknown, _) => pick("den tidligere værdi kendes ikke", "what stood there before is not known"),
        (KeptWhy::Gone, _) => {
            pick("posten er slettet eller ikke koblet længere", "the record was deleted or is linked no longer")
        }
        (KeptWhy::Frozen, _) => pick("posten er låst og kan ikke ændres", "the record is final and cannot be changed"),
        (KeptWhy::NoWay, _) => pick(
            "indstillingerne lader ikke længere noget skrive dér",
            "the settings let nothing be written there any more",
        ),
        (KeptWhy::NotWritten, _) => pick(
            "kunne ikke skrives tilbage; se, hvad kørslen siger, og fortryd igen",
            "could not be written back; see what the run says, and undo it once more",
        ),
        (KeptWhy::MadeByRun, Language::Da) => format!(
            "oprettet af kørslen; den slettes ikke, men er ikke koblet længere. Slet den selv i {}, hvis den ikke skal bruges",
            side_name(on)
        ),
        (KeptWhy::MadeByRun, Language::En) => format!(
            "made by the run; it is not deleted, but linked no longer. Delete it yourself in {} if it is of no use",
            side_name(on)
        ),
        (KeptWhy::Deleted, Language::Da) => format!("slettet af kørslen; gendan den i {}", side_name(on)),
        (KeptWhy::Deleted, Language::En) => format!("deleted by the run; restore it in {}", side_name(on)),
    }
}
