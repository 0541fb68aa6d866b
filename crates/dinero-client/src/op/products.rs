//! Products (fact sheet §6.3).

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, Request, Response};

use super::call::{Call, json};
use super::{LARGEST_PAGE, Operation, operations};
use crate::model::{Page, Product, ProductCreated, ProductWrite};
use crate::{Error, Filter, OrganizationId, ProductField, ProductGuid};

/// A page of products, by their last change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListProducts {
    /// The fields to show; the guid always comes with them.
    pub fields: Vec<ProductField>,
    /// Words in the name or the number.
    pub free_text: Option<String>,
    /// Conditions.
    pub filter: Option<Filter<ProductField>>,
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
            free_text: None,
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
        Call::new(Method::GET, base, "v1", Some(organization), &[&"products"])
            .fields(&self.fields, ProductField::ProductGuid)
            .query("freeTextSearch", self.free_text.as_ref())
            .filter(self.filter.as_ref())
            .time("changesSince", self.changes_since)
            .query("deletedOnly", self.deleted_only)
            .page(self.page, self.page_size)
            .build()
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
        Call::new(Method::GET, base, "v1", Some(organization), &[&"products", &self.0]).build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
    }
}

/// Makes a product. Its guid cannot be chosen, so a second time makes a second product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateProduct(pub ProductWrite);

impl Operation for CreateProduct {
    type Output = ProductCreated;
    const NAME: &'static str = "products.create";
    const SAFETY: Safety = Safety::UnsafeWrite;

    fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
        Call::new(Method::POST, base, "v1", Some(organization), &[&"products"]).json(&self.0).build()
    }

    fn decode(&self, response: &Response<Bytes>) -> Result<Self::Output, Error> {
        json(Self::NAME, response)
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
        Call::new(Method::DELETE, base, "v1", Some(organization), &[&"products", &self.0]).build()
    }

    fn decode(&self, _: &Response<Bytes>) -> Result<Self::Output, Error> {
        Ok(())
    }
}

operations! {
    /// Replaces the whole product: what is not sent is emptied.
    UpdateProduct {
        /// Which one.
        guid: ProductGuid,
        /// Everything.
        product: ProductWrite,
    }
    "products.update": IdempotentWrite, PUT "v1" ["products", guid].json(product) => nothing;
}
