//! All of it in one process, `cohort`, with SQLite files.

use super::book::{Goal, Sample};
use super::cpu::Meter;
use super::loads::{deliver, elsewhere, provision, read, write};
use super::{Bench, in_turn};
use crate::deployment::Shape;

const TABLE: &str = "One process with SQLite (`cohort`)";

pub(super) async fn measure(bench: &mut Bench) {
    let (seconds, alone) = (bench.plan.seconds(), bench.plan.alone_seconds());
    let mut parties = Vec::new();
    for (who, programs) in bench.contenders() {
        let world = bench.start(Shape::Standalone, who, programs).await;
        let place = world.settle("Ten units", 10, bench.plan.people(), 1).await;
        let roles = world.roles(place.co, 20_000).await;
        world.tidy().await;
        read(&world, &roles, 16, 1).await;
        parties.push((who, world, place, roles));
    }
    for round in 0..bench.plan.rounds() {
        println!("--- cohort, round {}", round + 1);
        for (who, world, place, roles) in in_turn(&parties, round) {
            let load = read(world, roles, 16, seconds).await;
            bench.book.note(TABLE, "GET one role, 16 connections", who, Goal::Rate(30_000.0), Sample::of(load));
            let load = read(world, roles, 1, alone).await;
            bench.book.note(TABLE, "GET one role, alone", who, Goal::None, Sample::of(load));

            let (load, rest) = write(world, &elsewhere(place), 16, seconds).await;
            let sample = Sample::of(load).at_rest_after(rest);
            bench.book.note(TABLE, "POST role, 16 connections", who, Goal::Rate(3_000.0), sample);
            let (load, _) = write(world, &elsewhere(place), 1, alone).await;
            bench.book.note(TABLE, "POST role, alone", who, Goal::None, Sample::of(load));

            let before = Meter::read(bench, world);
            let (load, rest, _) = provision(world, place.target, &place.people, 16, seconds).await;
            bench.note_cpu(world, who, "wish that was answered and carried out", &before, load.requests as f64);
            let sample = Sample::of(load).at_rest_after(rest);
            bench.book.note(TABLE, "POST provision (202), 16 connections", who, Goal::Rate(5_000.0), sample);
            let (load, ..) = provision(world, place.target, &place.people, 1, alone).await;
            bench.book.note(TABLE, "POST provision (202), alone", who, Goal::None, Sample::of(load));

            let before = Meter::read(bench, world);
            let (subjects, took) = deliver(world, place).await;
            bench.note_cpu(world, who, "subject that was delivered", &before, subjects as f64);
            let sample = Sample { value: subjects as f64 / took, ..Sample::default() };
            let what = format!("delivery of a CO of {} people to a changelog", place.people.len());
            bench.book.note(TABLE, &what, who, Goal::None, sample.at_rest_after(world.rest().await));
        }
    }
    for (who, world, ..) in &parties {
        bench.note_memory(world, who, "under load");
    }
}
