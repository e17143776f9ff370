//! The house stays easy to read: short files, short functions, no circles between parts.

use xtask::house;
use xtask::shape::{Measures, measure};

use crate::root;

fn all() -> Measures {
    measure(&house::read(root()).unwrap()).swap_remove(0).1
}

#[test]
fn files_are_short() {
    let files = all().files;
    assert!(
        files.percentile(50) <= 90,
        "Half of the files are longer than {} lines: split some.",
        files.percentile(50)
    );
    assert!(files.percentile(95) <= 250, "One file in twenty exceeds {} lines: split some.", files.percentile(95));
    for (lines, file) in files.longest() {
        assert!(*lines <= 400, "Split {file}: it has {lines} lines.");
    }
}

#[test]
fn functions_fit_on_a_screen() {
    let functions = all().functions;
    let longest: Vec<_> = functions.longest().take(10).collect();
    assert!(functions.percentile(95) <= 35, "One function in twenty is too long; split some of {longest:#?}");
}

#[test]
fn generated_code_is_little() {
    let generated = all().generated;
    assert!(generated < 4000, "{generated} lines are generated: generate less, every build compiles them.");
}

#[test]
fn parts_do_not_name_each_other_in_circles() {
    let circles = all().circles_of_parts;
    assert!(circles.is_empty(), "Cut these circles; `cargo xtask shape` shows them: {circles:#?}");
}
