//! The courier over faults made up by the test, on a clock of its own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use api_transport::{Courier, Errand, ErrorBudget, Gate, RetryPolicy, Safety, Transport, TransportError, only_while};
use async_trait::async_trait;
use bytes::Bytes;
use proptest::prelude::*;
use tokio::time::Instant;

/// What the server does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Status(u16),
    ThrottledFor(u64),
    NotSent,
    /// Carried out, but nobody hears of it.
    Lost,
}

impl Fate {
    fn carried_out(self) -> bool {
        match self {
            Self::Status(status) => status != 429,
            Self::Lost => true,
            Self::ThrottledFor(_) | Self::NotSent => false,
        }
    }
}

/// A server with its fates laid down; when they run out, all is well.
#[derive(Debug, Default)]
struct Fated {
    fates: Mutex<VecDeque<Fate>>,
    left: Mutex<Vec<Instant>>,
    carried_out: Mutex<u32>,
}

#[async_trait]
impl Transport for Fated {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        self.left.lock().unwrap().push(Instant::now());
        let fate = self.fates.lock().unwrap().pop_front().unwrap_or(Fate::Status(200));
        if fate.carried_out() {
            *self.carried_out.lock().unwrap() += 1;
        }
        let (host, reason) = ("api.test".to_owned(), "made up".to_owned());
        let response = http::Response::builder();
        match fate {
            Fate::Status(status) => Ok(response.status(status).body(Bytes::new()).unwrap()),
            Fate::ThrottledFor(seconds) => {
                Ok(response.status(429).header("retry-after", seconds).body(Bytes::new()).unwrap())
            }
            Fate::NotSent => Err(TransportError::NotSent { host, reason }),
            Fate::Lost => Err(TransportError::Lost { host, reason }),
        }
    }
}

fn fated(fates: &[Fate]) -> Arc<Fated> {
    Arc::new(Fated { fates: Mutex::new(fates.iter().copied().collect()), ..Fated::default() })
}

fn errand(safety: Safety) -> Errand {
    Errand { operation: "test", safety, writes: safety.writes() }
}

fn request() -> http::Request<Bytes> {
    http::Request::post("https://api.test/").body(Bytes::new()).unwrap()
}

fn paused<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(test)
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        prop_oneof![Just(200_u16), Just(400), Just(404), Just(429), Just(480), Just(500), Just(503)]
            .prop_map(Fate::Status),
        (0..100_u64).prop_map(Fate::ThrottledFor),
        Just(Fate::NotSent),
        Just(Fate::Lost),
    ]
}

fn safety() -> impl Strategy<Value = Safety> {
    prop_oneof![Just(Safety::Read), Just(Safety::IdempotentWrite), Just(Safety::UnsafeWrite)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_unsafe_write_is_carried_out_at_most_once(fates in proptest::collection::vec(fate(), 0..6)) {
        let server = fated(&fates);
        paused(Courier::new(server.clone(), 60, "4711").carry(errand(Safety::UnsafeWrite), request())).ok();
        prop_assert!(*server.carried_out.lock().unwrap() <= 1);
    }

    #[test]
    fn l5_repetitions_count_for_the_cap(
        cap in 1..12_u32,
        requests in proptest::collection::vec((safety(), 0..20_000_u64), 1..40),
        fates in proptest::collection::vec(fate(), 0..60),
    ) {
        let server = fated(&fates);
        let courier = Courier::new(server.clone(), cap, "4711").with_seed(7);
        let usage = paused(async {
            let mut tasks = Vec::new();
            for (safety, gap) in requests {
                tokio::time::advance(Duration::from_millis(gap)).await;
                let courier = courier.clone();
                tasks.push(tokio::spawn(async move { courier.carry(errand(safety), request()).await.ok(); }));
            }
            for task in tasks { task.await.unwrap(); }
            courier.usage()
        });
        let mut left = server.left.lock().unwrap().clone();
        left.sort();
        prop_assert_eq!(usage.requests, left.len() as u64);
        prop_assert!(usage.writes <= usage.requests);
        for (first, at) in left.iter().enumerate() {
            let within = left[first..].iter().take_while(|it| **it < *at + Duration::from_secs(60)).count();
            prop_assert!(within <= cap as usize, "{} requests left within a minute, the cap is {}", within, cap);
        }
    }
}

#[test]
fn l5_retry_after_silences_everyone() {
    paused(async {
        let server = fated(&[Fate::ThrottledFor(20)]);
        let courier = Courier::new(server.clone(), 60, "4711");
        let begin = Instant::now();
        let (first, second) = tokio::join!(courier.carry(errand(Safety::Read), request()), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            courier.carry(errand(Safety::Read), request()).await
        });
        assert!(first.unwrap().status().is_success() && second.unwrap().status().is_success());
        let left: Vec<u64> = server.left.lock().unwrap().iter().map(|at| (*at - begin).as_secs()).collect();
        assert_eq!(left, [0, 20, 20]);
    });
}

#[test]
fn the_last_word_on_a_lost_request_is_lost() {
    paused(async {
        let server = fated(&[Fate::Lost, Fate::NotSent, Fate::NotSent, Fate::NotSent]);
        let courier =
            Courier::new(server, 0, "4711").with_policy(RetryPolicy { attempts: 4, ..RetryPolicy::default() });
        let error = courier.carry(errand(Safety::IdempotentWrite), request()).await.unwrap_err();
        assert!(error.outcome_unknown());
        assert_eq!((courier.usage().requests, courier.usage().writes), (4, 1));
    });
}

#[test]
fn a_used_up_error_budget_stops_everything_for_a_while() {
    paused(async {
        let server = fated(&[Fate::Status(400), Fate::Status(403), Fate::Status(404), Fate::Status(401)]);
        let budget = ErrorBudget::new(3, Duration::from_secs(600));
        let courier = Courier::new(server, 0, "4711").with_budget(budget);
        for status in [400, 403, 404, 401] {
            let response = courier.carry(errand(Safety::Read), request()).await.unwrap();
            assert_eq!(response.status().as_u16(), status);
        }
        let refused = courier.carry(errand(Safety::Read), request()).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "could not reach api.test: the server refused 3 requests lately; nothing more is sent for 601 s"
        );
        assert_eq!(courier.usage().requests, 4);
        tokio::time::advance(Duration::from_secs(601)).await;
        assert!(courier.carry(errand(Safety::Read), request()).await.unwrap().status().is_success());
    });
}

#[test]
fn p33_a_write_leaves_only_while_it_is_allowed_however_long_it_waited() {
    // The gate shuts while the request waits for its turn, or to be repeated; a read may leave all the same.
    for (fates, safety, sent) in [
        (vec![Fate::Status(200)], Safety::UnsafeWrite, 0),
        (vec![Fate::ThrottledFor(30)], Safety::UnsafeWrite, 1),
        (vec![Fate::ThrottledFor(30)], Safety::IdempotentWrite, 1),
        (vec![Fate::ThrottledFor(30)], Safety::Read, 2),
    ] {
        let server = fated(&fates);
        let first_waits = fates == [Fate::Status(200)];
        let (answer, left) = paused(async {
            let courier = Courier::new(server.clone(), 1, "4711");
            if first_waits {
                // Another request has taken the only turn of this minute.
                courier.carry(errand(Safety::Read), request()).await.unwrap();
            }
            let before = server.left.lock().unwrap().len();
            let shuts = Instant::now() + Duration::from_secs(10);
            let gate: Gate = Arc::new(move || Box::pin(async move { Instant::now() < shuts }));
            let answer = only_while(gate, courier.carry(errand(safety), request())).await;
            (answer, server.left.lock().unwrap().len() - before)
        });
        assert_eq!(left, sent, "{fates:?} {safety:?}");
        assert_eq!(answer.is_ok(), safety == Safety::Read, "{fates:?} {safety:?}: {answer:?}");
    }
}
