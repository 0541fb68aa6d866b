//! Invoices from a seed.

use std::collections::BTreeMap;

use sandbox::{seed_pair, seed_sales};

use crate::caller::noon;

#[test]
fn the_same_seed_gives_the_same_invoices_in_every_state() {
    let seeded = || {
        let (mut dinero, mut crm) = seed_pair(30, 7, noon(6, 15));
        let sales = seed_sales(&mut dinero, &mut crm, 40, 7, noon(6, 15));
        (dinero.invoices(noon(6, 15)), crm.records("Invoice"), sales)
    };
    let (in_dinero, in_crm, sales) = seeded();
    let (again, in_crm_again, _) = seeded();
    assert_eq!((&in_dinero, &in_crm), (&again, &in_crm_again));
    assert_eq!((in_dinero.len(), in_crm.len()), (40, 40));
    assert_eq!((sales.in_dinero.len(), sales.in_crm.len()), (40, 40));
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    for invoice in &in_dinero {
        *states.entry(invoice["PaymentStatus"].as_str().unwrap()).or_default() += 1;
    }
    let expected = [("Booked", 10), ("Draft", 10), ("Overdue", 10), ("Paid", 10)];
    assert_eq!(states.into_iter().collect::<Vec<_>>(), expected);
    let to_people = in_crm.iter().filter(|it| it["account_id"] == "").count();
    assert_eq!(to_people, 10);
}

#[test]
fn nothing_is_sold_where_nobody_buys() {
    let (mut dinero, mut crm) = seed_pair(0, 7, noon(6, 15));
    let sales = seed_sales(&mut dinero, &mut crm, 5, 7, noon(6, 15));
    assert!(sales.in_dinero.is_empty() && sales.in_crm.is_empty());
}
