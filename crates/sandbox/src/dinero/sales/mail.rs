//! Sales vouchers on their way to the customer: mails, electronic invoices, friendly reminders (fact sheet §6.4, §6.5, §7.3).
//!
//! Known: only booked vouchers; a receiver by default is the contact's address, and without any it is 400; a message of one's
//! own has to hold `[link-to-pdf]`; a time stamp is optional, and an outdated one is refused; a friendly reminder takes an
//! overdue invoice; an electronic invoice takes a contact with a number to send it to. Nothing guards against a second mail.
//!
//! Not known: whether a mail gives a new time stamp. Here it does not, so that two mails with the same time stamp both go out:
//! whoever wants one mail has to see to it. It does change `UpdatedAt`. A template is for booked vouchers here as well.
//! Formal reminders and text messages are not part of the stand-in.

use chrono::{DateTime, NaiveDateTime, Utc};
use http::Method;
use serde_json::{Map, Value, json};

use super::voucher::Voucher;
use super::{Answer, Call, Dinero, Failure, Kind};
use crate::dinero::body::{Reader, optional_object, refuse_if};

const MAIL: [&str; 8] = [
    "Timestamp",
    "Sender",
    "CcToSender",
    "Receiver",
    "Subject",
    "Message",
    "AddVoucherAsPdfAttachment",
    "ShouldAddTrustPilotEmailAsBcc",
];
const ELECTRONIC: [&str; 4] = ["OrderReference", "AttPerson", "Timestamp", "PaymentMeanEnum"];
/// Where the organisation writes from.
const SENDER: &str = "regnskab@proevefirma.dk";

/// Something that went out.
#[derive(Debug, Clone)]
pub(super) struct MailOut {
    at: DateTime<Utc>,
    kind: &'static str,
    sender: String,
    receiver: String,
    subject: String,
    message: String,
    cc: bool,
    order_reference: Option<String>,
}

impl Voucher {
    /// Whether it went out, and how it last did.
    pub(super) fn mail_state(&self) -> (&'static str, &'static str) {
        self.mail_outs.last().map_or(("NotSent", "None"), |last| ("Sent", last.kind))
    }

    /// The buyer's order reference on the last electronic invoice.
    pub(super) fn order_reference(&self) -> Option<&str> {
        self.mail_outs.iter().rev().find_map(|out| out.order_reference.as_deref())
    }
}

impl Dinero {
    pub(super) fn mail_route(&mut self, kind: Kind, guid: &str, call: &Call<'_>, rest: &[&str]) -> Answer {
        let invoice = kind == Kind::Invoice;
        match (call.method, call.version, rest) {
            (&Method::POST, "v1", ["email"]) => self.mail(kind, guid, "Mailout", call),
            (&Method::POST, "v1", ["email", "pre-reminder"]) if invoice => self.remind(guid, call),
            (&Method::GET, "v2", ["email", "template"]) if invoice => self.template(kind, guid, true),
            (&Method::GET, "v1", ["email", "pre-reminder", "template"]) if invoice => self.template(kind, guid, false),
            (&Method::GET, "v1", ["email", "template"]) if !invoice => self.template(kind, guid, false),
            (&Method::POST, "v3", ["e-invoice"]) if invoice => self.send_electronically(kind, guid, call),
            (&Method::POST, "v3", ["e-creditNote"]) if !invoice => self.send_electronically(kind, guid, call),
            (&Method::GET, "v1", ["mailouts"]) => self.mail_outs(kind, guid, call),
            _ => Err(Failure::no_route()),
        }
    }

    fn mail(&mut self, kind: Kind, guid: &str, what: &'static str, call: &Call<'_>) -> Answer {
        let sent = self.mail_body(call, &MAIL)?;
        let voucher = self.mailable(kind, guid, &sent)?;
        let mut reader = Reader::new(&sent, String::new());
        let receiver = reader.text("Receiver").or_else(|| self.contact_text(&voucher, "Email"));
        if receiver.is_none() {
            reader.refuse("Receiver", "is missing, and the contact has no e-mail");
        }
        let message = reader.text("Message").unwrap_or_else(|| message().to_owned());
        if !message.contains("[link-to-pdf]") {
            reader.refuse("Message", "must contain [link-to-pdf]");
        }
        let receiver = receiver.unwrap_or_default();
        let out = MailOut {
            at: call.now,
            kind: what,
            sender: reader.text("Sender").unwrap_or_else(|| SENDER.to_owned()),
            receiver: receiver.clone(),
            subject: reader.text("Subject").unwrap_or_else(|| subject(&voucher)),
            message,
            cc: reader.flag("CcToSender").unwrap_or(false),
            order_reference: None,
        };
        reader.flag("AddVoucherAsPdfAttachment");
        reader.flag("ShouldAddTrustPilotEmailAsBcc");
        refuse_if(&reader.end())?;
        self.send_out(&voucher.guid, out);
        let recipients: Vec<Value> = receiver.split(',').map(|address| json!({ "Email": address.trim() })).collect();
        Ok(Some(json!({ "Recipients": recipients })))
    }

    fn remind(&mut self, guid: &str, call: &Call<'_>) -> Answer {
        if self.voucher(Kind::Invoice, guid)?.status(call.now.date_naive()) != "Overdue" {
            return Err(Failure::validation(&[("PaymentStatus", "must be Overdue")]));
        }
        self.mail(Kind::Invoice, guid, "PreReminder", call).map(|_| None)
    }

    fn send_electronically(&mut self, kind: Kind, guid: &str, call: &Call<'_>) -> Answer {
        let sent = self.mail_body(call, &ELECTRONIC)?;
        let voucher = self.mailable(kind, guid, &sent)?;
        let mut reader = Reader::new(&sent, String::new());
        reader.word("PaymentMeanEnum", &["Domestic", "International", "FIK"]);
        reader.text("AttPerson");
        let number = ["EanNumber", "PNumber", "SENumber", "VatNumber"]
            .into_iter()
            .find_map(|name| self.contact_text(&voucher, name));
        if number.is_none() {
            reader.refuse("ContactGuid", "has no number to send an electronic invoice to");
        }
        let out = MailOut {
            at: call.now,
            kind: "Einvoice",
            sender: SENDER.to_owned(),
            receiver: number.unwrap_or_default(),
            subject: subject(&voucher),
            message: String::new(),
            cc: false,
            order_reference: reader.text("OrderReference"),
        };
        refuse_if(&reader.end())?;
        self.send_out(&voucher.guid, out);
        Ok(None)
    }

    fn mail_body(&mut self, call: &Call<'_>, known: &[&str]) -> Result<Map<String, Value>, Failure> {
        let (sent, unknown) = optional_object(call, known)?;
        self.unknown_names.extend(unknown.into_iter().map(|name| format!("POST email: {name}")));
        Ok(sent)
    }

    /// A voucher that may go out as whoever sent `sent` saw it.
    fn mailable(&mut self, kind: Kind, guid: &str, sent: &Map<String, Value>) -> Result<Voucher, Failure> {
        let stamp = Reader::new(sent, String::new()).text("Timestamp");
        let voucher = self.changeable(kind, guid, stamp.as_deref())?.clone();
        match voucher.number {
            Some(_) => Ok(voucher),
            None => Err(Failure::validation(&[("Status", "must be booked")])),
        }
    }

    /// A person mails a booked voucher from their own program, and says so.
    pub(super) fn mail_by_hand(&mut self, kind: Kind, guid: &str, now: DateTime<Utc>) -> Result<(), Failure> {
        let voucher = self.mailable(kind, guid, &Map::new())?;
        let out = MailOut {
            at: now,
            kind: "ManualMailout",
            sender: SENDER.to_owned(),
            receiver: self.contact_text(&voucher, "Email").unwrap_or_default(),
            subject: subject(&voucher),
            message: message().to_owned(),
            cc: false,
            order_reference: None,
        };
        self.send_out(guid, out);
        Ok(())
    }

    fn send_out(&mut self, guid: &str, out: MailOut) {
        let Some(voucher) = self.vouchers.get_mut(guid) else { return };
        match out.kind {
            "Mailout" => voucher.tally.mails += 1,
            "Einvoice" => voucher.tally.electronic += 1,
            _ => voucher.tally.reminders += 1,
        }
        voucher.updated = out.at;
        voucher.mail_outs.push(out);
    }

    fn template(&self, kind: Kind, guid: &str, with_sms: bool) -> Answer {
        let voucher = self.voucher(kind, guid)?;
        if voucher.number.is_none() {
            return Err(Failure::validation(&[("Status", "must be booked")]));
        }
        let mut template = json!({
            "Sender": SENDER,
            "Receiver": self.contact_text(voucher, "Email"),
            "Subject": subject(voucher),
            "Message": message(),
            "AddVoucherAsPdfAttachment": true,
        });
        if with_sms {
            template["SendAsSms"] = false.into();
            template["SmsReceiverPhoneNumber"] = Value::Null;
        }
        Ok(Some(template))
    }

    fn mail_outs(&self, kind: Kind, guid: &str, call: &Call<'_>) -> Answer {
        let since =
            call.parameter("changesSince").map(|text| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ"));
        let since = since.transpose().map_err(|_| Failure::validation(&[("changesSince", "is no time")]))?;
        let outs = self.voucher(kind, guid)?.mail_outs.iter().zip(1..);
        let shown = outs.filter(|(out, _)| since.is_none_or(|since| out.at.naive_utc() > since)).map(|(out, id)| {
            json!({
                "Id": id,
                "Date": self.time(out.at),
                "SeenAt": null,
                "Sender": out.sender,
                "Receiver": out.receiver,
                "Subject": out.subject,
                "Message": out.message,
                "DownloadCount": 0,
                "PrintCount": 0,
                "Type": out.kind,
                "Status": "Sent",
                "LatestEvent": if out.kind == "Einvoice" { "SentToCustomer" } else { "Sent" },
                "IsSmsMessage": false,
                "CCToSender": out.cc,
            })
        });
        Ok(Some(shown.collect()))
    }

    /// A text of the voucher's contact that says something.
    fn contact_text(&self, voucher: &Voucher, field: &str) -> Option<String> {
        let contact = self.contacts.get(voucher.draft.contact.as_ref()?)?;
        contact[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

fn subject(voucher: &Voucher) -> String {
    format!("{} {}", voucher.draft.description, voucher.number.unwrap_or_default())
}

fn message() -> &'static str {
    "Hej\n\nSe bilaget her: [link-to-pdf]"
}
