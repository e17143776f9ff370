//! How much a body may hold: an object or a list takes a hundred times its length where it is read, another value ten times.

/// So many objects and lists a body may hold; what is taken has far fewer.
pub const CONTAINERS: usize = 10_000;
/// And so many values.
pub const VALUES: usize = 200_000;

/// Whether a JSON text holds more, before anything is made of it.
#[must_use]
pub fn is_json(text: &str) -> bool {
    let (mut containers, mut values, mut quoted, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in text.bytes() {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (false, b'{' | b'[') => containers += 1,
            (false, b',') => values += 1,
            _ => {}
        }
    }
    containers > CONTAINERS || values > VALUES
}

/// Says so.
#[must_use]
pub fn sentence() -> String {
    format!(
        "The body holds more than any record does: at most {CONTAINERS} objects and lists, and {VALUES} values. Correct it \
         and send it again."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_texts_are_not() {
        let objects = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        assert!(!is_json(&objects(CONTAINERS - 1)));
        assert!(is_json(&objects(CONTAINERS)));
        assert!(is_json(&"[".repeat(CONTAINERS + 1)));
        let numbers = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        assert!(!is_json(&numbers(VALUES)) && is_json(&numbers(VALUES + 2)));
        for text in [
            format!(r#"{{"a":"{}"}}"#, ",[{".repeat(VALUES + 1)),
            format!(r#"{{"a":"\\\"{}"}}"#, "[".repeat(2 * CONTAINERS)),
        ] {
            assert!(!is_json(&text), "a text is one value");
        }
        assert!(is_json(&format!(r#"{{"a":"\\","b":{}}}"#, objects(CONTAINERS))), "a text ends where it does");
    }
}
