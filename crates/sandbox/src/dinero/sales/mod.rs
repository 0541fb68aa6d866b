//! Sales: invoices and credit notes from draft to paid (fact sheet §6.4, §6.5, §8).
//!
//! Known: a create makes a draft with no effect on the books; an update replaces it as a whole; both, booking and every
//! payment give a new time stamp, and an outdated one is refused with code 58; a guid may be chosen once (409, code 72); a
//! missing voucher is 400 with code 63; what is deleted is refused with code 65; a draft's number is the largest there is in
//! lists and the next one in a single read; mails, payments and credit notes take a booked voucher.
//!
//! Not known, and strict here: a booked voucher refuses update, delete and a second booking with code 42; one series numbers
//! invoices and credit notes; a draft keeps the contact's name and address and the accounts' VAT as they were at its last
//! write; enum words are matched with their case; VAT follows the account alone, whatever the contact's region, and an
//! organisation without VAT has none on any account; texts have no limit but the external reference's.

mod book;
mod credit;
mod draft;
mod hands;
mod line;
mod list;
mod mail;
mod payments;
mod voucher;

pub use hands::Tally;
pub(super) use voucher::Voucher;

use bytes::Bytes;
use http::Method;
use serde_json::{Map, Value, json};

use super::body::{self, Reader, refuse_if};
use super::{Answer, Call, Dinero, Failure, settings};
use draft::Draft;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Invoice,
    CreditNote,
}

impl Kind {
    /// As lists spell it.
    fn name(self) -> &'static str {
        match self {
            Self::Invoice => "Invoice",
            Self::CreditNote => "CreditNote",
        }
    }

    /// Its place in the API, as unknown names are noted.
    fn place(self) -> &'static str {
        match self {
            Self::Invoice => "invoices",
            Self::CreditNote => "creditnotes",
        }
    }
}

impl Dinero {
    pub(super) fn sales_route(&mut self, kind: Kind, call: &Call<'_>, rest: &[&str]) -> Answer {
        match (call.method, call.version, rest) {
            (&Method::POST, "v1", []) => self.create_voucher(kind, call),
            (&Method::POST, "v1", ["fetch"]) => self.preview_voucher(kind, call),
            (&Method::GET, "v1", ["templates"]) if kind == Kind::Invoice => Ok(Some(settings::templates())),
            (&Method::GET, "v1", [guid]) => Ok(Some(self.read_voucher(self.voucher(kind, guid)?, call.now))),
            (&Method::PUT, "v1.2", [guid]) => self.update_voucher(kind, guid, call),
            (&Method::DELETE, "v1", [guid]) => self.delete_voucher(kind, guid, call),
            (&Method::POST, "v1", [guid, "book"]) => self.book_route(kind, guid, call),
            (_, _, [guid, "payments", rest @ ..]) => self.payment_route(kind, guid, call, rest),
            (_, _, [guid, rest @ ("email" | "e-invoice" | "e-creditNote" | "mailouts"), more @ ..]) => {
                let rest: Vec<&str> = std::iter::once(*rest).chain(more.iter().copied()).collect();
                self.mail_route(kind, guid, call, &rest)
            }
            (&Method::POST, "v1", [guid, "generate-creditnote"]) if kind == Kind::Invoice => {
                self.credit_route(guid, call)
            }
            _ => Err(Failure::no_route()),
        }
    }

    /// A voucher of a kind; what is missing, or of the other kind, gives no result.
    fn voucher(&self, kind: Kind, guid: &str) -> Result<&Voucher, Failure> {
        let found = self.vouchers.get(&guid.to_lowercase()).filter(|voucher| voucher.kind == kind);
        found.ok_or_else(|| Failure::no_result(kind.name()))
    }

    /// A voucher that may be changed by whoever saw it as `stamp` says; `None` does not mind how it looks.
    fn changeable(&mut self, kind: Kind, guid: &str, stamp: Option<&str>) -> Result<&mut Voucher, Failure> {
        let found = self.vouchers.get_mut(&guid.to_lowercase()).filter(|voucher| voucher.kind == kind);
        let voucher = found.ok_or_else(|| Failure::no_result(kind.name()))?;
        if voucher.deleted.is_some() {
            return Err(Failure::deleted());
        }
        if stamp.is_some_and(|stamp| stamp != voucher.stamp()) {
            return Err(Failure::stale());
        }
        Ok(voucher)
    }

    /// The same for what changes drafts alone.
    fn changeable_draft(&mut self, kind: Kind, guid: &str, stamp: Option<&str>) -> Result<&mut Voucher, Failure> {
        let voucher = self.changeable(kind, guid, stamp)?;
        match voucher.number {
            None => Ok(voucher),
            Some(_) => Err(Failure::validation(&[("Status", "is booked, and cannot be changed")])),
        }
    }

    /// Reads what was sent as a draft, with everything that is wrong with it.
    fn draft(&mut self, kind: Kind, sent: &Map<String, Value>, place: &str, call: &Call<'_>) -> Result<Draft, Failure> {
        let (draft, unknown) = self.read_draft(kind, sent, call.now)?;
        self.unknown_names.extend(unknown.into_iter().map(|name| format!("{place} {}: {name}", kind.place())));
        Ok(draft)
    }

    fn create_voucher(&mut self, kind: Kind, call: &Call<'_>) -> Answer {
        let place = format!("POST {}", kind.place());
        let sent = self.known_body(call, &place, &draft::names(kind))?;
        let mut reader = Reader::new(&sent, String::new());
        let guid = reader.guid("Guid");
        refuse_if(&reader.end())?;
        if guid.as_ref().is_some_and(|guid| self.vouchers.contains_key(guid)) {
            return Err(Failure::duplicated());
        }
        let draft = self.draft(kind, &sent, "POST", call)?;
        let guid = guid.unwrap_or_else(|| self.next_guid());
        Ok(Some(self.keep_draft(kind, &guid, draft, call.now)))
    }

    fn preview_voucher(&mut self, kind: Kind, call: &Call<'_>) -> Answer {
        let place = format!("POST {}/fetch", kind.place());
        let sent = self.known_body(call, &place, &draft::names(kind))?;
        let draft = self.draft(kind, &sent, "POST", call)?;
        let mut shown = draft.shown(self.next_number());
        if kind == Kind::Invoice {
            shown.insert("CanEnableMobilePayInvoice".to_owned(), false.into());
            shown.insert("CanEnablePensoPay".to_owned(), false.into());
        }
        for name in ["TotalVat", "TotalInclVat"] {
            let total = super::money::decimal(&shown[name]).unwrap_or_default();
            shown.insert(name.to_owned(), super::money::amount(total + self.fetch_is_off_by));
        }
        Ok(Some(Value::Object(shown)))
    }

    fn update_voucher(&mut self, kind: Kind, guid: &str, call: &Call<'_>) -> Answer {
        let place = format!("PUT {}", kind.place());
        let names: Vec<&str> = draft::names(kind).into_iter().chain(["Timestamp"]).collect();
        let sent = self.known_body(call, &place, &names)?;
        self.voucher(kind, guid)?;
        let stamp = required_stamp(&sent)?;
        self.changeable_draft(kind, guid, Some(&stamp))?;
        let mut reader = Reader::new(&sent, String::new());
        if reader.guid("Guid").is_some_and(|sent| !sent.eq_ignore_ascii_case(guid)) {
            reader.refuse("Guid", "is another one's");
        }
        refuse_if(&reader.end())?;
        let draft = self.draft(kind, &sent, "PUT", call)?;
        Ok(Some(self.keep_draft(kind, &guid.to_lowercase(), draft, call.now)))
    }

    fn delete_voucher(&mut self, kind: Kind, guid: &str, call: &Call<'_>) -> Answer {
        let stamp = self.optional_stamp(call)?;
        let voucher = self.changeable_draft(kind, guid, stamp.as_deref())?;
        voucher.deleted = Some(call.now);
        self.touch(guid, call.now);
        Ok(None)
    }

    fn book_route(&mut self, kind: Kind, guid: &str, call: &Call<'_>) -> Answer {
        let sent = self.known_body(call, "POST book", &["Number", "Timestamp"])?;
        self.voucher(kind, guid)?;
        let stamp = required_stamp(&sent)?;
        let mut reader = Reader::new(&sent, String::new());
        let number = reader.whole("Number");
        refuse_if(&reader.end())?;
        self.changeable_draft(kind, guid, Some(&stamp))?;
        self.book(guid, number, call.now)?;
        // Published as an invoice for credit notes too.
        Ok(Some(self.read_invoice(self.voucher(kind, guid)?, call.now)))
    }

    /// A booked voucher as a file. What stands on it is not played.
    pub(super) fn pdf(&self, kind: Kind, guid: &str) -> Result<Bytes, Failure> {
        match self.voucher(kind, guid)?.number {
            Some(number) => Ok(Bytes::from(format!("%PDF-1.4 {} {number}", kind.name()))),
            None => Err(Failure::validation(&[("Status", "must be booked")])),
        }
    }

    /// The time stamp of a request that may leave it out, or its whole body.
    fn optional_stamp(&mut self, call: &Call<'_>) -> Result<Option<String>, Failure> {
        let (sent, unknown) = body::optional_object(call, &["Timestamp"])?;
        self.unknown_names
            .extend(unknown.into_iter().map(|name| format!("{} {}: {name}", call.method, call.path.join("/"))));
        Ok(Reader::new(&sent, String::new()).text("Timestamp"))
    }

    /// Gives a voucher a new time stamp. Returns what says so.
    fn touch(&mut self, guid: &str, now: chrono::DateTime<chrono::Utc>) -> Value {
        self.stamps += 1;
        let Some(voucher) = self.vouchers.get_mut(&guid.to_lowercase()) else { return Value::Null };
        voucher.version = self.stamps;
        voucher.updated = now;
        json!({ "Guid": voucher.guid, "TimeStamp": voucher.stamp() })
    }
}

/// The time stamp of a request that cannot do without.
fn required_stamp(sent: &Map<String, Value>) -> Result<String, Failure> {
    let stamp = Reader::new(sent, String::new()).text("Timestamp");
    stamp.ok_or_else(|| Failure::validation(&[("timestamp", "The Timestamp field is required.")]))
}
