//! How long the client wishes to wait for the result (D37).
//!
//! Old scripts send all sorts of bodies: what states no wish is no mistake.

use serde_json::Value as Tree;

use crate::wire::{Format, value, xml_reader};

/// The seconds to wait; 0 is not at all. `Synchronous` waits as long as the limit allows, `Prefer: wait=N` shortens that.
pub fn seconds<'a>(format: Format, body: &[u8], prefer: impl Iterator<Item = &'a str>, limit: u32) -> u32 {
    match (preferred(prefer), synchronous(format, body)) {
        (Some(seconds), _) => seconds.min(limit),
        (None, true) => limit,
        (None, false) => 0,
    }
}

fn synchronous(format: Format, body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let tree = match format {
        Format::Json => serde_json::from_str(text).ok(),
        Format::Xml => xml_reader::read(text).ok().map(|(_, tree)| tree),
    };
    let Some(Tree::Object(members)) = tree else { return false };
    let wish = members.get("Synchronous").or_else(|| members.get("synchronous"));
    wish.and_then(value::boolean).unwrap_or(false)
}

/// `wait=N` of RFC 7240.
fn preferred<'a>(prefer: impl Iterator<Item = &'a str>) -> Option<u32> {
    prefer.flat_map(|header| header.split([',', ';'])).find_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        let value = value.trim().trim_matches('"');
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        // A number that is too large is longer than any limit.
        (name.trim().eq_ignore_ascii_case("wait") && digits).then(|| value.parse().unwrap_or(u32::MAX))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_may_state_the_wish() {
        let wait = |format, body: &str| seconds(format, body.as_bytes(), std::iter::empty(), 30);
        for body in [r#"{"Synchronous":true}"#, r#"{"RequestType":"x","synchronous":"True"}"#, r#"{"Synchronous":1}"#] {
            assert_eq!(wait(Format::Json, body), 30, "{body}");
        }
        for body in [
            "",
            "null",
            "{}",
            "[]",
            "Synchronous=true",
            "{\"Synchronous\":",
            r#"{"Synchronous":false}"#,
            "true",
            r#"{"Synchronous":"yes"}"#,
        ] {
            assert_eq!(wait(Format::Json, body), 0, "{body}");
        }
        for truth in ["True", "true", "1"] {
            let body = format!(
                "<?xml version=\"1.0\"?><CoPersonProvisioning Version=\"1.0\"><Synchronous>{truth}</Synchronous></CoPersonProvisioning>"
            );
            assert_eq!(wait(Format::Xml, &body), 30);
        }
        for body in
            ["", "<CoPersonProvisioning", r#"{"Synchronous":true}"#, "<a><Synchronous>False</Synchronous></a>", "<a/>"]
        {
            assert_eq!(wait(Format::Xml, body), 0, "{body}");
        }
    }

    #[test]
    fn a_preference_may_state_it_too_within_the_limit() {
        let wait = |headers: &[&str]| seconds(Format::Json, b"", headers.iter().copied(), 30);
        assert_eq!(wait(&["wait=20"]), 20);
        assert_eq!(wait(&["respond-async, Wait = \"5\""]), 5);
        assert_eq!(wait(&["respond-async", "handling=lenient; wait=99999999999"]), 30);
        assert_eq!((wait(&["respond-async"]), wait(&["wait"]), wait(&["wait=x"]), wait(&["wait=-1"])), (0, 0, 0, 0));
        assert_eq!(seconds(Format::Json, br#"{"Synchronous":true}"#, ["wait=2"].into_iter(), 30), 2);
    }
}
