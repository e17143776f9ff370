//! Measures how fast Cohort is, for `cargo xtask bench`.
//!
//! Guarantees that each figure is one of work that was done: every answer has the status that it should have, as many roles
//! and lines are there afterwards as were answered for, every request has succeeded, and how long that took until the last
//! one is printed beside the rate. What cannot be measured so fails. Speed itself fails nothing. Each rate is compared with
//! pgbench's, in the same round on the same server, because only that says something on another machine; two sets of
//! programs are measured in turn. The servers are thrown away afterwards; they write as safely as in production.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::deployment::Shape;
use crate::postgres::Postgres;
use crate::rabbitmq::RabbitMq;

mod book;
mod bulk;
mod cpu;
mod database;
mod embedded;
mod growth;
mod load;
mod loads;
mod machine;
mod memory;
mod pages;
mod plan;
mod services;
mod world;

pub use plan::{Part, Plan};

use book::{Book, Goal, Sample};
use load::Pgbench;
use world::{Servers, World};

/// How long a deployment is left alone before its idle memory is read.
const IDLE: Duration = Duration::from_secs(3);

/// The parts of a measurement that all rows need.
#[derive(Debug)]
struct Bench {
    plan: Plan,
    servers: Servers,
    pgbench: Pgbench,
    book: Book,
}

/// Measures what the plan says, prints it, and writes it into the file that the plan names.
pub async fn run(plan: Plan) {
    if let Some(file) = &plan.write {
        // Rather now than in twenty minutes.
        machine::put_between_markers(file, None);
    }
    let load_before = machine::load_average();
    let (postgres, rabbitmq) = tokio::join!(Postgres::start(), RabbitMq::start());
    let servers = Servers { postgres: Arc::new(postgres), rabbitmq: Arc::new(rabbitmq) };
    let pgbench = Pgbench::prepare(&servers.postgres).await;
    let mut bench = Bench { plan, servers, pgbench, book: Book::default() };
    if bench.plan.has_services() {
        services::measure(&mut bench).await;
    }
    if bench.plan.has(Part::Embedded) {
        embedded::measure(&mut bench).await;
    }
    if bench.plan.has(Part::Growth) {
        growth::measure(&mut bench).await;
    }
    if bench.plan.has(Part::Pages) {
        pages::measure(&mut bench).await;
    }
    let head = machine::describe(&bench.plan, &bench.servers, &load_before).await;
    let text = format!("{head}\n{}", bench.book.tables());
    println!("\n{text}");
    if let Some(file) = &bench.plan.write {
        machine::put_between_markers(file, Some(&text));
    }
}

impl Bench {
    /// Gives the sets of programs with their names, which are empty where there is only one.
    fn contenders(&self) -> Vec<(&'static str, PathBuf)> {
        match &self.plan.against {
            None => vec![("", self.plan.programs.clone())],
            Some(other) => vec![("A", self.plan.programs.clone()), ("B", other.clone())],
        }
    }

    /// Starts a deployment, and notes what it needs while nobody calls it.
    async fn start(&mut self, shape: Shape, who: &str, programs: PathBuf) -> World {
        let world = World::start(shape, programs, &self.servers).await;
        tokio::time::sleep(IDLE).await;
        for (process, memory) in memory::of(&world.deployment) {
            let what = format!("{process}, idle after the start");
            self.book.note("Memory", &what, who, Goal::None, Sample { value: memory.resident, ..Sample::default() });
        }
        memory::forget_peak(&world.deployment);
        world
    }

    /// Notes what the processes of a deployment needed since it began to be measured; `when` says under what.
    fn note_memory(&mut self, world: &World, who: &str, when: &str) {
        for (process, memory) in memory::of(&world.deployment) {
            for (what, value, goal) in [
                ("most", memory.peak, Goal::Memory(64.0)),
                ("afterwards", memory.resident, Goal::None),
                ("afterwards, its own share (PSS)", memory.share, Goal::None),
            ] {
                let sample = Sample { value, ..Sample::default() };
                self.book.note("Memory", &format!("{process}, {when}, {what}"), who, goal, sample);
            }
        }
    }
}

/// Gives the items in order, or the other way round in every second round: who is measured first has no advantage.
fn in_turn<T>(items: &[T], round: usize) -> Vec<&T> {
    let mut items: Vec<&T> = items.iter().collect();
    if round % 2 == 1 {
        items.reverse();
    }
    items
}
