//! Audit times: recorded with and without a zone, with no to seven digits of fraction (fact sheet §2).

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Deserializer, de};

/// When something was created, changed or deleted, as the API wrote it and as an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTime {
    /// The API's own spelling: equal spellings mean "not changed since".
    pub text: String,
    /// The instant; a time without a zone is taken for UTC.
    pub at: DateTime<Utc>,
}

impl<'de> Deserialize<'de> for AuditTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at = DateTime::parse_from_rfc3339(&text)
            .map(|time| time.to_utc())
            .or_else(|_| NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc()))
            .map_err(|error| de::Error::custom(format!("{text:?} is no time: {error}")))?;
        Ok(Self { text, at })
    }
}

#[cfg(test)]
mod tests {
    use super::AuditTime;

    #[test]
    fn every_recorded_spelling_is_understood() {
        for text in [
            "2017-05-19T14:14:47",
            "2017-05-19T14:14:47.55",
            "2017-05-19T14:14:47.407",
            "2017-05-19T14:14:47.4071234",
            "2017-05-19T14:14:47Z",
            "2017-05-19T16:14:47+02:00",
        ] {
            let time: AuditTime = serde_json::from_value(text.into()).unwrap();
            assert_eq!(time.at.timestamp(), 1_495_203_287, "{text}");
            assert_eq!(time.text, text);
        }
    }
}
