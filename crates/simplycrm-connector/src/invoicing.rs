//! Invoices read and written, one by one.

use chrono::{NaiveDateTime, TimeDelta};
use simplycrm_client::vtql::{Condition, Select, Text};
use simplycrm_client::{Element, FieldName, InvoiceChanges, ModuleName, Precondition, WsId};
use sync_model::{Fields, KindSchema, Presence, Record, RecordKey, Revision, Value};
use sync_run::{ConnectorError, FailureClass, Intent, Refusal, WriteError};

use crate::SimplyCrmConnector;
use crate::errors::{down, unsayable, write};
use crate::invoice::{self, Vocabulary};
use crate::schema::{credits_field, mark_field};

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

    /// One invoice in full, as it is now, and which one it credits. One that does not come back is deleted or hidden from this user.
    pub(crate) async fn invoice(&self, schema: &KindSchema, id: WsId) -> Result<Option<Record>, ConnectorError> {
        let words = self.vocabulary().await?;
        let asked = self.client.connection().await.map_err(|error| down(&error))?.server_now();
        let found = match self.client.retrieve_invoice(id).await {
            Ok(found) => found,
            Err(error) if error.is_access_denied() || error.is_not_found() => return Ok(None),
            Err(error) => return Err(down(&error)),
        };
        let Some(mut record) = invoice::whole(schema, mark_field(schema).as_ref(), &found, &words) else {
            return Ok(None);
        };
        self.name_credited(schema, &mut record).await?;
        // Times have whole seconds: another save may follow in the same one, and must be noticed.
        if record.changed_at.is_some_and(|saved| saved + SECOND >= asked) {
            record.revision = Revision::new(format!("{}{FRESH}", record.revision));
        }
        Ok(Some(record))
    }

    /// Says as a reference which invoice this one credits. The field holds the invoice's number, as people know it; an id is
    /// understood as well, and what is neither stays as it is.
    async fn name_credited(&self, schema: &KindSchema, record: &mut Record) -> Result<(), ConnectorError> {
        let Some(field) = credits_field(schema) else { return Ok(()) };
        let said = record.fields.get(field.as_str()).cloned().unwrap_or(Value::Empty);
        let named = match said.as_text().map(str::trim).filter(|it| !it.is_empty()) {
            Some(text) => match text.parse::<WsId>() {
                Ok(id) => Some(id.to_string()),
                Err(_) => self.invoice_numbered(text).await?,
            },
            None => None,
        };
        let said = named.map(|id| Value::Reference(RecordKey::new(invoice::INVOICE, id.as_str()))).unwrap_or(said);
        record.fields.set(invoice::CREDITED, said);
        Ok(())
    }

    /// The id of the only invoice with this number.
    async fn invoice_numbered(&self, number: &str) -> Result<Option<String>, ConnectorError> {
        let Ok(number) = Text::new(number) else { return Ok(None) };
        let condition = Condition::equal(FieldName::literal("invoice_no"), number);
        let select = Select::from(ModuleName::INVOICE).columns(invoice::LISTED).filter(condition);
        let rows = self.client.query(select).await.map_err(|error| down(&error))?;
        let mut ids: Vec<String> = rows.iter().filter_map(|row| row.id().ok()).map(|id| id.to_string()).collect();
        ids.dedup();
        Ok(match ids.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        })
    }

    /// `header` with the number of the invoice that `fields` credit, or its id while it has none.
    async fn crediting(&self, schema: &KindSchema, fields: &Fields, header: Element) -> Result<Element, WriteError> {
        let (Some(field), Some(Value::Reference(key))) = (credits_field(schema), fields.get(invoice::CREDITED)) else {
            return Ok(header);
        };
        let id: WsId = key.id.as_str().parse().map_err(|_| not_sent(unsayable(&key)))?;
        let credited = self.client.retrieve_invoice(id).await.map_err(|error| {
            if error.is_access_denied() || error.is_not_found() {
                let message = format!("{id}, the invoice that it credits, is gone or hidden from this user");
                let field = Some(field.as_str().to_owned());
                return WriteError::Refused(Refusal { message, field, class: FailureClass::Data });
            }
            not_sent(down(&error))
        })?;
        let number = credited.header().text("invoice_no").ok().flatten().map(|number| number.to_string());
        let number = number.filter(|number| !number.trim().is_empty()).unwrap_or_else(|| id.to_string());
        Ok(header.text(field.as_str(), number))
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
        header = self.crediting(schema, fields, header).await?;
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
        let header = self.crediting(schema, fields, invoice::header(fields, &words)?).await?;
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

/// That a record was not saved since. A revision begins with the time of the save.
pub(crate) fn saved(revision: &Revision) -> Precondition {
    let time = revision.as_str().get(.."2026-01-01 00:00:00".len());
    let time = time.and_then(|time| NaiveDateTime::parse_from_str(time, "%Y-%m-%d %H:%M:%S").ok());
    time.map_or(Precondition::None, Precondition::SavedAt)
}

/// A look that failed before anything was sent that could have had an effect.
fn not_sent(error: ConnectorError) -> WriteError {
    WriteError::Down(error)
}
