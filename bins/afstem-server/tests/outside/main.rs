//! The program from outside: killed in the middle of a run and started again, asked to stop, and under load.
#![expect(clippy::unwrap_used, reason = "a test fails where it finds what cannot be")]

mod deploy;
#[path = "../house/mod.rs"]
#[allow(dead_code, reason = "other tests use other parts of the house")]
mod house;
#[cfg(feature = "load")]
mod load;
#[cfg(feature = "postgres")]
mod postgres;
mod secrets;
mod slow;

use std::time::Duration;

use house::House;
use house::caller::Caller;

/// Killed without a word in the middle of a run; started again, the next run goes on, and nothing is made twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_goes_on_where_it_was() {
    let mut house = House::open(12).await;
    let mette = Caller::found(house.address(), house.code()).await;
    let own = mette.connect("Nordlys ApS", &house.crm_url()).await;
    goes_on_after_a_kill(&mut house, &mette, &own).await;
}

/// Kills the server in the middle of a run and starts it again: the next run does what was left, and the one after it nothing.
/// Gives back who has signed in since.
async fn goes_on_after_a_kill(house: &mut House, mette: &Caller, own: &str) -> Caller {
    house.slow_down();
    mette.post(&format!("{own}/sync"), &[]).await;
    let killed_at = house.kill_once_something_is_written().await;
    house.hurry_up();
    house.start_again();
    let mette = Caller::sign_in(house.address()).await;
    mette.post(&format!("{own}/sync"), &[]).await;
    mette.rest(own).await;
    house.agrees().unwrap();
    assert!(house.dinero_contacts() > killed_at, "there was something left to do");
    assert!(house.nothing_is_there_twice(), "a record was made twice");
    mette.post(&format!("{own}/sync"), &[]).await;
    mette.rest(own).await;
    let page = mette.get(own).await;
    assert!(page.contains("Skrevet: Dinero 0, Simply CRM 0."), "{page}");
    mette
}

/// Asked to stop, it ends soon and cleanly, in the middle of a run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_asked_to_stop_stops_between_two_writes() {
    let mut house = House::open(12).await;
    let mette = Caller::found(house.address(), house.code()).await;
    let own = mette.connect("Nordlys ApS", &house.crm_url()).await;
    house.slow_down();
    mette.post(&format!("{own}/sync"), &[]).await;
    house.wait_until_something_is_written().await;
    assert!(house.ask_to_stop(Duration::from_secs(30)).success(), "it says that all went well");
    house.hurry_up();
    house.start_again();
    let mette = Caller::sign_in(house.address()).await;
    mette.post(&format!("{own}/sync"), &[]).await;
    mette.rest(&own).await;
    house.agrees().unwrap();
    assert!(house.nothing_is_there_twice());
}
