//! What a translation may do at all: none that loses something both ways, no inverse that is none, no circle.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use sync_model::{FieldName, FieldSpec, FieldType, Side, Sides, Value};

use super::Check;
use crate::FieldMapping;
use crate::diagnostic::Trouble;
use crate::lens::Lens;
use crate::reader::{choice_samples, samples};
use crate::written::WrittenField;

impl Check<'_> {
    /// A pair that values travel back through has to bring back what went.
    pub(super) fn laws(&mut self, written: &WrittenField, lens: &Lens, own: &Sides<Vec<FieldSpec>>) {
        let reaches = |side: Side| written.direction.reaches(side);
        let lossy = match lens.one_way() {
            Some(None) => reaches(Side::Left) && reaches(Side::Right),
            Some(Some(source)) => reaches(source),
            None => false,
        };
        if lossy {
            let away = lens.one_way().flatten().unwrap_or(Side::Left);
            let direction = if away == Side::Left { "to-crm" } else { "to-dinero" };
            self.push(written.translate.clone(), Trouble::Lossy(direction), |mut wrong| {
                wrong.suggestion = Some(format!("direction = \"{direction}\""));
                wrong
            });
        }
        if let Lens::Expression(expression) = lens
            && expression.is_invertible()
        {
            let choices = own.iter().flat_map(|(_, specs)| specs).flat_map(|spec| match &spec.ty {
                FieldType::Choice(choices) => choices.as_slice(),
                _ => &[],
            });
            let mut texts = samples();
            texts.extend(choice_samples(choices.map(|choice| Value::text(choice.value.as_str()))));
            if let Some(sample) = expression.broken_by(&texts) {
                self.tell(written.translate.clone(), Trouble::Lawless(sample));
            }
        }
    }

    /// Pairs of one direction each that pass a value round would write for ever.
    pub(super) fn no_circle(&mut self, written: &[WrittenField], fields: &[FieldMapping]) {
        let one_way = |name: &FieldName| {
            let found = written.iter().find(|it| it.name.it == name.as_str())?;
            let (left, right) = (found.direction.reaches(Side::Left), found.direction.reaches(Side::Right));
            (left != right).then_some((found, if left { Side::Left } else { Side::Right }))
        };
        let edges: Vec<(&FieldMapping, Side)> =
            fields.iter().filter_map(|field| Some((field, one_way(&field.name)?.1))).collect();
        // Who reads an own field, so that following values costs no more than there are pairs.
        let mut readers: BTreeMap<(Side, &FieldName), Vec<usize>> = BTreeMap::new();
        for (at, (field, to)) in edges.iter().enumerate() {
            for own in field.own_fields(to.other()) {
                readers.entry((to.other(), own)).or_default().push(at);
            }
        }
        let next = |at: usize| {
            let (field, to) = edges[at];
            field.own_fields(to).map(move |own| (to, own)).flat_map(|key| readers.get(&key)).flatten().copied()
        };
        let mut circles: BTreeSet<usize> = BTreeSet::new();
        for start in 0..edges.len() {
            let Some(path) = circle(start, &next) else { continue };
            // One circle is told once, at the first of its pairs.
            if !path.iter().any(|at| circles.contains(at)) {
                let names = path.iter().chain([&start]).map(|at| edges[*at].0.name.to_string()).collect();
                if let Some((found, _)) = one_way(&edges[start].0.name) {
                    self.tell(found.name.span.clone(), Trouble::Cycle(names));
                }
            }
            circles.extend(path);
        }
    }
}

/// The shortest way from `start` back to it.
fn circle<I: Iterator<Item = usize>>(start: usize, next: &impl Fn(usize) -> I) -> Option<Vec<usize>> {
    let mut from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut ahead = VecDeque::from([start]);
    while let Some(at) = ahead.pop_front() {
        for to in next(at) {
            if to == start {
                let back =
                    std::iter::successors(Some(at), |at| (*at != start).then(|| from.get(at).copied()).flatten());
                let mut path: Vec<usize> = back.collect();
                path.reverse();
                return Some(path);
            }
            if let Entry::Vacant(entry) = from.entry(to) {
                entry.insert(at);
                ahead.push_back(to);
            }
        }
    }
    None
}
