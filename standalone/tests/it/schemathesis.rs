//! Both OpenAPI documents against the running program: schemathesis makes requests from them, right ones and wrong ones, and
//! holds each answer against them. No 5xx, no status, media type, header or body that is not described.
//!
//! The requests are the same each time. `SCHEMATHESIS_EXAMPLES` asks for more of them, which differ
//! ([docs/conformance.md](../../../docs/conformance.md#requests-that-nobody-thought-of)).

use std::{collections::BTreeMap, process::Command};

use testkit::{
    client::Client,
    deployment::{Deployment, Options, Shape},
    python,
};

use crate::two_cos::{description::Operation, place::Place};

const PACKAGE: &str = "schemathesis-4.32.5";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                      response_headers_conformance";

/// Events never end, and are tested elsewhere.
const ENDLESS: &str = "/events";

/// How many requests of each sort are made for each operation.
#[expect(clippy::disallowed_methods, reason = "a wish for one run")]
fn examples() -> Option<String> {
    std::env::var("SCHEMATHESIS_EXAMPLES").ok()
}

/// How many requests were answered with each status, as the program counts them.
fn answers(metrics: &str) -> BTreeMap<String, u64> {
    let mut answers = BTreeMap::new();
    for line in metrics.lines().filter(|line| line.starts_with("cohort_http_requests_total{")) {
        let status = line.split("status=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let count: u64 = line.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or_default();
        *answers.entry(status.to_owned()).or_default() += count;
    }
    answers
}

async fn nothing_is_answered_that_is_not_described_in(document: &'static str) {
    let deployment = Deployment::start(Shape::Standalone, Options::default()).await;
    let root = Client::new(&deployment.root_url(), &deployment.username, &deployment.key);
    let operations = Operation::all(&root.get("/openapi.json").await.expect_status(200).json());
    let mut kept = vec!["api_users/1".to_owned()];
    for marker in ["kestrel", "osprey", "merlin"] {
        let place = Place::make(&deployment.client(), &operations, marker).await;
        kept.push(format!("cos/{}", place.ids["Co"]));
    }
    let program = python::interpreter(PACKAGE).with_file_name("schemathesis");
    let login = format!("{}:{}", deployment.username, deployment.key);
    let mut command = Command::new(program);
    command.args(["run", &format!("{}{document}", deployment.root_url()), "--url", &deployment.base_url()]);
    command.args(["--auth", &login, "--generation-with-security-parameters", "false", "--checks", CHECKS]);
    command.args(["--exclude-path", ENDLESS, "--request-timeout", "60", "--no-shrink", "--continue-on-failure"]);
    command.args(["--warnings", "off", "--no-color"]);
    match examples() {
        Some(examples) => command.args(["--max-examples", &examples, "--generation-database", "none"]),
        // Where the machine is slow, some are left to the next run: it says how many were made.
        None => command.args(["--max-examples", "2", "--generation-deterministic", "--max-time", "80"]),
    };
    command.env("SCHEMATHESIS_HOOKS", "hooks").env("KEPT", kept.join(" "));
    command.env("PYTHONPATH", python::sources().join("schemathesis")).env("PYTHONDONTWRITEBYTECODE", "1");
    command.current_dir(deployment.data_folder());
    let output = tokio::task::spawn_blocking(move || command.output().expect("schemathesis starts")).await.unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Who is not let in is answered as described, and shows nothing.
    deployment.client().get("/cos.json").await.expect_status(200);
    let answers = answers(&root.get("/metrics").await.expect_status(200).text());
    let refused = answers.get("401").copied().unwrap_or_default();
    println!("answers: {answers:?}");
    assert!(refused * 20 < answers.values().sum::<u64>(), "most of it was refused: {answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_that_is_not_described() {
    nothing_is_answered_that_is_not_described_in("/openapi.json").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_that_is_not_described_in_the_older_way() {
    nothing_is_answered_that_is_not_described_in("/openapi-3.0.json").await;
}
