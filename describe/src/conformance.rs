//! `docs/conformance.md`: each operation and status of the two pages and the cases that show it; each decision and its cases;
//! each deviation from the reference; what was made up beside them.

use std::{error::Error, fmt::Write as _, fs, path::Path};

use serde_json::Value as Json;

mod pages;

use pages::{PAGES, Target};

const HEAD: &str = "# Conformance\n\n\
    Written by `cargo xtask generate` from the cases in `testkit/conformance/cases` and from\n\
    [protocol/decisions.md](protocol/decisions.md); a test keeps it fresh. The cases run against both shapes of Cohort:\n\
    `cargo xtask test -- the_conformance_cases_pass`. Their format is described in\n\
    [testkit/conformance/README.md](../testkit/conformance/README.md).\n";

/// How requests are made up beside the cases, and what came of it: written by hand, with each run.
const MADE_UP: &str = include_str!("conformance/made_up.md");

/// A step of a case: a request and what it expects.
struct Step {
    case: String,
    method: String,
    path: String,
    statuses: Vec<u64>,
    reason: Option<String>,
}

/// A case and why it must be so.
struct Case {
    name: String,
    why: String,
}

/// Makes the text.
///
/// # Errors
/// If a file cannot be read, or is not what it should be.
pub(crate) fn make(root: &Path) -> Result<String, Box<dyn Error>> {
    let (cases, steps) = read(&root.join("testkit/conformance/cases"))?;
    let decisions = fs::read_to_string(root.join("docs/protocol/decisions.md"))?;
    let mut out = HEAD.to_owned();
    write!(out, "\n{} cases with {} requests that say what they expect.\n", cases.len(), steps.len())?;
    for page in &PAGES {
        write!(out, "\n## {}\n\n| operation | answer | shown by |\n|---|---|---|\n", page.name)?;
        for operation in page.operations {
            for (status, phrase) in operation.answers {
                let shown = shown_by(&steps, page.path, operation, *status, phrase);
                writeln!(out, "| {} | {status} `{phrase}` | {shown} |", operation.name)?;
            }
        }
    }
    out.push_str(
        "\n## Decisions\n\nThe cases that name a decision of [protocol/decisions.md](protocol/decisions.md).\n\n",
    );
    out.push_str("| decision | cases |\n|---|---|\n");
    for (number, _) in numbered(&decisions) {
        let named: Vec<&str> = cases.iter().filter(|case| names(&case.why, &number)).map(|case| &*case.name).collect();
        let first: Vec<String> = named.iter().take(3).map(|name| format!("`{name}`")).collect();
        let more = if named.len() > 3 { format!(" and {} more", named.len() - 3) } else { String::new() };
        let shown = if named.is_empty() { "none".to_owned() } else { format!("{}{more}", first.join(", ")) };
        writeln!(out, "| {number} | {shown} |")?;
    }
    out.push_str("\n## Deviations from the reference\n\nThe decisions that say what COmanage Registry 4.6.1 (Ref) does instead.\n");
    for (number, text) in numbered(&decisions).filter(|(_, text)| text.contains("Ref")) {
        write!(out, "\n- **{number}** {text}\n")?;
    }
    write!(out, "\n{MADE_UP}")?;
    Ok(out)
}

fn read(folder: &Path) -> Result<(Vec<Case>, Vec<Step>), Box<dyn Error>> {
    let mut files: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    let (mut cases, mut steps) = (Vec::new(), Vec::new());
    for file in files {
        let group: Json = serde_json::from_str(&fs::read_to_string(file)?)?;
        for scenario in group["scenarios"].as_array().into_iter().flatten() {
            let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
            let (name, why) = (text(&scenario["name"]), text(&scenario["why"]));
            steps.extend(scenario["steps"].as_array().into_iter().flatten().map(|step| {
                let status = &step["expect"]["status"];
                let several = status.as_array().map(|all| all.iter().filter_map(Json::as_u64).collect());
                Step {
                    case: name.clone(),
                    method: text(&step["method"]),
                    path: text(&step["path"]),
                    statuses: several.unwrap_or_else(|| status.as_u64().into_iter().collect()),
                    reason: step["expect"]["reason"].as_str().map(str::to_owned),
                }
            }));
            cases.push(Case { name, why });
        }
    }
    steps.retain(|step| !step.statuses.is_empty());
    Ok((cases, steps))
}

/// The cases that show an answer of an operation, the first ones.
fn shown_by(steps: &[Step], path: &str, operation: &pages::Operation, status: u64, phrase: &str) -> String {
    let shows = |step: &&Step| {
        let reason = step.reason.as_deref().is_none_or(|reason| reason == phrase);
        let exact = step.reason.is_some() || matches!(status, 200..=299 | 401);
        step.method == operation.method
            && step.statuses == [status]
            && reason
            && exact
            && operation.target.is(path, &step.path)
    };
    let mut names: Vec<&str> = steps.iter().filter(shows).map(|step| &*step.case).collect();
    names.dedup();
    match names.as_slice() {
        [] if status == 500 => {
            "a fault of the server: the gateway's test `each_problem_has_its_status_and_phrase`".to_owned()
        }
        [] => "**none**".to_owned(),
        [one] => format!("`{one}`"),
        [one, rest @ ..] => format!("`{one}` and {} more", rest.len()),
    }
}

/// The decisions: their numbers and texts, which go on over indented lines.
fn numbered(text: &str) -> impl Iterator<Item = (String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some((number, rest)) = line.strip_prefix("- **D").and_then(|rest| rest.split_once("** ")) {
            found.push((format!("D{number}"), rest.to_owned()));
        } else if let Some((_, text)) = found.last_mut().filter(|_| line.starts_with("  ")) {
            text.push('\n');
            text.push_str(line);
        }
    }
    found.into_iter()
}

/// Whether a reason names a decision: as a word, or within `D4 to D9`.
fn names(why: &str, number: &str) -> bool {
    why.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| word == number)
}

impl Target {
    /// Whether the path of a step is one of these.
    fn is(self, resource: &str, path: &str) -> bool {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let Some(rest) = path.trim_start_matches('/').strip_prefix(resource) else { return false };
        let of_one = rest.starts_with('/') && !rest.starts_with("/provision/") && rest.matches('/').count() == 1;
        match self {
            Self::All => rest.starts_with('.') && query.is_empty(),
            Self::By(filter) => rest.starts_with('.') && query.starts_with(&format!("{filter}=")),
            Self::One => of_one,
            Self::OneOrNone => of_one || rest.starts_with('.'),
            Self::Provision => rest.starts_with("/provision/"),
        }
    }
}
