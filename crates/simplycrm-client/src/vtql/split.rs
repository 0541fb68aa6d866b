//! Long IN lists in several statements, because a query travels in the URL (fact sheet §1.2).

use url::form_urlencoded;

use super::condition::{Condition, Filter};
use super::select::Select;

/// How many bytes a statement may take in the URL. Servers commonly cut at 8 KB for the whole request line; this leaves
/// room for the host, the session and the rest.
pub const URL_BUDGET: usize = 6_000;

impl Select {
    /// How many bytes this statement takes in a URL.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        form_urlencoded::byte_serialize(self.to_string().as_bytes()).map(str::len).sum()
    }

    /// Statements that each fit into `budget` bytes and together find what this one finds, by halving its longest IN
    /// list until they do. A statement that is too long for another reason stays as it is. Rows that fulfil several
    /// alternatives may come more than once.
    #[must_use]
    pub fn split(self, budget: usize) -> Vec<Self> {
        if self.encoded_len() <= budget {
            return vec![self];
        }
        match self.halved() {
            Some((left, right)) => {
                let mut parts = left.split(budget);
                parts.extend(right.split(budget));
                parts
            }
            None => vec![self],
        }
    }

    fn halved(&self) -> Option<(Self, Self)> {
        let filter = self.filter.as_ref()?;
        let lists = filter.alternatives.iter().enumerate().flat_map(|(a, requirements)| {
            requirements.iter().enumerate().filter_map(move |(r, condition)| match condition {
                Condition::In(_, _, rest) if !rest.is_empty() => Some((rest.len(), a, r)),
                Condition::In(..) | Condition::Compare(..) | Condition::Like(..) => None,
            })
        });
        let (_, a, r) = lists.max_by_key(|(length, ..)| *length)?;
        let Condition::In(field, first, rest) = &filter.alternatives[a][r] else { return None };
        let (near, far) = rest.split_at(rest.len() / 2);
        let (far_first, far_rest) = far.split_first()?;
        let mut left = filter.clone();
        left.alternatives[a][r] = Condition::In(field.clone(), first.clone(), near.to_vec());
        // The other alternatives stay with the left half alone: asking for them twice would only bring rows twice.
        let mut requirements = filter.alternatives[a].clone();
        requirements[r] = Condition::In(field.clone(), far_first.clone(), far_rest.to_vec());
        let right = Filter { alternatives: vec![requirements] };
        Some((Self { filter: Some(left), ..self.clone() }, Self { filter: Some(right), ..self.clone() }))
    }
}
