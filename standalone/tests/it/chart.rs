//! The Helm chart, for three sets of values: Kubernetes takes it, the programs take what it sets, and nobody else reaches
//! the services.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;

/// Has the chart rendered, linted and validated; without values, for each set of `chart/ci`.
fn render(values: Option<&str>) -> Output {
    let mut command = Command::new(testkit::python::interpreter("kubernetes-validate-1.37.0"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    command.arg(root.join("deploy/render-chart.py")).args(values).output().unwrap()
}

/// The manifests of each set of values.
fn sets() -> &'static BTreeMap<String, Vec<Value>> {
    static SETS: OnceLock<BTreeMap<String, Vec<Value>>> = OnceLock::new();
    SETS.get_or_init(|| {
        let output = render(None);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    })
}

fn of_kind<'a>(manifests: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    manifests.iter().filter(move |manifest| manifest["kind"] == kind)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn three_sets_of_values_make_what_they_should() {
    let kinds = |set: &str, kind: &str| of_kind(&sets()[set], kind).count();
    for (set, deployments, scaled, by_age, rules) in
        [("small", 1, 0, 0, 0), ("usual", 3, 0, 0, 1), ("large", 3, 2, 1, 1)]
    {
        assert_eq!(kinds(set, "Deployment"), deployments, "{set}");
        assert_eq!(kinds(set, "NetworkPolicy"), deployments, "{set}");
        assert_eq!(kinds(set, "HorizontalPodAutoscaler"), scaled, "{set}");
        assert_eq!(kinds(set, "ScaledObject"), by_age, "{set}");
        assert_eq!((kinds(set, "PrometheusRule"), kinds(set, "ServiceMonitor")), (rules, rules), "{set}");
    }
    assert_eq!(kinds("large", "ConfigMap"), 3, "dashboards");
    let embedded = of_kind(&sets()["small"], "Deployment").next().unwrap();
    assert_eq!((&embedded["spec"]["replicas"], &embedded["spec"]["strategy"]["type"]), (&1.into(), &"Recreate".into()));
}

#[test]
fn values_that_cannot_work_are_refused() {
    for (values, said) in [
        (r#"{"existingSecret": "s", "gateway": {"replica": 3}}"#, "'replica' not allowed"),
        (r#"{"existingSecret": "s", "provisioningService": {"replicas": 2}}"#, "ReadWriteMany"),
        (r#"{"existingSecret": "s", "embedded": {"replicas": 2}}"#, "'replicas' not allowed"),
        (r#"{"existingSecret": "s", "settings": {"Log-Format": "json"}}"#, "Log-Format"),
        (
            r#"{"existingSecret": "s", "provisioningService": {"keda": {"enabled": true}, "persistence": {"enabled": false}}}"#,
            "keda.prometheus is missing",
        ),
        ("{}", "existingSecret is missing"),
    ] {
        let output = render(Some(values));
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && why.contains(said), "{values}: {why}");
    }
}

#[test]
fn pods_may_little() {
    for (set, manifests) in sets() {
        for deployment in of_kind(manifests, "Deployment") {
            let (name, pod) = (&deployment["metadata"]["name"], &deployment["spec"]["template"]["spec"]);
            let container = &pod["containers"][0];
            assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{set} {name}");
            assert_eq!(pod["automountServiceAccountToken"], false, "{set} {name}");
            assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true, "{set} {name}");
            assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false, "{set} {name}");
            assert_eq!(
                container["securityContext"]["capabilities"]["drop"],
                serde_json::json!(["ALL"]),
                "{set} {name}"
            );
            assert!(container["resources"]["limits"]["memory"].is_string(), "{set} {name}");
        }
    }
}

/// The port of each part's calls, and which parts may reach it.
#[test]
fn only_the_parts_reach_the_services() {
    for set in ["usual", "large"] {
        for (part, port, callers) in [
            ("person-role-service", 50051, ["gateway", "provisioning-service"].as_slice()),
            ("provisioning-service", 50052, &["gateway"]),
        ] {
            let policies: Vec<_> = of_kind(&sets()[set], "NetworkPolicy").collect();
            let selects = |policy: &Value, part: &str| {
                policy["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == part
            };
            let policy = policies.iter().find(|policy| selects(policy, part)).unwrap();
            assert!(list(&policy["spec"]["policyTypes"]).contains(&"Ingress".into()));
            let rules = list(&policy["spec"]["ingress"]);
            let open: Vec<_> =
                rules.iter().filter(|rule| list(&rule["ports"]).iter().any(|to| to["port"] == port)).collect();
            let from: Vec<_> = open.iter().flat_map(|rule| list(&rule["from"])).collect();
            let named: Vec<_> =
                from.iter().map(|peer| &peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"]).collect();
            assert_eq!(named, callers, "{set}: who reaches {part}");
            assert!(rules.iter().all(|rule| !list(&rule["ports"]).is_empty()), "{set} {part}: a rule without ports");
        }
    }
}

/// A folder with what the pods find in theirs.
fn secrets() -> tempfile::TempDir {
    let secrets = tempfile::tempdir().unwrap();
    let (cohort, tls) = (secrets.path().join("cohort"), secrets.path().join("tls"));
    for folder in [&cohort, &tls] {
        std::fs::create_dir(folder).unwrap();
    }
    for (name, value) in [
        ("person-role-database-url", "postgres://u:p@postgres/person_role"),
        ("provisioning-database-url", "postgres://u:p@postgres/provisioning"),
        ("person-role-broker-url", "amqp://u:p@rabbitmq:5672/%2f"),
        ("provisioning-broker-url", "amqp://u:p@rabbitmq:5672/%2f"),
        ("bootstrap-key", "a-long-bootstrap-key"),
        ("secrets-key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ] {
        std::fs::write(cohort.join(name), value).unwrap();
    }
    let authority = testkit::certificates::Authority::default();
    let issued = authority.issue("gateway");
    for (name, from) in [("ca.crt", authority.ca()), ("tls.crt", issued.certificate), ("tls.key", issued.key)] {
        std::fs::copy(from, tls.join(name)).unwrap();
    }
    secrets
}

#[test]
fn the_programs_take_what_the_chart_sets() {
    let secrets = secrets();
    let programs = Path::new(env!("CARGO_BIN_EXE_cohort")).parent().unwrap();
    for (set, manifests) in sets() {
        for deployment in of_kind(manifests, "Deployment") {
            let container = &deployment["spec"]["template"]["spec"]["containers"][0];
            let image = container["image"].as_str().unwrap();
            let program = image.rsplit('/').next().unwrap().split([':', '@']).next().unwrap();
            let mut command = Command::new(programs.join(program));
            command.arg("check-config").env_clear();
            for variable in list(&container["env"]) {
                let (name, value) = (variable["name"].as_str().unwrap(), variable["value"].as_str().unwrap());
                let here = value.strip_prefix("/run/secrets").map(|rest| format!("{}{rest}", secrets.path().display()));
                command.env(name, here.as_deref().unwrap_or(value));
            }
            let output = command.env("COHORT_DATA", secrets.path().join("data")).output().unwrap();
            assert!(output.status.success(), "{set} {program}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// With certificates, each part shows its own, and calls the others by TLS.
#[test]
fn parts_know_each_other_by_certificates() {
    let output = render(Some(r#"{"existingSecret": "s", "tls": {"enabled": true}}"#));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let manifests: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    for (part, secret, calls) in [
        ("gateway", "cohort-gateway-tls", 2),
        ("person-role-service", "cohort-person-role-tls", 0),
        ("provisioning-service", "cohort-provisioning-tls", 1),
    ] {
        let named = |deployment: &&Value| deployment["metadata"]["labels"]["app.kubernetes.io/component"] == part;
        let pod = &of_kind(&manifests, "Deployment").find(named).unwrap()["spec"]["template"]["spec"];
        let volume = list(&pod["volumes"]).iter().find(|volume| volume["name"] == "tls").unwrap();
        assert_eq!(volume["secret"]["secretName"], secret);
        let environment = list(&pod["containers"][0]["env"]);
        let key = environment.iter().find(|variable| variable["name"] == "COHORT_TLS_KEY").unwrap();
        assert_eq!(key["value"], "/run/secrets/tls/tls.key");
        let urls = environment.iter().filter(|variable| variable["value"].as_str().unwrap().starts_with("https://it-"));
        assert_eq!(urls.count(), calls, "{part}");
    }
}

#[test]
fn alarms_and_probes_are_those_of_the_programs() {
    for (set, manifests) in sets() {
        for rule in of_kind(manifests, "PrometheusRule") {
            let named: Vec<_> = list(&rule["spec"]["groups"][0]["rules"]).iter().map(|rule| &rule["alert"]).collect();
            assert!(named.contains(&&Value::from("CohortProvisioningLate")), "{set}: {named:?}");
        }
        for deployment in of_kind(manifests, "Deployment") {
            let container = &deployment["spec"]["template"]["spec"]["containers"][0];
            let ops = list(&container["ports"]).iter().find(|port| port["name"] == "ops").unwrap();
            let listen =
                list(&container["env"]).iter().find(|variable| variable["name"] == "COHORT_OPS_LISTEN").unwrap();
            assert_eq!(listen["value"], format!("0.0.0.0:{}", ops["containerPort"]), "{set}");
            for (probe, path) in [("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready")] {
                assert_eq!(container[probe]["httpGet"]["path"], path, "{set}");
            }
        }
    }
}
