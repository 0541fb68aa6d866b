//! Webhooks (fact sheet §6.9). What the answers look like is not documented, so they are given as they came.

use api_transport::{BaseUrl, Safety};
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::Value;

use super::call::{Call, json};
use super::{Operation, operations};
use crate::model::{Subscribe, Unsubscribe};
use crate::{Error, OrganizationId};

/// Declares reads whose answers have no documented form.
macro_rules! open_reads {
    ($($(#[$doc:meta])* $name:ident $label:literal $segment:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct $name;

        impl Operation for $name {
            type Output = Value;
            const NAME: &'static str = $label;
            const SAFETY: Safety = Safety::Read;

            fn request(&self, base: &BaseUrl, organization: OrganizationId) -> Request<Bytes> {
                Call::new(Method::GET, base, "v1", Some(organization), &[&"webhooks", &$segment]).build()
            }

            fn decode(&self, response: &Response<Bytes>) -> Result<Value, Error> {
                if response.body().is_empty() { Ok(Value::Null) } else { json(Self::NAME, response) }
            }
        }
    )*};
}

open_reads! {
    /// What one can be called about.
    ListWebhookEvents "webhooks.events" "events";
    /// What one is called about.
    ListWebhookSubscriptions "webhooks.subscriptions" "subscriptions";
}

operations! {
    /// Asks to be called.
    SubscribeWebhook {
        /// About what, and where.
        subscription: Subscribe,
    }
    "webhooks.subscribe": UnsafeWrite, POST "v1" ["webhooks", "subscribe"].json(subscription) => nothing;

    /// Asks not to be called any more.
    UnsubscribeWebhook {
        /// About what.
        subscription: Unsubscribe,
    }
    "webhooks.unsubscribe": IdempotentWrite, DELETE "v1" ["webhooks", "unsubscribe"].json(subscription) => nothing;
}
