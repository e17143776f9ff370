//! The compose file is one, and what it runs may use little and become nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Holds the file against the specification of Compose, and prints its services as JSON.
const READ: &str = "
import json, sys, yaml
from compose_spec import PyCompose
document = yaml.safe_load(open(sys.argv[1]))
PyCompose.from_yaml(yaml.safe_dump(document)).validate()
print(json.dumps(document['services']))
";

fn checked(arguments: &[&str]) -> Output {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docker-compose.yml");
    let mut python = Command::new(testkit::python::interpreter("compose-lint-0.36.2"));
    let output = python.args(arguments).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn services_have_limits_exact_versions_and_no_privileges() {
    let services: BTreeMap<String, Value> = serde_json::from_slice(&checked(&["-c", READ]).stdout).unwrap();
    assert!(services.len() > 5);
    for (name, service) in services {
        let image = service["image"].as_str().unwrap();
        let version = image.split_once(':').map_or("", |(_, version)| version);
        let exact = version.split('.').count() > 1 && version.starts_with(|first: char| first.is_ascii_digit());
        assert!(exact || service["build"].is_object(), "{name}: the version of {image} is not exact");
        assert!(service["mem_limit"].is_string() && service["pids_limit"].is_u64(), "{name}");
        assert_eq!(service["cap_drop"], serde_json::json!(["ALL"]), "{name}");
        assert_eq!(service["security_opt"], serde_json::json!(["no-new-privileges:true"]), "{name}");
    }
}

#[test]
fn a_linter_of_others_finds_nothing_grave() {
    checked(&["-m", "compose_lint", "check", "--quiet"]);
}
