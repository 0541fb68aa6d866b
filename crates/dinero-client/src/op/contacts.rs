//! Contacts and their notes (fact sheet §6.2).

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, Response};

use super::call::{Call, json};
use super::{LARGEST_PAGE, Operation, operations};
use crate::field::NoteField;
use crate::model::{Contact, ContactCreated, ContactNote, ContactWrite, NoteCreated, NoteWrite, Page};
use crate::{ContactField, ContactGuid, Error, Filter, NoteGuid, OrganizationId};

/// A page of contacts, through version 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListContacts {
    /// The fields to show; the guid always comes with them.
    pub fields: Vec<ContactField>,
    /// Conditions.
    pub filter: Option<Filter<ContactField>>,
    /// Only what was created, changed or deleted at or after this time. Whole seconds count.
    pub changes_since: Option<DateTime<Utc>>,
    /// `Some(true)`: only deleted ones. Without it, live and deleted ones come together.
    pub deleted_only: Option<bool>,
    /// Which page, from 0.
    pub page: u32,
    /// Items in a page, 1000 at most.
    pub page_size: u32,
}

impl ListContacts {
    /// The first and largest page, with all documented fields.
    #[must_use]
    pub fn new() -> Self {
        Self {
            fields: ContactField::ALL.to_vec(),
            filter: None,
            changes_since: None,
            deleted_only: None,
            page: 0,
            page_size: LARGEST_PAGE,
        }
    }

    fn call(&self, version: &str, base: &BaseUrl, organization: OrganizationId) -> Call {
        Call::new(Method::GET, base, version, Some(organization), &[&"contacts"])
            .fields(&self.fields, ContactField::ContactGuid)
            .filter(self.filter.as_ref())
            .time("changesSince", self.changes_since)
    }
}

impl Default for ListContacts {
    fn default() -> Self {
        Self::new()
    }
}

impl Operation for ListContacts {
    type Output = Page<Contact>;
    const NAME: &'static str = "contacts.list";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        let call = self.call("v2", base, organization).query("deletedOnly", self.deleted_only);
        call.page(self.page, self.page_size).build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// A page of contacts through version 1, which leaves deleted ones out unless only those are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListLiveContacts(pub ListContacts);

impl Operation for ListLiveContacts {
    type Output = Page<Contact>;
    const NAME: &'static str = "contacts.list_live";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        let call = self.0.call("v1", base, organization).query("deletedOnly", self.0.deleted_only);
        call.page(self.0.page, self.0.page_size).build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// One contact, in full, also a deleted one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetContact(pub ContactGuid);

impl Operation for GetContact {
    type Output = Contact;
    const NAME: &'static str = "contacts.get";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        Call::new(Method::GET, base, "v1", Some(organization), &[&"contacts", &self.0]).build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// Makes a contact. With a guid of the caller's choice it may be sent again: a second time is refused as a duplicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateContact(pub ContactWrite);

impl Operation for CreateContact {
    type Output = ContactCreated;
    const NAME: &'static str = "contacts.create";
    const SAFETY: Safety = Safety::IdempotentWrite;

    fn safety(&self) -> Safety {
        if self.0.contact_guid.is_some() { Safety::IdempotentWrite } else { Safety::UnsafeWrite }
    }

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        Call::new(Method::POST, base, "v1", Some(organization), &[&"contacts"]).json(&self.0).build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        match self.0.contact_guid {
            // Answers without a body are documented (fact sheet §2); the guid is known all the same.
            Some(contact_guid) if response.body().is_empty() => Ok(ContactCreated { contact_guid }),
            Some(_) | None => json(Self::NAME, response),
        }
    }
}

/// Deletes a contact. It stays readable as deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteContact(pub ContactGuid);

impl Operation for DeleteContact {
    type Output = ();
    const NAME: &'static str = "contacts.delete";
    const SAFETY: Safety = Safety::IdempotentWrite;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        Call::new(Method::DELETE, base, "v1", Some(organization), &[&"contacts", &self.0]).build()
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<Self::Output, Error> {
        Ok(())
    }
}

/// Undoes a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestoreContact(pub ContactGuid);

impl Operation for RestoreContact {
    type Output = ();
    const NAME: &'static str = "contacts.restore";
    const SAFETY: Safety = Safety::IdempotentWrite;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        Call::new(Method::POST, base, "v1", Some(organization), &[&"contacts", &self.0, &"restore"]).build()
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<Self::Output, Error> {
        Ok(())
    }
}

operations! {
    /// Replaces the whole contact: what is not sent is emptied.
    UpdateContact {
        /// Which one.
        guid: ContactGuid,
        /// Everything; the guid in it is not sent.
        contact: ContactWrite,
    }
    "contacts.update": IdempotentWrite,
    PUT "v2" ["contacts", guid].json(&ContactWrite { contact_guid: None, ..contact.clone() }) => nothing;

    /// A page of the notes on a contact, by date.
    ListNotes {
        /// Whose.
        contact: ContactGuid,
        /// `Some(true)`: only deleted ones.
        deleted_only: Option<bool>,
        /// Which page, from 0.
        page: u32,
        /// Items in a page, 1000 at most.
        page_size: u32,
    }
    "contacts.notes.list": Read,
    GET "v1" ["contacts", contact, "notes"]
        .fields(NoteField::ALL, NoteField::Id).query("deletedOnly", *deleted_only).page(*page, *page_size)
        => json Page<ContactNote>;

    /// One note.
    GetNote {
        /// Whose.
        contact: ContactGuid,
        /// Which one.
        note: NoteGuid,
    }
    "contacts.notes.get": Read, GET "v1" ["contacts", contact, "notes", note] => json ContactNote;

    /// Adds a note.
    CreateNote {
        /// To whom.
        contact: ContactGuid,
        /// What it says.
        text: NoteWrite,
    }
    "contacts.notes.create": UnsafeWrite, POST "v1" ["contacts", contact, "notes"].json(text) => json NoteCreated;

    /// Replaces a note's text.
    UpdateNote {
        /// Whose.
        contact: ContactGuid,
        /// Which one.
        note: NoteGuid,
        /// What it says.
        text: NoteWrite,
    }
    "contacts.notes.update": IdempotentWrite, PUT "v1" ["contacts", contact, "notes", note].json(text) => nothing;

    /// Deletes a note.
    DeleteNote {
        /// Whose.
        contact: ContactGuid,
        /// Which one.
        note: NoteGuid,
    }
    "contacts.notes.delete": IdempotentWrite, DELETE "v1" ["contacts", contact, "notes", note] => nothing;
}
