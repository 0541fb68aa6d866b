//! Whatever the network and the server do: nothing is written twice, and a limit that was set holds.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use api_transport::{Courier, Transport};
use proptest::prelude::*;
use simplycrm_client::{Element, ModuleName, SimplyCrmClient, SimplyCrmSettings};

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
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

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

    #[test]
    fn l5_no_minute_holds_more_than_the_cap_and_no_record_is_made_twice(
        cap in 1..12_u32,
        sessions in 1..4_usize,
        story in proptest::collection::vec((any::<bool>(), 0..20_000_u64), 1..20),
        mishaps in proptest::collection::vec(mishaps(), 0..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let crm = Arc::new(FakeCrm::default());
            for (nth, (reply, _)) in mishaps.iter().enumerate() {
                crm.on(["create", "retrieve", "login", "getchallenge"][nth % 4], reply.clone());
            }
            for _ in 0..200 {
                crm.on("create", success(r#"{"id":"11x99"}"#)).on("retrieve", success(r#"{"id":"11x99"}"#));
            }
            let transport: Arc<dyn Transport> = crm.clone();
            let key = "the access key".to_owned().into();
            let mut settings = SimplyCrmSettings::new("https://crm.example.invalid", "integration", key);
            settings.sessions = NonZeroUsize::new(sessions).unwrap();
            let client = SimplyCrmClient::with_courier(settings, Courier::new(transport, cap, "crm")).unwrap();
            let mut tasks = Vec::new();
            for (nth, (writes, pause)) in story.iter().copied().enumerate() {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                let client = client.clone();
                tasks.push(tokio::spawn(async move {
                    if writes {
                        let element = Element::new().text("accountname", format!("#{nth}"));
                        client.create(ModuleName::ACCOUNTS, element).await.ok();
                    } else {
                        client.retrieve("11x57".parse().unwrap()).await.ok();
                    }
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
            let arrivals = crm.arrivals();
            for (first, at) in arrivals.iter().enumerate() {
                let within = arrivals[first..].iter().take_while(|it| **it < *at + Duration::from_secs(60)).count();
                prop_assert!(within <= cap as usize, "{} requests within a minute, the cap is {}", within, cap);
            }
            // The replies to creates were given out in the order in which the creates came.
            let fates: Vec<bool> = mishaps.iter().step_by(4).map(|(_, happened)| *happened).collect();
            let made = crm.seen("create");
            for (nth, seen) in made.iter().enumerate() {
                let happened = fates.get(nth).copied().unwrap_or(true);
                let again = made[nth + 1..].iter().any(|later| later.parameters["element"] == seen.parameters["element"]);
                prop_assert!(!(happened && again), "sent again after it may have happened");
            }
            Ok(())
        })?;
    }
}
