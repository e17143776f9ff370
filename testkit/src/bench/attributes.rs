//! Extended attributes of a CO with many roles: a definition is made, changed and dropped while roles are added.

use std::time::Instant;

use serde_json::json;

use super::Bench;
use super::book::{Goal, Sample};
use super::loads::{elsewhere, write};
use super::world::{Place, World};

const TABLE: &str = "Waiting";
const EDIT_MS: f64 = 100.0;
/// How often a definition is made, changed and dropped.
const TIMES: usize = 10;

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
    let pairs = elsewhere(place);
    let ((load, rest), took) = tokio::join!(write(world, &pairs, 16, bench.plan.seconds()), edits);
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
    let what = format!("POST role, 16 connections, while attributes of {} roles are changed", roles.count);
    bench.book.note(TABLE, &what, who, Goal::None, Sample::of(load).at_rest_after(rest));
}
