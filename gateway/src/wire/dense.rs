//! How much a body may hold: a value takes a hundred times its length, or more, where it is read.

/// So many values a body may hold; what is taken has far fewer.
pub const MOST: usize = 10_000;

/// Whether a JSON text holds more, before anything is made of it.
#[must_use]
pub fn is_json(text: &str) -> bool {
    let (mut count, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => quoted = !quoted,
            (false, b'{' | b'[' | b',') => count += 1,
            _ => {}
        }
    }
    count > MOST
}

/// Says so.
#[must_use]
pub fn sentence() -> String {
    format!("The body holds more than {MOST} values, and no record has as many. Correct it and send it again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_and_texts_are_not() {
        let objects = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        assert!(!is_json(&objects(MOST / 2)));
        assert!(is_json(&objects(MOST / 2 + 1)));
        assert!(is_json(&"[".repeat(MOST + 1)));
        for text in
            [format!(r#"{{"a":"{}"}}"#, ",[{".repeat(MOST)), format!(r#"{{"a":"\\\"{}"}}"#, ",".repeat(2 * MOST))]
        {
            assert!(!is_json(&text), "a text is one value");
        }
        assert!(is_json(&format!(r#"{{"a":"\\","b":{}}}"#, objects(MOST))), "a text ends where it does");
    }
}
