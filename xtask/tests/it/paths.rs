//! No file says where it was written.

use crate::{files, root, shown};

#[test]
fn no_file_names_a_path_of_the_machine_it_was_written_on() {
    let workplace = concat!("/wo", "rk/");
    for file in files(root()) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        for (number, line) in text.lines().enumerate() {
            let own = !line.contains(workplace);
            assert!(own, "{}:{} names a path of one machine: take it out.", shown(&file), number + 1);
        }
    }
}
