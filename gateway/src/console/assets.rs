//! The files of the console, which are in the binary: a style sheet, htmx, and a script of ours.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header};
use sha2::{Digest as _, Sha256};

const FILES: [(&str, &str, &str); 4] = [
    ("console.css", "text/css; charset=UTF-8", include_str!("assets/console.css")),
    ("console.js", "text/javascript; charset=UTF-8", include_str!("assets/console.js")),
    ("htmx.min.js", "text/javascript; charset=UTF-8", include_str!("assets/htmx.min.js")),
    ("htmx.LICENSE.txt", "text/plain; charset=UTF-8", include_str!("assets/htmx.LICENSE.txt")),
];

/// What follows the names of files in pages: other files have another, so that browsers may keep them for ever.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    FILES.iter().for_each(|(_, _, text)| hash.update(text));
    hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect()
});

/// A file by its name.
#[must_use]
pub fn answer(name: &str) -> Option<HttpResponse> {
    let (_, kind, text) = FILES.iter().find(|(own, ..)| *own == name)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, *kind));
    response.insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"));
    response.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    Some(response.body(*text))
}
