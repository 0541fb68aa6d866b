//! What is due on an invoice: how it is found out, how an invoice is sent and what is paid, and what stands against it.

use std::time::Duration;

use reconcile::Matter;
use rust_decimal::Decimal;
use sync_model::{Fields, PairId, Side, Value};
use sync_run::{Effect, EffectState, Effects, Order, SendWay, Store as _, Summary, Undo};
use tokio::time::Instant;

use crate::effects::{
    ALL, BOOK, BOOK_AND_SEND, NONE, booked, books, happened, invoice, once, rules, run, run_with, unknown, write,
};
use crate::history::find;
use crate::pair::Pair;
use crate::paused::at_every_edge;
use crate::properties::on_virtual_time;
use crate::world::WriteFault;

/// What somebody does to the invoice in the books.
type Edit = fn(&mut Fields);

const PAY: Effects = Effects { pay: Some(55_000), ..NONE };

fn kroner(amount: i64) -> Value {
    Value::Decimal(Decimal::from(amount))
}

async fn noted(pair: &Pair) -> Vec<(String, EffectState)> {
    let effects = pair.memory.effects(&PairId::new("test")).await.unwrap();
    effects.into_iter().map(|it| (it.effect.name(), it.state)).collect()
}

fn refused(summary: &Summary) -> usize {
    summary.findings.iter().filter(|(_, it)| matches!(it.matter, Matter::Refused { .. })).count()
}

#[test]
fn p34_what_is_paid_follows_from_what_the_books_show() {
    let paid = |fields: &mut Fields| fields.set("PaidAmount", kroner(125));
    let cases: [(&str, Edit, i64, &[&str]); 7] = [
        ("nobody paid it there", |_| {}, 125, &["pay 125"]),
        ("somebody noted the payment there", paid, 125, &[]),
        ("it is in euro", |fields| fields.set("Currency", Value::text("EUR")), 125, &[]),
        ("no currency is named", |fields| fields.set("Currency", Value::Empty), 125, &["pay 125"]),
        ("something was given back", |fields| fields.set("PaidAmount", kroner(-10)), 0, &[]),
        ("what was paid is not shown", |fields| fields.set("PaidAmount", Value::Empty), 125, &[]),
        ("what it comes to is not shown", |fields| fields.set("TotalInclVat", Value::Empty), 125, &[]),
    ];
    for (case, edit, received, expected) in cases {
        on_virtual_time(async {
            let pair = books(received).await;
            run(&pair, BOOK).await;
            pair.systems.left.edit(&booked(&pair), edit);
            run(&pair, PAY).await;
            let names: Vec<String> = noted(&pair).await.into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, [&["book"], expected].concat(), "{case}");
        });
    }
}

#[test]
fn p34_an_invoice_goes_electronically_to_an_ean_number_and_by_mail_to_everybody_else() {
    let electronic = |order: Option<&str>| SendWay::Electronic { order_reference: order.map(str::to_owned) };
    let cases = [
        ("", "PO 7", SendWay::Mail),
        ("5798000420526", "PO 7", electronic(Some("PO 7"))),
        ("5798000420526", "", electronic(None)),
    ];
    for (ean, order, expected) in cases {
        on_virtual_time(async {
            let pair = books(0).await;
            pair.systems.right.edit(&invoice(1), |fields| fields.set("vtiger_purchaseorder", Value::text(order)));
            run(&pair, BOOK).await;
            let customer = find(&pair, Side::Left, 0).unwrap();
            pair.systems.left.edit(&customer, |fields| fields.set("EanNumber", Value::text(ean)));
            let to_the_customer = |fields: &mut Fields| fields.set("ContactGuid", Value::Reference(customer));
            pair.systems.left.edit(&booked(&pair), to_the_customer);
            run(&pair, BOOK_AND_SEND).await;
            let effects = pair.memory.effects(&PairId::new("test")).await.unwrap();
            let ways: Vec<_> = effects
                .iter()
                .filter_map(|it| if let Effect::Send { way } = &it.effect { Some(way) } else { None })
                .collect();
            assert_eq!(ways, [&expected], "EAN {ean:?}, order {order:?}");
        });
    }
}

#[test]
fn p34_what_happened_is_noted_told_once_and_looked_up_no_more() {
    on_virtual_time(async {
        let pair = books(125).await;
        let summary = run(&pair, ALL).await;
        assert_eq!((summary.effects.booked, summary.effects.sent, summary.effects.paid), (1, 1, 1));
        let done = |name: &str| (name.to_owned(), EffectState::Done);
        assert_eq!(noted(&pair).await, [done("book"), done("pay 125"), done("send")]);
        pair.systems.left.forget_log();
        let summary = run(&pair, ALL).await;
        assert_eq!((summary.effects.booked, summary.effects.sent, summary.effects.paid), (0, 0, 0));
        assert_eq!(pair.systems.left.state().log.len(), 3, "a list of each kind, and nothing else");
    });
}

#[test]
fn p34_an_effect_that_comes_late_is_waited_for_and_not_asked_for_twice() {
    let cases = [(WriteFault::LostAfter, 0), (WriteFault::Late(9), 15), (WriteFault::Late(14), 15)];
    for (fault, seconds) in cases {
        on_virtual_time(async {
            let pair = books(0).await;
            pair.systems.left.state().effect_faults = vec![fault, fault];
            let began = Instant::now();
            let summary = run(&pair, BOOK_AND_SEND).await;
            assert_eq!(began.elapsed(), 2 * Duration::from_secs(seconds), "{fault:?}");
            assert_eq!((refused(&summary), unknown(&summary)), (0, 0), "{fault:?}: {:?}", summary.findings);
            tokio::time::sleep(Duration::from_secs(60)).await;
            run(&pair, BOOK_AND_SEND).await;
            assert_eq!(happened(&pair), once(&["Faktura 1 book", "Faktura 1 send"]), "{fault:?}");
        });
    }
}

#[test]
fn p24_a_booking_that_is_killed_at_any_edge_is_found_or_tried_again_by_the_next_run() {
    let mut intended = 0;
    let edges = at_every_edge(async |edge| {
        let pair = books(0).await;
        run(&pair, NONE).await;
        let order = Order { effects: true, ..Order::default() };
        let killed = pair.order_until_killed(edge, &rules(BOOK), &order).await;
        intended += usize::from(noted(&pair).await.iter().any(|(_, state)| *state == EffectState::Intended));
        let summary = run(&pair, BOOK).await;
        assert_eq!((refused(&summary), unknown(&summary)), (0, 0), "edge {edge}: {:?}", summary.findings);
        assert_eq!(happened(&pair), once(&["Faktura 1 book"]), "edge {edge}");
        assert_eq!(noted(&pair).await, [("book".to_owned(), EffectState::Done)], "edge {edge}");
        killed
    });
    assert!(edges > 20 && intended > 2, "{edges} edges, {intended} with a booking on its way");
}

#[test]
fn p34_a_payment_that_the_books_show_later_is_registered_once() {
    on_virtual_time(async {
        let pair = books(125).await;
        pair.systems.left.state().pays_later = true;
        for _ in 0..3 {
            let summary = run(&pair, ALL).await;
            assert_eq!(refused(&summary), 0, "it was not even asked for again: {:?}", summary.findings);
        }
        assert_eq!(happened(&pair), once(&["Faktura 1 book", "Faktura 1 pay 125", "Faktura 1 send"]));
    });
}

#[test]
fn p34_a_draft_whose_making_was_undone_is_not_booked() {
    on_virtual_time(async {
        let pair = books(0).await;
        let made = run(&pair, NONE).await.run;
        let undo = Order { undo: Some(Undo::Run(made)), ..Order::default() };
        pair.engine().sync(&rules(BOOK), &undo).await.unwrap();
        run(&pair, BOOK).await;
        assert_eq!(happened(&pair), []);
    });
}

#[test]
fn p35_an_invoice_that_keeps_changing_is_not_booked() {
    on_virtual_time(async {
        let pair = books(0).await;
        run(&pair, NONE).await;
        pair.systems.right.edit(&invoice(1), |fields| fields.set("subject", Value::text("Faktura 9")));
        pair.systems.left.state().restless = true;
        run(&pair, BOOK).await;
        assert_eq!(happened(&pair), []);
        pair.systems.left.state().restless = false;
        run(&pair, BOOK).await;
        assert_eq!(happened(&pair), once(&["Faktura 9 book"]));
    });
}

#[test]
fn p35_a_draft_that_could_not_be_read_back_is_not_booked_before_it_was_looked_at() {
    on_virtual_time(async {
        let pair = books(0).await;
        pair.systems.left.state().unreadable = true;
        run(&pair, BOOK).await;
        assert_eq!(happened(&pair), []);
        pair.systems.left.state().unreadable = false;
        run(&pair, BOOK).await;
        assert_eq!(happened(&pair), once(&["Faktura 1 book"]));
    });
}

#[test]
fn p36_a_total_that_changes_right_before_the_booking_stops_it() {
    on_virtual_time(async {
        let pair = books(0).await;
        run(&pair, NONE).await;
        let recount = |pair: &Pair| {
            pair.systems.right.edit(&invoice(1), |fields| fields.set("hdnGrandTotal", kroner(999)));
        };
        run_with(&pair, BOOK, recount).await;
        assert_eq!(happened(&pair), []);
        let summary = run(&pair, BOOK).await;
        assert!(summary.findings.iter().any(|(_, it)| matches!(it.matter, Matter::Totals { .. })), "{summary:?}");
        assert_eq!(happened(&pair), []);
    });
}

#[test]
fn p35_a_draft_that_somebody_edits_after_the_plan_is_carried_over_before_it_is_booked() {
    on_virtual_time(async {
        let pair = books(0).await;
        run(&pair, NONE).await;
        let rename = |pair: &Pair| {
            pair.systems.left.edit(&booked(pair), |fields| fields.set("Description", Value::text("Faktura 7")));
        };
        let heard = run_with(&pair, BOOK, rename).await;
        let expected =
            ["planned", "planned", "wrote to right", "planned", "book", "planned", "wrote to right", "planned"];
        assert_eq!(heard, expected);
        let crm = pair.systems.right.live()[&invoice(1)].clone();
        assert_eq!(
            (crm.get("subject"), crm.get("cf_number")),
            (Some(&Value::text("Faktura 7")), Some(&Value::text("1007")))
        );
    });
}

#[test]
fn p35_only_what_moved_on_has_its_turn_again_in_the_same_run() {
    on_virtual_time(async {
        let pair = books(0).await;
        write(&pair, 2);
        run(&pair, NONE).await;
        pair.systems.left.state().effect_faults = vec![WriteFault::Refused];
        let rename = |pair: &Pair| {
            pair.systems.right.edit(&invoice(1), |fields| fields.set("subject", Value::text("Faktura 9")));
        };
        run_with(&pair, BOOK, rename).await;
        assert_eq!(happened(&pair), once(&["Faktura 9 book"]), "the other one was refused, and is not asked for twice");
        run(&pair, BOOK).await;
        assert_eq!(happened(&pair), once(&["Faktura 2 book", "Faktura 9 book"]));
    });
}

#[test]
fn l2_invoices_are_planned_again_only_where_something_came_of_the_plan_before() {
    on_virtual_time(async {
        let pair = books(0).await;
        let made = run_with(&pair, NONE, |_| {}).await;
        assert_eq!(made, ["wrote to left", "planned", "wrote to left", "planned"], "the product and the draft");
        assert_eq!(run_with(&pair, NONE, |_| {}).await, ["planned"]);
        let expected = ["planned", "book", "planned", "wrote to right", "planned"];
        assert_eq!(run_with(&pair, BOOK, |_| {}).await, expected, "the number goes to the CRM in the same run");
        assert_eq!(pair.systems.right.live()[&invoice(1)].get("cf_number"), Some(&Value::text("1001")));
        assert_eq!(run_with(&pair, BOOK, |_| {}).await, ["planned"]);
    });
}

#[test]
fn p18_of_what_somebody_agreed_to_only_that_happens_and_only_to_what_was_shown() {
    on_virtual_time(async {
        let pair = books(0).await;
        write(&pair, 2);
        run(&pair, NONE).await;
        let plain = Order { effects: true, ..Order::default() };
        let due = pair.engine().due(&rules(BOOK_AND_SEND), &plain).await.unwrap();
        let named: Vec<_> = due
            .iter()
            .map(|it| (it.title.as_str(), it.effects.iter().map(Effect::name).collect::<Vec<_>>().join(" ")))
            .collect();
        assert_eq!(named, [("Faktura 1", "book send".to_owned()), ("Faktura 2", "book send".to_owned())]);
        let mut only = due[0].clone();
        only.effects.truncate(1);
        let order = Order { agreed: Some([only].into()), ..plain.clone() };
        pair.engine().sync(&rules(ALL), &order).await.unwrap();
        assert_eq!(happened(&pair), once(&["Faktura 1 book"]));

        pair.systems.left.edit(&due[1].invoice, |fields| fields.set("Comment", Value::text("set siden")));
        let order = Order { agreed: Some(due.into()), ..plain };
        pair.engine().sync(&rules(ALL), &order).await.unwrap();
        assert_eq!(happened(&pair), once(&["Faktura 1 book"]), "neither is what was shown any more");
    });
}
