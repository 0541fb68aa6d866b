//! Which field means which, in which direction, by which translation.
