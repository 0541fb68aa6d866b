//! The operations as methods.

use super::SimplyCrmClient;
use crate::element::Element;
use crate::error::Error;
use crate::id::{ModuleName, WsId};
use crate::modules::{Modules, RelatedModules};
use crate::op::{
    AddRelated, Create, Delete, Describe, FileContent, FilesRetrieve, ListTypes, Query, RelatedTypes, Retrieve,
    RetrieveRelated, Revise, Sync, SyncPage, Update,
};
use crate::record::Record;
use crate::schema::ModuleSchema;
use crate::vtql::Vtql;

/// Each method is one operation; errors are those of [`send`](SimplyCrmClient::send).
#[allow(clippy::missing_errors_doc)]
impl SimplyCrmClient {
    /// The modules that the user may see.
    pub async fn list_types(&self) -> Result<Modules, Error> {
        self.send(&ListTypes::default()).await
    }

    /// The fields of a module. It is among the slowest calls: keep the answer.
    pub async fn describe(&self, module: ModuleName) -> Result<ModuleSchema, Error> {
        self.send(&Describe { module }).await
    }

    /// At most 100 records that a statement finds; [`scan`](SimplyCrmClient::scan) reads all.
    pub async fn query(&self, statement: impl Into<Vtql>) -> Result<Vec<Record>, Error> {
        self.send(&Query::new(statement)).await
    }

    /// One record. Deleted and unknown ones answer [`Error::is_access_denied`].
    pub async fn retrieve(&self, id: WsId) -> Result<Record, Error> {
        self.send(&Retrieve { id }).await
    }

    /// Stores a new record and gives it back as it was stored.
    pub async fn create(&self, module: ModuleName, element: Element) -> Result<Record, Error> {
        self.send(&Create { module, element }).await
    }

    /// Writes a whole record.
    pub async fn update(&self, id: WsId, element: Element) -> Result<Record, Error> {
        self.send(&Update { id, element }).await
    }

    /// Writes some fields of a record, on servers that can; [`change`](SimplyCrmClient::change) works on all.
    pub async fn revise(&self, id: WsId, element: Element) -> Result<Record, Error> {
        self.send(&Revise { id, element }).await
    }

    /// Moves a record to the recycle bin.
    pub async fn delete(&self, id: WsId) -> Result<(), Error> {
        self.send(&Delete { id }).await.map(|_| ())
    }

    /// One page of changes and deletions, on servers whose `sync` works.
    pub async fn sync(&self, request: &Sync) -> Result<SyncPage, Error> {
        self.send(request).await
    }

    /// The related lists of a module.
    pub async fn related_types(&self, module: ModuleName) -> Result<RelatedModules, Error> {
        self.send(&RelatedTypes { module }).await
    }

    /// At most 100 records of a related list.
    pub async fn retrieve_related(
        &self,
        id: WsId,
        module: ModuleName,
        label: impl Into<String>,
    ) -> Result<Vec<Record>, Error> {
        self.send(&RetrieveRelated { id, module, label: label.into() }).await
    }

    /// Puts a record into a related list of another.
    pub async fn add_related(&self, source: WsId, related: WsId, label: impl Into<String>) -> Result<(), Error> {
        self.send(&AddRelated { source, related, label: label.into() }).await.map(|_| ())
    }

    /// The files behind an attachment id.
    pub async fn files(&self, id: WsId) -> Result<Vec<FileContent>, Error> {
        self.send(&FilesRetrieve { id }).await
    }
}
