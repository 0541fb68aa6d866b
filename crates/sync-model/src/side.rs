//! The two sides of a pair, so that "which side" is data and never part of a name.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the two systems of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The first system of the pair. In Afstem: Dinero.
    Left,
    /// The second system of the pair. In Afstem: Simply CRM.
    Right,
}

impl Side {
    /// Both sides, left first.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The opposite side.
    ///
    /// ```
    /// # use sync_model::Side;
    /// assert_eq!(Side::Left.other(), Side::Right);
    /// ```
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// The word this side is stored under: `left` or `right`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One `T` for each side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sides<T> {
    /// The left side's.
    pub left: T,
    /// The right side's.
    pub right: T,
}

impl<T> Sides<T> {
    /// A value for each side.
    pub fn new(left: T, right: T) -> Self {
        Self { left, right }
    }

    /// Builds both sides with one function.
    pub fn from_fn(mut make: impl FnMut(Side) -> T) -> Self {
        Self { left: make(Side::Left), right: make(Side::Right) }
    }

    /// `own` on `side`, `other` on the other side.
    ///
    /// ```
    /// use sync_model::{Side, Sides};
    ///
    /// assert_eq!(Sides::facing(Side::Right, "here", "there"), Sides::new("there", "here"));
    /// ```
    pub fn facing(side: Side, own: T, other: T) -> Self {
        match side {
            Side::Left => Self::new(own, other),
            Side::Right => Self::new(other, own),
        }
    }

    /// The value of `side`.
    pub fn get(&self, side: Side) -> &T {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The value of `side`, to change.
    pub fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }

    /// Replaces the value of `side`.
    pub fn set(&mut self, side: Side, value: T) {
        *self.get_mut(side) = value;
    }

    /// Applies `change` to each side.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Sides<U> {
        Sides { left: change(self.left), right: change(self.right) }
    }

    /// Borrows both sides.
    pub fn as_ref(&self) -> Sides<&T> {
        Sides { left: &self.left, right: &self.right }
    }

    /// Both sides with their names, left first.
    pub fn iter(&self) -> impl Iterator<Item = (Side, &T)> {
        [(Side::Left, &self.left), (Side::Right, &self.right)].into_iter()
    }
}
