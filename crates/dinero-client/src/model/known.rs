//! The difference between "not mentioned" and "null".

use serde::{Deserialize, Deserializer};

/// `None`: not mentioned. `Some(None)`: said to be null. `Some(Some(_))`: said to be this.
pub type Known<T> = Option<Option<T>>;

/// Reads a member that is there; one that is not there is left to `#[serde(default)]`.
pub(super) fn known<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Known<T>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// Reads a number without going through text.
pub(super) fn known_decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Known<rust_decimal::Decimal>, D::Error> {
    rust_decimal::serde::float_option::deserialize(deserializer).map(Some)
}
