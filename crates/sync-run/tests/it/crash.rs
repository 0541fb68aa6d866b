//! Kills: at every journal write and at both edges of every request, also while clearing up after a kill.

use sync_model::Side;

use crate::history::{Deed, Field, Start, act};
use crate::pair::Pair;
use crate::properties::on_virtual_time;
use crate::world::Request;

/// A scenario: who is there, and what people do after the first run.
fn scenarios() -> Vec<(&'static str, Start, Vec<Deed>)> {
    let edit = |side, who, field, value| Deed::Edit { side, who, field, value };
    vec![
        ("left to right", Start { left: vec![0, 1, 2], right: vec![] }, vec![]),
        ("right to left", Start { left: vec![], right: vec![0, 1, 2] }, vec![]),
        ("some match", Start { left: vec![0, 1, 2], right: vec![1, 2, 3] }, vec![]),
        (
            "edits both ways",
            Start { left: vec![0, 1], right: vec![1, 2] },
            vec![
                edit(Side::Left, 0, Field::Street, 3),
                edit(Side::Right, 0, Field::Phone, 2),
                edit(Side::Right, 2, Field::Street, 1),
            ],
        ),
        (
            "a conflict and a newcomer",
            Start { left: vec![0], right: vec![0] },
            vec![
                edit(Side::Left, 0, Field::Street, 2),
                edit(Side::Right, 0, Field::Street, 3),
                Deed::Make { side: Side::Right, who: 4 },
            ],
        ),
    ]
}

fn lay_out(begin: &Start) -> Pair {
    let mut pair = Pair::two_way(Side::Right);
    pair.batch = 2;
    begin.lay_out(&pair);
    pair
}

fn creates(pair: &Pair) -> usize {
    let of = |side| {
        let state = pair.systems.get(side).state();
        state.log.iter().filter(|request| matches!(request, Request::Create(..))).count()
    };
    of(Side::Left) + of(Side::Right)
}

#[test]
fn p24_killed_at_any_edge_the_end_is_the_same() {
    let mut kills = 0;
    for (name, begin, later) in scenarios() {
        let (end, made, edges) = on_virtual_time(async {
            let pair = lay_out(&begin);
            pair.sync().await.unwrap();
            act(&pair, &later);
            pair.sync().await.unwrap();
            (pair.canonical(), creates(&pair), pair.fuse.passed())
        });
        for edge in 0..edges {
            on_virtual_time(async {
                let pair = lay_out(&begin);
                let killed = pair.sync_until_killed(edge).await;
                kills += usize::from(killed);
                pair.sync().await.unwrap();
                act(&pair, &later);
                if !killed {
                    pair.sync_until_killed(edge - pair.fuse.passed().min(edge)).await;
                }
                pair.sync().await.unwrap();
                assert_eq!(pair.canonical(), end, "{name}, killed at edge {edge}");
                assert_eq!(creates(&pair), made, "{name}, killed at edge {edge}: as many records were made");
            });
        }
    }
    assert!(kills > 50, "the fuse was hit at {kills} edges");
}

#[test]
fn p25_killed_while_clearing_up_three_deep() {
    for (name, begin, later) in scenarios() {
        let (end, made, edges) = on_virtual_time(async {
            let pair = lay_out(&begin);
            pair.sync().await.unwrap();
            act(&pair, &later);
            pair.sync().await.unwrap();
            (pair.canonical(), creates(&pair), pair.fuse.passed())
        });
        for first in (0..edges).step_by(3) {
            for second in [1, 3, 6, 10] {
                on_virtual_time(async {
                    let pair = lay_out(&begin);
                    pair.sync_until_killed(first).await;
                    pair.sync_until_killed(second).await;
                    pair.sync_until_killed(second + 2).await;
                    pair.sync().await.unwrap();
                    act(&pair, &later);
                    pair.sync().await.unwrap();
                    assert_eq!(pair.canonical(), end, "{name}, killed at {first}, {second} and {}", second + 2);
                    assert_eq!(creates(&pair), made, "{name}: as many records were made");
                });
            }
        }
    }
}
