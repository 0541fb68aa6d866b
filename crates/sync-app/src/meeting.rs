//! How the records of both systems would find each other now: what is linked and why, what is asked about, what is made on
//! which side, what was left alone.

use reconcile::{Action, Decision, LikelyPair, Matter, Plan, WriteChange};
use serde::Serialize;
use serde_json::{Value, json};
use sync_model::{Evidence, Module, RecordKey, Side, Sides};
use sync_run::{Ledger, Preview};

use crate::words::{module_name, side_key, side_name};
use crate::{Language, Line};

/// How records would find each other now, module by module.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// Whether the two systems never met.
    pub first: bool,
    /// One for each module.
    pub modules: Vec<ModuleMeeting>,
}

/// How one module's records would find each other now.
#[derive(Debug, Clone)]
pub struct ModuleMeeting {
    /// The module.
    pub module: Module,
    /// Pairs that are linked by themselves or by a person's word.
    pub links: Vec<Proposal>,
    /// Pairs that a person is asked about.
    pub asked: Vec<Proposal>,
    /// What is made: the side, the record it is made from and its name.
    pub made: Vec<(Side, RecordKey, String)>,
    /// What waits for another reason before it may be made.
    pub waiting: Vec<(RecordKey, String, Matter)>,
    /// Records that are left alone by a person's word.
    pub ignored: Vec<(Side, RecordKey)>,
    /// Pairs that are not the same by a person's word.
    pub different: Vec<Sides<RecordKey>>,
    /// Records without a link that belong to a record of another kind, as a person belongs to an organisation.
    pub belonging: usize,
}

/// Two records that are or may be the same thing.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The records.
    pub keys: Sides<RecordKey>,
    /// Their names.
    pub titles: Sides<String>,
    /// How sure the rule is of them, in percent.
    pub score: u8,
    /// What was found: the rule, and what they share.
    pub reason: Reason,
}

/// Why two records are taken for the same thing.
#[derive(Debug, Clone)]
pub enum Reason {
    /// A match rule, and what it found.
    Rule(String, String),
    /// A mark of an earlier life on this side.
    Mark(Side),
    /// A person said so.
    Person,
}

/// What a person is asked about two records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The module and the names of both.
    pub what: String,
    /// The score, and what was found.
    pub why: String,
    /// What can be typed, and what that says.
    pub answers: [(String, &'static str); 2],
}

/// A meeting in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Pairs to link.
    pub link: usize,
    /// Records to make in Dinero.
    pub create_in_dinero: usize,
    /// Records to make in Simply CRM.
    pub create_in_simplycrm: usize,
    /// Pairs that a person is asked about.
    pub ambiguous: usize,
    /// Records that wait for another reason.
    pub waiting: usize,
    /// Records that are left alone.
    pub ignored: usize,
    /// Contacts that belong to an organisation.
    pub contacts_of_organisations: usize,
}

impl Meeting {
    pub(crate) fn new(preview: &Preview, ledger: &Ledger, first: bool) -> Self {
        let modules = preview.plans.iter().map(|plan| ModuleMeeting::new(plan, preview, ledger)).collect();
        Self { first, modules }
    }

    /// All modules in numbers.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut all = Counts::default();
        for counts in self.modules.iter().map(ModuleMeeting::counts) {
            all.link += counts.link;
            all.create_in_dinero += counts.create_in_dinero;
            all.create_in_simplycrm += counts.create_in_simplycrm;
            all.ambiguous += counts.ambiguous;
            all.waiting += counts.waiting;
            all.ignored += counts.ignored;
            all.contacts_of_organisations += counts.contacts_of_organisations;
        }
        all
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self, language: Language) -> Value {
        json!({
            "first": self.first,
            "counts": counts_json(&self.counts()),
            "modules": self.modules.iter().map(|it| it.to_json(language)).collect::<Vec<_>>(),
        })
    }

    /// What a person is asked: for each doubtful pair why, and what to type.
    #[must_use]
    pub fn questions(&self, language: Language) -> Vec<Question> {
        let asked = self.modules.iter().flat_map(|it| it.asked.iter().map(move |pair| (&it.module, pair)));
        let question = |(module, pair): (&Module, &Proposal)| Question {
            what: format!("{} · {} ↔ {}", module_name(module.as_str(), language), pair.titles.left, pair.titles.right),
            why: format!("{} %: {}", pair.score, pair.reason.say(language)),
            answers: [("confirm", "de er den samme", "they are the same"), ("ignore", "de er to", "they are two")].map(
                |(verb, da, en)| {
                    let typed = format!("afstem match {verb} {} {}", pair.keys.left, pair.keys.right);
                    (typed, language.pick(da, en))
                },
            ),
        };
        asked.map(question).collect()
    }

    /// As lines of a table, all but what a person is asked about.
    #[must_use]
    pub fn lines(&self, language: Language) -> Vec<Line> {
        let mut lines: Vec<(u8, Line)> = self.modules.iter().flat_map(|it| it.lines(language)).collect();
        lines.sort_by_key(|(rank, _)| *rank);
        lines.into_iter().map(|(_, line)| line).collect()
    }

    /// The numbers, one sentence each.
    #[must_use]
    pub fn numbers(&self, language: Language) -> Vec<String> {
        let modules = self.modules.iter().map(|it| it.numbers(language));
        modules.collect()
    }
}

fn counts_json(counts: &Counts) -> Value {
    json!({
        "link": counts.link,
        "create": { "dinero": counts.create_in_dinero, "simplycrm": counts.create_in_simplycrm },
        "ambiguous": counts.ambiguous,
        "waiting": counts.waiting,
        "ignored": counts.ignored,
        "contacts_of_organisations": counts.contacts_of_organisations,
    })
}

impl ModuleMeeting {
    fn new(plan: &Plan, preview: &Preview, ledger: &Ledger) -> Self {
        let belonging = preview.belonging.iter().find(|(module, _)| *module == plan.module);
        let mut meeting = Self {
            module: plan.module.clone(),
            links: Vec::new(),
            asked: Vec::new(),
            made: Vec::new(),
            waiting: Vec::new(),
            ignored: Vec::new(),
            different: Vec::new(),
            belonging: belonging.map_or(0, |(_, count)| *count),
        };
        for step in &plan.steps {
            match &step.action {
                Action::Tie(link) => meeting.links.push(Proposal::linked(&link.keys, &step.title, &link.evidence)),
                Action::Write(write) => {
                    if let WriteChange::Create { source, .. } = &write.change {
                        meeting.made.push((write.side, source.clone(), step.title.clone()));
                    }
                }
                Action::Settle { .. } | Action::Retire { .. } => {}
            }
        }
        for finding in &plan.findings {
            match (&finding.matter, finding.records.as_slice()) {
                (Matter::Ambiguous { rule, value, pairs }, _) => {
                    meeting.asked.extend(pairs.iter().map(|pair| Proposal::asked(pair, rule, value)));
                }
                (matter, [(_, key)]) => meeting.waiting.push((key.clone(), finding.title.clone(), matter.clone())),
                (_, _) => {}
            }
        }
        meeting.asked.sort_by_key(|proposal| std::cmp::Reverse(proposal.score));
        for decision in ledger.in_force(&plan.module).in_force() {
            match decision {
                Decision::Ignored(side, key) => meeting.ignored.push((side, key)),
                Decision::Different(keys) => meeting.different.push(keys),
                Decision::Same(_)
                | Decision::Choice(_)
                | Decision::Deletion(..)
                | Decision::Guarded(..)
                | Decision::Correction(..) => {}
            }
        }
        meeting
    }

    /// The module in numbers.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let made = |wanted: Side| self.made.iter().filter(|(side, _, _)| *side == wanted).count();
        Counts {
            link: self.links.len(),
            create_in_dinero: made(Side::Left),
            create_in_simplycrm: made(Side::Right),
            ambiguous: self.asked.len(),
            waiting: self.waiting.len(),
            ignored: self.ignored.len(),
            contacts_of_organisations: if self.module.as_str() == "contacts" { self.belonging } else { 0 },
        }
    }

    fn numbers(&self, language: Language) -> String {
        let Counts { link, create_in_dinero, create_in_simplycrm, ambiguous, waiting, ignored, .. } = self.counts();
        let module = module_name(self.module.as_str(), language);
        let mut text = match language {
            Language::Da => format!(
                "{module}: {link} kobles, {create_in_dinero} oprettes i Dinero, {create_in_simplycrm} oprettes i Simply \
                 CRM, {ambiguous} tvivlsomme par, {waiting} venter, {ignored} udeladt"
            ),
            Language::En => format!(
                "{module}: {link} to link, {create_in_dinero} to make in Dinero, {create_in_simplycrm} to make in Simply \
                 CRM, {ambiguous} doubtful pairs, {waiting} waiting, {ignored} left alone"
            ),
        };
        let belonging = self.counts().contacts_of_organisations;
        if belonging > 0 {
            text.push_str(&match language {
                Language::Da => format!("; {belonging} af dem hører til en organisation (et filter kan udelade dem)"),
                Language::En => format!("; {belonging} of them belong to an organisation (a filter leaves them out)"),
            });
        }
        text
    }

    fn to_json(&self, language: Language) -> Value {
        let pair =
            |keys: &Sides<RecordKey>| json!({ "dinero": keys.left.to_string(), "simplycrm": keys.right.to_string() });
        let record = |side: Side, key: &RecordKey| json!({ "on": side_key(side), "record": key.to_string() });
        let made = |(side, key, title): &(Side, RecordKey, String)| json!({ "on": side_key(*side), "from": key.to_string(), "title": title });
        let waiting = |(key, title, matter): &(RecordKey, String, Matter)| {
            use crate::Say;
            json!({ "record": key.to_string(), "title": title, "why": matter.say(language) })
        };
        json!({
            "module": self.module.as_str(),
            "counts": counts_json(&self.counts()),
            "links": self.links.iter().map(|it| it.to_json(language)).collect::<Vec<_>>(),
            "proposals": self.asked.iter().map(|it| it.to_json(language)).collect::<Vec<_>>(),
            "create": self.made.iter().map(made).collect::<Vec<_>>(),
            "waiting": self.waiting.iter().map(waiting).collect::<Vec<_>>(),
            "ignored": self.ignored.iter().map(|(side, key)| record(*side, key)).collect::<Vec<_>>(),
            "different": self.different.iter().map(pair).collect::<Vec<_>>(),
        })
    }

    fn lines(&self, language: Language) -> Vec<(u8, Line)> {
        use crate::Say;
        let module = self.module.to_string();
        let line = |record: String, what: &str, why: String| Line {
            module: module.clone(),
            record,
            what: what.to_owned(),
            why,
        };
        let pair = |keys: &Sides<RecordKey>| format!("{}\n{}", keys.left, keys.right);
        let mut lines = Vec::new();
        for (key, title, matter) in &self.waiting {
            let why = format!("{}\n{key}", matter.say(language));
            lines.push((1, line(title.clone(), language.pick("venter", "held"), why)));
        }
        for it in &self.links {
            let why = format!("{} %: {}", it.score, it.reason.say(language));
            lines.push((2, line(it.titles.right.clone(), language.pick("kobles", "link"), why)));
        }
        for (side, key, title) in &self.made {
            let what = format!("{} {}", language.pick("opret i", "create in"), side_name(*side));
            lines.push((3, line(title.clone(), &what, key.to_string())));
        }
        for (side, key) in &self.ignored {
            let what = format!("{} {}", language.pick("udeladt i", "left alone in"), side_name(*side));
            lines.push((4, line(String::new(), &what, key.to_string())));
        }
        for keys in &self.different {
            lines.push((5, line(String::new(), language.pick("ikke den samme", "not the same"), pair(keys))));
        }
        lines
    }
}

impl Proposal {
    fn linked(keys: &Sides<RecordKey>, title: &str, evidence: &Evidence) -> Self {
        let (score, reason) = match evidence {
            Evidence::Rule { rule, value, score } => (*score, Reason::Rule(rule.clone(), value.clone())),
            Evidence::Mark(side) => (100, Reason::Mark(*side)),
            Evidence::Created(_) | Evidence::Person => (100, Reason::Person),
        };
        Self { keys: keys.clone(), titles: Sides::from_fn(|_| title.to_owned()), score, reason }
    }

    fn asked(pair: &LikelyPair, rule: &str, value: &str) -> Self {
        let reason = Reason::Rule(rule.to_owned(), value.to_owned());
        Self { keys: pair.keys.clone(), titles: pair.titles.clone(), score: pair.score, reason }
    }

    fn to_json(&self, language: Language) -> Value {
        json!({
            "dinero": self.keys.left.to_string(),
            "simplycrm": self.keys.right.to_string(),
            "titles": { "dinero": self.titles.left, "simplycrm": self.titles.right },
            "score": self.score,
            "reason": self.reason.say(language),
        })
    }
}

impl Reason {
    /// What was found.
    #[must_use]
    pub fn say(&self, language: Language) -> String {
        match self {
            Self::Rule(rule, value) => format!("{rule} {value}"),
            Self::Mark(side) => format!("{} {}", language.pick("mærket i", "the mark in"), side_name(*side)),
            Self::Person => language.pick("bekræftet i hånden", "confirmed by hand").to_owned(),
        }
    }
}
