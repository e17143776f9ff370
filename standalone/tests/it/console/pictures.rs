//! Pictures for people to look at, of a CO in which something is always going on.

use std::path::Path;

use serde_json::json;
use testkit::Browser;

use super::{pages, world::World};
use crate::first_minutes::add;

const PEOPLE: [(&str, &str); 6] = [
    ("Mira", "Oduya"),
    ("Jonas", "Hellström"),
    ("Aiko", "Tanaka"),
    ("Paul", "Weber"),
    ("Lucía", "Ferrer"),
    ("Tom", "Reed"),
];

/// Makes pictures of all pages: light, dark and narrow.
pub(super) async fn pictures_of_every_page() {
    let world = World::new().await;
    let mut people = Vec::new();
    for (given, family) in PEOPLE {
        people.push(person(&world, given, family).await);
    }
    world.provisioned(&world.log, &people[0], "Succeeded").await;
    for person in &people {
        world.provisioned(&world.target, person, "Succeeded").await;
    }
    for person in &people[3..] {
        world.client.delete(&format!("/co_people/{person}.json")).await.expect_status(200);
    }
    world.until("Held", |held| held.as_i64() > Some(0)).await;
    world.directory.answers(422);
    for person in &people[..2] {
        world.provisioned(&world.target, person, "Failed").await;
    }
    let request = world.provisioned(&world.target, &world.person, "Failed").await;
    let browser = world.browser().await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    let all = pages::all(&world, &request).await;
    for (look, width, scheme) in [("light", 1100, "light"), ("dark", 1100, "dark"), ("narrow", 360, "light")] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.command("Emulation.setEmulatedMedia", features).await;
        let size = json!({ "width": width, "height": 700, "deviceScaleFactor": 1, "mobile": false });
        browser.command("Emulation.setDeviceMetricsOverride", size).await;
        for (name, path) in &all {
            take(&browser, &world.page(path), &folder.join(format!("{name}-{look}.png"))).await;
        }
    }
}

async fn take(browser: &Browser, address: &str, file: &Path) {
    browser.go(address).await;
    std::fs::write(file, browser.picture().await).unwrap();
}

async fn person(world: &World, given: &str, family: &str) -> String {
    let person = add(&world.client, "co_people", "CoPeople", json!({ "CoId": world.co, "Status": "Active" })).await;
    let of = json!({ "Type": "CO", "Id": person });
    let name = json!({ "Given": given, "Family": family, "Type": "official", "PrimaryName": true, "Person": of });
    add(&world.client, "names", "Names", name).await;
    let eppn = format!("{}@example.org", family.to_lowercase());
    let known = json!({ "Identifier": eppn, "Type": "eppn", "Login": true, "Status": "Active", "Person": of });
    add(&world.client, "identifiers", "Identifiers", known).await;
    person
}
