//! The loads, each on one CO: what is sent, and what must be there afterwards.

use std::time::{Duration, Instant};

use serde_json::json;

use super::load::{Load, wrk};
use super::world::{Place, World, id_of};

const DELIVERED_WITHIN: Duration = Duration::from_secs(900);

/// Reads single roles from all over the CO.
pub(super) async fn read(world: &World, roles: &[i64], connections: usize, seconds: u64) -> Load {
    for role in roles.iter().step_by((roles.len() / 5).max(1)) {
        let answer = world.client.get(&format!("co_person_roles/{role}.json")).await.expect_status(200).json();
        let id = answer.pointer("/CoPersonRoles/0/Id");
        assert_eq!(id, Some(&json!(role)), "the answer is about another role: {answer}");
    }
    let requests: Vec<String> = roles.iter().map(|role| format!("GET /registry/co_person_roles/{role}.json")).collect();
    wrk(world, &requests, 200, connections, seconds).await
}

/// Gives each pair of a person and a COU a role, in turn. Fails unless each is in the database. Gives how long it took
/// until the last event was taken, too; then the roles are taken away, with the memberships that came of them.
pub(super) async fn write(world: &World, pairs: &[(i64, i64)], connections: usize, seconds: u64) -> (Load, Duration) {
    let request = |(person, cou): &(i64, i64)| {
        let role = json!({
            "Version": "1.0", "Person": { "Type": "CO", "Id": person }, "CouId": cou,
            "Affiliation": "member", "Title": "Guest", "Status": "Active",
        });
        format!("POST /registry/co_person_roles.json {role}")
    };
    let requests: Vec<String> = pairs.iter().map(request).collect();
    let (mark, before) = (world.mark().await, world.count_roles().await);
    let load = wrk(world, &requests, 201, connections, seconds).await;
    let rest = world.rest().await;
    let new = world.count_roles().await - before;
    assert!(new >= i64::try_from(load.requests).unwrap_or(i64::MAX), "{} answers and {new} roles", load.requests);
    world.undo(mark).await;
    (load, rest)
}

/// Pairs the people of a CO with a COU that they are not in yet: the next one after their own.
pub(super) fn elsewhere(place: &Place) -> Vec<(i64, i64)> {
    let block = place.people.len().div_ceil(place.cous.len());
    let next = place.cous.iter().cycle().skip(1);
    place.people.chunks(block).zip(next).flat_map(|(people, cou)| people.iter().map(|person| (*person, *cou))).collect()
}

/// Asks for the provisioning of the given people in turn. Gives how long it took until all of
/// them had ended, and the share of wishes that joined one that waited already.
pub(super) async fn provision(
    world: &World,
    target: i64,
    people: &[i64],
    connections: usize,
    seconds: u64,
) -> (Load, Duration, f64) {
    let path = format!("/registry/co_provisioning_targets/provision/{target}");
    let requests: Vec<String> = people.iter().map(|person| format!("POST {path}/copersonid:{person}.json")).collect();
    let before = world.count_requests().await;
    let load = wrk(world, &requests, 202, connections, seconds).await;
    let made = (world.count_requests().await - before) as f64;
    let rest = world.rest().await;
    (load, rest, (1.0 - made / load.requests as f64).max(0.0))
}

/// Provisions a whole CO. Gives subjects and seconds. Fails unless each subject got its line in the changelog.
pub(super) async fn deliver(world: &World, place: &Place) -> (usize, f64) {
    let subjects = place.people.len();
    let before = world.lines(place.co, "M");
    let began = Instant::now();
    let path = format!("co_provisioning_targets/provision/{}/coid:{}.json", place.target, place.co);
    let request = id_of(&world.client.post(&path, &json!({})).await.expect_status(202).json());
    let monitor = format!("co_provisioning_requests/{request}.json");
    loop {
        let answer = world.client.get(&monitor).await.expect_status(200).json();
        let status = answer.pointer("/CoProvisioningRequests/0/Status").and_then(|status| status.as_str());
        match status {
            Some("Succeeded") => break,
            Some("Failed" | "Canceled") | None => panic!("the CO was not delivered: {answer}"),
            Some(_) => assert!(began.elapsed() < DELIVERED_WITHIN, "the CO is never delivered: {answer}"),
        }
        // Often enough to see the end to a fiftieth, and no more often than people ask.
        tokio::time::sleep((began.elapsed() / 50).clamp(Duration::from_millis(20), Duration::from_millis(250))).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    let lines = world.lines(place.co, "M") - before;
    assert!(lines >= subjects, "{subjects} people were delivered, and the changelog has {lines} new lines");
    (lines, seconds)
}
