//! Times and dates as the API writes them (fact sheet §2).

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// When something was created, changed or deleted, as the API wrote it and as an instant. Recorded with and without a zone,
/// with no to seven digits of fraction.
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

/// The date of a voucher or a payment as the API wrote it. That it is a date is documented, but not declared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct VoucherDate(pub String);

impl VoucherDate {
    /// The day, if it is one. A time of day behind it is left out.
    ///
    /// ```
    /// use dinero_client::model::VoucherDate;
    ///
    /// let day = VoucherDate("2026-11-24".to_owned()).day().map(|day| day.to_string());
    /// assert_eq!(day.as_deref(), Some("2026-11-24"));
    /// ```
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(self.0.get(..10)?, "%Y-%m-%d").ok()
    }
}

impl fmt::Display for VoucherDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes a time of a request: whole seconds, UTC.
pub(crate) fn whole_seconds(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[expect(clippy::ref_option, reason = "serde's own signature")]
pub(super) fn seconds_or_null<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(whole_seconds).serialize(serializer)
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
