//! A page of a list (fact sheet §4.1).

use serde::Deserialize;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", bound = "T: Deserialize<'de>")]
pub struct Page<T> {
    /// The items.
    #[serde(default = "Vec::new", deserialize_with = "null_is_empty")]
    pub collection: Vec<T>,
    /// Where this page stands.
    pub pagination: Pagination,
}

fn null_is_empty<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Where a page stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Pagination {
    /// The largest size that can be asked for.
    #[serde(default)]
    pub max_page_size_allowed: u32,
    /// The size that was asked for.
    #[serde(default)]
    pub page_size: u32,
    /// Items in this page.
    #[serde(default)]
    pub result: u32,
    /// Items before paging. Whether filters count is not documented: do not end a walk on it.
    #[serde(default)]
    pub result_without_filter: u32,
    /// Which page, from 0.
    #[serde(default)]
    pub page: u32,
}

impl<T> Page<T> {
    /// Whether this was the last page: it is not full.
    #[must_use]
    pub fn is_last(&self) -> bool {
        let full = usize::try_from(self.pagination.page_size).unwrap_or(usize::MAX);
        self.collection.is_empty() || self.collection.len() < full
    }
}
