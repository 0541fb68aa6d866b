//! Red or green, with the cause and the next step.

use serde::Serialize;
use serde_json::{Value, json};
use sync_model::{Side, Sides};
use sync_run::{ConnectorError, Health};

use crate::Language;
use crate::words::{next_step, side_key};

/// Both connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// By side.
    pub sides: Sides<SideStatus>,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum SideStatus {
    /// It works.
    Green {
        /// Whom it knows us as.
        account: String,
        /// What else it says.
        detail: String,
    },
    /// It does not.
    Red {
        /// What happened.
        cause: String,
        /// What to do.
        next_step: String,
    },
}

impl Status {
    pub(crate) fn new(checks: Sides<Result<Health, ConnectorError>>, language: Language) -> Self {
        let of = |side, check| SideStatus::new(side, check, language);
        Self { sides: Sides::new(of(Side::Left, checks.left), of(Side::Right, checks.right)) }
    }

    /// Whether both connections work.
    #[must_use]
    pub fn is_green(&self) -> bool {
        self.sides.iter().all(|(_, side)| side.is_green())
    }

    /// The form that `afstem status --json` prints.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut document = json!({ "status": if self.is_green() { "green" } else { "red" } });
        for (side, status) in self.sides.iter() {
            document[side_key(side)] = match status {
                SideStatus::Green { account, detail } => json!({ "ok": true, "account": account, "detail": detail }),
                SideStatus::Red { cause, next_step } => json!({ "ok": false, "cause": cause, "next_step": next_step }),
            };
        }
        document
    }
}

impl SideStatus {
    pub(crate) fn new(side: Side, check: Result<Health, ConnectorError>, language: Language) -> Self {
        match check {
            Ok(health) => Self::Green { account: health.account, detail: health.detail },
            Err(error) => {
                Self::Red { cause: error.message, next_step: next_step(side, error.class, language).to_owned() }
            }
        }
    }

    /// Whether it works.
    #[must_use]
    pub fn is_green(&self) -> bool {
        match self {
            Self::Green { .. } => true,
            Self::Red { .. } => false,
        }
    }
}
