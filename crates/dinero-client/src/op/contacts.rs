//! Contacts (fact sheet §6.2).

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, Response};
use url::Url;

use super::{LARGEST_PAGE, Operation, bare, get, json, whole_seconds, with_json};
use crate::model::{Contact, ContactCreated, ContactWrite, Page};
use crate::{ContactField, ContactGuid, Error, Filter, OrganizationId};

/// A page of contacts, through version 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListContacts {
    /// The fields to show; the guid always comes with them.
    pub fields: Vec<ContactField>,
    /// Conditions.
    pub filter: Option<Filter>,
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
        let mut url = contacts(base, "v2", organization, None);
        let fields: Vec<&str> = self.fields.iter().map(|field| field.as_str()).collect();
        let mut query = url.query_pairs_mut();
        query.append_pair("fields", &fields.join(","));
        if let Some(filter) = &self.filter {
            query.append_pair("queryFilter", &filter.to_string());
        }
        if let Some(since) = self.changes_since {
            query.append_pair("changesSince", &whole_seconds(since));
        }
        if let Some(deleted_only) = self.deleted_only {
            query.append_pair("deletedOnly", if deleted_only { "true" } else { "false" });
        }
        query.append_pair("page", &self.page.to_string());
        query.append_pair("pageSize", &self.page_size.clamp(1, LARGEST_PAGE).to_string());
        drop(query);
        get(&url)
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
        get(&contacts(base, "v1", organization, Some(self.0)))
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// Makes a contact. With a guid of the caller's choice it may be sent again: a second time is refused as a duplicate.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateContact(pub ContactWrite);

impl Operation for CreateContact {
    type Output = ContactCreated;
    const NAME: &'static str = "contacts.create";
    const SAFETY: Safety = Safety::IdempotentWrite;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        with_json(Method::POST, &contacts(base, "v1", organization, None), &self.0)
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// Replaces the whole contact: what is not sent is emptied.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateContact {
    /// Which one.
    pub guid: ContactGuid,
    /// Everything.
    pub contact: ContactWrite,
}

impl Operation for UpdateContact {
    type Output = ();
    const NAME: &'static str = "contacts.update";
    const SAFETY: Safety = Safety::IdempotentWrite;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        with_json(Method::PUT, &contacts(base, "v2", organization, Some(self.guid)), &self.contact)
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<Self::Output, Error> {
        Ok(())
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
        bare(Method::DELETE, &contacts(base, "v1", organization, Some(self.0)))
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
        let guid = self.0.to_string();
        bare(Method::POST, &base.join(["v1", &organization.to_string(), "contacts", &guid, "restore"]))
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<Self::Output, Error> {
        Ok(())
    }
}

fn contacts(base: &BaseUrl, version: &str, organization: OrganizationId, guid: Option<ContactGuid>) -> Url {
    let mut segments = vec![version.to_owned(), organization.to_string(), "contacts".to_owned()];
    segments.extend(guid.map(|guid| guid.to_string()));
    base.join(segments)
}
