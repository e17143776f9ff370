//! Writes what describes the API: the OpenAPI documents (D49), the records of the Python client, and `docs/conformance.md`. `cargo xtask generate` runs it; its
//! tests prove that what is committed is what the contracts and the conformance cases say, and that what is described is
//! there.
//!
//! Fields, limits, enumerations and filters come from the tables of `proto`, which read the options of the `.proto` files;
//! the keys of plugins from the descriptions of the connectors. By hand are the operations beside the standard ones
//! ([`special`]), the filters that are code ([`filters`]), and what errors mean ([`answers`]).

#![expect(clippy::indexing_slicing, reason = "members of JSON objects, which are made where there are none")]

use std::{error::Error, fs, path::Path};

use serde_json::Value as Json;

mod answers;
mod conformance;
mod document;
mod examples;
mod fields;
mod filters;
mod older;
mod paths;
mod plugins;
mod python;
mod schemas;
mod special;
#[cfg(test)]
mod tests;

/// What is committed, by its path from the root of the repository.
fn make() -> Result<[(&'static str, String); 4], Box<dyn Error>> {
    let document = document::make()?;
    let older = older::of(&document);
    Ok([
        ("gateway/openapi/openapi.json", text(&document)?),
        ("gateway/openapi/openapi-3.0.json", text(&older)?),
        ("clients/python/src/cohort_client/records.py", python::make(&document)),
        ("docs/conformance.md", conformance::make(root())?),
    ])
}

fn text(document: &Json) -> Result<String, serde_json::Error> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document)?))
}

fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

fn main() -> Result<(), Box<dyn Error>> {
    for (name, content) in make()? {
        let path = root().join(name);
        if fs::read_to_string(&path).ok().as_ref() != Some(&content) {
            println!("{name}");
            fs::write(path, content)?;
        }
    }
    Ok(())
}
