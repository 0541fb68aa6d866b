//! Reading and writing one record (fact sheet §3).

use api_transport::Safety;
use serde::Deserialize;

use super::{Operation, Verb};
use crate::element::Element;
use crate::id::{ModuleName, WsId};
use crate::record::Record;

/// Stores a new record and answers with all of it. The server has no idempotency key: a repeated create makes a second
/// record unless a unique rule of the installation stops it.
#[derive(Debug, Clone)]
pub struct Create {
    /// The module.
    pub module: ModuleName,
    /// The fields. Names that the module does not have are ignored by the server.
    pub element: Element,
}

impl Operation for Create {
    type Output = Record;
    const NAME: &'static str = "create";
    const VERB: Verb = Verb::Post;
    const SAFETY: Safety = Safety::UnsafeWrite;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("elementType", self.module.to_string()), ("element", self.element.to_json())]
    }
}

/// Reads one record with everything in it.
#[derive(Debug, Clone)]
pub struct Retrieve {
    /// The record.
    pub id: WsId,
}

impl Operation for Retrieve {
    type Output = Record;
    const NAME: &'static str = "retrieve";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("id", self.id.to_string())]
    }
}

/// Reads an inventory record; on the recorded servers the same as [`Retrieve`].
#[derive(Debug, Clone)]
pub struct RetrieveInventory {
    /// The record.
    pub id: WsId,
}

impl Operation for RetrieveInventory {
    type Output = Record;
    const NAME: &'static str = "retrieve_inventory";
    const VERB: Verb = Verb::Get;
    const SAFETY: Safety = Safety::Read;
    const OPTIONAL: bool = true;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("id", self.id.to_string())]
    }
}

fn identified(id: WsId, element: &Element) -> Vec<(&'static str, String)> {
    vec![("element", Element::new().reference("id", id).merged(element).reference("id", id).to_json())]
}

/// Writes a record that is sent whole: every mandatory field must be there, and 6.x empties what is not.
#[derive(Debug, Clone)]
pub struct Update {
    /// The record.
    pub id: WsId,
    /// All of its fields.
    pub element: Element,
}

impl Operation for Update {
    type Output = Record;
    const NAME: &'static str = "update";
    const VERB: Verb = Verb::Post;
    const SAFETY: Safety = Safety::UnsafeWrite;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        identified(self.id, &self.element)
    }
}

/// Writes some fields of a record; the others stay, except in products, services and inventory records, for which
/// [`crate::SimplyCrmClient::update_product`] and [`crate::SimplyCrmClient::update_invoice`] know what must go along. The
/// server resolves HTML entities in all texts of the record once more, so a stored `&amp;amp;` becomes `&amp;`.
#[derive(Debug, Clone)]
pub struct Revise {
    /// The record.
    pub id: WsId,
    /// The fields to change.
    pub element: Element,
}

impl Operation for Revise {
    type Output = Record;
    const NAME: &'static str = "revise";
    const VERB: Verb = Verb::Post;
    const SAFETY: Safety = Safety::UnsafeWrite;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        identified(self.id, &self.element)
    }
}

/// Moves a record to the recycle bin.
#[derive(Debug, Clone)]
pub struct Delete {
    /// The record.
    pub id: WsId,
}

impl Operation for Delete {
    type Output = Deleted;
    const NAME: &'static str = "delete";
    const VERB: Verb = Verb::Post;
    const SAFETY: Safety = Safety::UnsafeWrite;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![("id", self.id.to_string())]
    }
}

/// The record is in the recycle bin.
#[derive(Debug, Clone, Deserialize)]
pub struct Deleted {
    /// `successful`
    #[serde(default)]
    pub status: String,
}
