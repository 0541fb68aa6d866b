//! Invoices read and written, one by one.

use chrono::TimeDelta;
use simplycrm_client::vtql::{Condition, Select};
use simplycrm_client::{FieldName, InvoiceChanges, ModuleName, Precondition, WsId};
use sync_model::{KindSchema, Presence, Record, RecordKey, Revision, Value};
use sync_run::{ConnectorError, Intent, WriteError};

use crate::SimplyCrmConnector;
use crate::errors::{down, unsayable, write};
use crate::invoice::{self, Vocabulary};
use crate::record::saved_at;
use crate::schema::mark_field;

/// How exactly two clocks and the server's times are known.
const SECOND: TimeDelta = TimeDelta::seconds(2);
/// The sign of a revision that was read within the second of its save. A list never shows it, so that the invoice is read
/// once more.
const FRESH: char = '?';

impl SimplyCrmConnector {
    /// What taxes and currencies are called here; asked for once.
    async fn vocabulary(&self) -> Result<Vocabulary, ConnectorError> {
        if let Some(known) = self.memory().words.clone() {
            return Ok(known);
        }
        let all = async |name: &str| {
            let module = ModuleName::new(name).map_err(|error| unsayable(&error))?;
            self.client.query(Select::from(module)).await.map_err(|error| down(&error))
        };
        let words = Vocabulary::new(&all("Tax").await?, &all("Currency").await?);
        self.memory().words = Some(words.clone());
        Ok(words)
    }

    /// One invoice in full, as it is now. One that does not come back is deleted or hidden from this user.
    pub(crate) async fn invoice(&self, schema: &KindSchema, id: WsId) -> Result<Option<Record>, ConnectorError> {
        let words = self.vocabulary().await?;
        let asked = self.client.connection().await.map_err(|error| down(&error))?.server_now();
        let found = match self.client.retrieve_invoice(id).await {
            Ok(found) => found,
            Err(error) if error.is_access_denied() || error.is_not_found() => return Ok(None),
            Err(error) => return Err(down(&error)),
        };
        let record = invoice::whole(schema, mark_field(schema).as_ref(), &found, &words);
        Ok(record.map(|record| {
            // Times have whole seconds: another save may follow in the same one, and must be noticed.
            let certain = record.changed_at.is_none_or(|saved| saved + SECOND < asked);
            let revision = if certain { record.revision } else { Revision::new(format!("{}{FRESH}", record.revision)) };
            Record { revision, ..record }
        }))
    }

    /// Those of `expected` that were saved since, in full.
    pub(crate) async fn stale_invoices(
        &self,
        schema: &KindSchema,
        expected: &[(WsId, &RecordKey, &Revision)],
    ) -> Result<Vec<Presence>, ConnectorError> {
        let mut changed = Vec::new();
        for some in expected.chunks(20) {
            let ids = some.iter().map(|(id, _, _)| *id);
            let Some(condition) = Condition::one_of(FieldName::ID, ids) else { continue };
            let select = Select::from(ModuleName::INVOICE).columns(invoice::LISTED).filter(condition);
            let rows = self.client.query(select).await.map_err(|error| down(&error))?;
            for row in rows.iter().filter_map(|row| invoice::listed(schema, row)) {
                let known = some.iter().find(|(_, key, _)| **key == row.key());
                let Some((id, _, _)) = known.filter(|(_, _, revision)| settled(revision) != row.revision.as_str())
                else {
                    continue;
                };
                changed.extend(self.invoice(schema, *id).await?.map(Presence::Present));
            }
        }
        Ok(changed)
    }

    /// Makes an invoice with its lines, and reads what the server made of it.
    pub(crate) async fn create_invoice(&self, intent: &Intent, schema: &KindSchema) -> Result<Record, WriteError> {
        let words = self.vocabulary().await.map_err(not_sent)?;
        let fields = &intent.write.fields;
        let mut header = invoice::new_header(invoice::header(fields, &words)?, schema);
        if let (Some(field), Some(mark)) = (mark_field(schema), intent.write.mark()) {
            header = header.text(field.as_str(), mark.as_str());
        }
        if schema.field("assigned_user_id").is_some() && header.get("assigned_user_id").is_none() {
            let connection = self.client.connection().await.map_err(|error| WriteError::Down(down(&error)))?;
            header = header.reference("assigned_user_id", connection.user_id);
        }
        let lines: Vec<_> = invoice::lines(fields, &words)?.unwrap_or_default().iter().map(|it| it.element()).collect();
        if let Some(product) = lines.first().and_then(|line| line.get("productid")) {
            header = header.value("productid", product.clone());
        }
        let made = self.client.create(ModuleName::INVOICE, header.list("LineItems", &lines)).await;
        let made = made.map_err(|error| write(&error))?;
        let id = made.id().map_err(|_| WriteError::Unknown("the answer names no record".to_owned()))?;
        self.kept(schema, id).await
    }

    /// Changes an invoice: its head alone where its lines stay, all of it otherwise. The tax mode is always said, for
    /// what is not said is reset (fact sheet §8.4).
    pub(crate) async fn update_invoice(
        &self,
        intent: &Intent,
        schema: &KindSchema,
        key: &RecordKey,
        id: WsId,
        expected: &Revision,
    ) -> Result<Record, WriteError> {
        let words = self.vocabulary().await.map_err(not_sent)?;
        let fields = &intent.write.fields;
        let header = invoice::header(fields, &words)?;
        let lines = invoice::lines(fields, &words)?;
        let mode = intent.before.as_ref().and_then(|before| before.fields.get("hdnTaxType")).and_then(Value::as_text);
        let has_revise = self.client.has_revise().await.map_err(|error| not_sent(down(&error)))?;
        let done = match (&lines, mode) {
            (None, Some(mode)) if has_revise => {
                let head = if header.get("hdnTaxType").is_some() { header } else { header.text("hdnTaxType", mode) };
                self.client.revise(id, head).await.map(|_| ())
            }
            (_, _) => {
                let precondition = saved(expected);
                let changes = InvoiceChanges { header, lines };
                self.client.update_invoice(id, &changes, precondition).await.map(|_| ())
            }
        };
        match done {
            Ok(()) => self.kept(schema, id).await,
            Err(error) if error.is_stale() => {
                let now = self.invoice(schema, id).await.map_err(not_sent)?;
                let now = now.map_or_else(|| Presence::Unseen(key.clone()), Presence::Present);
                Err(WriteError::Stale(Box::new(now)))
            }
            Err(error) => Err(write(&error)),
        }
    }

    /// What the server kept of an invoice that was just written. If that cannot be read now, the outcome counts as unknown
    /// and is looked at again.
    async fn kept(&self, schema: &KindSchema, id: WsId) -> Result<Record, WriteError> {
        let lost = || WriteError::Unknown("what was written could not be read back".to_owned());
        self.invoice(schema, id).await.ok().flatten().ok_or_else(lost)
    }
}

/// The time of the save, without the sign that another one may follow in the same second.
fn settled(revision: &Revision) -> &str {
    revision.as_str().trim_end_matches(FRESH)
}

fn saved(revision: &Revision) -> Precondition {
    let row = simplycrm_client::Record::from_fields([("modifiedtime".to_owned(), settled(revision).into())]);
    saved_at(&row).map_or(Precondition::None, Precondition::SavedAt)
}

/// A look that failed before anything was sent that could have had an effect.
fn not_sent(error: ConnectorError) -> WriteError {
    WriteError::Down(error)
}
