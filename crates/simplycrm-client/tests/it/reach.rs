//! What `sync` shows is found out, not assumed.

use std::sync::Arc;

use chrono::Utc;
use simplycrm_client::{ModuleName, SyncReach};

use crate::fake::{FakeCrm, Reply, refused, success};

/// Three records, of which only the second belongs to somebody else than 19x5.
const LATEST: &str = r#"[
    {"id":"11x9","assigned_user_id":"19x5","modifiedtime":"2026-11-24 09:00:03"},
    {"id":"11x8","assigned_user_id":"20x2","modifiedtime":"2026-11-24 09:00:02"},
    {"id":"11x7","assigned_user_id":"19x1","modifiedtime":"2026-11-24 09:00:01"}]"#;

fn changes(ids: &[&str]) -> Reply {
    let updated: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let updated = updated.join(",");
    success(&format!(r#"{{"updated":[{updated}],"deleted":[],"more":false,"lastModifiedTime":1795510803}}"#))
}

#[tokio::test(start_paused = true)]
async fn the_reach_of_sync_is_seen_in_somebody_elses_record() {
    let table = [
        (changes(&["11x9", "11x8"]), SyncReach::Everybody),
        (changes(&["11x9"]), SyncReach::Own),
        (refused("ACCESS_DENIED"), SyncReach::Own),
        (Reply::Body(500, String::new()), SyncReach::Missing),
    ];
    for (reply, reach) in table {
        let crm = Arc::new(FakeCrm::default());
        crm.on("query", success(LATEST)).on("sync", reply);
        assert_eq!(crm.client().sync_reach(ModuleName::ACCOUNTS, &Utc).await.unwrap(), reach);
        let sent = &crm.seen("sync")[0].parameters;
        assert_eq!((sent["syncType"].as_str(), sent["modifiedTime"].as_str()), ("application", "1795510801"));
    }
}

#[tokio::test(start_paused = true)]
async fn without_somebody_elses_record_nothing_is_concluded() {
    for rows in ["[]", r#"[{"id":"11x9","assigned_user_id":"19x5","modifiedtime":"2026-11-24 09:00:03"}]"#] {
        let crm = Arc::new(FakeCrm::default());
        crm.on("query", success(rows));
        assert_eq!(crm.client().sync_reach(ModuleName::ACCOUNTS, &Utc).await.unwrap(), SyncReach::Untold);
        assert!(crm.seen("sync").is_empty());
    }
}
