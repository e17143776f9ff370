//! Pictures of every page of the console: light, dark and narrow. A few of them are in the documents.

use std::fs;

use crate::Failure;
use crate::command::{command, root, run, target};
use crate::{setup, test};

/// The pictures that are shown in README and docs/console.md.
const SHOWN: [&str; 6] =
    ["now-light", "person-light", "target-dark", "configuration-light", "requests-dark", "person-narrow"];

/// Makes all pictures, in the target folder, and puts those that are shown into docs/console.
pub(crate) fn take() -> Result<(), Failure> {
    setup::run_setup(&setup::SERVERS)?;
    test::build()?;
    let only = ["--ignored", "--exact", "console::browser::pictures_of_every_page"];
    run(command("cargo", &["test", "--workspace", "--locked", "--test", "it", "--"]).args(only))?;
    let made = target().join("tmp").join("screenshots");
    let shown = root().join("docs").join("console");
    fs::create_dir_all(&shown).map_err(|error| Failure::failed(format!("{}: {error}.", shown.display())))?;
    for name in SHOWN {
        let file = format!("{name}.png");
        fs::copy(made.join(&file), shown.join(&file)).map_err(|error| Failure::failed(format!("{file}: {error}.")))?;
    }
    println!("All pictures are in {}, those of the documents in {}.", made.display(), shown.display());
    Ok(())
}
