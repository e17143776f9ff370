//! A reader who looks for a word finds the file: docs/files.md tells each in a line.

use xtask::{files, house};

use crate::root;

#[test]
fn every_file_is_told_in_a_line() {
    let told = std::fs::read_to_string(root().join(files::FILE)).unwrap_or_default();
    let is = files::listing(&house::read(root()).unwrap());
    assert!(is.lines().count() > 500, "the test looks in the wrong place");
    assert!(told == is, "{} is not what the files say: run `cargo xtask generate`.", files::FILE);
}
