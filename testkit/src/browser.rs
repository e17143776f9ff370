//! A headless Chromium that a test drives as a person would, by WebDriver.
//!
//! Guarantees that the browser reaches nothing but 127.0.0.1, has a profile of its own, and ends with the test. What cannot be
//! found or does not come in time fails the test with the page as it is.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::http_client;
use crate::folder::Folder;
use crate::ports::free_port;
use crate::process::{Process, START_WITHIN, Signal, find_program, tail};

/// Far more than anything takes, on a slow machine, too.
const PATIENCE: Duration = Duration::from_secs(90);

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Finds what breaks the rules of accessibility; see its licence beside it.
const AXE: &str = include_str!("../axe/axe.min.js");

/// A browser of its own.
#[derive(Debug)]
pub struct Browser {
    // In the order they are to be dropped.
    http: reqwest::Client,
    session: String,
    _driver: Process,
    _folder: Folder,
}

impl Browser {
    /// Starts the driver, and by it the browser.
    pub async fn start() -> Self {
        let folder = Folder::new("browser");
        let (port, log) = (free_port(), folder.path().join("log"));
        let program = find_program("chromedriver", &[]).expect("chromedriver is installed: cargo xtask setup");
        let mut command = Command::new(program);
        command.arg(format!("--port={port}")).env("HOME", folder.path()).env("TMPDIR", folder.path());
        let driver = Process::start(&command, &log, Signal::Terminate);
        let (http, root) = (http_client(), format!("http://127.0.0.1:{port}"));
        let deadline = Instant::now() + START_WITHIN;
        while http.get(format!("{root}/status")).send().await.is_err() {
            assert!(Instant::now() < deadline, "chromedriver does not start:\n{}", tail(&log, 60));
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        let mut browser = Self { http, session: format!("{root}/session"), _driver: driver, _folder: folder };
        let profile = format!("--user-data-dir={}", browser._folder.path().join("profile").display());
        let arguments = json!([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--force-prefers-reduced-motion",
            "--hide-scrollbars",
            "--lang=en-GB",
            "--window-size=1280,900",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            profile,
        ]);
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": { "args": arguments }, "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let begun = browser.post("", &wanted).await;
        browser.session =
            format!("{}/{}", browser.session, begun.get("sessionId").and_then(Value::as_str).expect("a session"));
        browser
    }

    /// Loads a page.
    pub async fn go(&self, address: &str) {
        self.post("/url", &json!({ "url": address })).await;
    }

    /// Gives the address of the page.
    pub async fn address(&self) -> String {
        self.get("/url").await.as_str().unwrap_or_default().to_owned()
    }

    /// Runs the body of a function in the page, and gives what it returns or promises.
    pub async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// Gives the words of the page that can be seen.
    pub async fn words(&self) -> String {
        self.run("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a text stands on the page.
    pub async fn sees(&self, text: &str) {
        self.until(text, &format!("return document.body.innerText.includes({})", json!(text))).await;
    }

    /// Waits until a script returns true.
    pub async fn until(&self, what: &str, script: &str) {
        let deadline = Instant::now() + PATIENCE;
        // While a page goes and the next one comes, there is nothing that could be asked.
        while self.try_post("/execute/sync", &json!({ "script": script, "args": [] })).await != Ok(Value::Bool(true)) {
            assert!(Instant::now() < deadline, "{what}: not on {}:\n{}", self.address().await, self.words().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses a button, a link or a summary that bears these words; the first one.
    pub async fn press(&self, words: &str) {
        let path = ["button", "a", "summary"].map(|name| format!("//{name}[normalize-space()='{words}']")).join(" | ");
        self.with(("xpath", &path), "click", &json!({})).await;
    }

    /// Writes into the field that a CSS selector finds, in place of what is there.
    pub async fn write(&self, selector: &str, text: &str) {
        self.with(("css selector", selector), "clear", &json!({})).await;
        self.with(("css selector", selector), "value", &json!({ "text": text })).await;
    }

    /// Does something with an element. One that the page has put another in place of meanwhile is found again, as who presses
    /// it would.
    async fn with(&self, (using, value): (&str, &str), does: &str, what: &Value) {
        loop {
            let element = self.find(using, value).await;
            match self.try_post(&format!("/element/{element}/{does}"), what).await {
                Err(error) if error.contains("stale element") => {}
                done => return drop(done.unwrap_or_else(|error| panic!("{does} {value}: {error}"))),
            }
        }
    }

    /// Presses keys where the focus is, as WebDriver writes them.
    pub async fn keys(&self, keys: &str) {
        let each = |key: char| [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        let actions: Vec<Value> = keys.chars().flat_map(each).collect();
        self.post("/actions", &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] })).await;
    }

    /// Says a command of Chromium's own protocol.
    pub async fn command(&self, name: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": name, "params": parameters })).await
    }

    /// Gives what the browser complained of since the last time: broken policies, errors of scripts, files that are missing.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", &json!({ "type": "browser" })).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        entries.iter().filter_map(|entry| entry["message"].as_str().map(str::to_owned)).collect()
    }

    /// Gives what breaks the rules of WCAG 2.2 AA on the page, or good practice.
    pub async fn barriers(&self) -> Vec<String> {
        let rules = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']";
        let told =
            "(rule) => rule.id + ': ' + rule.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')";
        let found = self
            .run(&format!(
                "{AXE};\nreturn axe.run(document, {{runOnly: {rules}}}).then((found) => found.violations.map({told}))"
            ))
            .await;
        serde_json::from_value(found).expect("a list of sentences")
    }

    /// Gives a picture of the whole page, in PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let whole = json!({ "captureBeyondViewport": true, "format": "png" });
        let data = self
            .command("Page.captureScreenshot", whole)
            .await
            .get("data")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).expect("base64")
    }

    async fn find(&self, using: &str, value: &str) -> String {
        let wanted = json!({ "using": using, "value": value });
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(found) = self.try_post("/element", &wanted).await {
                return found.get(ELEMENT).and_then(Value::as_str).unwrap_or_default().to_owned();
            }
            assert!(Instant::now() < deadline, "no {value} on {}:\n{}", self.address().await, self.words().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.session)).send().await.expect("chromedriver answers");
        answer.json::<Value>().await.expect("JSON").get_mut("value").map(Value::take).unwrap_or_default()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let answer = self.http.post(format!("{}{path}", self.session)).json(body).send().await;
        let answer = answer.expect("chromedriver answers");
        let fine = answer.status().is_success();
        let value = answer.json::<Value>().await.expect("JSON").get_mut("value").map(Value::take).unwrap_or_default();
        if fine { Ok(value) } else { Err(format!("{:?} {:?}", value.get("error"), value.get("message"))) }
    }
}
