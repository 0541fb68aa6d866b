//! What is counted, in the form that Prometheus reads.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    status: u16,
}

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    /// Sign-ins that failed.
    pub(crate) refused: Counter,
    /// Webhooks that were listened to.
    pub(crate) hints: Counter,
    /// Browsers that look on.
    pub(crate) viewers: Gauge,
    runs: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("afstem");
        let requests = Family::<Request, Counter>::default();
        let (refused, hints) = (Counter::default(), Counter::default());
        let (viewers, runs) = (Gauge::default(), Gauge::default());
        registry.register("http_requests", "Requests by method and status", requests.clone());
        registry.register("sign_ins_refused", "Sign-ins that failed", refused.clone());
        registry.register("hints", "Webhooks that were listened to", hints.clone());
        registry.register("viewers", "Browsers that look on", viewers.clone());
        registry.register("runs_at_work", "Runs that go on now", runs.clone());
        Self { registry, requests, refused, hints, viewers, runs }
    }

    pub(crate) fn answered(&self, method: &http::Method, status: http::StatusCode) {
        let known =
            [http::Method::GET, http::Method::POST, http::Method::PUT, http::Method::DELETE, http::Method::HEAD];
        // A method is the caller's choice: others would make as many series as he likes.
        let method = if known.contains(method) { method.as_str() } else { "OTHER" }.to_owned();
        self.requests.get_or_create(&Request { method, status: status.as_u16() }).inc();
    }

    pub(crate) fn text(&self, at_work: usize) -> Result<String, std::fmt::Error> {
        self.runs.set(i64::try_from(at_work).unwrap_or(i64::MAX));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_cannot_make_series_of_his_own() {
        let metrics = Metrics::new();
        for method in ["GET", "GET", "BREW", "PROPFIND"] {
            metrics.answered(&method.parse().unwrap(), http::StatusCode::OK);
        }
        let text = metrics.text(3).unwrap();
        assert!(text.contains(r#"afstem_http_requests_total{method="GET",status="200"} 2"#), "{text}");
        assert!(text.contains(r#"afstem_http_requests_total{method="OTHER",status="200"} 2"#), "{text}");
        assert!(text.contains("afstem_runs_at_work 3"), "{text}");
        assert!(!text.contains("BREW"));
    }
}
