//! Invoices and credit notes at work: seen with what stands beside them, made, replaced and deleted as drafts.

use dinero_client::model::{Invoice, PaymentStatus};
use dinero_client::op::GetPayments;
use sync_model::{Fields, Kind, Mark, Presence, RecordKey, Revision};
use sync_run::{ConnectorError, Intent, WriteError};
use uuid::Uuid;

use crate::DineroConnector;
use crate::connector::{guid, no_guid};
use crate::credit_note::{self, NoteDraft};
use crate::draft::{self, Draft};
use crate::errors::{down, write};
use crate::invoice::{self, Beside};
use crate::kind::{CREDIT_NOTE, is};

/// A draft that was just read, and what its kind calls it.
enum Standing {
    Invoice(Draft),
    CreditNote(NoteDraft),
}

impl DineroConnector {
    /// One voucher in full, as it is now.
    pub(crate) async fn voucher(&self, key: &RecordKey) -> Result<Presence, ConnectorError> {
        let Some(guid) = guid(key) else { return Ok(Presence::Unseen(key.clone())) };
        if is(&key.kind, CREDIT_NOTE) {
            let found = credit_note::read(&self.client, guid).await.map_err(|error| down(&error))?;
            let seen = found.map(|(note, paid)| credit_note::seen(&note, paid));
            return Ok(seen.unwrap_or_else(|| Presence::Unseen(key.clone())));
        }
        match draft::read(&self.client, guid).await.map_err(|error| down(&error))? {
            Some(found) => self.invoice(&found).await,
            None => Ok(Presence::Unseen(key.clone())),
        }
    }

    /// An invoice with what was paid and credited of it, which it does not say itself once it is booked.
    async fn invoice(&self, found: &Invoice) -> Result<Presence, ConnectorError> {
        let is_draft = matches!(found.payment_status, None | Some(PaymentStatus::Draft));
        if is_draft || found.deleted_at.is_some() {
            return Ok(invoice::seen(found, Beside::default()));
        }
        let paid = if found.payment_status == Some(PaymentStatus::Paid) {
            None
        } else {
            let payments = self.client.send(&GetPayments { invoice: found.guid }).await;
            Some(payments.map_err(|error| down(&error))?.paid_amount)
        };
        let credited = self.credits.of(&self.client, found).await.map_err(|error| down(&error))?;
        Ok(invoice::seen(found, Beside { paid, credited: Some(credited) }))
    }

    /// A new draft, and what Dinero computes for it.
    pub(crate) async fn create_draft(
        &self,
        fields: &Fields,
        kind: &Kind,
        (guid, mark): (Uuid, &Mark),
    ) -> Result<(Uuid, Fields), WriteError> {
        let customer = draft::reference(fields, "ContactGuid");
        let language = self.languages.of(&self.client, customer).await.map_err(|error| draft::not_sent(&error))?;
        if is(kind, CREDIT_NOTE) {
            credit_note::create(&self.client, fields, (guid, language), mark).await
        } else {
            draft::create(&self.client, fields, (guid, language), mark).await
        }
    }

    /// Replaces a draft. What was booked meanwhile has no draft any more, and is given back as it is now.
    pub(crate) async fn replace_draft(
        &self,
        intent: &Intent,
        key: &RecordKey,
        expected: &Revision,
    ) -> Result<(), WriteError> {
        let (now, standing) = self.standing(key).await?;
        let fresh = now.record().is_some_and(|record| record.revision == *expected);
        let Some(standing) = standing.filter(|_| fresh) else { return Err(WriteError::Stale(Box::new(now))) };
        let mark = Mark::new(intent.write.counterpart().id.as_str());
        let changes = &intent.write.fields;
        let sent = match &standing {
            Standing::Invoice(draft) => self.client.send(&draft.replaced(changes, &mark)?).await.map(|_| ()),
            Standing::CreditNote(draft) => self.client.send(&draft.replaced(changes, &mark)?).await.map(|_| ()),
        };
        match sent {
            Ok(()) => Ok(()),
            // It was changed within this very moment: what it is now is planned again.
            Err(error) if error.is_stale() => Err(WriteError::Stale(Box::new(self.voucher(key).await?))),
            Err(error) => Err(write(&error)),
        }
    }

    /// Deletes a draft. A second time does no harm.
    pub(crate) async fn delete_draft(&self, key: &RecordKey) -> Result<(), WriteError> {
        let (now, standing) = self.standing(key).await?;
        let sent = match standing {
            Some(Standing::Invoice(draft)) => self.client.send(&draft.deleted()).await,
            Some(Standing::CreditNote(draft)) => self.client.send(&draft.deleted()).await,
            None if now.record().is_some() => return Err(WriteError::Stale(Box::new(now))),
            None => return Ok(()),
        };
        match sent {
            Err(error) if !error.is_deleted() => Err(write(&error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The voucher as it is now, and the draft that it is, if it is one.
    async fn standing(&self, key: &RecordKey) -> Result<(Presence, Option<Standing>), WriteError> {
        let Some(guid) = guid(key) else { return Err(no_guid(key)) };
        if is(&key.kind, CREDIT_NOTE) {
            let found = credit_note::read(&self.client, guid).await.map_err(|error| draft::not_sent(&error))?;
            let Some((note, paid)) = found else { return Ok((Presence::Unseen(key.clone()), None)) };
            return Ok((credit_note::seen(&note, paid), NoteDraft::of(note).map(Standing::CreditNote)));
        }
        let found = draft::read(&self.client, guid).await.map_err(|error| draft::not_sent(&error))?;
        let Some(found) = found else { return Ok((Presence::Unseen(key.clone()), None)) };
        let now = self.invoice(&found).await?;
        Ok((now, Draft::of(found).map(Standing::Invoice)))
    }
}
