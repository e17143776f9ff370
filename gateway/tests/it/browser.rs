//! The page of the documentation in a browser that reaches nothing but this server (D49).

use std::path::Path;

use tokio::process::Command;

use crate::fake::House;

/// Runs Chromium with no other network than this address; gives what it prints.
async fn chromium(folder: &Path, what: &str, address: &str) -> String {
    let mut browser = Command::new("chromium");
    browser.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]);
    browser.args(["--disable-background-networking", "--window-size=1280,1600", "--virtual-time-budget=60000"]);
    browser.arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");
    browser.arg(format!("--user-data-dir={}", folder.display())).arg(what).arg(address).kill_on_drop(true);
    let output = tokio::time::timeout(std::time::Duration::from_secs(240), browser.output()).await;
    let output = output.expect("an end").expect("chromium, which `cargo xtask setup` installs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documentation_is_shown_without_any_other_network() {
    let house = House::open();
    let folder = std::env::temp_dir().join(format!("cohort-docs-{}", std::process::id()));
    let address = format!("http://{}/registry/docs", house.address);
    let page = chromium(&folder, "--dump-dom", &address).await;
    let (_, count) = page.split_once("data-operations=\"").unwrap_or_else(|| panic!("nothing is shown: {page:.2000}"));
    let count: usize = count.split('"').next().unwrap().parse().unwrap();
    assert!(count > 100, "only {count} operations are shown");
    let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs.png");
    chromium(&folder, &format!("--screenshot={}", picture.display()), &address).await;
    let bytes = std::fs::metadata(&picture).expect("a picture").len();
    assert!(bytes > 20_000, "{} shows little", picture.display());
    let _ = std::fs::remove_dir_all(folder);
}
