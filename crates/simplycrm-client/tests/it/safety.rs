//! Whatever the network and the server do: nothing is written twice.

use std::sync::Arc;

use proptest::prelude::*;
use simplycrm_client::{Element, ModuleName};

use crate::fake::{FakeCrm, Reply, refused, success};

/// How a create may go wrong, and whether the server may have carried it out.
fn mishaps() -> impl Strategy<Value = (Reply, bool)> {
    prop_oneof![
        Just((Reply::Lost, true)),
        Just((Reply::NotSent, false)),
        Just((Reply::Body(500, String::new()), true)),
        Just((Reply::Body(502, "<html>".to_owned()), true)),
        Just((Reply::Body(503, String::new()), true)),
        Just((Reply::Body(429, String::new()), false)),
        Just((Reply::Body(200, String::new()), true)),
        Just((Reply::Body(200, "Fatal error".to_owned()), true)),
        Just((refused("INVALID_SESSIONID"), false)),
        Just((refused("AUTHENTICATION_REQUIRED"), false)),
        Just((refused("INTERNAL_SERVER_ERROR"), true)),
        Just((refused("ACCESS_DENIED"), false)),
        Just((success(r#"{"id":"11x57"}"#), true)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_write_that_may_have_happened_is_never_sent_again(mishaps in proptest::collection::vec(mishaps(), 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let crm = Arc::new(FakeCrm::default());
            for (reply, _) in &mishaps {
                crm.on("create", reply.clone());
            }
            // Enough for whoever would go on.
            for _ in 0..20 {
                crm.on("create", success(r#"{"id":"11x99"}"#));
            }
            let client = crm.client();
            let outcome = client.create(ModuleName::ACCOUNTS, Element::new().text("accountname", "x")).await;
            let sent = crm.seen("create").len();
            let may_have_happened = mishaps.iter().take(sent).filter(|(_, happened)| *happened).count();
            let after_that = mishaps.iter().position(|(_, happened)| *happened).filter(|first| sent > first + 1);
            prop_assert!(may_have_happened <= 1 && after_that.is_none(), "sent {sent} times");
            if let Err(error) = outcome {
                prop_assert_eq!(error.outcome_unknown(), may_have_happened == 1, "{:?}", error);
            }
            Ok(())
        })?;
    }
}
