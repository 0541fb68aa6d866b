//! Products (fact sheet §6.3).

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, Response};
use url::Url;

use super::{LARGEST_PAGE, Operation, bare, get, json, whole_seconds, with_json};
use crate::model::{Page, Product, ProductCreated, ProductWrite};
use crate::{Error, Filter, OrganizationId, ProductField, ProductGuid};

/// A page of products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListProducts {
    /// The fields to show; the guid always comes with them.
    pub fields: Vec<ProductField>,
    /// Conditions.
    pub filter: Option<Filter>,
    /// Only what was created, changed or deleted at or after this time. Whole seconds count.
    pub changes_since: Option<DateTime<Utc>>,
    /// `Some(true)`: only deleted ones. Without it, only live ones.
    pub deleted_only: Option<bool>,
    /// Which page, from 0.
    pub page: u32,
    /// Items in a page, 1000 at most.
    pub page_size: u32,
}

impl ListProducts {
    /// The first and largest page, with all documented fields.
    #[must_use]
    pub fn new() -> Self {
        Self {
            fields: ProductField::ALL.to_vec(),
            filter: None,
            changes_since: None,
            deleted_only: None,
            page: 0,
            page_size: LARGEST_PAGE,
        }
    }
}

impl Default for ListProducts {
    fn default() -> Self {
        Self::new()
    }
}

impl Operation for ListProducts {
    type Output = Page<Product>;
    const NAME: &'static str = "products.list";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        let mut url = products(base, "v1", organization, None);
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

/// One product, in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GetProduct(pub ProductGuid);

impl Operation for GetProduct {
    type Output = Product;
    const NAME: &'static str = "products.get";
    const SAFETY: Safety = Safety::Read;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        get(&products(base, "v1", organization, Some(self.0)))
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// Makes a product. Its guid cannot be chosen, so a second time makes a second product.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateProduct(pub ProductWrite);

impl Operation for CreateProduct {
    type Output = ProductCreated;
    const NAME: &'static str = "products.create";
    const SAFETY: Safety = Safety::UnsafeWrite;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        with_json(Method::POST, &products(base, "v1", organization, None), &self.0)
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// Replaces the whole product: what is not sent is emptied.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateProduct {
    /// Which one.
    pub guid: ProductGuid,
    /// Everything.
    pub product: ProductWrite,
}

impl Operation for UpdateProduct {
    type Output = ();
    const NAME: &'static str = "products.update";
    const SAFETY: Safety = Safety::IdempotentWrite;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        with_json(Method::PUT, &products(base, "v1", organization, Some(self.guid)), &self.product)
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<Self::Output, Error> {
        Ok(())
    }
}

/// Deletes a product. It stays readable as deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeleteProduct(pub ProductGuid);

impl Operation for DeleteProduct {
    type Output = ();
    const NAME: &'static str = "products.delete";
    const SAFETY: Safety = Safety::IdempotentWrite;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        bare(Method::DELETE, &products(base, "v1", organization, Some(self.0)))
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<Self::Output, Error> {
        Ok(())
    }
}

fn products(base: &BaseUrl, version: &str, organization: OrganizationId, guid: Option<ProductGuid>) -> Url {
    let mut segments = vec![version.to_owned(), organization.to_string(), "products".to_owned()];
    segments.extend(guid.map(|guid| guid.to_string()));
    base.join(segments)
}
