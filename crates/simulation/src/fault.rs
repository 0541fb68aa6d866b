//! Everything that can go wrong, and how often it did.

use std::fmt;

macro_rules! faults {
    ($($(#[doc = $doc:literal])* $name:ident = $word:literal,)*) => {
        /// What can go wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault {
            $($(#[doc = $doc])* $name,)*
        }

        impl Fault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// As reports name it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

faults! {
    /// A request has no effect and no answer.
    TimeoutBefore = "timeout before the effect",
    /// A request has its effect and no answer.
    TimeoutAfter = "timeout after the effect",
    /// A request gets no answer, and has its effect only after it was given up.
    LateEffect = "effect after the timeout",
    /// HTTP 500 without an effect.
    FailureBefore = "500 before the effect",
    /// HTTP 500 although it had its effect.
    FailureAfter = "500 after the effect",
    /// HTTP 429 that says how long to wait.
    Throttled = "429 with Retry-After",
    /// HTTP 429 without a word.
    ThrottledSilently = "429 without Retry-After",
    /// The token, or the session, is worth nothing any more.
    Unauthorised = "401 in mid-run",
    /// An answer is cut in the middle.
    Truncated = "truncated JSON",
    /// HTTP 480, as deprecated endpoints answer.
    Brownout = "480",
    /// A web page answers.
    WebPage = "web page",
    /// A page of a list comes twice.
    DuplicatePage = "duplicate page",
    /// A record is deleted between two pages, and those behind it move up.
    ShiftedPage = "shifted page",
    /// A list shows records as they were some seconds ago.
    StaleList = "stale list",
    /// A list does not show yet what was saved some seconds ago.
    DelayedVisibility = "delayed visibility",
    /// Our clock jumps ahead by up to years.
    ClockAhead = "our clock jumps ahead",
    /// Our clock jumps back by up to years.
    ClockBack = "our clock jumps back",
    /// A system's clock jumps, either way, and back again.
    ServerClock = "a system's clock jumps",
    /// Nobody says that a record changed.
    HintLost = "hint lost",
    /// Somebody says it twice.
    HintDoubled = "hint doubled",
    /// The disk is full: a commit fails.
    DiskFull = "disk full",
    /// A commit is made, and the process dies before it knows.
    TornCommit = "torn journal write",
    /// The process dies before a commit.
    KillAtJournal = "killed before a journal write",
    /// The process dies before a request leaves.
    KillAtRequest = "killed at the request edge",
    /// The process dies before an answer arrives.
    KillAtResponse = "killed at the response edge",
    /// Two processes run at once.
    TwoProcesses = "two processes",
    /// A process is paused until another has taken its lease.
    LostLease = "lost lease",
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Fault {
    /// Those that can strike a request that books, sends or pays an invoice.
    pub const OF_EFFECTS: &'static [Self] = &[
        Self::TimeoutBefore,
        Self::TimeoutAfter,
        Self::LateEffect,
        Self::FailureBefore,
        Self::FailureAfter,
        Self::Throttled,
        Self::ThrottledSilently,
        Self::Unauthorised,
        Self::Truncated,
        Self::Brownout,
        Self::WebPage,
        Self::KillAtRequest,
        Self::KillAtResponse,
    ];
}

/// How often each fault struck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hits {
    all: Vec<u64>,
    effects: Vec<u64>,
}

impl Default for Hits {
    fn default() -> Self {
        Self { all: vec![0; Fault::ALL.len()], effects: vec![0; Fault::ALL.len()] }
    }
}

impl Hits {
    pub(crate) fn count(&mut self, fault: Fault, of_an_effect: bool) {
        self.all[fault as usize] += 1;
        self.effects[fault as usize] += u64::from(of_an_effect);
    }

    /// How often `fault` struck.
    #[must_use]
    pub fn of(&self, fault: Fault) -> u64 {
        self.all[fault as usize]
    }

    /// How often `fault` struck a request that books, sends or pays an invoice.
    #[must_use]
    pub fn of_effects(&self, fault: Fault) -> u64 {
        self.effects[fault as usize]
    }

    /// How often any fault struck.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.all.iter().sum()
    }

    /// Takes over what `other` counted.
    pub fn add(&mut self, other: &Self) {
        let theirs = other.all.iter().chain(&other.effects);
        for (all, more) in self.all.iter_mut().chain(&mut self.effects).zip(theirs) {
            *all += more;
        }
    }

    /// What never struck.
    pub fn never(&self) -> impl Iterator<Item = Fault> {
        Fault::ALL.iter().copied().filter(|fault| self.of(*fault) == 0)
    }

    /// What never struck a request that books, sends or pays an invoice, although it could.
    pub fn never_of_effects(&self) -> impl Iterator<Item = Fault> {
        // A web page ends most runs before they come to an effect: that it strikes those is asked of histories with invoices.
        let asked = Fault::OF_EFFECTS.iter().copied().filter(|fault| *fault != Fault::WebPage);
        asked.filter(|fault| self.of_effects(*fault) == 0)
    }
}
