//! Red or green for each system, since when, and what to do: kept as data, so that each reader has it in his language.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sync_model::{Side, Sides};
use sync_run::{ConnectorError, ErrorClass, Health};

use crate::Language;
use crate::words::{next_step, trouble};

/// How both systems were when they were last asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemsHealth {
    /// By side.
    pub sides: Sides<SideHealth>,
    /// When they were asked.
    pub at: DateTime<Utc>,
}

/// How one system was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideHealth {
    /// Since when it has been so.
    pub since: DateTime<Utc>,
    seen: Seen,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Seen {
    Green(Health),
    Red { class: ErrorClass, message: String },
}

impl SystemsHealth {
    pub(super) fn after(
        before: Option<&Self>,
        looks: Sides<Result<Health, ConnectorError>>,
        now: DateTime<Utc>,
    ) -> Self {
        let of = |side: Side, look: Result<Health, ConnectorError>| {
            let seen = match look {
                Ok(health) => Seen::Green(health),
                Err(error) => Seen::Red { class: error.class, message: error.message },
            };
            let was = before.map(|it| it.sides.get(side));
            let same = |was: &&SideHealth| match (&was.seen, &seen) {
                (Seen::Green(_), Seen::Green(_)) => true,
                (Seen::Red { class: one, .. }, Seen::Red { class: other, .. }) => one == other,
                (Seen::Green(_), Seen::Red { .. }) | (Seen::Red { .. }, Seen::Green(_)) => false,
            };
            SideHealth { since: was.filter(same).map_or(now, |was| was.since), seen }
        };
        Self { sides: Sides::new(of(Side::Left, looks.left), of(Side::Right, looks.right)), at: now }
    }

    /// Whether both systems can be used.
    #[must_use]
    pub fn is_green(&self) -> bool {
        self.sides.iter().all(|(_, side)| side.is_green())
    }
}

impl SideHealth {
    /// Whether the system can be used.
    #[must_use]
    pub fn is_green(&self) -> bool {
        matches!(self.seen, Seen::Green(_))
    }

    /// Whom the system knows us as.
    #[must_use]
    pub fn account(&self) -> Option<(&str, &str)> {
        match &self.seen {
            Seen::Green(health) => Some((&health.account, &health.detail)),
            Seen::Red { .. } => None,
        }
    }

    /// The cause, the next step, and the system's own words, when it cannot be used.
    #[must_use]
    pub fn trouble(&self, side: Side, language: Language) -> Option<[String; 3]> {
        match &self.seen {
            Seen::Green(_) => None,
            Seen::Red { class, message } => {
                Some([trouble(side, *class, language), next_step(side, *class, language).to_owned(), message.clone()])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_when_outlives_what_stays_the_same() {
        let look = |ok: bool| match ok {
            true => Ok(Health { account: "Nordlys".to_owned(), detail: String::new() }),
            false => Err(ConnectorError {
                system: "dinero",
                class: ErrorClass::Credentials,
                message: "invalid_grant".to_owned(),
            }),
        };
        let at = |hour| DateTime::<Utc>::UNIX_EPOCH + chrono::Duration::hours(hour);
        let first = SystemsHealth::after(None, Sides::new(look(false), look(true)), at(1));
        let second = SystemsHealth::after(Some(&first), Sides::new(look(false), look(true)), at(2));
        let third = SystemsHealth::after(Some(&second), Sides::new(look(true), look(true)), at(3));
        let since = |it: &SystemsHealth| [it.sides.left.since, it.sides.right.since];
        assert_eq!([since(&first), since(&second), since(&third)], [[at(1), at(1)], [at(1), at(1)], [at(3), at(1)]]);
        assert!(!second.is_green() && third.is_green());
        let told = second.sides.left.trouble(Side::Left, Language::Da).unwrap();
        assert!(told[0].contains("nøgle") && told[1].contains("API-nøgler") && told[2] == "invalid_grant");
        let kept: SystemsHealth = serde_json::from_value(serde_json::to_value(&third).unwrap()).unwrap();
        assert_eq!(kept, third);
    }
}
