//! Booking, sending and paying: what of it happens, how often, and what it waits for.

use std::sync::atomic::{AtomicBool, Ordering};

use field_mapping::{Direction, Priority};
use reconcile::{Deletes, Guards, Matter};
use rust_decimal::Decimal;
use sync_model::{RecordKey, Side, Value};
use sync_run::{Effects, Event, Order, Summary};

use crate::books::{BookRules, effects, items, open_books, write_invoice};
use crate::hearing::heard;
use crate::history::{Deed, act, find};
use crate::pair::Pair;
use crate::properties::on_virtual_time;
use crate::world::{Request, WriteFault};

const TWO_WAY: Direction = Direction::TwoWay { priority: Priority::Prefer(Side::Right) };

pub(crate) const NONE: Effects = Effects { book: false, send: false, pay: None };
pub(crate) const BOOK: Effects = Effects { book: true, ..NONE };
pub(crate) const SEND: Effects = Effects { send: true, ..NONE };
pub(crate) const BOOK_AND_SEND: Effects = Effects { book: true, ..SEND };
pub(crate) const ALL: Effects = Effects { pay: Some(55_000), ..BOOK_AND_SEND };

pub(crate) fn rules(effects: Effects) -> BookRules {
    BookRules { direction: TWO_WAY, deletes: Deletes::Keep, guards: Guards::default(), effects, invoices: true }
}

pub(crate) fn invoice(n: u32) -> RecordKey {
    RecordKey::new("Invoice", format!("7x{n}").as_str())
}

/// A pair that met already, and the first invoice since: over 125 kroner, of which `received` came in.
pub(crate) async fn books(received: i64) -> Pair {
    let pair = open_books(TWO_WAY);
    act(&pair, &[Deed::Make { side: Side::Right, who: 0 }]);
    pair.engine().sync(&rules(NONE), &Order::default()).await.unwrap();
    write(&pair, 1);
    pair.systems.right.edit(&invoice(1), |fields| fields.set("received", Value::Decimal(Decimal::from(received))));
    pair
}

pub(crate) fn write(pair: &Pair, n: u32) {
    let customer = find(pair, Side::Right, 0).unwrap();
    write_invoice(pair, &invoice(n), &format!("Faktura {n}"), &customer, 100);
}

pub(crate) async fn run(pair: &Pair, allowed: Effects) -> Summary {
    let order = Order { effects: true, ..Order::default() };
    pair.engine().sync(&rules(allowed), &order).await.unwrap()
}

/// What happened, as `invoice effect` and how often.
pub(crate) fn happened(pair: &Pair) -> Vec<(String, usize)> {
    effects(pair).into_iter().map(|((title, effect), times)| (format!("{title} {effect}"), times)).collect()
}

pub(crate) fn once(all: &[&str]) -> Vec<(String, usize)> {
    all.iter().map(|it| ((*it).to_owned(), 1)).collect()
}

/// The invoice in the books.
pub(crate) fn booked(pair: &Pair) -> RecordKey {
    pair.systems.left.live().into_keys().find(|key| key.kind.as_str() == "invoice").unwrap()
}

pub(crate) fn unknown(summary: &Summary) -> usize {
    let unknown = |matter: &Matter| matches!(matter, Matter::EffectUnknown { .. });
    summary.findings.iter().filter(|(_, finding)| unknown(&finding.matter)).count()
}

#[test]
fn p34_what_is_allowed_and_ordered_happens_once() {
    let cases: [(&str, Effects, i64, &[&str]); 8] = [
        ("nothing is allowed", NONE, 125, &[]),
        ("booking", BOOK, 125, &["Faktura 1 book"]),
        ("a draft is not sent", SEND, 125, &[]),
        ("booking and sending", BOOK_AND_SEND, 125, &["Faktura 1 book", "Faktura 1 send"]),
        ("nothing was paid", ALL, 0, &["Faktura 1 book", "Faktura 1 send"]),
        ("it was paid", ALL, 125, &["Faktura 1 book", "Faktura 1 pay 125", "Faktura 1 send"]),
        ("it was paid in part", ALL, 25, &["Faktura 1 book", "Faktura 1 pay 25", "Faktura 1 send"]),
        ("too much was paid", ALL, 126, &["Faktura 1 book", "Faktura 1 send"]),
    ];
    for (case, allowed, received, expected) in cases {
        on_virtual_time(async {
            let pair = books(received).await;
            pair.engine().sync(&rules(allowed), &Order::default()).await.unwrap();
            assert_eq!(happened(&pair), [], "{case}: nothing was ordered");
            for _ in 0..3 {
                run(&pair, allowed).await;
                assert_eq!(happened(&pair), once(expected), "{case}");
            }
        });
    }
}

#[test]
fn p34_nothing_is_booked_on_the_day_the_two_systems_meet() {
    on_virtual_time(async {
        let pair = open_books(TWO_WAY);
        act(&pair, &[Deed::Make { side: Side::Right, who: 0 }]);
        write(&pair, 1);
        run(&pair, ALL).await;
        assert_eq!(happened(&pair), []);
        run(&pair, BOOK).await;
        assert_eq!(happened(&pair), once(&["Faktura 1 book"]));
    });
}

#[test]
fn p34_a_payment_that_comes_in_later_is_registered_by_itself() {
    on_virtual_time(async {
        let pair = books(25).await;
        run(&pair, ALL).await;
        pair.systems.right.edit(&invoice(1), |fields| fields.set("received", Value::Decimal(Decimal::from(125))));
        let summary = run(&pair, ALL).await;
        let expected = ["Faktura 1 book", "Faktura 1 pay 125", "Faktura 1 pay 25", "Faktura 1 send"];
        assert_eq!(happened(&pair), once(&expected), "{summary:?}");
        let paid = pair.systems.left.live()[&booked(&pair)].get("PaidAmount").cloned();
        assert_eq!(paid, Some(Value::Decimal(Decimal::from(125))));
    });
}

#[test]
fn p34_what_a_person_sent_is_not_sent_again() {
    on_virtual_time(async {
        let pair = books(0).await;
        run(&pair, BOOK).await;
        pair.systems.left.edit(&booked(&pair), |fields| fields.set("MailOutStatus", Value::text("Sent")));
        run(&pair, BOOK_AND_SEND).await;
        assert_eq!(happened(&pair), once(&["Faktura 1 book"]));
    });
}

#[test]
fn p34_a_mail_of_which_nobody_knows_waits_until_the_books_say_that_it_went_out() {
    for (fault, sent) in [(WriteFault::LostBefore, false), (WriteFault::LostAfter, true)] {
        on_virtual_time(async {
            let pair = books(0).await;
            run(&pair, BOOK).await;
            pair.systems.left.state().effect_faults = vec![fault];
            let summary = run(&pair, BOOK_AND_SEND).await;
            assert_eq!(unknown(&summary), usize::from(!sent), "{fault:?}");
            let summary = run(&pair, BOOK_AND_SEND).await;
            assert_eq!(unknown(&summary), usize::from(!sent), "{fault:?}: and nothing was sent again");
            let times = happened(&pair).iter().filter(|(what, _)| what.ends_with("send")).count();
            assert_eq!(times, usize::from(sent));

            pair.systems.left.edit(&booked(&pair), |fields| fields.set("MailOutStatus", Value::text("Sent")));
            let summary = run(&pair, BOOK_AND_SEND).await;
            assert_eq!(unknown(&summary), 0, "{fault:?}: somebody saw to it");
            let times = happened(&pair).iter().filter(|(what, _)| what.ends_with("send")).count();
            assert_eq!(times, usize::from(sent));
        });
    }
}

#[test]
fn p34_a_booking_whose_answer_was_lost_is_looked_up_and_tried_again_where_it_left_no_trace() {
    for fault in [WriteFault::LostBefore, WriteFault::LostAfter] {
        on_virtual_time(async {
            let pair = books(0).await;
            pair.systems.left.state().effect_faults = vec![fault];
            run(&pair, BOOK).await;
            let summary = run(&pair, BOOK).await;
            assert_eq!((happened(&pair), unknown(&summary)), (once(&["Faktura 1 book"]), 0), "{fault:?}");
        });
    }
}

#[test]
fn a_refusal_is_told_and_costs_nothing_else() {
    on_virtual_time(async {
        let pair = books(0).await;
        write(&pair, 2);
        pair.systems.left.state().effect_faults = vec![WriteFault::Refused];
        let summary = run(&pair, BOOK).await;
        let refused =
            |matter: &Matter| matches!(matter, Matter::Refused { side: Side::Left, message, .. } if message == "no");
        assert_eq!(summary.findings.iter().filter(|(_, it)| refused(&it.matter)).count(), 1);
        assert_eq!(happened(&pair).len(), 1, "the other one was booked");
    });
}

#[test]
fn p36_what_waits_for_a_person_is_not_booked_and_the_others_are() {
    on_virtual_time(async {
        let pair = books(0).await;
        write(&pair, 2);
        pair.systems.right.edit(&invoice(1), |fields| fields.set("hdnGrandTotal", Value::Decimal(Decimal::from(999))));
        let summary = run(&pair, BOOK).await;
        assert!(summary.findings.iter().any(|(_, it)| matches!(it.matter, Matter::Totals { .. })), "{summary:?}");
        assert_eq!(happened(&pair), once(&["Faktura 2 book"]));
    });
}

#[test]
fn p34_of_one_record_only_its_own_effects_happen() {
    on_virtual_time(async {
        let pair = books(0).await;
        write(&pair, 2);
        run(&pair, NONE).await;
        let order = Order { effects: true, record: Some((Side::Right, invoice(2))), ..Order::default() };
        pair.engine().sync(&rules(BOOK), &order).await.unwrap();
        assert_eq!(happened(&pair), once(&["Faktura 2 book"]));
    });
}

#[test]
fn p35_lines_that_change_right_before_a_booking_are_carried_over_first() {
    on_virtual_time(async {
        let pair = books(0).await;
        run(&pair, NONE).await;
        pair.systems.right.edit(&invoice(1), |fields| fields.set("LineItems", items(200)));
        run(&pair, BOOK).await;
        assert_eq!(happened(&pair), once(&["Faktura 1 book"]));
        let total = pair.systems.left.live()[&booked(&pair)].get("TotalInclVat").cloned();
        assert_eq!(total, Some(Value::Decimal(Decimal::from(250))), "and it is the new ones that were booked");
        let log = pair.systems.left.state().log.clone();
        let last = log.iter().rposition(|it| matches!(it, Request::Update(_)));
        let book = log.iter().position(|it| matches!(it, Request::Effect(..)));
        assert!(last < book, "{log:?}");
    });
}

/// A run with effects in which `deed` is done after invoices were planned. What was heard of it.
pub(crate) async fn run_with(pair: &Pair, allowed: Effects, deed: fn(&Pair)) -> Vec<String> {
    let (world, is_done) = (pair.clone(), AtomicBool::new(false));
    let told = move |event| match event {
        Event::Planned { plan } if plan.module.as_str() == "invoices" => {
            if !is_done.swap(true, Ordering::SeqCst) {
                deed(&world);
            }
            Some("planned".to_owned())
        }
        Event::Wrote { side, .. } => Some(format!("wrote to {side}")),
        Event::Happened { record } => Some(record.effect.name()),
        _ => None,
    };
    heard(pair, &rules(allowed), &Order { effects: true, ..Order::default() }, told).await.1
}

#[test]
fn p35_what_moves_on_between_plan_and_booking_is_planned_again_and_booked_in_the_same_run() {
    on_virtual_time(async {
        let pair = books(0).await;
        write(&pair, 2);
        run(&pair, NONE).await;
        let rename = |pair: &Pair| {
            pair.systems.right.edit(&invoice(1), |fields| fields.set("subject", Value::text("Omdøbt")));
        };
        run_with(&pair, BOOK, rename).await;
        assert_eq!(happened(&pair), once(&["Faktura 2 book", "Omdøbt book"]));
        let log = pair.systems.left.state().log.clone();
        let renamed = log.iter().rposition(|it| matches!(it, Request::Update(_))).unwrap();
        let booked = log.iter().rposition(|it| matches!(it, Request::Effect(..))).unwrap();
        assert!(renamed < booked, "{log:?}");
    });
}

#[test]
fn p34_what_somebody_paid_or_sent_after_the_plan_is_not_paid_or_sent_again() {
    on_virtual_time(async {
        let pair = books(125).await;
        run(&pair, BOOK).await;
        let deed = |pair: &Pair| {
            pair.systems.left.edit(&booked(pair), |fields| {
                fields.set("PaidAmount", Value::Decimal(Decimal::from(25)));
                fields.set("MailOutStatus", Value::text("Sent"));
            });
        };
        run_with(&pair, ALL, deed).await;
        let paid = pair.systems.left.live()[&booked(&pair)].get("PaidAmount").cloned();
        assert_eq!(paid, Some(Value::Decimal(Decimal::from(125))), "the rest, in the same run");
        assert_eq!(happened(&pair), once(&["Faktura 1 book", "Faktura 1 pay 125"]));
    });
}
