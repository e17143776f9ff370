//! Extended attributes of a CO with many roles: a definition is made, changed and dropped while roles are added.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use futures::future::join_all;
use serde_json::json;

use super::Bench;
use super::book::{Goal, Sample};
use super::loads::elsewhere;
use super::world::{Place, World};

const TABLE: &str = "Waiting";
const EDIT_MS: f64 = 100.0;
/// How many add roles meanwhile.
const WRITERS: usize = 16;
/// How often a definition is made, changed and dropped.
const TIMES: usize = 30;

pub(super) async fn measure(bench: &mut Bench, who: &str, world: &World, place: &Place) {
    let client = &world.client;
    let roles = world.give_all_roles_an_attribute(place).await;
    let definition = |name: &str, shown: &str| json!({ "Version": "1.0", "CoId": place.co, "Name": name, "DisplayName": shown, "Type": "VARCHAR(32)", "Indx": false });
    let edits = async {
        let mut took = Vec::new();
        for number in 0..TIMES {
            let name = format!("extra{number}");
            let began = Instant::now();
            let id = world.add("co_extended_attributes", &definition(&name, "New")).await;
            took.push(("made", began.elapsed()));
            let (path, began) = (format!("co_extended_attributes/{id}.json"), Instant::now());
            client.put(&path, &definition(&name, "Changed")).await.expect_status(200);
            took.push(("changed", began.elapsed()));
            let began = Instant::now();
            client.delete(&path).await.expect_status(200);
            took.push(("dropped", began.elapsed()));
        }
        let began = Instant::now();
        let path = format!("co_extended_attributes/{}.json", roles.definition);
        client.delete(&path).await.expect_status(200);
        took.push(("dropped", began.elapsed()));
        took
    };
    let (mark, pairs, over) = (world.mark().await, elsewhere(place), AtomicBool::new(false));
    let writers = pairs.chunks(pairs.len().div_ceil(WRITERS)).map(|pairs| writes(world, pairs, &over));
    let edited = async {
        let took = edits.await;
        over.store(true, Ordering::Relaxed);
        took
    };
    let (written, took) = tokio::join!(join_all(writers), edited);
    world.rest().await;
    world.undo(mark).await;
    let answer = client.get(&format!("co_person_roles/{}.json", roles.one)).await.expect_status(200).text();
    assert!(!answer.contains(roles.name), "what was dropped is shown still: {answer}");
    for done in ["made", "changed", "dropped"] {
        let mut all: Vec<f64> =
            took.iter().filter(|(what, _)| *what == done).map(|(_, took)| took.as_secs_f64() * 1e3).collect();
        all.sort_by(f64::total_cmp);
        let (middle, most) = (all.get(all.len() / 2).copied(), all.last().copied());
        let sample =
            Sample { value: 1e3 / middle.unwrap_or(f64::NAN), p50_ms: middle, p99_ms: most, ..Sample::default() };
        let what = format!("an extended attribute of {} roles is {done}, while roles are added", roles.count);
        bench.book.note(TABLE, &what, who, Goal::Within(EDIT_MS), sample);
    }
    let mut all = written.concat();
    all.sort_by(f64::total_cmp);
    let at = |share: usize| all.get((all.len() * share / 100).min(all.len().saturating_sub(1))).copied();
    let value = 1e3 * all.len() as f64 * WRITERS as f64 / all.iter().sum::<f64>();
    let sample = Sample { value, p50_ms: at(50), p99_ms: at(99), ..Sample::default() };
    let what = format!("POST role, {WRITERS} at once, while attributes of {} roles are changed", roles.count);
    bench.book.note(TABLE, &what, who, Goal::Within(EDIT_MS), sample);
}

/// Adds roles one after the other until it is over; gives how long each took, in milliseconds.
async fn writes(world: &World, pairs: &[(i64, i64)], over: &AtomicBool) -> Vec<f64> {
    let mut took = Vec::new();
    for (person, cou) in pairs {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let role = json!({
            "Version": "1.0", "Person": { "Type": "CO", "Id": person }, "CouId": cou, "Affiliation": "member",
            "Status": "Active",
        });
        let began = Instant::now();
        world.add("co_person_roles", &role).await;
        took.push(began.elapsed().as_secs_f64() * 1e3);
    }
    took
}
