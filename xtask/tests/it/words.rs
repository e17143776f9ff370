//! The console's words stand in one file, and none of them in its code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::{files, root, shown};

mod fluent;
mod said;

/// What else a text with several words may be: phrases of statuses, which are the API's, and what JavaScript is told.
const NO_WORDS: [&str; 3] = ["Form Expired", "Foreign Origin", "use strict"];

fn console(extension: &str) -> Vec<PathBuf> {
    let mut found = files(&root().join("gateway/src/console"));
    found.push(root().join("gateway/src/console.rs"));
    found.retain(|path| path.extension().is_some_and(|own| own == extension));
    assert!(!found.is_empty(), "the console has moved");
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// All that the console says, and its files.
fn says() -> said::Said {
    let mut all = said::Said::default();
    for path in console("rs").into_iter().filter(|path| !path.ends_with("words.rs")) {
        all.add(&shown(&path), &read(&path));
    }
    all
}

/// English first: what it needs, others need too.
fn languages() -> Vec<(PathBuf, BTreeMap<String, BTreeSet<String>>)> {
    let paths = console("ftl").into_iter();
    paths
        .map(|path| {
            (path.clone(), fluent::messages(&read(&path)).unwrap_or_else(|wrong| panic!("{}: {wrong}", shown(&path))))
        })
        .collect()
}

#[test]
fn what_the_console_says_is_in_every_language_and_nothing_else_is() {
    let says = says();
    assert!(says.messages.len() > 100, "{} messages are said: the test looks in the wrong place", says.messages.len());
    for (path, messages) in languages() {
        let file = shown(&path);
        for (key, told) in &messages {
            let given = says.messages.get(key).unwrap_or_else(|| panic!("{file}: nothing says {key}; take it out."));
            for name in told {
                assert!(
                    given.iter().all(|given| given.contains(name)),
                    "{file}: {key} is said without ${name}: {given:?}"
                );
            }
        }
        for key in says.messages.keys() {
            assert!(messages.contains_key(key), "{file} has no {key}.");
        }
    }
}

#[test]
fn nothing_is_filled_in_that_english_leaves_out() {
    let (says, languages) = (says(), languages());
    let (_, english) = languages.iter().find(|(path, _)| path.ends_with("en.ftl")).unwrap();
    for (key, given) in &says.messages {
        let all: BTreeSet<String> = given.iter().flatten().cloned().collect();
        assert_eq!(Some(&all), english.get(key), "{key}: left what is given, right what the file has");
    }
}

#[test]
fn no_words_are_in_the_code() {
    let mut left = says().left;
    for path in console("js").into_iter().filter(|path| !path.ends_with("htmx.min.js")) {
        let text = read(&path);
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let texts = lines.flat_map(|line| line.split('"').skip(1).step_by(2)).filter(|text| said::are_words(text));
        left.extend(texts.map(|text| (shown(&path), text.to_owned())));
    }
    left.retain(|(_, text)| !NO_WORDS.contains(&text.as_str()));
    assert!(left.is_empty(), "These words belong into gateway/src/console/words/en.ftl: {left:#?}");
}
