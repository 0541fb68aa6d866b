//! How a run ended, in the words of the overview and the history. Green is only what the run itself calls agreement.

use serde::Serialize;
use sync_app::office::Desk;
use sync_app::{Language, RunRecord, Summary};

/// How a run ended, if it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It goes on.
    Running,
    /// Nothing is known of its end: the server was killed, or lost its database.
    CutOff,
    /// It stopped early.
    Failed,
    /// Something waits for a person.
    Waits,
    /// Everything was undone.
    Undone,
    /// Some of it could not be undone.
    UndoneInPart,
    /// Not everything was done that was to be done.
    Unfinished,
    /// All is well with what it was about, which was not everything.
    Part,
    /// Both systems agree.
    Agreement,
}

/// The two lamps and what is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Lamp {
    Good,
    Wait,
    Bad,
}

impl Ending {
    pub(super) fn of(run: &RunRecord, desk: &Desk) -> Self {
        if run.ended.is_none() {
            return if desk.works_on(run) { Self::Running } else { Self::CutOff };
        }
        let summary: Option<Summary> = serde_json::from_value(run.summary.clone()).ok();
        match summary {
            Some(summary) if run.summary.get("error").is_none() => Self::of_whole(&summary),
            Some(_) | None => Self::Failed,
        }
    }

    /// Of a run that was not stopped by an error.
    pub(super) fn of_whole(summary: &Summary) -> Self {
        match (summary.undone.is_some(), summary.in_agreement()) {
            _ if summary.conflicts() + summary.held() > 0 => Self::Waits,
            (true, true) => Self::Undone,
            (true, false) => Self::UndoneInPart,
            (false, false) => Self::Unfinished,
            (false, true) if summary.partial => Self::Part,
            (false, true) => Self::Agreement,
        }
    }

    pub(super) fn lamp(self) -> Lamp {
        match self {
            Self::Undone | Self::Part | Self::Agreement => Lamp::Good,
            Self::Running | Self::Waits | Self::UndoneInPart | Self::Unfinished => Lamp::Wait,
            Self::CutOff | Self::Failed => Lamp::Bad,
        }
    }

    /// In a word or two, for a list.
    pub(super) fn label(self, language: Language) -> &'static str {
        let [da, en] = match self {
            Self::Running => ["kører nu", "running now"],
            Self::CutOff => ["blev afbrudt", "was cut off"],
            Self::Failed => ["blev ikke færdig", "did not finish"],
            Self::Waits => ["noget venter", "something waits"],
            Self::Undone => ["fortrudt", "undone"],
            Self::UndoneInPart => ["fortrudt til dels", "undone in part"],
            Self::Unfinished => ["ikke alt blev gjort", "not everything was done"],
            Self::Part => ["færdig med sin del", "done with its part"],
            Self::Agreement => ["i overensstemmelse", "in agreement"],
        };
        language.pick(da, en)
    }

    /// As a sentence about the latest run.
    pub(super) fn sentence(self, language: Language) -> &'static str {
        let [da, en] = match self {
            Self::Running => ["Den kører nu", "It is running now"],
            Self::CutOff => [
                "Den blev afbrudt; tryk Sync for at fortsætte, hvor den slap",
                "It was cut off; press Sync to go on where it ended",
            ],
            Self::Failed => {
                ["Den blev ikke færdig; den næste fortsætter derfra", "It did not finish; the next goes on from there"]
            }
            Self::Waits => ["Noget venter i indbakken", "Something waits in the inbox"],
            Self::Undone => ["Fortrudt", "Undone"],
            Self::UndoneInPart => ["Fortrudt, så vidt det kunne lade sig gøre", "Undone as far as possible"],
            Self::Unfinished => ["Færdig, men ikke alt blev gjort", "Done, but not everything was done"],
            Self::Part => ["Færdig; den angik kun en del", "Done; it was about a part only"],
            Self::Agreement => ["De to systemer er i overensstemmelse", "The two systems agree"],
        };
        language.pick(da, en)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn green_is_only_what_ended_and_agrees() {
        let world = World::new().await;
        let mut olga = world.signed_in("olga").await;
        olga.post(&format!("/c/{}/sync", world.a.id), &[]).await;
        world.rest().await;
        let office = world.server.office();
        let desk = office.desk(&world.a.id);
        let run = office.runs(&world.a, 1).await.unwrap().remove(0);
        let with = |name: &str, value: serde_json::Value| {
            let mut summary = run.summary.clone();
            summary["findings"] = json!([]);
            summary[name] = value;
            Ending::of(&RunRecord { summary, ..run.clone() }, &desk)
        };
        assert_eq!(with("failed", json!(0)), Ending::Agreement);
        assert_eq!(with("failed", json!(1)), Ending::Unfinished);
        assert_eq!(with("error", json!("stopped")), Ending::Failed);
        assert_eq!(with("partial", json!(true)), Ending::Part);
        assert_eq!(Ending::of(&RunRecord { summary: json!(null), ..run.clone() }, &desk), Ending::Failed);
        let open = RunRecord { ended: None, summary: json!(null), ..run };
        assert_eq!((Ending::of(&open, &desk), Ending::CutOff.lamp()), (Ending::CutOff, Lamp::Bad));
    }
}
