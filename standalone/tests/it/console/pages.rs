//! Every page, in light and dark and on a narrow screen: no barrier, no broken policy, nothing beside the screen.

use serde_json::json;
use testkit::Browser;

use super::world::World;

/// What a page is called, and its path.
pub(super) async fn all(world: &World, request: &str) -> Vec<(&'static str, String)> {
    let (list, service) = world.things().await;
    let (person, target, log) = (&world.person, &world.target, &world.log);
    vec![
        ("now", String::new()),
        ("target", format!("/targets/{target}")),
        ("configuration", format!("/targets/{target}/configuration")),
        ("plan", format!("/targets/{log}/plan/copersonid:{person}")),
        ("people", "/people?q=Lovelace".to_owned()),
        ("person", format!("/people/{person}")),
        ("history", format!("/people/{person}/history")),
        ("versions", format!("/records/co_people/{person}")),
        ("groups", "/groups".to_owned()),
        ("lists", "/lists".to_owned()),
        ("list", format!("/lists/{list}")),
        ("services", "/services".to_owned()),
        ("service", format!("/services/{service}")),
        ("requests", "/requests".to_owned()),
        ("request", format!("/requests/{request}")),
        ("users", "/users".to_owned()),
        ("log", "/log".to_owned()),
        ("missing", "/people/999999".to_owned()),
    ]
}

pub(super) async fn every_page_is_for_everybody() {
    let world = World::new().await;
    world.directory.answers(422);
    let request = world.provisioned(&world.target, &world.person, "Failed").await;
    let browser = world.browser().await;
    let all = all(&world, &request).await;
    for scheme in ["light", "dark"] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.command("Emulation.setEmulatedMedia", features).await;
        for (name, path) in &all {
            browser.go(&world.page(path)).await;
            assert_eq!(browser.barriers().await, Vec::<String>::new(), "{name}, {scheme}");
        }
    }
    browser.go(&world.page("")).await;
    let bytes = browser
        .run(
            "const all = ['navigation', 'resource'].flatMap((kind) => performance.getEntriesByType(kind));
             return all.reduce((sum, own) => sum + own.encodedBodySize, 0)",
        )
        .await;
    assert!(bytes.as_u64().is_some_and(|bytes| bytes < 100 * 1024), "the first view is {bytes} bytes");
    let narrow = json!({ "width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": false });
    browser.command("Emulation.setDeviceMetricsOverride", narrow).await;
    for (name, path) in &all {
        browser.go(&world.page(path)).await;
        let width = browser.run("return document.documentElement.scrollWidth").await;
        assert!(width.as_i64() <= Some(360), "{name} is {width} wide");
    }
    // A page that does not exist is a complaint of the browser's; others are none.
    let complaints: Vec<_> = browser.complaints().await.into_iter().filter(|said| !said.contains("404")).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

/// Keys, as WebDriver writes them.
const TAB: char = '\u{E004}';
const ENTER: char = '\u{E007}';

pub(super) async fn the_keyboard_suffices() {
    let world = World::new().await;
    world.directory.answers(422);
    world.provisioned(&world.target, &world.person, "Failed").await;
    let browser = Browser::start().await;
    browser.go(&world.page("")).await;
    browser.sees("Log in to Cohort").await;
    browser.keys(&format!("{}{TAB}{}{ENTER}", world.deployment.username, world.deployment.key)).await;
    browser.sees("Directory").await;
    step_to(&browser, "Directory").await;
    browser.keys(&ENTER.to_string()).await;
    browser.sees("What it is").await;
    step_to(&browser, "Retry these").await;
    browser.keys(&ENTER.to_string()).await;
    browser.sees("queued again.").await;
    step_to(&browser, "Log out").await;
    browser.keys(&ENTER.to_string()).await;
    browser.sees("Log in to Cohort").await;
}

/// Goes from one thing to the next until the focus is where these words are.
async fn step_to(browser: &Browser, words: &str) {
    for _ in 0..60 {
        browser.keys(&TAB.to_string()).await;
        let there = browser.run("return document.activeElement.innerText.trim()").await;
        if there == words {
            return;
        }
    }
    panic!("the keyboard does not reach {words}");
}
