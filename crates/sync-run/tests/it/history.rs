//! Generated histories: who is there at the start, and what people do between runs.

use proptest::prelude::*;
use sync_model::{RecordKey, Side, Value};

use crate::pair::{Pair, account, contact};

/// What a person does between two runs.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// Sets a field of an organisation on one side. Field and value come from short lists, so that edits meet.
    Edit { side: Side, who: usize, field: Field, value: usize },
    /// Makes an organisation on one side.
    Make { side: Side, who: usize },
}

/// The fields that histories touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Street,
    Phone,
}

impl Field {
    pub(crate) fn own(self, side: Side) -> &'static str {
        match (self, side) {
            (Self::Street, Side::Left) => "Street",
            (Self::Street, Side::Right) => "bill_street",
            (Self::Phone, Side::Left) => "Phone",
            (Self::Phone, Side::Right) => "phone",
        }
    }

    pub(crate) fn value(self, index: usize) -> &'static str {
        match self {
            Self::Street => ["Algade 1", "Bygaden 22", "Ågade 3, st. tv.", "Østergade 44"][index % 4],
            Self::Phone => ["33 11 22 33", "+45 44556677", "86121314", "4598 76 54"][index % 4],
        }
    }
}

/// Names in Denmark, each with a valid CVR number.
pub(crate) const ORGANISATIONS: [(&str, &str); 6] = [
    ("Nordlys ApS", "10150817"),
    ("Ærø Bådebyggeri A/S", "25313763"),
    ("Søren & Sønner", "26134439"),
    ("Kærsgård Vvs ApS", "13612870"),
    ("Ølhuset I/S", "24256790"),
    ("Blåbjerg Regnskab", "22756214"),
];

/// Who stands where at the start.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) left: Vec<usize>,
    pub(crate) right: Vec<usize>,
}

pub(crate) fn start() -> impl Strategy<Value = Start> {
    let some = || proptest::sample::subsequence((0..ORGANISATIONS.len()).collect::<Vec<_>>(), 0..=ORGANISATIONS.len());
    (some(), some()).prop_map(|(left, right)| Start { left, right })
}

pub(crate) fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let side = prop_oneof![Just(Side::Left), Just(Side::Right)];
    let field = prop_oneof![Just(Field::Street), Just(Field::Phone)];
    let edit = (side.clone(), 0..ORGANISATIONS.len(), field, 0..4_usize)
        .prop_map(|(side, who, field, value)| Deed::Edit { side, who, field, value });
    let make = (side, 0..ORGANISATIONS.len()).prop_map(|(side, who)| Deed::Make { side, who });
    proptest::collection::vec(prop_oneof![4 => edit, 1 => make], 0..8)
}

impl Start {
    pub(crate) fn lay_out(&self, pair: &Pair) {
        for who in &self.left {
            make(pair, Side::Left, *who, 0);
        }
        for who in &self.right {
            make(pair, Side::Right, *who, 1);
        }
    }
}

/// Makes an organisation, unless it is there already.
pub(crate) fn make(pair: &Pair, side: Side, who: usize, variant: usize) {
    if find(pair, side, who).is_some() {
        return;
    }
    let (name, cvr) = ORGANISATIONS[who];
    let (street, phone) = (Field::Street.value(who + variant), Field::Phone.value(who + variant));
    match side {
        Side::Left => {
            let id = format!("00000000-0000-4000-8000-0000000000{who:02}");
            pair.systems.left.put("contact", &id, contact(name, street, phone, Some(cvr)))
        }
        Side::Right => {
            pair.systems.right.put("Accounts", &format!("11x{}", who + 1), account(name, street, phone, Some(cvr)))
        }
    };
}

/// The organisation's record on `side`, if it is there.
pub(crate) fn find(pair: &Pair, side: Side, who: usize) -> Option<RecordKey> {
    let name = Value::text(ORGANISATIONS[who].0);
    let field = if side == Side::Left { "Name" } else { "accountname" };
    pair.systems.get(side).live().into_iter().find(|(_, fields)| fields.get(field) == Some(&name)).map(|(key, _)| key)
}

pub(crate) fn act(pair: &Pair, deeds: &[Deed]) {
    for deed in deeds {
        match deed {
            Deed::Edit { side, who, field, value } => {
                if let Some(key) = find(pair, *side, *who) {
                    let (name, value) = (field.own(*side), Value::text(field.value(*value)));
                    pair.systems.get(*side).edit(&key, |fields| fields.set(name, value));
                }
            }
            Deed::Make { side, who } => make(pair, *side, *who, 2),
        }
    }
}
