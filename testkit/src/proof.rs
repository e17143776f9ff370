//! The checker of the proof: decides from journals whether what was accepted arrived, in order, once at a time, and ended
//! right. It believes nothing that Cohort says of itself.
//!
//! Two journals are read ([`journal`]): the client's, of what it asked and what it was answered, and the target's, of what
//! arrived there and when it took effect. With them go the API's state at rest and the target's documents ([`rest`]).
//! A field of a subject has one writer, which puts growing numbers into it; so a state is a vector of numbers, and the
//! order of two states follows from their vectors alone.
//!
//! Five counts, all of which are to be zero: *lost* ([`lost`]), *wrong at the end* ([`wrong`]), *backwards* and *unequal
//! duplicates* ([`order`]), *overlap* ([`overlap`]). Counted apart is what nobody can prevent at a target that takes every
//! revision: a call whose end could not be known and that took effect *late*. It must be followed by the newest state;
//! where it is not, it counts as backwards. And a tally ([`tally`]) shows that the run was not empty.

pub mod journal;
pub mod lost;
pub mod order;
pub mod overlap;
pub mod rest;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod wrong;

use std::{collections::HashSet, fmt};

use self::{
    journal::{Client, Target},
    rest::Rest,
    tally::Tally,
};

/// Everything that the checker looks at.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The client's journal, in the order of writing.
    pub client: &'a [Client],
    /// The targets' journal, in the order of writing, which is that of arrival and of application.
    pub target: &'a [Target],
    /// What is true when everything is at rest.
    pub rest: &'a Rest,
    /// The targets that refuse older revisions: nothing is excused there as late.
    pub refusing: &'a HashSet<i64>,
}

/// What was found: a sentence for each finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Acknowledged writes that no target state shows, requests that did not end, ends without exactly one line of history.
    pub lost: Vec<String>,
    /// Documents that differ from the model, that are missing, or that nobody should have.
    pub wrong: Vec<String>,
    /// States that were applied after newer ones.
    pub backwards: Vec<String>,
    /// Calls with the same target, subject and revision, and other content.
    pub unequal: Vec<String>,
    /// Calls for one place that ran at once.
    pub overlap: Vec<String>,
    /// Calls that took effect after their end could not be known, and that were followed by the newest state.
    pub late: Vec<String>,
    /// What the run had in it.
    pub tally: Tally,
}

impl Verdict {
    /// Whether all five counts are zero.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.counts().iter().all(|(_, found)| found.is_empty())
    }

    /// The five counts, by name.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, &[String]); 5] {
        [
            ("lost", &self.lost),
            ("wrong at the end", &self.wrong),
            ("backwards", &self.backwards),
            ("unequal duplicates", &self.unequal),
            ("overlap", &self.overlap),
        ]
    }
}

impl fmt::Display for Verdict {
    /// Writes the counts, the first findings of each, and the tally.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 8;
        for (name, found) in self.counts().into_iter().chain([("late (counted apart)", self.late.as_slice())]) {
            writeln!(f, "{name}: {}", found.len())?;
            for sentence in found.iter().take(SHOWN) {
                writeln!(f, "    {sentence}")?;
            }
            if found.len() > SHOWN {
                writeln!(f, "    … and {} more", found.len() - SHOWN)?;
            }
        }
        write!(f, "{}", self.tally)
    }
}

/// Judges a run.
#[must_use]
pub fn check(evidence: &Evidence<'_>) -> Verdict {
    let calls = journal::calls(evidence.target);
    let order::Found { backwards, late } = order::backwards(evidence, &calls);
    Verdict {
        lost: lost::find(evidence, &calls),
        wrong: wrong::find(evidence.rest),
        backwards,
        unequal: order::unequal(&calls),
        overlap: overlap::find(&calls),
        tally: tally::count(evidence, &calls, late.len()),
        late,
    }
}
