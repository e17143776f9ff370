//! Every file that the documents at the root point to exists.

use crate::root;

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
