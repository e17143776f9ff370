//! `records.py` of the Python client: what records consist of, and the resources with their operations, from the document.
//! What they have in common is written by hand beside it (`clients/python`).

use serde_json::Value as Json;

mod call;
mod resource;
mod types;

use types::Types;

const HEAD: &str = "\"\"\"Records and resources. Written by `cargo xtask generate` from the description of the API: do not edit.\n\n\
    What is sent ends in `Sent`; None clears a field. Of what is shown, fields without a value are absent. The server, not the\n\
    client, checks lengths and references.\n\"\"\"\n\n\
    from __future__ import annotations\n\n\
    from typing import Any, Literal, Mapping, Required, TypeAlias, TypedDict\n\n\
    from .resource import Adds, AddsWithSecret, Deletes, Edits, Lists, Versions, Views, key\n\
    from .transport import Transport\n";

/// Writes it.
pub(crate) fn make(document: &Json) -> String {
    let mut types = Types::new(document);
    let resources = resource::all(document, &mut types);
    format!("{HEAD}{}{resources}", types.written())
}

/// A name as Python writes it: `retryFailed` and `Retry-Failed` are `retry_failed`; a word of the language gets a `_`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(if letter == '-' { '_' } else { letter }.to_lowercase());
    }
    if ["from", "class", "import", "in", "is"].contains(&snake.as_str()) {
        snake.push('_');
    }
    snake
}

/// What a reference refers to, or the thing itself.
fn resolved<'a>(document: &'a Json, thing: &'a Json) -> &'a Json {
    let place = thing["$ref"].as_str().map(|reference| reference.trim_start_matches('#'));
    place.and_then(|place| document.pointer(place)).unwrap_or(thing)
}
