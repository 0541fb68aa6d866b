//! `afstem` as a contender: organisations in Dinero (side A) and in the CRM (side B).

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Stdio};

use chrono::Utc;
use serde_json::Value;

use crate::books::{Books, Cost, measured};
use crate::script::{Deed, Field, Script, Side, Story, Verdict};
use crate::{Contender, Resumed};

/// Both systems, and their organisations by number.
pub(crate) struct Ours {
    books: Books,
    ids: Vec<[String; 2]>,
}

impl Ours {
    /// Half of `records` on each side.
    pub(crate) fn of(records: usize) -> Self {
        // Of what is seeded, a third stands on both sides; these are taken away from one of them.
        let each = u32::try_from(records).expect("so many records fit");
        let books = Books::of(each, &["organisations"]);
        for (nth, [contact, account]) in books.organisations().iter().enumerate() {
            if nth % 2 == 0 {
                books.crm().remove(account, "mette", Utc::now()).expect("the record is there");
            } else {
                books.dinero().remove_contact(contact, Utc::now());
            }
        }
        Self { books, ids: Vec::new() }
    }

    /// Ends without agreement count as ended: what waits is told apart by the judge.
    fn run(&self, arguments: &[&str]) -> (bool, Cost) {
        let (code, _, cost) = self.books.afstem(arguments);
        (matches!(code, Some(0 | 3)), cost)
    }
}

impl Contender for Ours {
    fn first(&mut self) -> Cost {
        let (_, cost) = self.run(&["sync", "--yes"]);
        self.ids = self.books.organisations();
        cost
    }

    fn sync(&mut self) -> Cost {
        self.run(&["sync"]).1
    }

    fn play(&mut self, script: &Script) {
        for deed in &script.deeds {
            match deed {
                Deed::Edit { side: Side::A, record, field, value } => {
                    let name = if *field == Field::Street { "Street" } else { "City" };
                    let fields = [(name, Value::from(value.as_str()))];
                    self.books.dinero().edit_contact(&self.ids[*record][0], &fields, Utc::now());
                }
                Deed::Edit { side: Side::B, record, field, value } => {
                    let name = if *field == Field::Street { "bill_street" } else { "bill_city" };
                    let fields = [(name, value.as_str())];
                    let edited = self.books.crm().edit(&self.ids[*record][1], &fields, "mette", Utc::now());
                    edited.expect("the record is there");
                }
                Deed::Remove { side: Side::A, record } => {
                    self.books.dinero().remove_contact(&self.ids[*record][0], Utc::now());
                }
                Deed::Remove { side: Side::B, record } => {
                    self.books.crm().remove(&self.ids[*record][1], "mette", Utc::now()).expect("the record is there");
                }
            }
        }
    }

    fn start(&mut self) -> Child {
        let mut command = self.books.command(&["sync"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("afstem starts")
    }

    fn resume(&mut self) -> Resumed {
        Resumed { steps: usize::from(!self.run(&["sync"]).0) }
    }

    fn judge(&self, script: &Script) -> Verdict {
        let by_id = |records: Vec<Value>, id: &str| -> BTreeMap<String, Value> {
            records.into_iter().map(|record| (record[id].as_str().unwrap_or_default().to_owned(), record)).collect()
        };
        let dinero = by_id(self.books.dinero().contacts(), "ContactGuid");
        let crm = by_id(self.books.crm().records("Accounts"), "id");
        let [left, right] = [0, 1].map(|side| {
            let records: &BTreeMap<String, Value> = if side == 0 { &dinero } else { &crm };
            let of = |record: usize| self.ids.get(record).and_then(|ids| records.get(&ids[side]));
            (0..self.ids.len()).map(of).collect::<Vec<_>>()
        });
        let (_, log, _) = measured(&mut self.books.command(&["log", "export"]));
        let log = String::from_utf8_lossy(&log);
        let mut verdict = Verdict::default();
        for deed in &script.deeds {
            let Deed::Edit { record, value, .. } = deed else { continue };
            let stands = [left[*record], right[*record]].into_iter().flatten().any(|it| holds(it, value));
            verdict.lost += usize::from(!stands && !log.contains(value.as_str()));
        }
        let stories: BTreeMap<usize, Story> = script.stories.iter().copied().collect();
        for record in 0..self.ids.len() {
            let story = stories.get(&record);
            let (Some(one), Some(other)) = (left[record], right[record]) else {
                // Deletions are left alone unless they are asked for.
                verdict.wrongly_gone += usize::from(
                    story == Some(&Story::RemovedAndEdited) && left[record].is_none() && right[record].is_none(),
                );
                continue;
            };
            let apart = one["Street"] != other["bill_street"] || one["City"] != other["bill_city"];
            match story {
                Some(Story::SameFieldOnBoth) => {}
                Some(Story::DifferentFieldsOnBoth) => verdict.spurious += usize::from(apart),
                _ => verdict.unfinished += usize::from(apart),
            }
        }
        verdict.doubled = doubled(dinero.values(), "Name") + doubled(crm.values(), "accountname");
        verdict
    }
}

fn holds(record: &Value, value: &str) -> bool {
    record.as_object().into_iter().flatten().any(|(_, it)| it.as_str() == Some(value))
}

/// How many names stand more than once. Companies have names of their own from the twentieth on.
fn doubled<'a>(records: impl Iterator<Item = &'a Value>, name: &str) -> usize {
    let mut seen = BTreeSet::new();
    let companies = records.filter(|record| record.get("IsPerson").is_none_or(|person| person == false));
    let numbered =
        companies.filter_map(|record| record[name].as_str()).filter(|it| it.ends_with(|c: char| c.is_ascii_digit()));
    numbered.filter(|it| !seen.insert((*it).to_owned())).count()
}
