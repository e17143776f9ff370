//! Every file that the documents at the root point to exists.

use std::collections::BTreeSet;

use crate::{files, root};

const DOCUMENTS: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];

#[test]
fn documents_point_to_files_that_exist() {
    for document in DOCUMENTS {
        let text = std::fs::read_to_string(root().join(document)).unwrap_or_else(|_| panic!("Write {document}."));
        for target in targets(&text) {
            let exists = root().join(&target).exists();
            assert!(exists, "Correct the link to {target} in {document}, or write that file.");
        }
    }
}

/// The documents whose paths in code marks must exist.
const WITH_PATHS: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/api.md",
    "docs/from-alarm-to-cause.md",
    "docs/operations.md",
    "docs/promises.md",
    "docs/proof.md",
    "docs/security.md",
];

#[test]
fn paths_in_documents_exist() {
    let mut looked_at = 0;
    for document in WITH_PATHS {
        let text = std::fs::read_to_string(root().join(document)).unwrap();
        for path in marked(&text).filter(|word| is_path(word)) {
            looked_at += 1;
            assert!(root().join(path).exists(), "Correct `{path}` in {document}.");
        }
    }
    assert!(looked_at > 100, "only {looked_at} paths were found");
}

/// What a service does is found by ARCHITECTURE.md: each use case has a row there.
#[test]
fn every_use_case_is_named() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut looked_at = 0;
    for service in ["person-role-service", "provisioning-service"] {
        for file in files(&root().join(service).join("src/app")) {
            let path = file.strip_prefix(root()).unwrap().display().to_string();
            if path.matches('/').count() > 3 || !path.ends_with(".rs") {
                continue;
            }
            looked_at += 1;
            assert!(text.contains(&format!("`{path}`")), "Name {path} in the tables of ARCHITECTURE.md.");
        }
    }
    assert!(looked_at > 50, "only {looked_at} use cases were found");
}

/// What stands in code marks, within one line.
fn marked(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Whether a word is a path of a file of ours: below a folder, with an ending that our files have.
fn is_path(word: &str) -> bool {
    let ending = ["rs", "proto", "toml", "md", "sh", "yml"].iter().any(|ending| word.ends_with(&format!(".{ending}")));
    let plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "./_-".contains(letter));
    let ours = word.split('/').next().is_some_and(|first| root().join(first).is_dir());
    ending && plain && word.contains('/') && ours
}

/// Gives the metrics that the programs have.
pub(crate) fn metrics_in_code() -> BTreeSet<String> {
    let mut in_code = BTreeSet::new();
    for folder in ["gateway", "messaging", "person-role-service", "provisioning-service", "service-kit"] {
        for file in files(&root().join(folder).join("src")) {
            let text = std::fs::read_to_string(file).unwrap();
            let macros = ["counter!(", "gauge!(", "histogram!("];
            let calls = macros.iter().flat_map(|name| text.split(name).skip(1).collect::<Vec<_>>());
            in_code.extend(
                calls.filter_map(|call| Some(call.trim_start().strip_prefix('"')?.split('"').next()?.to_owned())),
            );
        }
    }
    assert!(in_code.len() > 10, "only {in_code:?} were found");
    in_code
}

/// Gives the metrics that a text names, without what Prometheus puts behind the names of histograms.
pub(crate) fn metrics_named(text: &str) -> impl Iterator<Item = &str> {
    let word = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
    let named = text.split(word).filter(|word| word.starts_with("cohort_"));
    named.map(|metric| ["_bucket", "_count", "_sum"].iter().find_map(|end| metric.strip_suffix(end)).unwrap_or(metric))
}

#[test]
fn metrics_that_documents_name_are_in_the_code_and_the_other_way_round() {
    let in_code = metrics_in_code();
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let operations = read("docs/operations.md");
    for metric in &in_code {
        assert!(operations.contains(metric.as_str()), "Say in docs/operations.md what {metric} means.");
    }
    for document in ["docs/operations.md", "docs/from-alarm-to-cause.md"] {
        for metric in metrics_named(&read(document)) {
            assert!(in_code.contains(metric), "{document} names the metric {metric}, which is not in the code.");
        }
    }
}

/// Gives the relative targets of links, and whatever is said to be below `docs/`.
fn targets(text: &str) -> Vec<String> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let links = links.map(|link| link.split(['#', ' ']).next().unwrap_or_default());
    let links = links.filter(|link| !link.is_empty() && !link.contains(':'));
    let path = |character: char| character.is_ascii_alphanumeric() || "./_-".contains(character);
    let mentions = text.match_indices("docs/").filter_map(|(start, _)| {
        let own = !text[..start].ends_with(|before: char| path(before));
        let end = text[start..].find(|after: char| !path(after)).map_or(text.len(), |length| start + length);
        own.then(|| text[start..end].trim_end_matches('.'))
    });
    links.chain(mentions).map(str::to_owned).collect()
}

#[test]
fn targets_are_found_in_links_and_in_words() {
    let text =
        "See [the API](docs/api.md#errors), [us](https://example.org/docs/x.md), `docs/adr/` and docs/operations.md.";
    assert_eq!(targets(text), ["docs/api.md", "docs/api.md", "docs/adr/", "docs/operations.md"]);
}

/// What a document shows of a file is the file.
#[test]
fn examples_in_documents_are_the_files() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    for (document, example) in [
        ("docs/plugins.md", "docs/examples/consumer.py"),
        ("README.md", "clients/python/example.py"),
        ("clients/python/README.md", "clients/python/example.py"),
    ] {
        let (text, file) = (read(document), read(example));
        let shown = text.split("```python\n").nth(1).and_then(|rest| rest.split("```").next());
        assert_eq!(shown, Some(file.as_str()), "Copy {example} into {document}.");
    }
}
