//! What people come for: somebody is missing, a target refuses everything, too much would be removed.

use serde_json::json;
use testkit::Browser;

use super::world::{SAYS, World};

/// Three people are at the directory, and then it refuses all.
async fn bad_night() -> World {
    let world = World::new().await;
    let mut all = vec![world.person.clone()];
    for name in ["b@x", "c@x", "d@x"] {
        all.push(world.person(name).await);
    }
    for person in &all {
        world.provisioned(&world.target, person, "Succeeded").await;
    }
    world.directory.answers(422);
    for person in &all {
        world.provisioned(&world.target, person, "Failed").await;
    }
    world
}

/// From *Now*: who is missing, why, and the end of it.
async fn a_person_is_missing(world: &World, browser: &Browser) {
    browser.go(&world.page("")).await;
    browser.write("header [name=q]", "Lovelace").await;
    browser.press("Find").await;
    browser.sees("Ada Lovelace").await;
    browser.go(&world.page(&format!("/people/{}", world.person))).await;
    browser.sees("Failing").await;
    browser.press("Reasons, attempts and times").await;
    browser.sees(SAYS).await;
}

/// From *Now*: what refuses, what it says, and that those are tried again.
async fn a_target_refuses_everything(world: &World, browser: &Browser) {
    browser.go(&world.page("")).await;
    browser.sees("Failing at Directory").await;
    browser.sees(SAYS).await;
    browser.press("Retry these").await;
    browser.sees("queued again.").await;
}

/// Three are removed at once, which is more than two.
async fn too_many_would_go(world: &World) {
    let answer = world.client.get(&format!("/co_people.json?coid={}", world.co)).await.json();
    let people = answer["CoPeople"].as_array().unwrap().clone();
    assert_eq!(people.len(), 4);
    for person in people {
        let id = &person["Id"];
        world.client.delete(&format!("/co_people/{id}.json")).await.expect_status(200);
    }
    world.until("Held", |held| held.as_i64() > Some(0)).await;
}

pub(super) async fn the_errands_of_a_bad_night_go_from_now_to_mended() {
    let world = bad_night().await;
    let browser = Browser::start().await;
    browser.go(&world.page("")).await;
    world.enter(&browser, "wrong").await;
    browser.sees("Name or key is wrong").await;
    world.enter(&browser, &world.deployment.key).await;
    browser.sees("Directory").await;

    a_person_is_missing(&world, &browser).await;
    world.directory.answers(200);
    browser.press("Provision now").await;
    browser.until("mended", "return document.querySelectorAll('article .mark.good').length > 0").await;

    world.directory.answers(422);
    world.provisioned(&world.target, &world.person, "Failed").await;
    a_target_refuses_everything(&world, &browser).await;
    world.until("Failing", |failing| failing == 4).await;
    world.directory.answers(200);
    browser.go(&world.page("")).await;
    browser.press("Retry these").await;
    browser
        .until("nothing fails", "return document.getElementById('failing').innerText.includes('Nothing fails')")
        .await;

    too_many_would_go(&world).await;
    browser.go(&world.page(&format!("/targets/{}", world.target))).await;
    browser.sees("Held by the guard").await;
    let button = browser.run("return [...document.querySelectorAll('button')].find((own) => own.textContent.startsWith('Release')).textContent").await;
    let button = button.as_str().unwrap().to_owned();
    browser.press(&format!("{button}…")).await;
    browser.press(&button).await;
    browser.sees("removals are released.").await;
    world.until("Held", |held| held == 0).await;
    // That the wrong key was refused is a complaint of the browser's; others are none.
    let complaints: Vec<_> =
        browser.complaints().await.into_iter().filter(|said| !said.contains("status of 403")).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

pub(super) async fn everything_works_without_scripts() {
    let world = bad_night().await;
    let browser = Browser::start().await;
    browser.command("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await;
    browser.go(&world.page("")).await;
    world.enter(&browser, "wrong").await;
    browser.sees("Name or key is wrong").await;
    world.enter(&browser, &world.deployment.key).await;
    browser.sees("Directory").await;
    a_person_is_missing(&world, &browser).await;
    world.directory.answers(200);
    a_target_refuses_everything(&world, &browser).await;
    world.until("Failing", |failing| failing == 0).await;
    browser.press("Log out").await;
    browser.sees("Log in to Cohort").await;
}
