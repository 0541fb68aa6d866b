//! The contract of a [`Store`], property by property. A store passes all of them or is not one.
//!
//! A store's crate says how a fresh database is made, and gets one test for each property:
//!
//! ```
//! # use std::sync::Arc;
//! # use sync_run::{Store, conformance::{MemoryStore, store::Database}};
//! struct InMemory(MemoryStore);
//!
//! #[async_trait::async_trait]
//! impl Database for InMemory {
//!     async fn open(&self) -> Arc<dyn Store> {
//!         Arc::new(self.0.clone())
//!     }
//! }
//!
//! sync_run::store_conformance!(async { InMemory(MemoryStore::default()) });
//! ```

pub mod decisions;
pub mod history;
pub mod journal;
pub mod lease;
pub mod links;
pub mod load;
pub mod mirror;
mod story;

use std::sync::Arc;

use async_trait::async_trait;

use crate::Store;

/// One fresh, empty database. It lives as long as this value.
#[async_trait]
pub trait Database: Send + Sync {
    /// Connects to it once more. Every store that was opened on it sees the same state.
    async fn open(&self) -> Arc<dyn Store>;
}

/// Makes one `#[tokio::test]` for each property of a store. The argument is an expression for a future that gives a
/// fresh [`Database`](crate::conformance::store::Database); it is evaluated in every test.
#[macro_export]
macro_rules! store_conformance {
    ($fresh:expr) => {
        $crate::store_conformance! { $fresh;
            lease::one_run_holds_the_lease
            lease::a_lease_that_ran_out_is_taken_over
            lease::a_run_that_lost_its_lease_changes_nothing
            lease::a_renewed_lease_lives_longer
            lease::a_lease_that_was_given_back_is_free_and_worthless
            lease::of_many_that_want_the_lease_exactly_one_gets_it
            lease::runs_are_listed_newest_first
            lease::pairs_do_not_see_each_other
            mirror::a_record_is_kept_whole
            mirror::a_mark_is_noticed
            mirror::an_unchanged_sight_keeps_the_sign_of_an_earlier_change
            mirror::a_deleted_record_keeps_its_last_sight_until_it_is_seen_again
            mirror::later_changes_of_a_commit_win
            mirror::everything_outlives_the_connection
            load::links_in_play_come_with_both_records
            load::a_touched_record_counts_as_changed_once
            load::a_full_look_shows_every_link
            load::unlinked_records_come_together_or_not_at_all
            load::a_look_stays_within_its_kinds
            load::a_look_shows_what_is_wanted_of_a_record
            links::p21_a_record_has_one_link_at_most
            links::a_link_made_again_is_replaced
            links::a_patch_is_taken_over_field_by_field
            links::a_retired_link_stays_known
            links::a_released_link_is_forgotten_and_its_records_are_free
            links::a_commit_that_fails_changes_nothing
            journal::an_intent_waits_until_it_is_concluded
            journal::an_outcome_needs_its_intent
            journal::a_history_follows_the_link
            journal::findings_are_replaced_and_keep_their_age
            journal::cursors_and_schemas_are_replaced
            journal::what_the_mapping_was_checked_against_is_replaced
            decisions::everything_decided_is_kept_in_order_and_needs_no_lease
            decisions::of_many_who_decide_at_once_nobody_is_lost
            decisions::what_was_decided_is_taken_up_by_the_holder_of_the_lease
            history::the_trail_replays_to_what_stands
            history::the_trail_is_read_in_pages_and_by_run
            history::a_run_has_its_own_journal
            history::a_plan_is_spent_once
            history::failures_are_replaced_and_forgotten
            history::an_earlier_life_stays_known
        }
    };
    ($fresh:expr; $($part:ident :: $property:ident)*) => {$(
        #[tokio::test]
        async fn $property() {
            let database = $fresh.await;
            $crate::conformance::store::$part::$property(&database).await;
        }
    )*};
}
