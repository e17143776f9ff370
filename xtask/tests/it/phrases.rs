//! What the API describes is what the programs answer.

use std::collections::BTreeSet;

use crate::{files, root, shown};

/// Of the console, whose pages are no operations of the API.
const NOT_OF_THE_API: [&str; 1] = ["Form Expired"];

/// The reason phrases that stand in the source as those of a 403.
fn given() -> BTreeSet<(String, String)> {
    let mut given = BTreeSet::new();
    for package in ["gateway", "person-role-service", "provisioning-service", "proto", "service-kit"] {
        for path in files(&root().join(package).join("src"))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        {
            let text = std::fs::read_to_string(&path).unwrap();
            let calls = ["forbidden(", "forbid("].into_iter().flat_map(|call| text.match_indices(call));
            for (at, call) in calls {
                let Some(literal) = text[at + call.len()..].trim_start().strip_prefix('"') else { continue };
                given.extend(literal.split_once('"').map(|(phrase, _)| (phrase.to_owned(), shown(&path))));
            }
        }
    }
    given
}

#[test]
fn the_api_describes_each_reason_of_a_403() {
    let read = |file: &str| std::fs::read_to_string(root().join(file)).unwrap();
    let (described, told) = (read("gateway/openapi/openapi.json"), read("docs/api.md"));
    let given = given();
    assert!(given.len() > 10, "the test looks in the wrong place: {given:?}");
    for (phrase, file) in given.iter().filter(|(phrase, _)| !NOT_OF_THE_API.contains(&phrase.as_str())) {
        assert!(described.contains(phrase), "{file}: {phrase} is not described; add it to describe/src/answers.rs.");
        assert!(told.contains(&format!("`{phrase}`")), "{file}: {phrase} is not told in docs/api.md.");
    }
}
