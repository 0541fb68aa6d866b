//! The judgement: match, three-way diff, conflict, plan, check, step.
