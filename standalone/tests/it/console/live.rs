//! What changes by itself, and what does not.

use serde_json::json;
use testkit::Browser;

use super::world::World;

pub(super) async fn what_changes_is_seen_and_nothing_else_moves() {
    let world = World::new().await;
    world.directory.answers(422);
    let request = world.provisioned(&world.target, &world.person, "Failed").await;
    let browser = world.browser().await;
    browser.go(&world.page(&format!("/requests/{request}"))).await;
    browser.sees("Failed").await;
    browser.run("window.same = document.querySelector('main')").await;
    world.directory.answers(200);
    world.client.post(&format!("/co_provisioning_requests/{request}/retry.json"), &json!({})).await.expect_status(202);
    browser.until("it has changed", "return document.querySelector('#request .mark').innerText === 'Succeeded'").await;
    let same = browser.run("return window.same === document.querySelector('main') && window.scrollY === 0").await;
    assert_eq!(same, true, "it was loaded again");

    // What is selected stays, while the rest goes on; what is hidden asks for nothing.
    browser.go(&world.page("")).await;
    browser.sees("Directory").await;
    let row = format!("document.getElementById('target-{}')", world.target);
    browser.run(&format!("window.row = {row}; getSelection().selectAllChildren(row)")).await;
    world.directory.answers(422);
    world.provisioned(&world.target, &world.person, "Failed").await;
    browser.sees("Failing at Directory").await;
    assert_eq!(browser.run(&format!("return window.row === {row}")).await, true, "it went away under the reader");
    browser.run("getSelection().removeAllRanges()").await;
    world.directory.answers(200);
    browser.press("Retry these").await;
    browser.sees("Nothing fails here.").await;

    only_who_looks_is_told(&world, &browser).await;
    who_is_not_connected_is_told_so(&world, &browser).await;
}

/// A page that nobody sees asks for nothing, and is whole again when it is seen.
async fn only_who_looks_is_told(world: &World, browser: &Browser) {
    let seen = |hidden: bool| {
        format!(
            "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }});
             document.dispatchEvent(new Event('visibilitychange'));"
        )
    };
    browser.go(&world.page("")).await;
    browser.sees("Directory").await;
    let asked = "return performance.getEntriesByType('resource').filter((own) => own.initiatorType === 'xmlhttprequest').length";
    // It looks once when it begins to listen.
    browser.until("it has looked", &format!("{asked} > 0")).await;
    browser.run(&seen(true)).await;
    let before = browser.run(asked).await;
    world.directory.answers(422);
    world.provisioned(&world.target, &world.person, "Failed").await;
    assert_eq!(browser.run(asked).await, before, "nobody looked");
    browser.run(&seen(false)).await;
    browser.sees("Failing at Directory").await;
}

/// The server goes away and comes again: the page says so, and by then its session has ended.
async fn who_is_not_connected_is_told_so(world: &World, browser: &Browser) {
    world.deployment.kill("cohort").await;
    browser.sees("Not connected").await;
    world.deployment.start_again("cohort");
    browser.sees("Log in to Cohort").await;
    world.enter(browser, &world.deployment.key).await;
    browser.sees("Failing at Directory").await;
}
