//! Erasing a connection leaves nothing of it, and everything of the others.

use sync_model::{Fields, Kind, PairId, Record, RecordId, RunId, Side, Value};
use sync_run::Store;

use super::*;

/// Fails as soon as a table is added that erasing forgets.
#[tokio::test]
async fn p32_erasing_a_connection_knows_every_table_of_a_pair() {
    let store = SqliteStore::open("sqlite::memory:").await.unwrap();
    let sql = "select m.name from sqlite_master m join pragma_table_info(m.name) c on c.name = 'pair'
               where m.type = 'table' order by m.name";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *store.reader().await).await.unwrap();
    let mut known: Vec<&str> = STATE.iter().chain(&["lease"]).copied().collect();
    known.sort_unstable();
    assert_eq!(tables, known);
}

/// Not even the bytes of the file tell of what was erased.
#[tokio::test]
async fn p32_what_was_erased_is_nowhere_in_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.db");
    let store = SqliteStore::open(&format!("sqlite://{}", file.display())).await.unwrap();
    let gone = Connection::named("Forsvundet ApS", Utc::now());
    store.put_connection(&gone).await.unwrap();
    let pair = PairId::new(format!("{}/4711@x", gone.id));
    let lease = store.open_run(&pair, &RunId::new("r"), Utc::now(), Duration::seconds(9)).await.unwrap();
    let person = |n: u32, name: &str| {
        let fields = Fields::from_iter([("name", Value::text(format!("{name} {n} Hansen")))]);
        let record = Record::new(Kind::new("contact"), RecordId::new(n.to_string()), fields);
        sync_run::Change::Observe { side: Side::Left, record: Box::new(record), dirty: true }
    };
    for name in ["Kanariefugl med et meget langt navn", "Gråspurv"] {
        let people: Vec<_> = (0..500).map(|n| person(n, name)).collect();
        store.commit(&lease, &people).await.unwrap();
    }
    let known = store.known(&gone.id, "record", 0, 9).await.unwrap();
    assert!(known.len() == 9 && known[0].to_string().contains("Gråspurv"), "{known:?}");
    let page = store.known(&gone.id, "record", 495, 9).await.unwrap();
    assert_eq!(page.len(), 5, "the last page");
    assert_eq!(store.known(&gone.id, "registry_account", 0, 9).await.unwrap(), [] as [serde_json::Value; 0]);
    store.erase_connection(&gone.id).await.unwrap();
    for table in store.tables() {
        assert_eq!(store.known(&gone.id, table, 0, 9).await.unwrap(), [] as [serde_json::Value; 0], "{table}");
    }
    let held = |bytes: &[u8], word: &str| bytes.windows(word.len()).any(|it| it == word.as_bytes());
    for entry in std::fs::read_dir(directory.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for word in ["Kanariefugl", "Gråspurv", "Forsvundet"] {
            assert!(!held(&bytes, word), "{word} is still in {}", path.display());
        }
    }
}

#[tokio::test]
async fn p32_a_pair_of_another_connection_stays() {
    let store = SqliteStore::open("sqlite::memory:").await.unwrap();
    let (gone, stays) = (ConnectionId::fresh(), ConnectionId::fresh());
    let run = RunId::new("r");
    for id in [&gone, &stays] {
        let pair = PairId::new(format!("{id}/4711@x"));
        store.open_run(&pair, &run, Utc::now(), Duration::seconds(9)).await.unwrap();
    }
    store.erase_connection(&gone).await.unwrap();
    assert_eq!(store.runs(&PairId::new(format!("{gone}/4711@x")), 9).await.unwrap(), []);
    assert_eq!(store.runs(&PairId::new(format!("{stays}/4711@x")), 9).await.unwrap().len(), 1);
}
