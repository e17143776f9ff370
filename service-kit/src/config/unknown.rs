//! Variables of the environment that begin like settings and are none.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::ConfigError;

/// What the settings of all programs begin with: one file with variables may serve them all.
pub const SECTIONS: [&str; 27] = [
    "AUDIT",
    "AUTH",
    "BOOTSTRAP",
    "BROKER",
    "CLIENT",
    "CONSOLE",
    "DATA",
    "DATABASE",
    "EGRESS",
    "GRPC",
    "HTTP",
    "LIMITS",
    "LISTEN",
    "LOG",
    "MAIL",
    "OPS",
    "OTLP",
    "PERSON_ROLE",
    "PROVISION",
    "PROVISIONING",
    "QUOTA",
    "RETENTION",
    "SECRETS",
    "TLS",
    "WIRE",
    "WORKER",
    "WORKERS",
];

/// Settings of sections of which programs have different parts.
const PARTED: [&str; 4] = ["DELETED_DAYS", "EVENTS_HOURS", "INBOX_DAYS", "REQUESTS_DAYS"];

/// Variables that are no settings: the file, and what tests say to programs that are built for them.
const OTHERS: [&str; 3] = ["COHORT_CONFIG", "COHORT_POINTS", "COHORT_CLOCK_AHEAD_MS"];

/// Refuses a variable that begins like a setting and is none.
///
/// # Errors
/// A sentence that names it, and the nearest setting.
pub(super) fn refuse(settings: &Table, env: &BTreeMap<String, String>) -> Result<(), ConfigError> {
    let (mut own, mut sections) = (Vec::new(), Vec::new());
    for (key, value) in settings {
        sections.push(key.to_uppercase());
        names(&key.to_uppercase(), value, &mut own);
    }
    for (name, value) in env {
        let Some(rest) = name.strip_prefix("COHORT_") else { continue };
        let setting = name.strip_suffix("_FILE").unwrap_or(name);
        let is_own = own.iter().any(|known| known == name || known == setting);
        let within =
            |section: &str| rest.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
        let of_another =
            SECTIONS.iter().any(|section| within(section)) && !sections.iter().any(|section| within(section));
        let parted = setting.strip_prefix("COHORT_RETENTION_").is_some_and(|key| PARTED.contains(&key));
        if is_own || of_another || parted || OTHERS.contains(&name.as_str()) || is_of_kubernetes(rest, value) {
            continue;
        }
        let nearest = own.iter().min_by_key(|known| strsim::damerau_levenshtein(known, name));
        let hint = nearest.map(|known| format!("; the nearest is {known}")).unwrap_or_default();
        return Err(ConfigError(format!("{name} is set and is no setting{hint}.")));
    }
    Ok(())
}

fn names(path: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Table(inner) => {
            inner.iter().for_each(|(key, value)| names(&format!("{path}_{}", key.to_uppercase()), value, found));
        }
        _ => found.push(format!("COHORT_{path}")),
    }
}

/// Whether a variable is one that Kubernetes makes up for a service whose name begins like ours.
fn is_of_kubernetes(rest: &str, value: &str) -> bool {
    let ends = ["SERVICE_HOST", "SERVICE_PORT", "PORT"].iter().any(|end| rest.ends_with(end));
    ends || rest.contains("SERVICE_PORT_") || rest.contains("PORT_") && (rest.contains("_TCP") || value.contains("://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: &str = "listen = \"127.0.0.1:8080\"\nkey = \"\"\n[wire]\nlimit = 5\nintegers = \"number\"\n";

    fn with(name: &str, value: &str) -> Result<(), ConfigError> {
        refuse(&DEFAULTS.parse().unwrap(), &[(name.to_owned(), value.to_owned())].into())
    }

    #[test]
    fn a_variable_that_is_no_setting_is_refused_with_the_nearest() {
        for (name, nearest) in [
            ("COHORT_WIRE_LIMITS", "COHORT_WIRE_LIMIT"),
            ("COHORT_LISTN", "COHORT_LISTEN"),
            ("COHORT_WIRE_INTEGERS_FILES", "COHORT_WIRE_INTEGERS"),
            ("COHORT_KEI", "COHORT_KEY"),
        ] {
            let error = with(name, "1").unwrap_err().0;
            assert_eq!(error, format!("{name} is set and is no setting; the nearest is {nearest}."));
        }
        for (name, value) in [
            ("COHORT_WIRE_LIMIT", "7"),
            ("COHORT_KEY_FILE", "/run/key"),
            ("COHORT_AUTH_CACHE_SECONDS", "of another program"),
            ("COHORT_SERVICE_HOST", "10.0.0.1"),
            ("COHORT_GATEWAY_PORT_8080_TCP_ADDR", "10.0.0.1"),
            ("COHORT_PORT", "tcp://10.0.0.1:8080"),
            ("COHORTS", "x"),
            ("PATH", "/bin"),
        ] {
            assert_eq!(with(name, value), Ok(()), "{name}");
        }
    }
}
