//! What is measured, how long and how often.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Measures the speed of Cohort against pgbench on throw-away servers.
#[derive(Debug, Parser)]
#[command(name = "testkit-bench")]
pub struct Plan {
    /// The folder of the release builds that are measured.
    #[arg(long)]
    pub programs: PathBuf,
    /// A second folder; its programs are measured in turn with the first ones.
    #[arg(long)]
    pub against: Option<PathBuf>,
    /// One round of three seconds each with little data: to see that all works, not for figures.
    #[arg(long)]
    pub quick: bool,
    /// Leaves out all other parts.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Part>,
    /// How often everything is measured; 3, or 1 if quick.
    #[arg(long)]
    pub rounds: Option<usize>,
    /// How long each load lasts, in seconds; 8, or 3 if quick.
    #[arg(long)]
    pub seconds: Option<u64>,
    /// What the programs are, such as a commit.
    #[arg(long, default_value = "")]
    pub label: String,
    /// The file into which the tables are written, between its markers.
    #[arg(long)]
    pub write: Option<PathBuf>,
}

/// A part of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// GET of one role.
    Reads,
    /// POST of a role.
    Writes,
    /// POST of a wish to provision.
    Provision,
    /// Delivery of a whole CO to a changelog.
    Delivery,
    /// Memory of the services, idle and under the loads above.
    Memory,
    /// All of it in one process with SQLite.
    Embedded,
    /// Small data against large data.
    Growth,
    /// Pages of the console, and explain, where there is much.
    Pages,
}

impl Part {
    /// The loads on services; what memory is looked at under.
    const LOADS: [Self; 4] = [Self::Reads, Self::Writes, Self::Provision, Self::Delivery];
}

impl Plan {
    /// Tells whether a part is measured. Memory needs a load: alone it brings all of them along.
    pub fn has(&self, part: Part) -> bool {
        let loads = self.only.iter().any(|only| Part::LOADS.contains(only));
        let for_memory = self.only.contains(&Part::Memory) && !loads && Part::LOADS.contains(&part);
        self.only.is_empty() || self.only.contains(&part) || for_memory
    }

    /// Tells whether the services are needed other than for growth.
    pub fn has_services(&self) -> bool {
        Part::LOADS.iter().any(|part| self.has(*part))
    }

    /// Gives the number of rounds, at least one.
    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 1 } else { 3 }).max(1)
    }

    /// Gives how long a load lasts, in seconds.
    pub fn seconds(&self) -> u64 {
        self.seconds.unwrap_or(if self.quick { 3 } else { 8 }).max(1)
    }

    /// Gives how long a load on one connection lasts, in seconds.
    pub fn alone_seconds(&self) -> u64 {
        self.seconds().div_ceil(2)
    }

    /// Gives how many people the services have, which are also delivered.
    pub fn people(&self) -> usize {
        if self.quick { 1_000 } else { 10_000 }
    }

    /// Gives the people of the small and of the large deployment; each has ten roles.
    pub fn growth(&self) -> (usize, usize) {
        if self.quick { (100, 2_000) } else { (1_000, 100_000) }
    }

    /// Gives the length of the long list of roles.
    pub fn list(&self) -> usize {
        if self.quick { 3_000 } else { 300_000 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_alone_brings_the_loads_it_is_looked_at_under() {
        let plan = |only: &[&str]| Plan::parse_from(["bench", "--programs", "p"].iter().chain(only));
        assert!(plan(&["--only", "memory"]).has(Part::Writes));
        assert!(!plan(&["--only", "memory,reads"]).has(Part::Writes));
        assert!(!plan(&["--only", "memory"]).has(Part::Embedded));
        assert!(plan(&[]).has(Part::Growth));
    }
}
