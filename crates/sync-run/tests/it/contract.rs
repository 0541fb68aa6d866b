//! A plan as a contract: the same world gives the same plan, it is carried out exactly, and once.

use std::sync::Arc;

use proptest::prelude::*;
use reconcile::Action;
use sync_model::{PairId, Side, Value};
use sync_run::{Engine, Order, PlanError, Preview, RunError, SavedPlan, Summary};

use crate::history::{Deed, Field, Start, act, deeds, find, make, start};
use crate::pair::Pair;
use crate::properties::on_virtual_time;

async fn preview(pair: &Pair) -> Preview {
    pair.engine().plan(&pair.rules, &Order::default()).await.unwrap()
}

async fn saved(pair: &Pair) -> SavedPlan {
    let saved = pair.engine().save(&preview(pair).await);
    SavedPlan::read(&saved.text().unwrap()).unwrap()
}

async fn carry_out(pair: &Pair, plan: &SavedPlan) -> Result<Summary, RunError> {
    let order = Order { plan: Some(Arc::new(plan.clone())), ..Order::default() };
    pair.engine().sync(&pair.rules, &order).await
}

fn street(side: Side, who: usize, value: usize) -> Deed {
    Deed::Edit { side, who, field: Field::Street, value }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn p3_the_same_world_gives_the_same_plan_byte_for_byte(begin in start(), later in deeds(), page in 1..9_usize) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &later);
            let first = serde_json::to_string(&preview(&pair).await.plans).unwrap();
            let mut other = pair.clone();
            other.systems.left.page = page;
            other.systems.right.page = page;
            let second = serde_json::to_string(&preview(&other).await.plans).unwrap();
            assert_eq!(first, second);
        });
    }

    #[test]
    fn p18_a_saved_plan_does_in_a_quiet_world_what_it_said(begin in start(), later in deeds()) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &later);
            for side in Side::BOTH { pair.systems.get(side).forget_log(); }
            let plan = saved(&pair).await;
            let summary = carry_out(&pair, &plan).await.unwrap();
            let planned: Vec<_> = plan.plans.iter().flat_map(|plan| &plan.steps)
                .filter(|step| matches!(step.action, Action::Write(_))).collect();
            let done: Vec<_> = summary.done.iter().map(|(_, step)| step).collect();
            assert_eq!(pair.writes(), planned.len());
            assert!(planned.iter().all(|step| done.contains(step)) && done.len() == planned.len());
            assert_eq!(summary.moved_on, []);
            for side in Side::BOTH {
                let asked = summary.usage.get(side).requests;
                let at_most = plan.cost.get(side).requests;
                assert!(asked <= at_most, "{asked} requests on {side} where at most {at_most} were announced");
            }
        });
    }

    #[test]
    fn p19_a_plan_is_carried_out_once_and_what_moved_on_is_left(begin in start(), later in deeds(), meanwhile in deeds()) {
        on_virtual_time(async {
            let pair = Pair::two_way(Side::Right);
            begin.lay_out(&pair);
            pair.sync().await.unwrap();
            act(&pair, &later);
            let plan = saved(&pair).await;
            act(&pair, &meanwhile);
            let summary = carry_out(&pair, &plan).await.unwrap();
            let told: Vec<_> = plan.plans.iter().flat_map(|plan| &plan.steps)
                .filter(|step| !matches!(step.action, Action::Settle { .. })).collect();
            let (done, moved_on): (Vec<_>, Vec<_>) = (
                summary.done.iter().map(|(_, step)| step).collect(),
                summary.moved_on.iter().map(|(_, step)| step).collect(),
            );
            assert!(done.iter().all(|step| told.contains(step)), "nothing was done that nobody read");
            let ties = summary.linked as usize;
            assert_eq!(done.len() + ties + moved_on.len(), told.len(), "each step is done or told");

            for side in Side::BOTH { pair.systems.get(side).forget_log(); }
            let again = carry_out(&pair, &plan).await.unwrap();
            assert_eq!(again.spent.map(|spent| spent.run), Some(summary.run));
            assert_eq!((pair.writes(), again.usage.left.requests + again.usage.right.requests), (0, 0));
            // The rest is planned again, and both sides end in agreement.
            for _ in 0..2 { pair.sync().await.unwrap(); }
            crate::properties::assert_converged(&pair);
        });
    }
}

#[test]
fn p19_a_record_that_moved_on_is_left_and_the_rest_proceeds() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        Start { left: vec![0, 1, 2], right: vec![] }.lay_out(&pair);
        pair.sync().await.unwrap();
        act(&pair, &[street(Side::Left, 0, 2), street(Side::Left, 1, 3)]);
        let plan = saved(&pair).await;
        act(&pair, &[street(Side::Left, 0, 3), street(Side::Left, 2, 1)]);
        let summary = carry_out(&pair, &plan).await.unwrap();
        assert_eq!((summary.updated.right, summary.moved_on.len()), (1, 1));
        assert_eq!(summary.beyond_plan.values().sum::<u64>(), 2, "the new edit of both waits for the next plan");
        assert!(!summary.in_agreement());
        let held = |who| {
            let key = find(&pair, Side::Right, who).unwrap();
            pair.systems.right.live()[&key].get("bill_street").cloned()
        };
        assert_eq!(held(0), Some(Value::text(Field::Street.value(0))), "left as it was");
        assert_eq!(held(1), Some(Value::text(Field::Street.value(3))), "carried out");
        assert_eq!(held(2), Some(Value::text(Field::Street.value(2))), "never planned");
    });
}

#[test]
fn p19_a_plan_that_was_killed_half_way_is_spent() {
    let mut half_way = 0;
    for edge in 10..60 {
        half_way += on_virtual_time(async {
            let pair = Pair::two_way(Side::Left);
            Start { left: vec![0, 1, 2, 3], right: vec![] }.lay_out(&pair);
            let plan = saved(&pair).await;
            let order = Order { plan: Some(Arc::new(plan.clone())), ..Order::default() };
            let killed = pair.order_until_killed(edge, &pair.rules, &order).await;
            if !killed || pair.writes() == 0 {
                return 0;
            }
            for side in Side::BOTH {
                pair.systems.get(side).forget_log();
            }
            let again = carry_out(&pair, &plan).await.unwrap();
            assert!(again.spent.is_some(), "killed at edge {edge}");
            assert_eq!(pair.writes(), 0, "killed at edge {edge}");
            pair.sync().await.unwrap();
            crate::properties::assert_converged(&pair);
            crate::properties::assert_no_duplicates(&pair);
            1
        });
    }
    assert!(half_way > 3, "it was killed while it wrote at {half_way} edges");
}

#[test]
fn p19_a_plan_of_others_or_of_other_rules_or_touched_is_refused() {
    on_virtual_time(async {
        let pair = Pair::two_way(Side::Left);
        make(&pair, Side::Left, 0, 0);
        let plan = saved(&pair).await;
        let text = plan.text().unwrap();
        let touched = [
            text.replace("Nordlys ApS", "Sydlys ApS"),
            text.replace("\"writes\": 1", "\"writes\": 2"),
            text.replacen('{', "{\n  \"note\": \"seen\",", 1),
        ];
        for touched in touched {
            assert_ne!(touched, text);
            assert_eq!(SavedPlan::read(&touched), Err(PlanError::Tampered));
        }
        let version = format!("\"version\": \"{}\"", plan.version);
        let older = SavedPlan::read(&text.replace(&version, "\"version\": \"0.0.1\""));
        assert_eq!(older, Err(PlanError::OtherVersion("0.0.1".to_owned())));
        for nonsense in ["", "{}", "[1]", "afstem"] {
            assert!(matches!(SavedPlan::read(nonsense), Err(PlanError::Unreadable(_))), "{nonsense}");
        }

        let other = Engine { pair: PairId::new("another"), ..pair.engine() };
        let order = Order { plan: Some(Arc::new(plan.clone())), ..Order::default() };
        let refused = other.sync(&pair.rules, &order).await;
        assert!(matches!(refused, Err(RunError::Plan(PlanError::OtherPair(_)))));
        let turned = Pair { rules: Pair::two_way(Side::Right).rules, ..pair.clone() };
        assert!(matches!(carry_out(&turned, &plan).await, Err(RunError::Plan(PlanError::OtherRules))));
        assert_eq!(pair.writes(), 0);
        assert_eq!(carry_out(&pair, &plan).await.unwrap().created.right, 1, "a refusal does not spend it");
    });
}
