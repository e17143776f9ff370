//! Time of the processors that an operation costs, by who spent it. Unlike a rate it says the same when others are at work
//! on the machine.

use std::collections::BTreeMap;

use super::Bench;
use super::book::{Goal, Sample};
use super::world::World;

/// What the kernel calls a second: the unit of its counts (`USER_HZ`, which is the same on all machines of today).
const TICKS: f64 = 100.0;

/// What the processes of a deployment, and the servers below it, had spent at a moment, in ticks.
#[derive(Debug)]
pub(super) struct Meter(BTreeMap<String, f64>);

impl Meter {
    /// Reads the clocks.
    pub(super) fn read(bench: &Bench, world: &World) -> Self {
        let deployment = &world.deployment;
        let own = deployment.names().into_iter().map(|name| {
            let pid = deployment.pid(&name).unwrap_or_else(|| panic!("{name} does not run"));
            (name, pid)
        });
        let mut pids: Vec<(String, u32)> = own.collect();
        if pids.len() > 1 {
            pids.extend(bench.servers.postgres.pid().map(|pid| ("postgres".to_owned(), pid)));
            pids.extend(bench.servers.rabbitmq.pid().map(|pid| ("rabbitmq".to_owned(), pid)));
        }
        let all = processes();
        Self(pids.into_iter().map(|(name, pid)| (name, family(&all, pid))).collect())
    }

    /// Gives the milliseconds that each has spent since for one of `operations`.
    fn since(&self, before: &Self, operations: f64) -> Vec<(String, f64)> {
        let spent = |(name, now): (&String, &f64)| {
            let ticks = now - before.0.get(name).copied().unwrap_or_default();
            (name.clone(), ticks / TICKS * 1e3 / operations.max(1.0))
        };
        self.0.iter().map(spent).collect()
    }
}

impl Bench {
    /// Notes what `operations` have cost since a moment.
    pub(super) fn note_cpu(&mut self, world: &World, who: &str, what: &str, before: &Meter, operations: f64) {
        let spent = Meter::read(self, world).since(before, operations);
        let sum = ("all of them".to_owned(), spent.iter().map(|(_, value)| value).sum());
        for (process, value) in spent.into_iter().chain([sum]) {
            let sample = Sample { value, ..Sample::default() };
            self.book.note(
                "Milliseconds of processor for each",
                &format!("{what}: {process}"),
                who,
                Goal::None,
                sample,
            );
        }
    }
}

/// A process: its parent, and what it has spent, with the children that it has seen end.
#[derive(Debug, Clone, Copy)]
struct Process {
    parent: u32,
    ticks: f64,
}

fn processes() -> BTreeMap<u32, Process> {
    let folders = std::fs::read_dir("/proc").expect("/proc can be read").flatten();
    let pids = folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
    // One that ends meanwhile is counted with its parent.
    let read = |pid: u32| Some((pid, parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?));
    pids.filter_map(read).collect()
}

/// Reads a line of `/proc/<pid>/stat`. The name, in brackets, may hold anything.
fn parse(stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<f64>().ok();
    let parent = fields.get(1)?.parse().ok()?;
    Some(Process { parent, ticks: number(11)? + number(12)? + number(13)? + number(14)? })
}

/// What a process and all that descend from it have spent.
fn family(all: &BTreeMap<u32, Process>, pid: u32) -> f64 {
    let own = all.get(&pid).map_or(0.0, |process| process.ticks);
    let children = all.iter().filter(|(_, process)| process.parent == pid);
    own + children.map(|(child, _)| family(all, *child)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_counted_with_those_that_have_ended() {
        let line = |parent: u32| format!("7 (a (b) c) S {parent} 1 1 0 -1 4194560 1 2 3 4 10 5 2 1 20 0 1 0 100 200");
        let process = |parent| parse(&line(parent)).expect("a line of the kernel's");
        let all = BTreeMap::from([(7, process(1)), (8, process(7)), (9, process(8)), (10, process(1))]);
        assert_eq!(family(&all, 7), 3.0 * 18.0);
    }
}
