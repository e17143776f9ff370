//! What came of a run.

use std::fmt;

/// Holds the outcome of every scenario that was asked for, in the order of the files.
///
/// An error of the kit, or a server that cannot be reached, is a failure here: it never counts as a pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The names of the scenarios that passed.
    pub passed: Vec<String>,
    /// The names of those that failed, each with what was wrong.
    pub failed: Vec<(String, String)>,
    /// The names of those that were left out, each with the reason.
    pub left_out: Vec<(String, String)>,
    /// What the fixture could not make.
    pub notes: Vec<String>,
}

impl Report {
    /// Tells whether something passed and nothing failed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.failed.is_empty() && !self.passed.is_empty()
    }
}

/// Writes what was left out and what failed, and how many there are of each.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        for (name, why) in &self.left_out {
            writeln!(f, "left out {name}: {why}")?;
        }
        for (name, what) in &self.failed {
            writeln!(f, "FAIL {name}: {what}")?;
        }
        let (passed, failed, left_out) = (self.passed.len(), self.failed.len(), self.left_out.len());
        write!(f, "{passed} passed, {failed} failed, {left_out} left out")
    }
}
