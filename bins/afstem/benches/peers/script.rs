//! What people do between two runs, the same for every contender, and what may have gone wrong afterwards.

/// A side: Dinero or the first folder, the CRM or the second one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
}

/// A field that every contender has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Street,
    City,
}

/// What a person does to the record of a number.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    Edit { side: Side, record: usize, field: Field, value: String },
    Remove { side: Side, record: usize },
}

/// Why a record is in the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Story {
    EditedOnOneSide,
    SameFieldOnBoth,
    DifferentFieldsOnBoth,
    Removed,
    RemovedAndEdited,
}

/// Everything that happens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    pub(crate) deeds: Vec<Deed>,
    pub(crate) stories: Vec<(usize, Story)>,
}

impl Script {
    /// One in a hundred records edited on either side; one in a thousand in the same field of both, in different fields of
    /// both, removed, removed on one side and edited on the other.
    pub(crate) fn of(records: usize) -> Self {
        let (hundredth, thousandth) = (records / 100, (records / 1000).max(1));
        let mut script = Self::default();
        let edit =
            |side, record, field, word: &str| Deed::Edit { side, record, field, value: format!("{word} {record}") };
        let mut next = 0..records;
        for (count, story) in [
            (2 * hundredth, Story::EditedOnOneSide),
            (thousandth, Story::SameFieldOnBoth),
            (thousandth, Story::DifferentFieldsOnBoth),
            (thousandth, Story::Removed),
            (thousandth, Story::RemovedAndEdited),
        ] {
            for record in next.by_ref().take(count) {
                script.stories.push((record, story));
                script.deeds.extend(match story {
                    Story::EditedOnOneSide if record % 2 == 0 => vec![edit(Side::A, record, Field::Street, "Nygade")],
                    Story::EditedOnOneSide => vec![edit(Side::B, record, Field::Street, "Gammelgade")],
                    Story::SameFieldOnBoth => vec![
                        edit(Side::A, record, Field::Street, "Nordgade"),
                        edit(Side::B, record, Field::Street, "Sydgade"),
                    ],
                    Story::DifferentFieldsOnBoth => vec![
                        edit(Side::A, record, Field::Street, "Vestgade"),
                        edit(Side::B, record, Field::City, "Nyby"),
                    ],
                    Story::Removed => vec![Deed::Remove { side: Side::A, record }],
                    Story::RemovedAndEdited => {
                        vec![Deed::Remove { side: Side::A, record }, edit(Side::B, record, Field::Street, "Reddet Vej")]
                    }
                });
            }
        }
        script
    }

    /// The streets of so many records are written anew on side A.
    pub(crate) fn many(records: usize, round: usize) -> Self {
        let edit = |record| Deed::Edit {
            side: Side::A,
            record,
            field: Field::Street,
            value: format!("Runde {round} nr. {record}"),
        };
        let stories = (0..records).map(|record| (record, Story::EditedOnOneSide)).collect();
        Self { deeds: (0..records).map(edit).collect(), stories }
    }
}

/// What stands after a run.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Verdict {
    /// Values that somebody typed and that stand nowhere any more, not in a copy and not in a log.
    pub(crate) lost: usize,
    /// Records that stand more than once on one side, except both versions of one whose field both sides edited.
    pub(crate) doubled: usize,
    /// Records that nobody edited on both sides, or not in the same field, and that are in conflict all the same.
    pub(crate) spurious: usize,
    /// Records edited on one side and deleted on the other that are gone.
    pub(crate) wrongly_gone: usize,
    /// Records that both sides still hold differently, real conflicts apart.
    pub(crate) unfinished: usize,
}
