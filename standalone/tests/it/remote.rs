//! The commands that ask a running server: what they print, for people and for machines, and their exit codes.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use testkit::deployment::{Deployment, Options, Shape};

use crate::first_minutes::{add, log_target, people, person};

/// The command line, with a server and a key.
struct Cohort {
    url: String,
    key: tempfile::NamedTempFile,
}

/// What a command said.
struct Said {
    code: i32,
    out: String,
    error: String,
}

impl Cohort {
    fn of(deployment: &Deployment) -> Self {
        let mut key = tempfile::NamedTempFile::new().unwrap();
        writeln!(key, "{}", deployment.key).unwrap();
        Self { url: deployment.root_url(), key }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cohort"));
        command.args(arguments).env_clear().env("COHORT_CLIENT_URL", &self.url).env("COHORT_CLIENT_USER", "testkit");
        command.env("COHORT_CLIENT_KEY_FILE", self.key.path());
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments).output().unwrap())
    }

    /// What a command says that succeeds.
    #[track_caller]
    fn good(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 0, "{arguments:?}: {} {}", said.out, said.error);
        assert_eq!(said.error, "", "{arguments:?}");
        said.out
    }

    /// What a command says that fails.
    #[track_caller]
    fn bad(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, 1, "{arguments:?}: {} {}", said.out, said.error);
        assert_eq!(said.error.trim_end().lines().count(), 1, "{arguments:?}: {}", said.error);
        said.error
    }

    /// What a command says to machines.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let out = self.good(&[arguments, &["--json"]].concat());
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn said(output: Output) -> Said {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), error: text(output.stderr) }
}

/// The one number of a sentence: "Target 7 was added."
fn number(text: &str) -> String {
    text.split_whitespace().find(|word| word.parse::<i64>().is_ok()).unwrap().to_owned()
}

fn configuration(folder: &Path, keys: &Value) -> String {
    let file = folder.join("configuration.json");
    std::fs::write(&file, keys.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_added_checked_planned_filled_explained_and_compared() {
    let deployment = Deployment::start(Shape::Standalone, Options::default()).await;
    let (client, cohort, folder) = (deployment.client(), Cohort::of(&deployment), tempfile::tempdir().unwrap());
    let (co, _, one) = people(&client, "Commands").await;
    let of = json!({ "CoId": co, "Name": "Others", "Status": "Active" });
    add(&client, "co_groups", "CoGroups", of).await;
    let mirror = configuration(folder.path(), &json!({ "Url": "sqlite://mirror.db" }));
    let wish = ["target", "add", "--co", &co, "--plugin", "SqlProvisioner", "--configuration", &mirror];
    let target =
        number(&cohort.good(&[&wish[..], &["--description", "Mirror", "--field", "GuardCount=3", "--check"]].concat()));
    // A proxy that the environment names is not asked for what is on this machine.
    let mut beside = cohort.command(&["target", "list", "--co", &co]);
    let beside =
        said(beside.env("HTTP_PROXY", "http://127.0.0.1:9").env("ALL_PROXY", "http://127.0.0.1:9").output().unwrap());
    let listed = cohort.good(&["target", "list", "--co", &co]);
    assert_eq!((beside.code, beside.out.as_str()), (0, listed.as_str()), "{}", beside.error);
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines[0].starts_with("Id  CO  Plugin"), "{listed}");
    assert!(lines.len() == 2 && lines[1].contains("SqlProvisioner") && lines[1].contains("Mirror"), "{listed}");
    let told = cohort.json(&["target", "list"]);
    assert_eq!((told.len(), &told[0]["Description"], &told[0]["GuardCount"]), (1, &json!("Mirror"), &json!(3)));
    assert_eq!(told[0]["Comparable"], json!(true));
    assert!(cohort.good(&["target", "check", &target]).contains("can be used"));

    let (subject, all) = (format!("copersonid:{one}"), format!("coid:{co}"));
    let plan = cohort.good(&["plan", &target, &subject]);
    assert!(plan.starts_with(&format!("{subject}  Apply  ")) && plan.contains("  sql\n    INSERT"), "{plan}");
    assert_eq!(plan, cohort.good(&["target", "plan", &target, &subject]));
    let digest = plan.split_whitespace().nth(2).unwrap();
    let planned = cohort.good(&["plan", &target, &all, "--brief"]);
    assert!(planned.contains(" to apply, 0 to remove, 0 with nothing to do, 0 that cannot be planned"), "{planned}");
    assert!(cohort.good(&["explain", &target, &subject]).starts_with("Never: "));

    let wish = ["target", "provision", &target, &subject, "--digest", digest, "--watch"];
    let watched = cohort.good(&wish);
    assert!(watched.contains("is Succeeded."), "{watched}");
    assert!(cohort.bad(&wish).contains("Plan Outdated"));
    let explained = cohort.good(&["explain", &target, &subject]);
    assert!(explained.starts_with("Provisioned: ") && explained.contains("PersonActive"), "{explained}");
    assert!(explained.contains("Attempt") && explained.contains("Succeeded"), "{explained}");
    assert_eq!(cohort.json(&["explain", &target, &subject])[0]["Verdict"], "Provisioned");

    assert!(cohort.bad(&["target", "compare", &target]).contains("differ in"));
    let asked = cohort.good(&["target", "provision", &target, &all]);
    let request = number(&asked);
    assert!(asked.contains(&format!("`cohort request watch {request}`")), "{asked}");
    let watched = cohort.good(&["request", "watch", &request]);
    assert!(watched.contains("is Succeeded. Of ") && watched.contains(" and 0 failed."), "{watched}");
    assert_eq!(cohort.json(&["request", "watch", &request])[0]["FailedCount"], 0);
    assert!(cohort.good(&["target", "compare", &target]).contains("agree"));
    let idle = cohort.good(&["plan", &target, &all]);
    assert!(idle.starts_with("0 to apply, 0 to remove, ") && idle.lines().count() == 1, "{idle}");
    let requests = cohort.good(&["request", "list", "--target", &target, "--subject", &subject]);
    assert!(requests.lines().count() > 1 && requests.contains(&subject), "{requests}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_failed_or_waits_is_decided() {
    let deployment = Deployment::start(Shape::Standalone, Options::default()).await;
    let (client, cohort, folder) = (deployment.client(), Cohort::of(&deployment), tempfile::tempdir().unwrap());
    let (co, _, one) = people(&client, "Decided").await;
    let other = person(&client, &co, "other@example.org").await;
    let log = log_target(&client, &co, "M", "log").await;
    let record =
        json!({ "CoId": co, "Plugin": "ChangelogProvisioner", "Status": "M", "GuardCount": 0, "GuardShare": 0 });
    client.put(&format!("/co_provisioning_targets/{log}.json"), &with_version(record)).await.expect_status(200);
    let of = |person: &str| format!("copersonid:{person}");
    for person in [&one, &other] {
        cohort.good(&["target", "provision", &log, &of(person), "--watch"]);
        let gone = json!({ "CoId": co, "Status": "Declined" });
        client.put(&format!("/co_people/{person}.json"), &with_version(gone)).await.expect_status(200);
    }
    let wish = ["target", "provision", &log, &of(&one), "--watch"];
    assert!(cohort.bad(&wish).contains(&format!("`cohort target release {log}`")));
    assert!(cohort.good(&["request", "list", "--status", "Held"]).contains(&of(&one)));
    assert_eq!(cohort.good(&["target", "release", &log]), "1 request was let go.\n");
    cohort.bad(&["target", "provision", &log, &of(&other), "--watch"]);
    assert_eq!(cohort.json(&["target", "drop", &log])[0]["Count"], 1);
    assert_eq!(cohort.good(&["target", "drop", &log]), "0 requests were canceled.\n");
    cohort.good(&["target", "provision", &log, &of(&other), "--force", "--watch"]);

    let none = cohort.bad(&["target", "compare", &log]);
    let why = "Cannot Be Compared: What a target of ChangelogProvisioner has cannot be read back.";
    assert_eq!(none.trim_end(), why);
    assert_eq!(cohort.json(&["target", "list"])[0]["Comparable"], json!(false));

    // Nobody listens there.
    let nowhere = json!({ "ServerUrl": "http://127.0.0.1:9", "Mode": "POST", "IdentifierType": "nothing" });
    let file = configuration(folder.path(), &nowhere);
    let add = ["target", "add", "--co", &co, "--plugin", "ApiProvisioner", "--configuration", &file];
    assert!(cohort.bad(&[&add[..], &["--check"]].concat()).contains("cannot be used as it is configured"));
    let broken = number(&cohort.good(&add));
    assert!(cohort.bad(&["target", "check", &broken]).contains("cannot be reached"));
    let third = person(&client, &co, "third@example.org").await;
    let failed = cohort.bad(&["target", "provision", &broken, &of(&third), "--watch"]);
    assert!(failed.contains("nothing"), "{failed}");
    let request = cohort.json(&["request", "list", "--target", &broken, "--status", "Failed"])[0]["Id"].to_string();
    assert_eq!(
        cohort.good(&["target", "retry", &broken, "--error", "of another kind"]),
        "0 requests were queued again.\n"
    );
    assert_eq!(cohort.good(&["target", "retry", &broken, "--error", "nothing"]), "1 request was queued again.\n");
    cohort.bad(&["request", "watch", &request]);
    assert_eq!(cohort.good(&["request", "retry", &request]), format!("Request {request} is queued again.\n"));
    cohort.bad(&["request", "watch", &request]);
    assert!(cohort.bad(&["request", "cancel", &request]).starts_with("Conflict"));
    assert!(cohort.bad(&["request", "watch", "987654"]).contains("Unknown"));
}

fn with_version(mut record: Value) -> Value {
    record["Version"] = json!("1.0");
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_wrongly_is_told_in_one_sentence() {
    let deployment = Deployment::start(Shape::Standalone, Options::default()).await;
    let cohort = Cohort::of(&deployment);
    let list = ["target", "list"];
    let code = |command: &mut Command| said(command.output().unwrap());
    let none = code(cohort.command(&list).env_remove("COHORT_CLIENT_KEY_FILE"));
    assert!(none.code == 64 && none.error.contains("--key-file"), "{}", none.error);
    let stranger = cohort.bad(&["target", "list", "--user", "nobody"]);
    assert!(stranger.starts_with("Unauthorized: "), "{stranger}");
    let away = cohort.bad(&["target", "list", "--url", "http://127.0.0.1:9"]);
    assert!(away.contains("http://127.0.0.1:9/ cannot be reached"), "{away}");
    let odd = code(cohort.command(&list).env("COHORT_CLIENT_URL", "nonsense"));
    assert!(odd.code == 64 && odd.error.contains("must be such as http://"), "{}", odd.error);
    assert_eq!(cohort.run(&["plan", "1", "person:4"]).code, 2);
    assert_eq!(cohort.run(&["target", "add", "--co", "1"]).code, 2);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "{\"Password\": \"geheim").unwrap();
    let add = ["target", "add", "--co", "1", "--plugin", "X", "--configuration", file.path().to_str().unwrap()];
    let torn = cohort.bad(&add);
    assert!(torn.contains("is no JSON object") && !torn.contains("geheim"), "{torn}");
    // A key is read from a file that is named, and the base path may be given or not.
    let url = deployment.base_url();
    let named = ["--url", &url, "--user", "testkit", "--key-file", cohort.key.path().to_str().unwrap()];
    assert_eq!(cohort.good(&[&list[..], &named[..]].concat()), "");
    // Whoever reads may stop reading.
    let mut command = cohort.command(&["request", "list"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn shells_complete_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let output = Command::new(env!("CARGO_BIN_EXE_cohort")).args(["completions", shell]).env_clear().output();
        let said = said(output.unwrap());
        assert!(
            said.code == 0 && said.out.contains("release") && said.out.contains("key-file"),
            "{shell}: {}",
            said.error
        );
    }
}
