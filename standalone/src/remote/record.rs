//! Fields of the API's records, as texts for a terminal.

use serde_json::Value;

/// A value as a text; what is absent is empty. Integers may come as strings (`wire.integers`).
pub(super) fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A field of a record as a text.
pub(super) fn field(record: &Value, name: &str) -> String {
    text(record.get(name))
}

/// A field of a record as a number; what is absent is 0.
pub(super) fn number(record: &Value, name: &str) -> i64 {
    field(record, name).parse().unwrap_or_default()
}

/// The items of a list in a record.
pub(super) fn items<'a>(record: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    record.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// A number with its noun: 1 request, 2 requests.
pub(super) fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What a server or a target said, without characters that a terminal obeys; lines stay.
pub(super) fn harmless(text: &str) -> String {
    let harmless = |character: char| if character.is_control() && character != '\n' { '\u{fffd}' } else { character };
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_are_read_however_the_server_writes_integers() {
        let record = json!({ "Id": "7", "Waiting": 12 });
        assert_eq!((number(&record, "Id"), number(&record, "Waiting"), number(&record, "Held")), (7, 12, 0));
        assert_eq!(field(&record, "Waiting"), "12");
    }

    #[test]
    fn what_others_said_does_not_steer_a_terminal() {
        assert_eq!(harmless("\u{1b}[2Jgone\r\nnext"), "\u{fffd}[2Jgone\u{fffd}\nnext");
    }
}
