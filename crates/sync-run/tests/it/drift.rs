//! A system that changes under the mapping: what waited travels once, wherever the run in which it comes back is killed.
//! And a mapping that another version of ours reads otherwise: what was remembered still holds.

use std::time::Duration;

use field_mapping::{Checked, Held, Mapping};
use proptest::prelude::*;
use reconcile::Policy;
use sync_model::{Fingerprint, Kind, Schema, Side, Sides};
use sync_run::{Order, Rules, RulesError};

use crate::history::{Deed, Field, Start, act, deeds, start};
use crate::pair::{Pair, TestRules};
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

/// The same rules in another version of ours, which sums up a mapping otherwise and kept nothing of what it was checked against.
struct NextVersion(TestRules);

impl Rules for NextVersion {
    fn kinds(&self) -> Sides<Vec<Kind>> {
        self.0.kinds()
    }

    fn mapping(&self, schemas: &Sides<Schema>, _: Option<&Checked>) -> Result<(Mapping, Vec<Held>), RulesError> {
        let (mut mapping, held) = self.0.mapping(schemas, None)?;
        for module in &mut mapping.modules {
            module.fingerprint = Fingerprint::of([b"version n + 1".as_slice(), module.module.as_str().as_bytes()]);
        }
        Ok((mapping, held))
    }

    fn policy(&self) -> Policy {
        self.0.policy()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn l12_what_an_older_version_remembered_holds_and_an_upgrade_writes_nothing(begin in start(), later in deeds(), since in deeds()) {
        on_virtual_time(async {
            let (stays, moves) = (Pair::two_way(Side::Right), Pair::two_way(Side::Right));
            for pair in [&stays, &moves] {
                begin.lay_out(pair);
                pair.sync().await.unwrap();
                act(pair, &later);
                pair.sync().await.unwrap();
            }
            let next = NextVersion(moves.rules);
            for _ in 0..2 {
                let upgraded = moves.engine().sync(&next, &Order::default()).await.unwrap();
                assert_eq!((upgraded.usage.left.writes, upgraded.usage.right.writes), (0, 0), "no storm");
                assert!(upgraded.in_agreement());
            }
            // What people do then is judged by what the older version remembered.
            act(&stays, &since);
            act(&moves, &since);
            stays.sync().await.unwrap();
            moves.engine().sync(&next, &Order::default()).await.unwrap();
            assert_eq!(stays.canonical(), moves.canonical());
        });
    }
}
