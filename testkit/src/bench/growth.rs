//! Small data against large data: what one thing costs must not depend on how many others there are.
//!
//! A small and a large deployment stand side by side on the same servers and are measured in turn. In both, work is done
//! on as many people, so that these grow alike. A cost is the time for one; its ratio is large to small.

use std::time::Instant;

use reqwest::Method;

use super::book::{Goal, Sample};
use super::loads::{deliver, elsewhere, provision, read, write};
use super::world::{Place, World};
use super::{Bench, in_turn, memory};
use crate::deployment::Shape;

const TABLE: &str = "Growth";
const ROLES_EACH: usize = 10;
const GOAL: Goal = Goal::Cost(1.2);

struct Side {
    world: World,
    place: Place,
    roles: Vec<i64>,
    people: Vec<i64>,
    pairs: Vec<(i64, i64)>,
}

pub(super) async fn measure(bench: &mut Bench) {
    for (who, programs) in bench.contenders() {
        let (few, many) = bench.plan.growth();
        let mut sides = Vec::new();
        for people in [few, many] {
            let began = Instant::now();
            let world = World::start(Shape::Services, programs.clone(), &bench.servers).await;
            let place = world.settle("Grown", 10, people, ROLES_EACH).await;
            let roles = world.roles(place.co, few * ROLES_EACH).await;
            let step = people / few;
            let everyone = place.people.iter().copied().step_by(step).collect();
            let pairs = elsewhere(&place).into_iter().step_by(step).collect();
            world.tidy().await;
            read(&world, &roles, 16, 1).await;
            println!("{people} people are there after {} s", began.elapsed().as_secs());
            sides.push(Side { world, place, roles, people: everyone, pairs });
        }
        let [small, large] = sides.as_slice() else { return };
        for round in 0..bench.plan.rounds() {
            println!("--- growth, round {}", round + 1);
            rates(bench, who, [small, large], round).await;
        }
        delivery(bench, who, small, large).await;
        list(bench, who, large).await;
    }
}

/// What a list of any length may add to the memory of a process, in MiB.
const MORE_BY_A_LIST: f64 = 32.0;

/// Measures reads, writes and wishes on both sides.
async fn rates(bench: &mut Bench, who: &str, sides: [&Side; 2], round: usize) {
    let seconds = bench.plan.seconds().div_ceil(2);
    let (few, many) = bench.plan.growth();
    let sizes = format!("{many} people to {few}");
    let roles = format!("{} roles to {}", many * ROLES_EACH, few * ROLES_EACH);
    for (what, kind) in [
        (format!("GET one role, {roles}"), Kind::Read),
        (format!("POST role, {sizes}"), Kind::Write),
        (format!("POST provision (202), {sizes}"), Kind::Provision),
    ] {
        let mut found = Vec::new();
        for side in in_turn(&sides, round) {
            found.push(kind.sample(side, seconds).await);
        }
        if round % 2 == 1 {
            found.reverse();
        }
        if let [small, large] = found.as_slice() {
            bench.book.note(TABLE, &what, who, GOAL, cost(*small, *large));
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Read,
    Write,
    Provision,
}

impl Kind {
    async fn sample(self, side: &Side, seconds: u64) -> Sample {
        match self {
            Self::Read => Sample::of(read(&side.world, &side.roles, 16, seconds).await),
            Self::Write => {
                let (load, rest) = write(&side.world, &side.pairs, 16, seconds).await;
                Sample::of(load).at_rest_after(rest)
            }
            Self::Provision => {
                let (load, rest, _) = provision(&side.world, side.place.target, &side.people, 16, seconds).await;
                Sample::of(load).at_rest_after(rest)
            }
        }
    }
}

/// The large side, with its cost to that of the small side.
fn cost(small: Sample, large: Sample) -> Sample {
    Sample { ratio: Some(small.value / large.value), ..large }
}

/// Delivers both COs: the small one as often as there are rounds, and the median counts; the large one once.
async fn delivery(bench: &mut Bench, who: &str, small: &Side, large: &Side) {
    let rate = async |side: &Side| {
        let (subjects, seconds) = deliver(&side.world, &side.place).await;
        Sample { value: subjects as f64 / seconds, ..Sample::default() }.at_rest_after(side.world.rest().await)
    };
    let mut rates = Vec::new();
    for _ in 0..bench.plan.rounds() {
        rates.push(rate(small).await);
    }
    rates.sort_by(|one, other| one.value.total_cmp(&other.value));
    let Some(few) = rates.get(rates.len() / 2).copied() else { return };
    let many = rate(large).await;
    let (few_people, many_people) = bench.plan.growth();
    let what = format!("delivery of a CO, {many_people} people to {few_people}");
    bench.book.note(TABLE, &what, who, GOAL, cost(few, many));
    bench.note_memory(&large.world, who, &format!("{many_people} people"));
}

/// Reads one long list in both formats: when it begins, how long it takes, and what it adds to the memory of the processes.
async fn list(bench: &mut Bench, who: &str, side: &Side) {
    let length = bench.plan.list();
    let cou = side.world.list_of_roles(&side.place, length).await;
    side.world.tidy().await;
    for format in ["json", "xml"] {
        let path = format!("co_person_roles.{format}?couid={cou}");
        memory::forget_peak(&side.world.deployment);
        let before = memory::of(&side.world.deployment);
        let what = format!("list of {length} roles, {format}");
        for _ in 0..bench.plan.rounds() {
            let (first, took, records) = stream(side, &path).await;
            assert_eq!(records, length, "the list is not complete");
            let begins = Sample { value: 1.0 / first, p99_ms: Some(first * 1e3), ..Sample::default() };
            bench.book.note(TABLE, &format!("{what}: its first byte"), who, Goal::Within(100.0), begins);
            let whole = Sample { value: 1.0 / took, p50_ms: Some(took * 1e3), ..Sample::default() };
            bench.book.note(TABLE, &what, who, Goal::None, whole);
        }
        for ((process, before), (_, after)) in before.into_iter().zip(memory::of(&side.world.deployment)) {
            let sample = Sample { value: after.peak - before.resident, ..Sample::default() };
            let goal = Goal::Memory(MORE_BY_A_LIST);
            bench.book.note("Memory", &format!("{process}, more at most by a {what}"), who, goal, sample);
        }
    }
}

/// Reads a list without keeping it: seconds until its first byte and until its end, and how many records it has.
async fn stream(side: &Side, path: &str) -> (f64, f64, usize) {
    /// Each record has one in either format: "Affiliation": and <Affiliation>.
    const MARK: &[u8] = b"Affiliation";
    let began = Instant::now();
    let mut answer = side.world.client.request(Method::GET, path).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let (mut first, mut marks, mut rest) = (None, 0, Vec::new());
    while let Some(chunk) = answer.chunk().await.expect("a whole list") {
        first.get_or_insert_with(|| began.elapsed().as_secs_f64());
        rest.extend_from_slice(&chunk);
        marks += rest.windows(MARK.len()).filter(|window| *window == MARK).count();
        // What may be the beginning of one.
        rest.drain(..rest.len().saturating_sub(MARK.len() - 1));
    }
    let each = if path.contains(".xml") { 2 } else { 1 };
    (first.unwrap_or_default(), began.elapsed().as_secs_f64(), marks / each)
}
