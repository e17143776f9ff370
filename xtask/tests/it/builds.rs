//! All builds have the same dependencies, so that none is built a second time with other features.

use std::collections::BTreeSet;

use crate::cargo;

/// Gives the dependencies of a build, each with its features; those of a dependency and of what runs at build time apart.
fn resolved(arguments: &[&str]) -> BTreeSet<String> {
    let tree = ["tree", "--offline", "--locked", "--prefix", "none", "--format", "{p} {f}"];
    let tree = cargo(&[&tree, arguments].concat());
    // Our own have their folder behind the version, whatever was shown before has a star.
    let lines = tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.contains(" (/"));
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn programs_and_tests_are_built_with_the_same_dependencies() {
    let of_tests = resolved(&["--workspace", "--edges", "normal,build,dev"]);
    for (build, arguments) in [
        ("cargo run", ["--edges", "normal,build"].as_slice()),
        ("cargo build --workspace", &["--workspace", "--edges", "normal,build"]),
    ] {
        let again: Vec<String> = resolved(arguments).difference(&of_tests).cloned().collect();
        assert!(
            again.is_empty(),
            "`cargo test` builds these a second time, after `{build}`, and all that depend on them: {again:#?}\n\
             Find who asks for other features with `cargo tree --workspace -e features,normal,dev -i <crate>`, and have \
             them asked for in every build."
        );
    }
}
