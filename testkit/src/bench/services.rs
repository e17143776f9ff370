//! The services on PostgreSQL and RabbitMQ.

use super::book::{Goal, Sample};
use super::cpu::Meter;
use super::load::Load;
use super::loads::{deliver, elsewhere, provision, read, write};
use super::plan::Part;
use super::world::{Place, World};
use super::{Bench, in_turn};
use crate::deployment::Shape;

const TABLE: &str = "Services";
const WRITERS: usize = 16;

/// A deployment with all that it is measured by.
struct Party {
    who: &'static str,
    world: World,
    place: Place,
    roles: Vec<i64>,
    guests: Option<Guests>,
}

/// People who are given roles where they have none, and the COUs for them.
struct Guests {
    over_ten: Vec<(i64, i64)>,
    into_one: Vec<(i64, i64)>,
    over_cos: Vec<(i64, i64)>,
    followed: Vec<(i64, i64)>,
}

pub(super) async fn measure(bench: &mut Bench) {
    let mut parties = Vec::new();
    for (who, programs) in bench.contenders() {
        let world = bench.start(Shape::Services, who, programs).await;
        let place = world.settle("Ten units", 10, bench.plan.people(), 1).await;
        let roles = world.roles(place.co, 20_000).await;
        let guests = match bench.plan.has(Part::Writes) {
            true => Some(Guests::invite(&world, bench.plan.people() * 3).await),
            false => None,
        };
        world.tidy().await;
        // Threads, pools and prepared statements are there before anything counts.
        read(&world, &roles, 16, 1).await;
        parties.push(Party { who, world, place, roles, guests });
    }
    for round in 0..bench.plan.rounds() {
        println!("--- services, round {}", round + 1);
        if bench.plan.has(Part::Reads) {
            reads(bench, &in_turn(&parties, round)).await;
        }
        if bench.plan.has(Part::Writes) {
            writes(bench, &in_turn(&parties, round)).await;
        }
        if bench.plan.has(Part::Provision) {
            wishes(bench, &in_turn(&parties, round)).await;
        }
        if bench.plan.has(Part::Delivery) {
            delivery(bench, &in_turn(&parties, round)).await;
        }
    }
    for party in &parties {
        bench.note_memory(&party.world, party.who, "under load");
    }
}

impl Guests {
    async fn invite(world: &World, count: usize) -> Self {
        let home = world.settle("Guests", 10, count, 1).await;
        let one = world.cou(home.co, "All into one").await;
        let mut over_cos = Vec::new();
        for number in 0..WRITERS {
            let place = world.settle(&format!("Apart {number}"), 1, count / WRITERS, 1).await;
            let cou = world.cou(place.co, "Guests").await;
            over_cos.extend(place.people.iter().map(|person| (*person, cou)));
        }
        let followed = world.settle("Followed", 10, count / 3, 1).await;
        world.target(followed.co, "A", "Follows").await;
        Self {
            over_ten: elsewhere(&home),
            into_one: home.people.iter().map(|person| (*person, one)).collect(),
            over_cos,
            followed: elsewhere(&followed),
        }
    }
}

async fn reads(bench: &mut Bench, parties: &[&Party]) {
    let seconds = bench.plan.seconds();
    for (connections, what, goal) in
        [(16, "GET one role, 16 connections", 0.25), (64, "GET one role, 64 connections", 0.40)]
    {
        let base = bench.pgbench.reads(connections, seconds).await;
        let compared = format!("pgbench -S, {connections} connections");
        bench.book.note("pgbench", &compared, "", Goal::None, Sample { value: base, ..Sample::default() });
        for party in parties {
            let before = Meter::read(bench, &party.world);
            let load = read(&party.world, &party.roles, connections, seconds).await;
            let cost = format!("GET of a role, {connections} connections");
            bench.note_cpu(&party.world, party.who, &cost, &before, load.requests as f64);
            bench.book.note(TABLE, what, party.who, Goal::Ratio(goal), Sample::of(load).to(base));
        }
    }
    for party in parties {
        let load = read(&party.world, &party.roles, 1, bench.plan.alone_seconds()).await;
        bench.book.note(TABLE, "GET one role, alone", party.who, Goal::None, Sample::of(load));
    }
}

async fn writes(bench: &mut Bench, parties: &[&Party]) {
    let seconds = bench.plan.seconds();
    let base = base_of_writes(bench).await;
    for party in parties {
        let (world, who) = (&party.world, party.who);
        let Some(guests) = &party.guests else { continue };
        let (load, rest) = write(world, &guests.over_ten, 16, seconds).await;
        remark_on_repeats(bench, load, guests.over_ten.len());
        let sample = Sample::of(load).to(base).at_rest_after(rest);
        bench.book.note(TABLE, "POST role, over ten COUs, 16 connections", who, Goal::Ratio(0.25), sample);

        let (apart, rest) = write(world, &guests.over_cos, 16, seconds).await;
        let sample = Sample::of(apart).to(base).at_rest_after(rest);
        bench.book.note(TABLE, "POST role, over 16 COs, 16 connections", who, Goal::None, sample);

        let (load, rest) = write(world, &guests.into_one, 16, seconds).await;
        let sample = Sample::of(load).to(base).at_rest_after(rest);
        bench.book.note(TABLE, "POST role, into one COU, 16 connections", who, Goal::Ratio(0.25), sample);
        let sample = Sample::of(load).to(apart.rate);
        bench.book.note(TABLE, "the same to writers in 16 COs", who, Goal::Ratio(0.8), sample);

        let (load, rest) = write(world, &guests.followed, 16, seconds).await;
        let sample = Sample::of(load).to(base).at_rest_after(rest);
        bench.book.note(TABLE, "POST role, a changelog follows, 16 connections", who, Goal::None, sample);

        let (load, _) = write(world, &guests.over_ten, 1, bench.plan.alone_seconds()).await;
        bench.book.note(TABLE, "POST role, alone", who, Goal::None, Sample::of(load));
    }
}

async fn base_of_writes(bench: &mut Bench) -> f64 {
    let base = bench.pgbench.writes(16, bench.plan.seconds()).await;
    let sample = Sample { value: base, ..Sample::default() };
    bench.book.note("pgbench", "pgbench -N, 16 connections", "", Goal::None, sample);
    base
}

fn remark_on_repeats(bench: &mut Bench, load: Load, people: usize) {
    if load.requests > people as u64 {
        let sentence = "Roles were added faster than there were people: some got a second one in the same COU, \
                        which changes no membership and costs less. Measure for fewer seconds.";
        bench.book.remark(sentence.to_owned());
    }
}

async fn wishes(bench: &mut Bench, parties: &[&Party]) {
    let base = base_of_writes(bench).await;
    for party in parties {
        let (world, place) = (&party.world, &party.place);
        let before = Meter::read(bench, world);
        let (load, rest, merged) = provision(world, place.target, &place.people, 16, bench.plan.seconds()).await;
        bench.note_cpu(world, party.who, "wish that was answered and carried out", &before, load.requests as f64);
        let sample = Sample::of(load).to(base).at_rest_after(rest);
        bench.book.note(TABLE, "POST provision (202), 16 connections", party.who, Goal::Ratio(0.30), sample);
        if merged > 0.05 {
            bench.book.remark(format!(
                "{:.0} of 100 wishes joined one of the same person that waited already.",
                merged * 100.0
            ));
        }
        let (load, ..) = provision(world, place.target, &place.people, 1, bench.plan.alone_seconds()).await;
        bench.book.note(TABLE, "POST provision (202), alone", party.who, Goal::None, Sample::of(load));
    }
}

async fn delivery(bench: &mut Bench, parties: &[&Party]) {
    for party in parties {
        let before = Meter::read(bench, &party.world);
        let (subjects, seconds) = deliver(&party.world, &party.place).await;
        let sample = Sample { value: subjects as f64 / seconds, ..Sample::default() };
        let sample = sample.at_rest_after(party.world.rest().await);
        bench.note_cpu(&party.world, party.who, "subject that was delivered", &before, subjects as f64);
        let what = format!("delivery of a CO of {} people to a changelog", party.place.people.len());
        bench.book.note(TABLE, &what, party.who, Goal::Rate(4_000.0), sample);
    }
}
