//! Reading many records (fact sheet §4).

use api_transport::Safety;

use super::{Operation, Verb};
use crate::error::Error;
use crate::id::WsId;
use crate::record::Record;
use crate::vtql::{Select, Vtql};

/// Reads at most 100 records. The statement travels in the URL, so long IN lists must be [split](Select::split).
#[derive(Debug, Clone)]
pub struct Query {
    statement: Vtql,
}

impl Query {
    /// The query that `statement` says.
    pub fn new(statement: impl Into<Vtql>) -> Self {
        Self { statement: statement.into() }
    }
}

impl Operation for Query {
    type Output = Vec<Record>;
    const NAME: &'static str = "query";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("query", self.statement.to_string())]
    }
}

/// Reads records related to one record, with a filter (7.0 and newer).
#[derive(Debug, Clone)]
pub struct QueryRelated {
    statement: String,
    id: WsId,
    label: String,
}

impl QueryRelated {
    /// Those records that `select` finds and that stand in the related list `label` of `id`. The label is the key of
    /// [`crate::RelatedModules::relations`].
    ///
    /// # Errors
    /// When `select` sorts or cuts without a filter: the server puts its own condition at the very end, after these.
    pub fn new(select: &Select, id: WsId, label: impl Into<String>) -> Result<Self, Error> {
        if select.is_unfiltered_but_sorted_or_cut() {
            return Err(Error::unsendable(Self::NAME, "a related query that sorts or cuts needs a filter"));
        }
        // The server adds the semicolon itself.
        let statement = select.to_string().trim_end_matches(';').to_owned();
        Ok(Self { statement, id, label: label.into() })
    }
}

impl Operation for QueryRelated {
    type Output = Vec<Record>;
    const NAME: &'static str = "query_related";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;
    const OPTIONAL: bool = true;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("query", self.statement.clone()), ("id", self.id.to_string()), ("relatedLabel", self.label.clone())]
    }
}
