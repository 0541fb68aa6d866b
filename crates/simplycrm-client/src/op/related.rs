//! Relations between records (7.0 and newer; fact sheet §3).

use api_transport::Safety;

use super::{Acknowledged, Operation, Verb};
use crate::id::{ModuleName, WsId};
use crate::modules::RelatedModules;
use crate::record::Record;

/// Asks which related lists a module has.
#[derive(Debug, Clone)]
pub struct RelatedTypes {
    /// The module.
    pub module: ModuleName,
}

impl Operation for RelatedTypes {
    type Output = RelatedModules;
    const NAME: &'static str = "relatedtypes";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;
    const OPTIONAL: bool = true;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("elementType", self.module.to_string())]
    }
}

/// Reads at most 100 records of a related list.
#[derive(Debug, Clone)]
pub struct RetrieveRelated {
    /// The record whose list it is.
    pub id: WsId,
    /// The module of the records in the list.
    pub module: ModuleName,
    /// The list's label, untranslated.
    pub label: String,
}

impl Operation for RetrieveRelated {
    type Output = Vec<Record>;
    const NAME: &'static str = "retrieve_related";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;
    const OPTIONAL: bool = true;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![
            ("id", self.id.to_string()),
            ("relatedType", self.module.to_string()),
            ("relatedLabel", self.label.clone()),
        ]
    }
}

/// Puts a record into a related list (7.1 and newer).
#[derive(Debug, Clone)]
pub struct AddRelated {
    /// The record whose list it is.
    pub source: WsId,
    /// The record to put into it.
    pub related: WsId,
    /// The list's label, untranslated.
    pub label: String,
}

impl Operation for AddRelated {
    type Output = Acknowledged;
    const NAME: &'static str = "add_related";
    const VERB: Verb = Verb::Post;
    const SAFETY: Safety = Safety::UnsafeWrite;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![
            ("sourceRecordId", self.source.to_string()),
            ("relatedRecordId", self.related.to_string()),
            ("relationIdLabel", self.label.clone()),
        ]
    }
}
