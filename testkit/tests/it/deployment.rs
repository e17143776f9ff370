//! Deployments, with a stand-in for each program: what a test can do with them, and what the programs are given.

use std::path::PathBuf;

use serde_json::json;
use testkit::Folder;
use testkit::deployment::{Deployment, Options, Shape};

use crate::process::{assert_gone, doomed, is_doomed, kill_a_process_of, lives};

/// Makes a folder in which the stand-in has the names of all programs.
pub(crate) fn stand_ins() -> (Folder, Options) {
    let folder = Folder::new("programs");
    for name in ["cohort", "gateway", "person-role-service", "provisioning-service"] {
        std::fs::copy(env!("CARGO_BIN_EXE_testkit-stand-in"), folder.path().join(name)).unwrap();
    }
    let options = Options { programs: Some(folder.path().to_owned()), ..Options::default() };
    (folder, options)
}

#[tokio::test]
async fn the_one_process_is_given_its_environment() {
    let (_programs, mut options) = stand_ins();
    options.otlp_endpoint = Some("http://127.0.0.1:4317".to_owned());
    options.environment.push(("COHORT_LOG_FORMAT".to_owned(), "json".to_owned()));
    let cohort = Deployment::start(Shape::Standalone, options).await;
    let answer = cohort.client().post("cos.json", &json!({})).await.expect_status(201);
    assert_eq!(answer.reason, "Added");
    assert_eq!(answer.header("x-request"), Some("POST /registry/cos.json HTTP/1.1"));
    assert!(answer.header("x-authorization").unwrap().starts_with("Basic "));
    let given = answer.json();
    assert_eq!(given["COHORT_LISTEN"], cohort.root_url()["http://".len()..]);
    assert_eq!(given["COHORT_DATA"], cohort.data_folder().display().to_string());
    assert_eq!(given["COHORT_BOOTSTRAP_USER"], cohort.username);
    assert_eq!(given["COHORT_BOOTSTRAP_KEY"], cohort.key);
    assert_eq!(given["COHORT_OTLP_ENDPOINT"], "http://127.0.0.1:4317");
    assert_eq!(given["COHORT_LOG_FORMAT"], "json");
    assert_eq!(cohort.client().anonymous().get("cos.json").await.header("x-no"), Some("user"));
}

#[tokio::test]
async fn a_killed_process_starts_again_on_its_address() {
    let (_programs, options) = stand_ins();
    let cohort = Deployment::start(Shape::Standalone, options).await;
    let pid = cohort.pid("cohort").unwrap();
    assert_eq!(cohort.kill("cohort").await, Some(128 + 9));
    assert!(!lives(pid));
    assert_eq!(cohort.pid("cohort"), None);
    assert!(cohort.client().try_send("GET".parse().unwrap(), "cos.json", None).await.is_err());
    cohort.start_again("cohort");
    cohort.wait_ready().await;
    assert_ne!(cohort.pid("cohort"), Some(pid));
    cohort.client().get("cos.json").await.expect_status(201);
    assert_eq!(cohort.terminate("cohort").await, Some(128 + 15));
    assert_eq!(cohort.log("cohort").matches("started as process").count(), 2);
}

#[tokio::test]
#[should_panic(expected = "cohort ended instead of being ready: exit status: 64\nstarted as process")]
async fn a_process_that_refuses_to_start_fails_the_test_with_its_log() {
    let (_programs, mut options) = stand_ins();
    options.environment.push(("REFUSE".to_owned(), "yes".to_owned()));
    Deployment::start(Shape::Standalone, options).await;
}

#[tokio::test]
#[should_panic(expected = "is missing; build it first: cargo build --workspace --bins")]
async fn a_program_that_was_not_built_is_named() {
    let programs = Some(PathBuf::from("/nonexistent"));
    Deployment::start(Shape::Standalone, Options { programs, ..Options::default() }).await;
}

#[tokio::test]
async fn a_killed_test_process_takes_the_deployment_along() {
    if is_doomed() {
        let (programs, options) = stand_ins();
        let cohort = Deployment::start(Shape::Standalone, options).await;
        doomed(programs.path().parent().unwrap(), &[cohort.pid("cohort").unwrap()]).await;
    }
    let (pids, folder) = kill_a_process_of("deployment::a_killed_test_process_takes_the_deployment_along");
    assert_gone(&pids, &folder);
}
