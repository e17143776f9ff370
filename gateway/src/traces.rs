//! Where the traces of a site can be seen (`console.trace_url`).

use http::Uri;
use serde::Deserialize;

/// What stands for the id of a trace.
const ID: &str = "{trace_id}";

/// The address of a trace, with a place for its id; empty if traces can be seen nowhere.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct TraceUrl(String);

impl TryFrom<String> for TraceUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let text = text.trim();
        let wrong = |what: &str| {
            let example = "https://tempo.example.org/trace/{trace_id}";
            format!("console.trace_url {what}; it is the address of a trace, such as {example}, or empty")
        };
        if text.is_empty() {
            return Ok(Self::default());
        }
        let uri: Uri = text.replace(ID, "0").parse().map_err(|_| wrong("is no address"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(wrong("begins neither with https:// nor with http://"));
        }
        let host = text.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        if host.contains(ID) || !text.contains(ID) {
            return Err(wrong("does not contain {trace_id} after its host"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TraceUrl {
    /// Where a trace can be seen, if anywhere.
    #[must_use]
    pub fn of(&self, trace_id: &str) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.replace(ID, trace_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_with_a_place_for_the_id_is_one() {
        let read = |text: &str| TraceUrl::try_from(text.to_owned());
        for (text, seen) in [
            ("", None),
            (" https://tempo.example.org/trace/{trace_id} ", Some("https://tempo.example.org/trace/4bf9")),
            ("http://[::1]:16686/#/t?a={trace_id}&b={trace_id}", Some("http://[::1]:16686/#/t?a=4bf9&b=4bf9")),
        ] {
            assert_eq!(read(text).unwrap().of("4bf9").as_deref(), seen, "{text}");
        }
        for (text, what) in [
            ("https://tempo.example.org/trace", "does not contain {trace_id}"),
            ("https://{trace_id}.example.org/", "does not contain {trace_id} after its host"),
            ("javascript:alert({trace_id})", "begins neither"),
            ("ftp://tempo.example.org/{trace_id}", "begins neither"),
            ("tempo.example.org:443/{trace_id}", ""),
            ("/trace/{trace_id}", "begins neither"),
            ("https://a b/{trace_id}", "is no address"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(what) && error.starts_with("console.trace_url "), "{text}: {error}");
        }
    }
}
