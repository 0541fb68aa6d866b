//! The exchanges that cannot agree, each with its reason.

use sandbox::simplycrm::Version;

/// Why an exchange of a topic is not expected to agree; `None` when it is.
pub(crate) fn reason(topic: &str, version: Version, name: &str) -> Option<&'static str> {
    LIST.iter()
        .find(|(known, only, exchange, _)| {
            *known == topic && only.is_none_or(|only| only == version) && (*exchange == name || *exchange == "*")
        })
        .map(|(.., reason)| *reason)
}

type Exception = (&'static str, Option<Version>, &'static str, &'static str);

const LIST: &[Exception] = &[];
