//! Trade offers (fact sheet §6.8). They are not booked; an accepted one should be left as it is.

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, Response};

use super::call::{Call, json};
use super::{LARGEST_PAGE, Operation, operations};
use crate::field::TradeOfferField;
use crate::model::{
    Mail, MailOut, MailSent, MailTemplate, Page, SortOrder, Stored, TradeOffer, TradeOfferItem, TradeOfferPreview,
    TradeOfferSort, TradeOfferWrite,
};
use crate::{Error, Filter, InvoiceGuid, OrganizationId, Timestamp, TradeOfferGuid};

/// A page of trade offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListTradeOffers {
    /// The fields to show; the guid always comes with them.
    pub fields: Vec<TradeOfferField>,
    /// Conditions.
    pub filter: Option<Filter<TradeOfferField>>,
    /// Only what was created, changed or deleted at or after this time. Whole seconds count.
    pub changes_since: Option<DateTime<Utc>>,
    /// `Some(true)`: only deleted ones.
    pub deleted_only: Option<bool>,
    /// Words in the number, the contact's name, the description, or the gross total.
    pub free_text: Option<String>,
    /// Which page, from 0.
    pub page: u32,
    /// Items in a page, 1000 at most.
    pub page_size: u32,
    /// The order; by number without it.
    pub sort: Option<TradeOfferSort>,
    /// Which way; descending without it.
    pub order: Option<SortOrder>,
}

impl ListTradeOffers {
    /// The first and largest page, with all documented fields.
    #[must_use]
    pub fn new() -> Self {
        Self {
            fields: TradeOfferField::ALL.to_vec(),
            filter: None,
            changes_since: None,
            deleted_only: None,
            free_text: None,
            page: 0,
            page_size: LARGEST_PAGE,
            sort: None,
            order: None,
        }
    }
}

impl Default for ListTradeOffers {
    fn default() -> Self {
        Self::new()
    }
}

impl Operation for ListTradeOffers {
    type Output = Page<TradeOfferItem>;
    const NAME: &'static str = "trade_offers.list";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        Call::new(Method::GET, base, "v1", Some(organization), &[&"tradeoffers"])
            .fields(&self.fields, TradeOfferField::Guid)
            .filter(self.filter.as_ref())
            .time("changesSince", self.changes_since)
            .query("deletedOnly", self.deleted_only)
            .query("freeTextSearch", self.free_text.as_ref())
            .page(self.page, self.page_size)
            .query("sort", self.sort.as_ref())
            .query("sortOrder", self.order.as_ref())
            .build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

operations! {
    /// Makes a trade offer. What a second one with the same guid does is not known, so it is not repeated.
    CreateTradeOffer {
        /// The trade offer.
        trade_offer: TradeOfferWrite,
    }
    "trade_offers.create": UnsafeWrite, POST "v1" ["tradeoffers"].json(trade_offer) => json Stored<TradeOfferGuid>;

    /// Computes totals and stores nothing.
    PreviewTradeOffer {
        /// The trade offer.
        trade_offer: TradeOfferWrite,
    }
    "trade_offers.preview": Read, POST "v1" ["tradeoffers", "fetch"].json(trade_offer) => json TradeOfferPreview;

    /// One trade offer, in full.
    GetTradeOffer {
        /// Which one.
        guid: TradeOfferGuid,
    }
    "trade_offers.get": Read, GET "v1" ["tradeoffers", guid] => json TradeOffer;

    /// A trade offer as a PDF.
    GetTradeOfferPdf {
        /// Which one.
        guid: TradeOfferGuid,
    }
    "trade_offers.pdf": Read, GET "v1" ["tradeoffers", guid].expecting_file() => bytes;

    /// Replaces a trade offer as a whole.
    UpdateTradeOffer {
        /// Which one.
        guid: TradeOfferGuid,
        /// What it looked like.
        timestamp: Timestamp,
        /// Everything.
        trade_offer: TradeOfferWrite,
    }
    "trade_offers.update": UnsafeWrite,
    PUT "v1.2" ["tradeoffers", guid].stamped(timestamp, trade_offer) => json Stored<TradeOfferGuid>;

    /// Deletes a trade offer.
    DeleteTradeOffer {
        /// Which one.
        guid: TradeOfferGuid,
        /// What it looked like; `None`: whatever it looks like.
        timestamp: Option<Timestamp>,
    }
    "trade_offers.delete": IdempotentWrite, DELETE "v1" ["tradeoffers", guid].stamp(timestamp.as_ref()) => nothing;

    /// Makes a draft of an invoice from a trade offer, which gets a new time stamp.
    GenerateInvoice {
        /// From which one.
        guid: TradeOfferGuid,
        /// What it looked like; `None`: whatever it looks like.
        timestamp: Option<Timestamp>,
    }
    "trade_offers.generate_invoice": UnsafeWrite,
    POST "v1" ["tradeoffers", guid, "generate-invoice"].stamp(timestamp.as_ref()) => json Stored<InvoiceGuid>;

    /// Mails a trade offer.
    EmailTradeOffer {
        /// Which one.
        guid: TradeOfferGuid,
        /// What it says.
        mail: Mail,
    }
    "trade_offers.email": UnsafeWrite, POST "v1" ["tradeoffers", guid, "email"].json(mail) => json MailSent;

    /// What a mail would say.
    GetTradeOfferEmailTemplate {
        /// About which one.
        guid: TradeOfferGuid,
    }
    "trade_offers.email.template": Read,
    GET "v1" ["tradeoffers", guid, "email", "template"] => json MailTemplate;

    /// Mails and text messages about a trade offer.
    ListTradeOfferMailOuts {
        /// About which one.
        guid: TradeOfferGuid,
        /// Only those made or changed after this time.
        changes_since: Option<DateTime<Utc>>,
        /// Whether text messages count.
        include_sms: bool,
    }
    "trade_offers.mailouts": Read,
    GET "v1" ["tradeoffers", guid, "mailouts"]
        .time("changesSince", *changes_since).query("includeSms", Some(include_sms))
        => json Vec<MailOut>;
}
