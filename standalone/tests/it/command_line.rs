//! The command line of `cohort`, and how it says that its configuration is wrong.

use std::process::{Command, Output};

fn cohort(data: &std::path::Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cohort"))
        .args(arguments)
        .env_clear()
        .env("COHORT_DATA", data)
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn wrong_configuration_is_one_sentence_and_exit_code_64() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("COHORT_LISTEN", "nowhere"),
        ("COHORT_WIRE_INTEGERS", "roman"),
        ("COHORT_AUTH_CACHE_SECONDS", "soon"),
        ("COHORT_BOOTSTRAP_USER", "co_1.me"),
        ("COHORT_BOOTSTRAP_KEY", "short"),
        ("COHORT_BOOTSTRAP_KEY", "password"),
        ("COHORT_HTTP_TRUSTED_PROXIES", "nonsense"),
        ("COHORT_CONSOLE_TRACE_URL", "https://tempo.example.org/trace"),
        ("COHORT_LIMITS_BODY_BITES", "5"),
        ("COHORT_SECRETS_KEY", "c2hvcnQ="),
        ("COHORT_SECRETS_KEY_COMMAND", "/nowhere/kms"),
        ("COHORT_CONFIG", "/nowhere/at/all.toml"),
        ("COHORT_LOG_FILTER", "a=b=c"),
        ("COHORT_DATA", "/dev/null/data"),
    ] {
        let output = cohort(folder.path(), &[], &[("COHORT_LISTEN", "127.0.0.1:0"), (name, value)]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(64), "{name}={value}: {said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{name}={value}: {said}");
        assert!(said.trim_end().ends_with('.'), "{name}={value}: {said}");
    }
}

#[test]
fn api_users_are_made_listed_and_given_new_keys() {
    let folder = tempfile::tempdir().unwrap();
    let made = text(&cohort(folder.path(), &["api-user", "add", "root2"], &[]).stdout);
    assert!(made.contains("root2") && made.contains("key"), "{made}");
    let listed = text(&cohort(folder.path(), &["api-user", "list"], &[]).stdout);
    assert!(listed.contains("root2") && listed.contains("platform"), "{listed}");
    let rotated = text(&cohort(folder.path(), &["api-user", "rotate", "root2"], &[]).stdout);
    let key = |text: &str| text.lines().find_map(|line| line.strip_prefix("key").map(|key| key.trim().to_owned()));
    assert!(key(&rotated).is_some() && key(&rotated) != key(&made));
    let unknown = cohort(folder.path(), &["api-user", "rotate", "nobody"], &[]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("There is no API user nobody"), "{}", text(&unknown.stderr));
}

#[test]
fn the_demo_fills_in_a_co() {
    let folder = tempfile::tempdir().unwrap();
    let output = cohort(folder.path(), &["demo"], &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("Demo Collaboration"));
    let again = cohort(folder.path(), &["demo"], &[]);
    assert!(!again.status.success() && text(&again.stderr).contains("Name In Use"), "{}", text(&again.stderr));
}

/// The programs and what each needs to be configured.
const PROGRAMS: [(&str, &[(&str, &str)]); 4] = [
    ("cohort", &[]),
    ("gateway", &[]),
    ("person-role-service", &[("COHORT_DATABASE_URL", "postgres://x@127.0.0.1/x"), ("COHORT_BROKER_URL", "amqp://x")]),
    ("provisioning-service", &[]),
];

#[test]
fn every_program_says_what_it_is_and_whether_its_configuration_is_good() {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_cohort")).parent().unwrap();
    for (program, environment) in PROGRAMS {
        let run = |arguments: &[&str], more: &[(&str, &str)]| {
            let mut command = Command::new(folder.join(program));
            command.args(arguments).env_clear().envs(environment.iter().chain(more).copied()).output().unwrap()
        };
        let help = run(&["--help"], &[]);
        assert!(help.status.success() && text(&help.stdout).contains("check-config"), "{program}: {help:?}");
        let version = run(&["--version"], &[]);
        assert_eq!(text(&version.stdout).trim(), format!("{program} {}", env!("CARGO_PKG_VERSION")));
        let settings = run(&["settings"], &[]);
        assert!(text(&settings.stdout).contains("[otlp]"), "{program}: {settings:?}");
        let good = run(&["check-config"], &[]);
        let said = text(&good.stdout);
        assert_eq!(
            (good.status.code(), said.lines().next()),
            (Some(0), Some("The configuration is good.")),
            "{good:?}"
        );
        let plain = if program == "cohort" { "without TLS" } else { "in plain text" };
        assert!(said.contains(plain) && said.contains("set "), "{program}: {said}");
        for (name, value, said) in [
            ("COHORT_LOG_FILTR", "info", "the nearest is COHORT_LOG_FILTER."),
            ("COHORT_LOG_FILTER", "a=b=c", "log.filter"),
        ] {
            for arguments in [&["check-config"][..], &[], &["serve"]] {
                let wrong = run(arguments, &[(name, value)]);
                assert_eq!(wrong.status.code(), Some(64), "{program} {arguments:?}: {wrong:?}");
                assert!(text(&wrong.stderr).contains(said), "{program} {arguments:?}: {wrong:?}");
            }
        }
        if matches!(program, "cohort" | "gateway") {
            let wrong = run(&["check-config"], &[("COHORT_CONSOLE_TRACE_URL", "ftp://x/{trace_id}")]);
            let said = text(&wrong.stderr);
            assert!(wrong.status.code() == Some(64) && said.contains("console.trace_url begins neither"), "{said}");
        }
        assert_eq!(run(&["--nonsense"], &[]).status.code(), Some(2), "{program}");
    }
}

#[test]
fn a_setting_of_retention_is_taken_by_all_who_have_a_part_of_it() {
    let folder = std::path::Path::new(env!("CARGO_BIN_EXE_cohort")).parent().unwrap();
    for (program, environment) in PROGRAMS {
        let run = |name: &str| {
            let mut command = Command::new(folder.join(program));
            command.arg("check-config").env_clear().envs(environment.iter().copied()).env(name, "9").output().unwrap()
        };
        for setting in ["DELETED_DAYS", "REQUESTS_DAYS", "INBOX_DAYS", "EVENTS_HOURS"] {
            let taken = run(&format!("COHORT_RETENTION_{setting}"));
            assert!(taken.status.success(), "{program}: {taken:?}");
        }
        let mistyped = run("COHORT_RETENTION_DELETED_DAY");
        assert_eq!(mistyped.status.success(), program == "gateway", "{program}: {mistyped:?}");
    }
}

#[test]
fn a_variable_of_one_program_is_known_to_the_others() {
    let of_provisioning = include_str!("../../../provisioning-service/src/config.default.toml");
    let defaults = [gateway::DEFAULTS, person_role_service::settings::DEFAULTS, of_provisioning];
    let of_cohort = include_str!("../../src/config.default.toml");
    let mut sections: Vec<String> = Vec::new();
    for text in defaults.into_iter().chain([of_cohort]) {
        let top = text.split("\n[").next().unwrap();
        let keys = top.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
        let tables = text.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
        sections.extend(keys.chain(tables).filter(|key| !key.starts_with('#')).map(str::to_uppercase));
    }
    sections.sort_unstable();
    sections.dedup();
    let known: Vec<&str> = sections.iter().map(String::as_str).collect();
    let missing: Vec<&&str> =
        known.iter().filter(|section| !service_kit::config::unknown::SECTIONS.contains(section)).collect();
    assert!(missing.is_empty(), "SECTIONS in service-kit/src/config/unknown.rs lacks {missing:?}");
}

#[tokio::test]
async fn the_ledger_is_verified() {
    use sea_orm::ConnectionTrait as _;
    let folder = tempfile::tempdir().unwrap();
    let verify = || cohort(folder.path(), &["ledger", "verify"], &[]);
    let none = verify();
    assert!(!none.status.success() && text(&none.stderr).contains("There are no databases"), "{}", text(&none.stderr));
    assert!(cohort(folder.path(), &["demo"], &[]).status.success());
    let whole = verify();
    assert!(whole.status.success(), "{}", text(&whole.stderr));
    assert!(text(&whole.stdout).contains("The ledger is whole."), "{}", text(&whole.stdout));
    let url = format!("sqlite://{}", folder.path().join("provisioning.sqlite").display());
    let database = service_kit::database::Database::open(&url, 1).await.unwrap();
    let astray = "INSERT INTO ledger_entries (co_id, number, co_provisioning_target_id, subject_kind, subject_id, \
                  request_id, accepted) VALUES (99, 3, 1, 'co_person', 1, 987654, '2026-01-01T00:00:00+00:00')";
    database.writer().execute_unprepared(astray).await.unwrap();
    database.close().await;
    let wrong = verify();
    assert_eq!(wrong.status.code(), Some(1));
    let said = text(&wrong.stdout);
    assert!(said.contains("WRONG: CO 99") && said.contains("WRONG: 1 entries name a request"), "{said}");
}
