//! Why a record is as it is: what was agreed, what both sides hold, what was written when and by which rule, and what the
//! next run would do. Nothing is written anywhere.

use std::sync::Arc;

use reconcile::{FieldView, Finding, Step};
use sync_model::{Link, RecordKey, Side};

use crate::RunError;
use crate::engine::{Engine, Rules, Sight};
use crate::order::Order;
use crate::ports::{Intent, Outcome, Scope};

/// Everything that explains one record.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The record's name for a person, as far as anything names it.
    pub title: Option<String>,
    /// Its link.
    pub link: Option<Link>,
    /// Each field of the pair as it stands now; none where it is not linked.
    pub fields: Vec<FieldView>,
    /// When the systems say that the two records were last changed.
    pub changed_at: Vec<crate::ChangedAt>,
    /// What the next run would do about it.
    pub steps: Vec<Arc<Step>>,
    /// What about it waits.
    pub findings: Vec<Finding>,
    /// What was written, or meant to be, oldest first.
    pub history: Vec<(Intent, Option<Outcome>)>,
}

impl Engine {
    /// Explains the record that `order` names; `None` where it is not known.
    ///
    /// # Errors
    /// As [`plan`](Self::plan).
    pub async fn why(
        &self,
        rules: &dyn Rules,
        order: &Order,
        side: Side,
        key: &RecordKey,
    ) -> Result<Option<Explanation>, RunError> {
        self.explain(rules, order, (side, key), Sight::Now).await
    }

    /// As [`why`](Self::why), over what was seen last: neither system is asked for its records.
    ///
    /// # Errors
    /// When the store cannot be used or the rules do not fit.
    pub async fn recall(
        &self,
        rules: &dyn Rules,
        order: &Order,
        side: Side,
        key: &RecordKey,
    ) -> Result<Option<Explanation>, RunError> {
        self.explain(rules, order, (side, key), Sight::Remembered).await
    }

    async fn explain(
        &self,
        rules: &dyn Rules,
        order: &Order,
        (side, key): (Side, &RecordKey),
        sight: Sight,
    ) -> Result<Option<Explanation>, RunError> {
        let order = Order { record: Some((side, key.clone())), ..order.clone() };
        let look = self.look_at(rules, &order, sight).await?;
        let store = look.run.store.as_ref();
        if store.seen(&self.pair, side, std::slice::from_ref(key)).await?.is_empty() {
            return Ok(None);
        }
        let history = self.store.history(&self.pair, side, key).await?;
        let mut told = Explanation {
            title: history.last().map(|(intent, _)| intent.title.clone()),
            link: None,
            fields: Vec::new(),
            changed_at: Vec::new(),
            steps: look.plans.iter().flat_map(|plan| plan.steps.clone()).collect(),
            findings: look.plans.iter().flat_map(|plan| plan.findings.clone()).collect(),
            history,
        };
        let titles = told.steps.iter().map(|step| &step.title).chain(told.findings.iter().map(|it| &it.title));
        told.title = titles.last().cloned().or(told.title);
        for module in &look.terms.mapping.modules {
            let scope = Scope { touched: vec![(side, key.clone())], ..look.run.scope(&[module]) };
            let observed = look.run.observed(module, &scope).await?;
            let link = observed.links.iter().map(|(_, link)| link).find(|link| link.keys.get(side) == key);
            let Some(link) = link.filter(|link| link.module == module.module) else { continue };
            let seen = |side: Side| observed.records.get(side).get(link.keys.get(side)).map(|seen| &seen.record);
            let (Some(left), Some(right)) = (seen(Side::Left), seen(Side::Right)) else { continue };
            let records = sync_model::Sides::new(left, right);
            told.fields = reconcile::explain(module, link, records, &observed.partners).unwrap_or_default();
            let changed = records.iter().filter_map(|(side, record)| {
                Some(crate::ChangedAt { side, record: record.key(), at: record.changed_at? })
            });
            told.changed_at = changed.collect();
            told.link = Some(link.clone());
        }
        Ok(Some(told))
    }
}
