//! A system that changes under the mapping: what waited travels once, wherever the run in which it comes back is killed.

use std::time::Duration;

use sync_model::{Kind, Side};

use crate::history::{Deed, Field, Start, act};
use crate::pair::Pair;
use crate::properties::on_virtual_time;

/// Longer than a description of a system is good for.
const A_DAY: Duration = Duration::from_secs(24 * 3600);

fn let_write_streets(pair: &mut Pair, writable: bool) {
    let accounts = pair.systems.right.schema.kinds.get_mut(&Kind::new("Accounts")).unwrap();
    for field in accounts.fields.iter_mut().filter(|field| field.name.as_str() == "bill_street") {
        field.writable = writable;
    }
}

/// A pair whose streets wait in the CRM although two of them were edited, and which may now be written again.
async fn mended() -> Pair {
    let edit = |side, who, field, value| Deed::Edit { side, who, field, value };
    let mut pair = Pair::two_way(Side::Right);
    pair.batch = 1;
    Start { left: vec![0, 1, 2], right: vec![0, 1, 3] }.lay_out(&pair);
    assert!(pair.sync().await.unwrap().in_agreement());
    let_write_streets(&mut pair, false);
    tokio::time::advance(A_DAY).await;
    let deeds = [
        edit(Side::Left, 0, Field::Street, 3),
        edit(Side::Right, 1, Field::Street, 0),
        edit(Side::Left, 1, Field::Phone, 3),
    ];
    act(&pair, &deeds);
    let before = pair.canonical();
    let held = pair.sync().await.unwrap();
    assert_eq!((held.held(), held.updated.right, held.updated.left), (1, 1, 0), "{:?}", held.findings);
    assert_eq!(pair.canonical().left, before.left, "nothing was written over");
    let_write_streets(&mut pair, true);
    pair
}

#[test]
fn p24_what_waited_travels_once_wherever_the_run_is_killed() {
    let (end, edges) = on_virtual_time(async {
        let pair = mended().await;
        let passed = pair.fuse.passed();
        let back = pair.sync().await.unwrap();
        assert!(back.in_agreement(), "{:?}", back.findings);
        assert_eq!((back.updated.left, back.updated.right), (1, 1), "both edits travelled");
        let edges = pair.fuse.passed() - passed;
        let quiet = pair.sync().await.unwrap();
        assert_eq!((quiet.usage.left.writes, quiet.usage.right.writes), (0, 0));
        (pair.canonical(), edges)
    });
    assert!(edges > 10, "{edges} edges");
    for edge in 0..edges {
        on_virtual_time(async {
            let pair = mended().await;
            pair.sync_until_killed(edge).await;
            assert!(pair.sync().await.unwrap().in_agreement(), "killed at edge {edge}");
            assert_eq!(pair.canonical(), end, "killed at edge {edge}");
        });
    }
}
