//! What holds of all invoices, not only of those in the table.

use invoicing::{
    CrmInvoice, CrmLine, Discount, Entry, Goods, Inexpressible, Line, LineTexts, LineTotal, Part, Rounding, Sign,
    Stated, TaxMode, Terms, Totals, Vat, Zone, differences, from_rows, may_credit, ore, to_rows,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use sync_model::RecordKey;

/// A decimal with up to `scale` places, up to `most` either way.
fn decimal(scale: u32, most: i64) -> impl Strategy<Value = Decimal> {
    let unit = 10_i64.pow(scale);
    (-most * unit..=most * unit).prop_map(move |number| Decimal::new(number, scale))
}

fn goods() -> impl Strategy<Value = Line> {
    let rate = prop::sample::select(vec![0, 12, 25]);
    let product = prop::option::of(1..50_u32);
    (decimal(3, 1000), decimal(4, 100_000), 0..=100_u32, rate, product, "[a-zæøå ]{0,8}").prop_map(
        |(quantity, price, discount, rate, product, comment)| {
            let product = product.map(|number| RecordKey::new("Products", format!("14x{number}").as_str()));
            let text = if product.is_some() { "" } else { "Timer" };
            let comment = comment.trim().to_owned();
            let discount = Decimal::from(discount);
            Line::Goods(Goods {
                product,
                comment,
                discount,
                ..Goods::new(text, quantity, price, Vat::Rate(rate.into()))
            })
        },
    )
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let words = "[A-ZÆØÅ][a-zæøå]{0,9}".prop_map(Line::Text);
    prop::collection::vec(prop_oneof![5 => goods(), 1 => words], 0..30)
}

fn crm_invoice() -> impl Strategy<Value = CrmInvoice> {
    let discount = || {
        prop_oneof![
            Just(Discount::None),
            (1..100_u32).prop_map(|percent| Discount::Percent(percent.into())),
            decimal(2, 50).prop_map(|amount| Discount::given(amount.abs(), Decimal::ZERO)),
        ]
    };
    let line = (decimal(3, 100), decimal(4, 1000), discount(), prop::sample::select(vec![0, 25])).prop_map(
        |(quantity, price, discount, tax)| CrmLine {
            product: Some(RecordKey::new("Products", "14x1")),
            name: "Vare".to_owned(),
            comment: String::new(),
            quantity: quantity.abs(),
            price: price.abs(),
            discount,
            tax: tax.into(),
        },
    );
    let modes = prop::sample::select(vec![TaxMode::Group, TaxMode::Individual]);
    let sums = (decimal(2, 100), decimal(2, 5), discount());
    (modes, prop::collection::vec(line, 1..12), sums).prop_map(|(tax_mode, lines, (charges, adjustment, discount))| {
        CrmInvoice {
            tax_mode,
            lines,
            discount,
            charges: charges.abs(),
            charges_tax: 25.into(),
            adjustment,
            deducted: Decimal::ZERO,
            zone: None,
        }
    })
}

fn terms(rounding: Option<Rounding>) -> Terms {
    let text = str::to_owned;
    let texts = LineTexts { discount: text("d"), charges: text("c"), adjustment: text("a"), rounding: text("r") };
    Terms { sign: Sign::Invoice, texts, adjustment: Some(7000), rounding }
}

fn stated(totals: &Totals) -> Stated {
    Stated {
        lines: Some(totals.lines.clone()),
        net: Some(totals.net),
        vat: Some(totals.vat),
        gross: Some(totals.gross),
    }
}

proptest! {
    #[test]
    fn p37_sums_do_not_depend_on_the_order_of_lines(lines in lines(), seed in any::<u64>()) {
        let mut shuffled = lines.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
        }
        for entry in [Entry::Net, Entry::Gross] {
            let (one, other) = (Totals::of(&lines, entry), Totals::of(&shuffled, entry));
            prop_assert_eq!((one.rates, one.net, one.vat, one.gross), (other.rates, other.net, other.vat, other.gross));
        }
    }

    #[test]
    fn p37_lines_come_back_from_their_value_as_they_were(lines in lines()) {
        let value = to_rows(&lines);
        let read = from_rows(&value).unwrap();
        prop_assert_eq!(to_rows(&read), value.clone());
        prop_assert_eq!(Totals::of(&read, Entry::Net), Totals::of(&lines, Entry::Net));
        let json = serde_json::to_string(&value).unwrap();
        let back: sync_model::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(back, value);
    }

    #[test]
    fn p36_with_vat_in_the_prices_the_total_is_the_sum_of_the_lines(lines in lines()) {
        let totals = Totals::of(&lines, Entry::Gross);
        prop_assert_eq!(totals.gross, totals.lines.iter().map(|line| line.gross).sum::<Decimal>());
        prop_assert_eq!(totals.net + totals.vat, totals.gross);
    }

    #[test]
    fn p36_one_ore_off_anywhere_is_found(lines in lines(), at in any::<prop::sample::Index>(), up in any::<bool>()) {
        let ours = Totals::of(&lines, Entry::Net);
        prop_assert_eq!(differences(&ours, &stated(&ours)), vec![]);
        let ore = Decimal::new(if up { 1 } else { -1 }, 2);
        let mut theirs = stated(&ours);
        let place = at.index(ours.lines.len() + 3);
        let wanted = match place.checked_sub(ours.lines.len()) {
            None => {
                let lines: Option<&mut Vec<LineTotal>> = theirs.lines.as_mut();
                lines.unwrap()[place].net += ore;
                Part::Line(place + 1)
            }
            Some(0) => { theirs.net = Some(ours.net + ore); Part::Net }
            Some(1) => { theirs.vat = Some(ours.vat + ore); Part::Vat }
            Some(_) => { theirs.gross = Some(ours.gross + ore); Part::Gross }
        };
        let found: Vec<Part> = differences(&ours, &theirs).into_iter().map(|it| it.part).collect();
        prop_assert_eq!(found, vec![wanted]);
    }

    #[test]
    fn p36_what_is_expressed_adds_up_to_the_crms_total_but_for_roundings(invoice in crm_invoice()) {
        if let Ok(lines) = invoice.express(&terms(None)) {
            let off = (invoice.totals().grand - Totals::of(&lines, Entry::Net).gross).abs();
            // Half an øre for each line with the VAT on it, and for the VAT of each of three rates.
            let bound = Decimal::new(1125, 5) * Decimal::from(lines.len() + 3);
            prop_assert!(off <= bound, "{off} of {bound}");
        }
    }

    #[test]
    fn p36_a_rounding_line_stays_within_its_limit_and_on_its_account(invoice in crm_invoice(), limit in 0..20_u32) {
        let rounding = Rounding { account: 7010, limit: Decimal::new(limit.into(), 2) };
        let (plain, rounded) = (invoice.express(&terms(None)), invoice.express(&terms(Some(rounding))));
        if let (Ok(plain), Ok(rounded)) = (plain, rounded) {
            let off = ore(invoice.totals().grand) - Totals::of(&plain, Entry::Net).gross;
            let extra = &rounded[plain.len()..];
            if off.is_zero() || off.abs() > rounding.limit {
                prop_assert!(extra.is_empty());
            } else {
                let [Line::Goods(line)] = extra else { panic!("one line: {extra:?}") };
                prop_assert_eq!((line.amount(), line.vat), (off, Vat::FreeOn(7010)));
                prop_assert_eq!(Totals::of(&rounded, Entry::Net).gross, ore(invoice.totals().grand));
            }
        }
    }

    #[test]
    fn p36_an_adjustment_of_some_ore_is_a_rounding_where_it_has_no_account(invoice in crm_invoice(), ore_off in -8..8_i64) {
        let rounding = Rounding { account: 7010, limit: Decimal::new(5, 2) };
        let invoice = CrmInvoice { adjustment: Decimal::new(ore_off, 2), ..invoice };
        let terms = Terms { adjustment: None, ..terms(Some(rounding)) };
        match invoice.express(&terms) {
            Ok(lines) => {
                prop_assert!(ore_off.abs() <= 5);
                let own = lines.iter().filter(|it| matches!(it, Line::Goods(it) if it.vat == Vat::FreeOn(7010)));
                if own.count() > 0 {
                    prop_assert_eq!(Totals::of(&lines, Entry::Net).gross, ore(invoice.totals().grand));
                }
            }
            Err(held) => prop_assert!(ore_off.abs() > 5 || !matches!(held, Inexpressible::Adjustment(_)), "{held:?}"),
        }
    }

    #[test]
    fn p38_credits_never_come_to_more_than_was_invoiced(
        invoiced in decimal(2, 10_000),
        wanted in prop::collection::vec(decimal(2, 5_000), 0..10),
    ) {
        let invoiced = invoiced.abs();
        let mut credited = Vec::new();
        for amount in wanted {
            if may_credit(invoiced, &credited, amount).is_ok() {
                credited.push(amount);
            }
        }
        let total: Decimal = credited.iter().copied().sum();
        prop_assert!(total <= invoiced && credited.iter().all(|amount| *amount >= Decimal::ZERO));
    }
}

#[test]
fn p39_a_rate_without_an_account_has_none() {
    let accounts = invoicing::VatAccounts::new([(Decimal::from(25), 1000)], [7010]);
    assert_eq!(accounts.account(Vat::Rate("25.00".parse().unwrap())), Some(1000));
    assert_eq!(accounts.account(Vat::Rate(Decimal::ZERO)), None);
    assert_eq!(accounts.vat(1000), Some(Vat::Rate(Decimal::from(25))));
    assert_eq!(accounts.vat(7010), Some(Vat::FreeOn(7010)));
    assert_eq!(accounts.vat(1100), None);
}

#[test]
fn p39_a_sale_abroad_without_vat_needs_an_account_of_its_own() {
    let accounts = invoicing::VatAccounts::new([(Decimal::ZERO, 1100)], []);
    assert_eq!(accounts.account(Vat::Abroad(Zone::Eu)), None, "never the domestic one");
    let accounts = accounts.abroad([(Zone::Eu, 1050)]);
    assert_eq!(accounts.account(Vat::Abroad(Zone::Eu)), Some(1050));
    assert_eq!(accounts.account(Vat::Abroad(Zone::World)), None);
    assert_eq!(accounts.vat(1050), Some(Vat::Abroad(Zone::Eu)));
    let zones = ["DK", "SE", "NO"].map(Zone::of_country);
    assert_eq!(zones, [None, Some(Zone::Eu), Some(Zone::World)]);
}
