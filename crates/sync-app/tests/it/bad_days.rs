//! Faults in the middle of a run: whatever happens, running again ends where a quiet day would have ended.

use sandbox::{Fault, When};

use crate::world::World;

const FAULTS: [Fault; 8] = [
    Fault::TimeoutBefore,
    Fault::TimeoutAfter,
    Fault::FailureBefore,
    Fault::FailureAfter,
    Fault::Unauthorised,
    Fault::Truncated,
    Fault::Brownout,
    Fault::WebPage,
];

/// How often a run may have to be started until everything is done.
const MOST_RUNS: usize = 4;

async fn until_agreed(world: &World) {
    for _ in 0..MOST_RUNS {
        if world.app(&[]).sync(&[]).await.is_ok_and(|summary| summary.in_agreement()) {
            return;
        }
        world.trouble(Vec::new(), Vec::new());
    }
    let last = world.app(&[]).sync(&[]).await.unwrap();
    assert!(last.in_agreement(), "{:?}", last.findings);
}

#[tokio::test]
async fn p24_any_fault_at_any_request_ends_as_without() {
    let quiet = World::seeded(4, 11);
    quiet.sync(&[]).await;
    let (left, right) = (quiet.dinero().inner.log().len() as u64, quiet.crm().inner.log().len() as u64);
    let expected = quiet.holdings().dinero;
    // Every request meets one of the faults; AFSTEM_EVERY_FAULT=1 lets it meet all of them.
    let stride = if std::env::var_os("AFSTEM_EVERY_FAULT").is_some() { 1 } else { FAULTS.len() };
    for (which, fault) in FAULTS.into_iter().enumerate() {
        for nth in (0..left.max(right)).skip(if stride == 1 { 0 } else { which }).step_by(stride) {
            let world = World::seeded(4, 11);
            let at = |most: u64| if nth < most { vec![(When::Nth(nth), fault)] } else { Vec::new() };
            world.trouble(at(left), at(right));
            until_agreed(&world).await;
            let holdings = world.holdings();
            assert_eq!(holdings.dinero, expected, "{fault:?} at {nth}");
            assert_eq!(holdings.crm, expected, "{fault:?} at {nth}");
        }
    }
}

#[tokio::test]
async fn lost_tokens_and_sessions_are_renewed_without_a_word() {
    let world = World::seeded(6, 12);
    let app = world.app(&[]);
    app.sync(&[]).await.unwrap();
    world.dinero().inner.forget_tokens();
    world.crm().inner.forget_sessions();
    assert!(app.sync(&[]).await.unwrap().in_agreement());
}
