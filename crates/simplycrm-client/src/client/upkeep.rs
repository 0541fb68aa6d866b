//! Changing records without losing what is not sent (fact sheet §3 update, §8 products, §8.4 invoices).

use chrono::NaiveDateTime;

use super::SimplyCrmClient;
use crate::element::Element;
use crate::error::Error;
use crate::id::{FieldName, ModuleName, WsId};
use crate::invoice::{Invoice, InvoiceChanges};
use crate::op::Call;
use crate::product;
use crate::record::{Record, parse_datetime};
use crate::vtql::{Condition, Select};
use crate::whole;

/// What must still hold of a record for it to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    None,
    /// It was last saved at this time, in the server's zone. The server has no locking: what is saved between this
    /// look and the write is lost, which is a window of one request (§6.8).
    SavedAt(NaiveDateTime),
}

impl Precondition {
    fn check(self, operation: &'static str, fresh: &Record) -> Result<(), Error> {
        let Self::SavedAt(known) = self else { return Ok(()) };
        let saved = fresh.text("modifiedtime").map_err(|error| Error::field(operation, &error))?;
        match saved.as_deref().and_then(parse_datetime) {
            Some(found) if found == known => Ok(()),
            Some(found) => Err(Error::stale(operation, &known, &found)),
            None => Err(Error::stale(operation, &known, &"an unknown time")),
        }
    }
}

impl SimplyCrmClient {
    /// Whether this server has `revise`. It is asked once, with a `revise` of no record at all, which servers that have
    /// the operation refuse before doing anything.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn has_revise(&self) -> Result<bool, Error> {
        let probe = async {
            let call = Call::post("revise").parameter("element", r#"{"lastname":"x"}"#).harmless();
            match self.send_call(&call).await {
                Ok(_) => Ok(true),
                Err(error) if error.is_unknown_operation() => Ok(false),
                Err(error) if error.code().is_some() => Ok(true),
                Err(error) => Err(error),
            }
        };
        self.inner.has_revise.get_or_try_init(|| probe).await.copied()
    }

    /// Changes some fields of a record of an ordinary module: with `revise`, or, on a server without it, by reading the
    /// record and sending it whole. Products, services and inventory records need their own methods.
    ///
    /// # Errors
    /// [`Error::is_stale`] when `precondition` does not hold; otherwise as [`send`](Self::send).
    pub async fn change(&self, id: WsId, changes: &Element, precondition: Precondition) -> Result<Record, Error> {
        let has_revise = self.has_revise().await?;
        if has_revise && precondition == Precondition::None {
            return self.revise(id, changes.clone()).await;
        }
        let fresh = self.retrieve(id).await?;
        precondition.check("update", &fresh)?;
        if has_revise {
            return self.revise(id, changes.clone()).await;
        }
        self.update(id, whole::element(&fresh).merged(changes)).await
    }

    /// Changes a product or a service and keeps its taxes, its currency and its prices in other currencies, all of which
    /// the server drops when they are not sent along (§8, the warning below Products).
    ///
    /// # Errors
    /// [`Error::is_stale`] when `precondition` does not hold; otherwise as [`send`](Self::send).
    pub async fn update_product(
        &self,
        id: WsId,
        changes: &Element,
        precondition: Precondition,
    ) -> Result<Record, Error> {
        let has_revise = self.has_revise().await?;
        let fresh = self.retrieve(id).await?;
        precondition.check("update", &fresh)?;
        let kept = product::kept_prices(&fresh, changes).map_err(|error| Error::field("retrieve", &error))?;
        if has_revise {
            // Not the whole record, because stock may have moved since it was read.
            return self.revise(id, kept.merged(changes)).await;
        }
        self.update(id, whole::element(&fresh).merged(&kept).merged(changes)).await
    }

    /// Changes an invoice by sending all of it: the server has no way to change one line, and resets what is missing
    /// (§8.4). The invoice is read again afterwards, because the answer to an update comes without its lines.
    ///
    /// # Errors
    /// [`Error::is_stale`] when `precondition` does not hold; when a line's product is deleted, so that the line cannot
    /// be said again; otherwise as [`send`](Self::send).
    pub async fn update_invoice(
        &self,
        id: WsId,
        changes: &InvoiceChanges,
        precondition: Precondition,
    ) -> Result<Invoice, Error> {
        let fresh = self.retrieve(id).await?;
        precondition.check("update", &fresh)?;
        let fresh = Invoice::try_from(fresh).map_err(|error| Error::field("retrieve", &error))?;
        let element = fresh.rebuilt(changes).map_err(|reason| Error::unsendable("update", reason))?;
        self.update(id, element).await?;
        self.retrieve_invoice(id).await
    }

    /// An invoice with its lines.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn retrieve_invoice(&self, id: WsId) -> Result<Invoice, Error> {
        let record = self.retrieve(id).await?;
        Invoice::try_from(record).map_err(|error| Error::field("retrieve", &error))
    }

    /// Changes nothing of an invoice but its status: with the smallest element that leaves its tax mode alone, or, on a
    /// server without `revise`, by sending all of it.
    ///
    /// # Errors
    /// [`Error::is_access_denied`] when there is no such invoice; otherwise as [`send`](Self::send).
    pub async fn set_invoice_status(&self, id: WsId, status: &str) -> Result<(), Error> {
        const TAX_MODE: FieldName = FieldName::literal("hdnTaxType");
        let changes = Element::new().text("invoicestatus", status);
        if !self.has_revise().await? {
            let changes = InvoiceChanges { header: changes, lines: None };
            return self.update_invoice(id, &changes, Precondition::None).await.map(|_| ());
        }
        let select = Select::from(ModuleName::INVOICE).columns([TAX_MODE]).filter(Condition::equal(FieldName::ID, id));
        let rows = self.query(select).await?;
        let tax_mode = match rows.first() {
            Some(row) => row.text(&TAX_MODE).map_err(|error| Error::field("query", &error))?,
            // Asking for the record itself gives the server's own refusal.
            None => return self.retrieve(id).await.map(|_| ()),
        };
        let changes = match tax_mode {
            Some(mode) => changes.text("hdnTaxType", mode),
            None => changes,
        };
        self.revise(id, changes).await.map(|_| ())
    }
}
