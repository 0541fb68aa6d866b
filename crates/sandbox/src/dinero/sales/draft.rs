//! What a body says about a voucher: read, checked, completed with defaults, and computed.
//!
//! Known: date today, currency DKK, language `da-DK`, the document's word as description, the contact's address and terms of
//! payment; terms of both null are the contact's, then the settings'; `Netto` counts days from the date; a contact
//! may be missing. Not known, and strict here: half of the terms (type without days or days without type) is refused;
//! an unknown contact, product, account, unit, currency or language is refused with code 42, a deleted contact or product with
//! code 65; no lines are refused with code 45, as a client's fixture has it; today is the day in UTC; `CurrentMonthOut` is
//! the last of the date's month and the days after it; a credit note's invoice has to be booked, and of the same contact and
//! currency.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::line::{Line, Totals};
use super::{Dinero, Failure, Kind};
use crate::dinero::body::{Reader, refuse_if};
use crate::dinero::{money, settings};

/// Names of both kinds.
const NAMES: [&str; 13] = [
    "ContactGuid",
    "Guid",
    "ShowLinesInclVat",
    "InvoiceTemplateId",
    "Currency",
    "Language",
    "ExternalReference",
    "Description",
    "Comment",
    "Date",
    "ProductLines",
    "Address",
    "CreditNoteFor",
];
/// Names of invoices alone.
const INVOICE_NAMES: [&str; 6] = [
    "PaymentConditionNumberOfDays",
    "PaymentConditionType",
    "ReminderFee",
    "ReminderInterestRate",
    "IsMobilePayInvoiceEnabled",
    "IsPensoPayEnabled",
];
/// DKK for 100 of a currency. Dinero takes the day's rate; here it is the same every day.
const RATES: [(&str, i64); 7] =
    [("DKK", 10000), ("EUR", 74560), ("USD", 68712), ("SEK", 6541), ("NOK", 6398), ("GBP", 87025), ("CHF", 79530)];

/// The names that a body of a kind may have.
pub(super) fn names(kind: Kind) -> Vec<&'static str> {
    match kind {
        Kind::Invoice => NAMES.into_iter().filter(|name| *name != "CreditNoteFor").chain(INVOICE_NAMES).collect(),
        Kind::CreditNote => NAMES.to_vec(),
    }
}

/// A voucher's content.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) kind: Kind,
    pub(super) contact: Option<String>,
    pub(super) contact_name: Option<String>,
    address: Option<String>,
    gross: bool,
    pub(super) currency: String,
    language: String,
    pub(super) reference: Option<String>,
    pub(super) description: String,
    comment: Option<String>,
    pub(super) date: NaiveDate,
    terms: (String, i64),
    mobile_pay: bool,
    penso_pay: bool,
    pub(super) credit_for: Option<String>,
    pub(super) lines: Vec<Line>,
    pub(super) totals: Totals,
}

/// What terms and dates default to.
struct Customer {
    name: Option<String>,
    address: Option<String>,
    terms: Option<(String, i64)>,
}

impl Dinero {
    /// Reads a draft, and the names on its lines that do not exist.
    pub(super) fn read_draft(
        &self,
        kind: Kind,
        sent: &Map<String, Value>,
        now: DateTime<Utc>,
    ) -> Result<(Draft, Vec<String>), Failure> {
        let mut reader = Reader::new(sent, String::new());
        let contact = reader.guid("ContactGuid");
        let customer = self.customer(contact.as_deref(), &mut reader)?;
        let gross = reader.flag("ShowLinesInclVat").unwrap_or(false);
        if reader.guid("InvoiceTemplateId").is_some_and(|id| id != settings::TEMPLATE) {
            reader.refuse("InvoiceTemplateId", "is no template");
        }
        let currencies = RATES.map(|(currency, _)| currency);
        let currency = reader.word("Currency", &currencies).unwrap_or_else(|| "DKK".to_owned());
        let language = reader.word("Language", &["da-DK", "en-GB"]).unwrap_or_else(|| "da-DK".to_owned());
        let description = reader.text("Description").unwrap_or_else(|| word_for(kind, &language).to_owned());
        let date = reader.date("Date").unwrap_or_else(|| now.date_naive());
        let terms = read_terms(&mut reader);
        for name in ["ReminderFee", "ReminderInterestRate"] {
            if reader.number(name).is_some_and(|number| !(Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&number)) {
                reader.refuse(name, "must be between 0 and 100");
            }
        }
        let credit_for = reader.guid("CreditNoteFor");
        if let Some(invoice) = &credit_for {
            self.check_credited(invoice, contact.as_deref(), &currency, &mut reader)?;
        }
        let mut draft = Draft {
            kind,
            contact,
            contact_name: customer.name,
            address: reader.text("Address").or(customer.address),
            gross,
            currency,
            language,
            reference: reader.short_text("ExternalReference", 128),
            description,
            comment: reader.text("Comment"),
            date,
            terms: terms.or(customer.terms).unwrap_or_else(|| ("Netto".to_owned(), settings::DAYS)),
            mobile_pay: reader.flag("IsMobilePayInvoiceEnabled").unwrap_or(false),
            penso_pay: reader.flag("IsPensoPayEnabled").unwrap_or(false),
            credit_for,
            lines: Vec::new(),
            totals: Totals::default(),
        };
        let mut wrong = reader.end();
        let (lines, unknown) = self.read_lines(sent, gross, &mut wrong)?;
        refuse_if(&wrong)?;
        draft.totals = Totals::of(&lines, self.arithmetic, gross);
        draft.lines = lines;
        Ok((draft, unknown))
    }

    fn read_lines(
        &self,
        sent: &Map<String, Value>,
        gross: bool,
        wrong: &mut Vec<(String, String)>,
    ) -> Result<(Vec<Line>, Vec<String>), Failure> {
        let Some(Value::Array(sent)) = sent.get("ProductLines") else {
            wrong.push(("ProductLines".to_owned(), "The ProductLines field is required.".to_owned()));
            return Ok(Default::default());
        };
        if sent.is_empty() {
            return Err(Failure::no_lines());
        }
        let (mut lines, mut unknown) = (Vec::new(), Vec::new());
        for (place, line) in sent.iter().enumerate() {
            let (line, names, faults) = self.read_line(place, line, gross)?;
            lines.extend(line);
            unknown.extend(names.into_iter().map(|name| format!("ProductLines.{name}")));
            wrong.extend(faults);
        }
        Ok((lines, unknown))
    }

    fn customer(&self, contact: Option<&str>, reader: &mut Reader<'_>) -> Result<Customer, Failure> {
        let nobody = Customer { name: None, address: None, terms: None };
        let Some(guid) = contact else { return Ok(nobody) };
        let Some(contact) = self.contacts.get(guid) else {
            reader.refuse("ContactGuid", "is no contact");
            return Ok(nobody);
        };
        if !contact["DeletedAt"].is_null() {
            return Err(Failure::deleted_item("Invalid ContactGuid, the contact is deleted."));
        }
        let text = |name: &str| contact[name].as_str().unwrap_or_default();
        let town = format!("{} {}", text("ZipCode"), text("City"));
        let address: Vec<&str> = [text("Street"), town.trim()].into_iter().filter(|line| !line.is_empty()).collect();
        let days = contact["PaymentConditionNumberOfDays"].as_i64();
        let terms = contact["PaymentConditionType"].as_str().map(|kind| (kind.to_owned(), days.unwrap_or(0)));
        Ok(Customer { name: Some(text("Name").to_owned()), address: Some(address.join("\n")), terms })
    }

    fn check_credited(
        &self,
        invoice: &str,
        contact: Option<&str>,
        currency: &str,
        reader: &mut Reader<'_>,
    ) -> Result<(), Failure> {
        let invoice = self.voucher(Kind::Invoice, invoice)?;
        if invoice.number.is_none() {
            reader.refuse("CreditNoteFor", "is not booked");
        }
        if invoice.draft.contact.as_deref() != contact || invoice.draft.currency != currency {
            reader.refuse("CreditNoteFor", "has another contact or currency");
        }
        Ok(())
    }
}

/// The terms that were sent; both null is nothing, and one null is a mistake.
fn read_terms(reader: &mut Reader<'_>) -> Option<(String, i64)> {
    let words = ["Netto", "NettoCash", "CurrentMonthOut", "Paid"];
    let (kind, days) = (reader.word("PaymentConditionType", &words), reader.whole("PaymentConditionNumberOfDays"));
    match (kind.as_deref(), days) {
        (None, None) => None,
        (Some("NettoCash" | "Paid"), None) => kind.map(|kind| (kind, 0)),
        (Some("Netto" | "CurrentMonthOut"), Some(days)) if (0..=3650).contains(&days) => kind.map(|kind| (kind, days)),
        (Some(_) | None, _) => {
            reader.refuse("PaymentConditionNumberOfDays", "does not go with PaymentConditionType");
            None
        }
    }
}

fn word_for(kind: Kind, language: &str) -> &'static str {
    match (kind, language) {
        (Kind::Invoice, "en-GB") => "Invoice",
        (Kind::Invoice, _) => "Faktura",
        (Kind::CreditNote, "en-GB") => "Credit note",
        (Kind::CreditNote, _) => "Kreditnota",
    }
}

impl Draft {
    /// The day by which it has to be paid.
    pub(super) fn due(&self) -> NaiveDate {
        let (kind, days) = &self.terms;
        let from = match kind.as_str() {
            "CurrentMonthOut" => {
                let first = self.date.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
                first.and_then(|first| first.pred_opt()).unwrap_or(self.date)
            }
            _ => self.date,
        };
        from.checked_add_days(Days::new(days.unsigned_abs())).unwrap_or(from)
    }

    /// DKK for 100 of its currency.
    pub(super) fn exchange_rate(&self) -> Decimal {
        let rate = RATES.iter().find(|(currency, _)| *currency == self.currency).map_or(10000, |(_, rate)| *rate);
        Decimal::new(rate, 2)
    }

    /// What a fetch shows, and what a single read has of it.
    pub(super) fn shown(&self, number: i64) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut show = |name: &str, value: Value| shown.insert(name.to_owned(), value);
        match self.kind {
            Kind::Invoice => {
                show("PaymentDate", json!(self.due()));
                show("PaymentConditionNumberOfDays", self.terms.1.into());
                show("PaymentConditionType", self.terms.0.clone().into());
            }
            Kind::CreditNote => {
                show("CreditNoteFor", self.credit_for.clone().into());
            }
        }
        show("ContactGuid", self.contact.clone().into());
        show("Number", number.into());
        show("ContactName", self.contact_name.clone().into());
        show("ShowLinesInclVat", self.gross.into());
        show("InvoiceTemplateId", settings::TEMPLATE.into());
        show("Currency", self.currency.clone().into());
        show("Language", self.language.clone().into());
        show("ExternalReference", self.reference.clone().into());
        show("Description", self.description.clone().into());
        show("Comment", self.comment.clone().into());
        show("Date", json!(self.date));
        show("ProductLines", self.lines.iter().map(Line::shown).collect());
        show("Address", self.address.clone().into());
        self.totals.show_in(&mut shown, &self.currency);
        shown
    }

    /// What a single read of an invoice shows besides.
    pub(super) fn switches(&self) -> [(&'static str, bool); 2] {
        [("IsMobilePayInvoiceEnabled", self.mobile_pay), ("IsPensoPayEnabled", self.penso_pay)]
    }

    /// The content as a body would send it.
    pub(super) fn sent(&self) -> Map<String, Value> {
        let Value::Object(mut sent) = json!({
            "ContactGuid": self.contact,
            "ShowLinesInclVat": self.gross,
            "Currency": self.currency,
            "Language": self.language,
            "ExternalReference": self.reference,
            "Description": self.description,
            "Comment": self.comment,
            "Date": self.date,
            "ProductLines": self.lines.iter().map(Line::sent).collect::<Vec<_>>(),
            "Address": self.address,
        }) else {
            return Map::new();
        };
        match self.kind {
            Kind::Invoice => {
                let days = matches!(self.terms.0.as_str(), "Netto" | "CurrentMonthOut").then_some(self.terms.1);
                sent.insert("PaymentConditionType".to_owned(), self.terms.0.clone().into());
                sent.insert("PaymentConditionNumberOfDays".to_owned(), days.into());
            }
            Kind::CreditNote => {
                sent.insert("CreditNoteFor".to_owned(), self.credit_for.clone().into());
            }
        }
        sent
    }

    /// An amount of its currency in DKK.
    pub(super) fn in_dkk(&self, amount: Decimal, arithmetic: money::Arithmetic) -> Decimal {
        arithmetic.ore(amount * self.exchange_rate() / Decimal::ONE_HUNDRED)
    }

    /// A credit note for the whole of it.
    pub(super) fn credited(&self, invoice: &str, date: NaiveDate) -> Self {
        Self {
            kind: Kind::CreditNote,
            description: word_for(Kind::CreditNote, &self.language).to_owned(),
            reference: None,
            credit_for: Some(invoice.to_owned()),
            date,
            ..self.clone()
        }
    }
}
