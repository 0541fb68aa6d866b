//! Why a run ended early.

use sync_model::{Kind, Module, Side};

use crate::ports::{ConnectorError, ErrorClass, StoreError};
use crate::saved::PlanError;

/// A run ended early. What was done until then is journaled and stands.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A system cannot be used.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
    /// The database cannot be used, or another run is at work.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The settings do not fit the systems.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A person asked it to stop.
    #[error("the run was stopped; the next one goes on where this one ended")]
    Stopped,
    /// A saved plan cannot be carried out.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A first meeting would make more records than is allowed. Nothing was written.
    #[error("{count} records of {module} would be made on the {side} side; {most} are allowed")]
    TooManyCreates {
        /// The module.
        module: Module,
        /// Where they would be made.
        side: Side,
        /// How many.
        count: usize,
        /// How many are allowed.
        most: u32,
    },
    /// A list did not come to an end.
    #[error("the list of {kind} does not come to an end")]
    EndlessList {
        /// Which list.
        kind: Kind,
    },
}

impl RunError {
    /// The kind of trouble with a system, if it is that.
    #[must_use]
    pub fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Connector(error) => Some(error.class),
            Self::Store(_)
            | Self::Rules(_)
            | Self::Plan(_)
            | Self::Stopped
            | Self::TooManyCreates { .. }
            | Self::EndlessList { .. } => None,
        }
    }

    /// Whether a person asked it to stop.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        matches!(self, Self::Stopped)
    }

    /// Whether another run is at work on this pair.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Store(StoreError::Busy { .. }))
    }
}

/// The mapping does not fit what the systems say of themselves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RulesError(
    /// What does not fit, and what to do about it.
    pub String,
);
