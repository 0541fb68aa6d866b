//! The program over PostgreSQL, in a database of its own: from the first account to a second start.

use std::time::Duration;

use crate::house::House;
use crate::house::caller::Caller;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_keeps_everything_in_postgres_too() {
    let server = std::env::var("AFSTEM_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!("AFSTEM_TEST_POSTGRES_URL names no server; `cargo xtask test -p afstem-server` starts one")
    });
    let mut house = House::open_over(9, &server).await;
    let mette = Caller::found(house.address(), house.code()).await;
    let own = mette.connect("Nordlys ApS", &house.crm_url()).await;
    assert!(mette.get(&format!("{own}/connection")).await.contains("Dinero: forbundet"));
    let mette = crate::goes_on_after_a_kill(&mut house, &mette, &own).await;
    assert!(house.ask_to_stop(Duration::from_secs(30)).success());
    house.start_again();
    // The session, the connection and its history outlive the program.
    let history = mette.at(house.address()).get(&format!("{own}/history")).await;
    assert!(history.matches("/history/").count() >= 3, "{history}");
    let export = mette.at(house.address()).get(&format!("{own}/export")).await;
    let told: serde_json::Value = serde_json::from_str(&export).unwrap();
    assert!(told["known"]["record"].as_array().unwrap().len() > 20, "both mirrors are exported");
}
