//! What happens in a house that keeps books, as a table: makes, edits, conflicts, deletions, references, invoices and what
//! becomes of them, decisions, plans, undo, losses.

use field_mapping::{Drift, Priority};
use reconcile::{Bound, Guards, Reply};
use sync_model::Side;
use sync_model::Side::{Left, Right};
use sync_run::Effects;

use crate::history::Field::{Phone, Street};
use crate::story::Act::{
    Answer, Below, Clear, Delete, Edit, Forget, Invoice, Make, Plan, Price, Received, Run, Take, Trouble,
};
use crate::story::Errand::{Bill, CarryOut, Effects as WithEffects, One, Push, Sync, Undo};
use crate::story::{Act, Story, story};
use crate::world::WriteFault::{Late, LostAfter, LostBefore, Refused};

const SYNC: Act = Run(Sync);
const EFFECTS: Act = Run(WithEffects);

/// Two organisations that both sides have, and that agree.
fn met(acts: &[Act]) -> Vec<Act> {
    [vec![Make(Left, 0), Make(Right, 0), Make(Left, 1), SYNC], acts.to_vec()].concat()
}

/// An organisation with an invoice that is drafted in the books.
fn drafted(acts: &[Act]) -> Vec<Act> {
    [vec![Make(Right, 0), SYNC, Invoice(0, 100), SYNC], acts.to_vec()].concat()
}

fn made(side: Side, count: usize) -> Vec<Act> {
    (0..count).map(|who| Make(side, who)).collect()
}

pub(crate) fn stories() -> Vec<Story> {
    [agreement(), deletions(), references(), invoices(), decisions(), looking_back(), bad_days()].concat()
}

fn agreement() -> Vec<Story> {
    vec![
        story("everything goes right", [made(Left, 4), vec![SYNC]].concat()),
        story("everything goes left", [made(Right, 4), vec![SYNC]].concat()),
        story("some match", [made(Left, 3), vec![Make(Right, 1), Make(Right, 2), Make(Right, 3), SYNC]].concat()),
        story("all match and differ", [made(Left, 3), made(Right, 3), vec![SYNC]].concat()),
        story("one edit goes right", met(&[Edit(Left, 0, Street, 3), SYNC])),
        story("one edit goes left", met(&[Edit(Right, 1, Street, 0), SYNC])),
        story("edits of two fields cross", met(&[Edit(Left, 0, Street, 3), Edit(Right, 0, Phone, 3), SYNC])),
        story(
            "many edits both ways",
            met(&[
                Edit(Left, 0, Street, 3),
                Edit(Left, 1, Phone, 0),
                Edit(Right, 0, Phone, 0),
                Edit(Right, 1, Street, 0),
                SYNC,
            ]),
        ),
        story("a conflict that Dinero wins", met(&[Edit(Left, 0, Street, 1), Edit(Right, 0, Street, 3), SYNC]))
            .priority(Priority::Prefer(Left)),
        story("a conflict that the CRM wins", met(&[Edit(Left, 0, Street, 1), Edit(Right, 0, Street, 3), SYNC])),
        story("a conflict that waits", met(&[Edit(Left, 0, Street, 1), Edit(Right, 0, Street, 3), SYNC]))
            .priority(Priority::Ask),
        story("the same edit twice", met(&[Edit(Left, 0, Street, 1), Edit(Right, 0, Street, 1), SYNC])),
        story("a field is cleared", met(&[Clear(Left, 0, Street), SYNC])),
        story(
            "a field is cleared on one side and edited on the other",
            met(&[Clear(Left, 0, Street), Edit(Right, 0, Street, 3), SYNC]),
        ),
        story(
            "newcomers on both sides while others change",
            met(&[Make(Left, 2), Make(Right, 3), Edit(Right, 0, Street, 3), SYNC]),
        ),
        story(
            "edits in three runs",
            met(&[Edit(Left, 0, Street, 1), SYNC, Edit(Right, 0, Street, 3), SYNC, Edit(Left, 0, Street, 0), SYNC]),
        ),
        story("only to the CRM", [made(Left, 3), vec![SYNC, Edit(Left, 0, Street, 3), SYNC]].concat())
            .one_way(Left, Drift::Keep),
        story(
            "only to Dinero, which drifts",
            [made(Right, 2), vec![SYNC, Edit(Left, 0, Street, 3), Edit(Right, 1, Phone, 0), SYNC]].concat(),
        )
        .one_way(Right, Drift::Keep),
        story("Dinero mirrors the CRM", [made(Right, 2), vec![SYNC, Edit(Left, 0, Street, 3), SYNC]].concat())
            .one_way(Right, Drift::Overwrite),
        story("one organisation alone", met(&[Make(Left, 2), Make(Left, 3), Run(One(Left, 2)), SYNC])),
        story(
            "one organisation is pushed",
            [made(Right, 3), vec![Run(Push(1)), Edit(Right, 1, Street, 0), Run(Push(1)), SYNC]].concat(),
        )
        .one_way(Right, Drift::Keep),
    ]
}

fn deletions() -> Vec<Story> {
    let masses = Guards { deletions: Bound { records: 1, percent: 10 }, ..Guards::default() };
    let three = [made(Left, 3), vec![SYNC]].concat();
    let gone = |side| vec![Delete(side, 0), Delete(side, 1), Delete(side, 2), SYNC];
    vec![
        story("deleted in Dinero, kept in the CRM", met(&[Delete(Left, 0), SYNC, SYNC])),
        story("deleted in the CRM, kept in Dinero", met(&[Delete(Right, 0), SYNC, SYNC])),
        story("deleted on both sides", met(&[Delete(Left, 0), Delete(Right, 0), SYNC])),
        story("a deletion waits", met(&[Delete(Left, 0), SYNC])).approving(),
        story("a deletion is approved", met(&[Delete(Left, 0), SYNC, Answer(Reply::Approve), SYNC])).approving(),
        story("a deletion the other way is approved", met(&[Delete(Right, 0), SYNC, Answer(Reply::Approve), SYNC]))
            .approving(),
        story("a deletion is rejected", met(&[Delete(Right, 0), SYNC, Answer(Reply::Reject), SYNC])).approving(),
        story("an edit beats a deletion", met(&[Delete(Left, 0), Edit(Right, 0, Street, 3), SYNC])).approving(),
        story("a mass deletion is held", [three.clone(), gone(Left)].concat()).guarded(masses),
        story(
            "a mass deletion is let through",
            [three.clone(), gone(Right), vec![Answer(Reply::Approve), SYNC]].concat(),
        )
        .guarded(masses),
        story("three deletions are approved", [three, gone(Right), vec![Answer(Reply::Approve), SYNC]].concat())
            .approving(),
    ]
}

fn references() -> Vec<Story> {
    let family = vec![Make(Right, 0), Make(Right, 1), Below(Right, 1, 0), Make(Right, 2), Below(Right, 2, 1)];
    vec![
        story("a family moves", [family.clone(), vec![SYNC]].concat()),
        story("one of a family brings the others", [family.clone(), vec![Run(One(Right, 2)), SYNC]].concat()),
        story("a child changes its parent", [family.clone(), vec![SYNC, Below(Right, 2, 0), SYNC]].concat()),
        story("families on both sides", [family, vec![Make(Left, 3), Make(Left, 4), Below(Left, 4, 3), SYNC]].concat()),
        story(
            "an invoice brings its customer",
            vec![Make(Left, 5), SYNC, Make(Right, 0), Make(Right, 1), Invoice(0, 100), Run(Bill(0)), SYNC],
        ),
    ]
}

fn invoices() -> Vec<Story> {
    let only_book = Effects { book: true, send: false, pay: None };
    vec![
        story("an invoice becomes a draft", drafted(&[])),
        story("a draft follows its invoice", drafted(&[Price(0, 250), SYNC])),
        story("an invoice is booked", drafted(&[EFFECTS])).allowing(only_book),
        story(
            "two invoices are booked",
            vec![Make(Right, 0), Make(Right, 1), SYNC, Invoice(0, 100), Invoice(1, 200), SYNC, EFFECTS],
        )
        .allowing(only_book),
        story("an invoice is drafted and booked in one run", vec![Make(Right, 0), SYNC, Invoice(0, 100), EFFECTS])
            .allowing(only_book),
        story("an invoice is booked and sent", drafted(&[EFFECTS])),
        story("an invoice is booked, sent and paid", drafted(&[EFFECTS, Received(0, 125), EFFECTS])),
        story(
            "an invoice is paid in two parts",
            drafted(&[EFFECTS, Received(0, 50), EFFECTS, Received(0, 125), EFFECTS]),
        ),
        story("a booked invoice is edited in the CRM", drafted(&[EFFECTS, Price(0, 300), SYNC])).allowing(only_book),
        story("nothing is booked that is not ordered", drafted(&[SYNC, Price(0, 40), SYNC])),
        story("more was received than is owed", drafted(&[EFFECTS, Received(0, 900), EFFECTS])),
    ]
}

fn decisions() -> Vec<Story> {
    let conflict = met(&[Edit(Left, 0, Street, 1), Edit(Right, 0, Street, 3), SYNC]);
    let storm = Guards { changes: Bound { records: 1, percent: 10 }, ..Guards::default() };
    let stormy = met(&[Edit(Left, 0, Street, 1), Edit(Left, 1, Street, 0), SYNC]);
    vec![
        story("a person takes Dinero's value", [conflict.clone(), vec![Take(Left), SYNC]].concat())
            .priority(Priority::Ask),
        story("a person takes the CRM's value", [conflict, vec![Take(Right), SYNC]].concat()).priority(Priority::Ask),
        story("a storm of changes is held", stormy.clone()).guarded(storm),
        story("a storm of changes is let through", [stormy, vec![Answer(Reply::Approve), SYNC]].concat())
            .guarded(storm),
        story(
            "after a loss a person settles",
            [made(Left, 2), vec![SYNC, Edit(Right, 0, Street, 3), Forget, SYNC, Take(Right), SYNC]].concat(),
        ),
    ]
}

fn looking_back() -> Vec<Story> {
    let edited = met(&[Edit(Left, 0, Street, 1), Edit(Right, 1, Phone, 0), SYNC]);
    vec![
        story("a run is undone", [edited.clone(), vec![Run(Undo), SYNC]].concat()),
        story("a run that made records is undone", [made(Left, 2), vec![SYNC, Run(Undo), SYNC]].concat()),
        story("a plan is carried out", met(&[Edit(Left, 0, Street, 1), Make(Right, 3), Plan, Run(CarryOut), SYNC])),
        story(
            "a plan is carried out after its record moved on",
            met(&[Edit(Left, 0, Street, 1), Make(Right, 3), Plan, Edit(Left, 0, Street, 3), Run(CarryOut), SYNC]),
        ),
        story("our database is lost", [made(Left, 2), vec![SYNC, Forget, Make(Right, 3), SYNC]].concat()),
    ]
}

fn bad_days() -> Vec<Story> {
    let lost = |fault| vec![Some(fault); 3];
    vec![
        story("the answers to creates are lost", [made(Left, 3), vec![Trouble(Right, lost(LostAfter)), SYNC]].concat()),
        story("creates are lost on the way", [made(Right, 3), vec![Trouble(Left, lost(LostBefore)), SYNC]].concat()),
        story(
            "the answer to an update is lost",
            met(&[Edit(Left, 0, Street, 3), Trouble(Right, lost(LostAfter)), SYNC]),
        ),
        story("an update is lost on the way", met(&[Edit(Left, 0, Street, 3), Trouble(Right, lost(LostBefore)), SYNC])),
        story(
            "a create has its effect late",
            [made(Left, 2), vec![Trouble(Right, vec![Some(Late(9))]), SYNC]].concat(),
        ),
        story(
            "a deletion has its effect late",
            met(&[Delete(Left, 0), SYNC, Answer(Reply::Approve), Trouble(Right, vec![Some(Late(9))]), SYNC]),
        )
        .approving(),
        story(
            "an update is refused once",
            met(&[Edit(Left, 0, Street, 3), Trouble(Right, vec![Some(Refused)]), SYNC, SYNC]),
        ),
        story(
            "the answer to a deletion is lost",
            met(&[Delete(Left, 0), SYNC, Answer(Reply::Approve), Trouble(Right, lost(LostAfter)), SYNC]),
        )
        .approving(),
    ]
}
