//! Which scenarios to run.

use super::Kit;
use super::error::KitError;
use super::pattern::glob_matches;

/// Selects scenarios by globs on their names: `*` is any text, slashes too, and `?` any one character.
///
/// What is left out is left out with a reason, and the report shows it. A glob that matches nothing is an error.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    include: Vec<String>,
    exclude: Vec<(String, String)>,
}

impl Selection {
    /// Selects every scenario.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Narrows the selection to the names that match `glob`, or one of several.
    #[must_use]
    pub fn only(mut self, glob: impl Into<String>) -> Self {
        self.include.push(glob.into());
        self
    }

    /// Leaves out the names that match `glob`.
    #[must_use]
    pub fn leave_out(mut self, glob: impl Into<String>, why: impl Into<String>) -> Self {
        self.exclude.push((glob.into(), why.into()));
        self
    }

    /// Checks that every glob matches a scenario of the kit, and that some scenario is left to run.
    pub(super) fn check(&self, kit: &Kit) -> Result<(), KitError> {
        for glob in self.include.iter().chain(self.exclude.iter().map(|(glob, _)| glob)) {
            if !kit.scenarios().any(|(name, _)| glob_matches(glob, name)) {
                return Err(KitError::new(format!("no scenario matches {glob:?}")));
            }
        }
        if kit.scenarios().all(|(name, _)| !self.includes(name) || self.why_not(name).is_some()) {
            return Err(KitError::new("no scenario is left to run"));
        }
        Ok(())
    }

    /// Tells whether a scenario is asked for at all.
    pub(super) fn includes(&self, name: &str) -> bool {
        self.include.is_empty() || self.include.iter().any(|glob| glob_matches(glob, name))
    }

    /// Returns why a scenario is left out.
    pub(super) fn why_not(&self, name: &str) -> Option<&str> {
        self.exclude.iter().find(|(glob, _)| glob_matches(glob, name)).map(|(_, why)| why.as_str())
    }
}
