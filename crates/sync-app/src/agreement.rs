//! Whether the two systems agree, as far as is remembered: green when the last run was whole and recent, nothing waits and
//! nothing drifts; otherwise red, with every cause and the next step. It stands beside the lamps of the connections, which
//! a first-time user sees green before anything was ever run.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use sync_run::{RunRecord, StoredFinding};

use crate::due::due_after;
use crate::{App, AppError, Language};

/// Whether the two systems agree, as far as is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    last: Option<RunRecord>,
    causes: Vec<Cause>,
}

/// The lamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// Everything is well.
    Green,
    /// Something is not.
    Red,
    /// Nothing was ever run.
    None,
}

/// Why the lamp is red.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cause {
    /// The last run ended early.
    Failed(String),
    /// The last run was cut off.
    CutOff,
    /// The last whole run began too long ago, though they should come by themselves.
    Overdue(DateTime<Utc>),
    /// Records or fields wait for a person.
    Waits(usize),
    /// Writes were given up.
    GivenUp(usize),
    /// Targets of one-way fields were edited by hand.
    Drift(u64),
}

impl App {
    /// Whether the two systems agree, as far as is remembered. No request is sent.
    ///
    /// # Errors
    /// When the store cannot be used.
    pub async fn agreement(&self) -> Result<Agreement, AppError> {
        let engine = self.engine().await?;
        let last = engine.store.runs(&engine.pair, 1).await?.pop();
        let Some(run) = &last else { return Ok(Agreement { last, causes: Vec::new() }) };
        let mut causes = Vec::new();
        let error = run.summary.get("error").and_then(Value::as_str);
        let now = self.now();
        match (run.ended, error) {
            // It may still be at work.
            (None, _) if now - run.started < Duration::hours(1) => {}
            (None, _) => causes.push(Cause::CutOff),
            (Some(_), Some(error)) => causes.push(Cause::Failed(error.to_owned())),
            (Some(_), None) => causes.extend(self.overdue(now).await?),
        }
        let findings = engine.store.findings(&engine.pair).await?;
        causes.extend(waiting(&findings));
        let drift = engine.drift(self.rules()).await?;
        causes.extend((drift > 0).then_some(Cause::Drift(drift)));
        Ok(Agreement { last, causes })
    }

    /// A run that comes by itself is overdue when two of them are missing.
    async fn overdue(&self, now: DateTime<Utc>) -> Result<Option<Cause>, AppError> {
        let sync = &self.settings().sync;
        let last = if sync.auto { self.last_whole_run().await? } else { None };
        Ok(last.filter(|last| due_after(*last, sync.every.saturating_mul(2)) < now).map(Cause::Overdue))
    }
}

fn waiting(findings: &[StoredFinding]) -> Vec<Cause> {
    let count = |given_up: bool| {
        let matters = findings.iter().map(|stored| &stored.finding.matter).filter(|matter| !matter.is_notice());
        matters.filter(|matter| matches!(matter, reconcile::Matter::GivenUp { .. }) == given_up).count()
    };
    let causes = [Cause::Waits(count(false)), Cause::GivenUp(count(true))];
    causes.into_iter().filter(|cause| !matches!(cause, Cause::Waits(0) | Cause::GivenUp(0))).collect()
}

impl Agreement {
    /// The lamp.
    #[must_use]
    pub fn light(&self) -> Light {
        match (&self.last, self.causes.as_slice()) {
            (None, _) => Light::None,
            (Some(_), []) => Light::Green,
            (Some(_), _) => Light::Red,
        }
    }

    /// One sentence for each cause, or the one that all is well.
    #[must_use]
    pub fn sentences(&self, language: Language) -> Vec<String> {
        let name = language.pick("Afstemning", "Agreement");
        let Some(last) = &self.last else {
            let what = language.pick(
                "der er ikke kørt noget endnu. Se først, hvad der vil ske, med `afstem plan`.",
                "nothing was run yet. First see what will happen with `afstem plan`.",
            );
            return vec![format!("{name}: {what}")];
        };
        if self.causes.is_empty() {
            let at = last.ended.unwrap_or(last.started).format("%Y-%m-%d %H:%M UTC");
            let what =
                language.pick("de to systemer stemte ved sidste kørsel", "the two systems agreed at the last run");
            return vec![format!("{name}: {what}, {at}.")];
        }
        self.causes.iter().map(|cause| format!("{name}: {}", cause.say(language))).collect()
    }

    /// The form that `afstem status --json` prints as `agreement`.
    #[must_use]
    pub fn to_json(&self, language: Language) -> Value {
        let light = match self.light() {
            Light::Green => "green",
            Light::Red => "red",
            Light::None => "none",
        };
        let causes = self.causes.iter().map(|cause| json!({ "cause": cause.name(), "why": cause.say(language) }));
        json!({
            "status": light,
            "last_run": self.last.as_ref().map(|run| json!({
                "run": run.run.as_str(),
                "started": run.started,
                "ended": run.ended,
            })),
            "causes": causes.collect::<Vec<_>>(),
        })
    }
}

impl Cause {
    fn name(&self) -> &'static str {
        match self {
            Self::Failed(_) => "failed",
            Self::CutOff => "cut-off",
            Self::Overdue(_) => "overdue",
            Self::Waits(_) => "held",
            Self::GivenUp(_) => "given-up",
            Self::Drift(_) => "drift",
        }
    }

    fn say(&self, language: Language) -> String {
        let pick = |da: String, en: String| if language == Language::Da { da } else { en };
        match self {
            Self::Failed(error) => pick(
                format!("sidste kørsel stoppede: {error}. Ret det, og kør `afstem sync`."),
                format!("the last run stopped: {error}. Put it right, and run `afstem sync`."),
            ),
            Self::CutOff => pick(
                "sidste kørsel blev afbrudt. Kør `afstem sync`; den rydder op.".to_owned(),
                "the last run was cut off. Run `afstem sync`; it clears up.".to_owned(),
            ),
            Self::Overdue(ended) => {
                let at = ended.format("%Y-%m-%d %H:%M UTC");
                pick(
                    format!(
                        "intet er kørt i sin helhed siden {at}, selv om det skulle ske af sig selv. Se, om tjenesten kører."
                    ),
                    format!(
                        "no whole run since {at}, although they should come by themselves. See whether the service is running."
                    ),
                )
            }
            Self::Waits(count) => pick(
                format!("{count} venter på dig. Se dem med `afstem held list` og `afstem conflicts list`."),
                format!("{count} wait for you. See them with `afstem held list` and `afstem conflicts list`."),
            ),
            Self::GivenUp(count) => pick(
                format!(
                    "{count} er opgivet efter flere forsøg. Se hvorfor, og hvem der kan rette det, med `afstem held list`."
                ),
                format!(
                    "{count} were given up after several attempts. See why, and who can help, with `afstem held list`."
                ),
            ),
            Self::Drift(count) => pick(
                format!(
                    "{count} felter er rettet i hånden hos modtageren og bliver stående. Se dem med `afstem audit`."
                ),
                format!("{count} fields were edited by hand at the target and stay. See them with `afstem audit`."),
            ),
        }
    }
}
