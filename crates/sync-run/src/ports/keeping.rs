//! What every store works out the same way, so that two databases never remember one history differently.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

use chrono::{DateTime, Utc};
use reconcile::{Finding, Matter};
use sync_model::{Baseline, Fields, Fingerprint, Module, RecordKey, Side, Sides, Swings};

use crate::StoredFinding;

/// The baseline after `patch`: what the patch knows replaces what stood there, side by side and field by field. Of the
/// fields in it, only what `swings` says is remembered.
#[must_use]
pub fn settled(before: Option<Baseline>, patch: &Sides<Fields>, swings: &Swings, mapping: &Fingerprint) -> Baseline {
    let (mut values, mut kept) = before.map(|baseline| (baseline.values, baseline.swings)).unwrap_or_default();
    for (side, newer) in patch.iter() {
        values.get_mut(side).overlay(newer);
        newer.iter().for_each(|(name, _)| drop(kept.remove(name)));
    }
    kept.extend(swings.clone());
    Baseline { values, mapping: mapping.clone(), swings: kept }
}

/// The module's `findings` as they are kept. One that waited `before` about the same records for the same kind of
/// reason keeps the time since which it waits, even when its details changed; any other waits since `at`.
#[must_use]
pub fn waiting(
    before: &[StoredFinding],
    module: &Module,
    findings: &[Finding],
    at: DateTime<Utc>,
) -> Vec<StoredFinding> {
    let known: HashMap<_, _> = before
        .iter()
        .filter(|stored| stored.module == *module)
        .map(|stored| (about(&stored.finding), stored.since))
        .collect();
    let since = |finding: &Finding| known.get(&about(finding)).copied();
    findings
        .iter()
        .map(|finding| StoredFinding {
            module: module.clone(),
            finding: finding.clone(),
            since: since(finding).unwrap_or(at),
        })
        .collect()
}

/// What makes two findings the same one. A record may be renamed; where none is named, the title tells them apart.
fn about(finding: &Finding) -> (&[(Side, RecordKey)], Option<&str>, Discriminant<Matter>) {
    let title = finding.records.is_empty().then_some(finding.title.as_str());
    (&finding.records, title, discriminant(&finding.matter))
}
