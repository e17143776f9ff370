//! Writes the code generated from the `.proto` files: `cargo xtask generate`. Its test proves that what is committed is
//! what they say.
//!
//! It is a program and no test of `proto`, so that its dependencies are among those of every build: dependencies of tests
//! alone would have most of the others built a second time.

use std::{error::Error, fs, path::Path};

mod code;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Gives the root of the repository.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn main() -> Result<()> {
    for (name, content) in code::make()? {
        let path = root().join(&name);
        if fs::read(&path).ok().as_ref() != Some(&content) {
            println!("{}", name.display());
            fs::create_dir_all(path.parent().unwrap_or(root()))?;
            fs::write(path, content)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_code_is_fresh() {
        for (name, content) in code::make().unwrap() {
            let committed = fs::read(root().join(&name)).unwrap_or_default();
            let name = name.display();
            assert!(committed == content, "{name} is stale: run `cargo xtask generate` and commit the result");
        }
    }
}
