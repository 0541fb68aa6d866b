//! What has to hold at the moment at which a request leaves, however long it waited before.

use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;

/// Whether what was allowed when a request was asked for is still allowed.
pub type Gate = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

tokio::task_local! {
    static GATE: Gate;
}

/// Does `work`, whose requests leave only while the gate is open, as far as they change anything. It is asked right before
/// each of them leaves: after the wait for the rate limit, and after the one before a repetition. The machine may have slept
/// through any of them.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use std::sync::Arc;
///
/// let shut: api_transport::Gate = Arc::new(|| Box::pin(async { false }));
/// let answer = api_transport::only_while(shut, async { "whatever sends no request that writes" }).await;
/// assert_eq!(answer, "whatever sends no request that writes");
/// # });
/// ```
pub async fn only_while<T>(gate: Gate, work: impl Future<Output = T>) -> T {
    GATE.scope(gate, work).await
}

pub(crate) async fn is_open() -> bool {
    match GATE.try_with(Arc::clone) {
        Ok(gate) => gate().await,
        Err(_) => true,
    }
}
