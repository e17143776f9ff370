//! The keys of `ApiProvisioner` (D41).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json};

use crate::{
    connector::Wrong,
    domain::{outcome::ConnectorError, target::Target},
};

/// Where secrets are sent.
pub(super) const SERVER_URL: &str = "ServerUrl";
const MODE: &str = "Mode";
const IDENTIFIER_TYPE: &str = "IdentifierType";
const AUTH_TYPE: &str = "AuthType";
const USERNAME: &str = "Username";
/// A secret.
pub(super) const PASSWORD: &str = "Password";
/// A secret.
pub(super) const TOKEN: &str = "Token";

const KEYS: [&str; 7] = [SERVER_URL, MODE, IDENTIFIER_TYPE, AUTH_TYPE, USERNAME, PASSWORD, TOKEN];

/// What stands in a path segment as it is; all else is percent-encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How people are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Post,
    Put,
}

/// How this server shows who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Auth<'a> {
    None,
    Basic { username: &'a str, password: &'a str },
    Bearer { token: &'a str },
}

/// A configuration that can be worked with.
pub(super) struct Configuration<'a> {
    server_url: &'a str,
    pub(super) mode: Mode,
    pub(super) identifier_type: &'a str,
    pub(super) auth: Auth<'a>,
}

impl<'a> Configuration<'a> {
    /// Reads the configuration of a target. It was validated when it was written; a newer program may want more.
    pub(super) fn of(target: &'a Target) -> Result<Self, ConnectorError> {
        if let Some(wrong) = validate(&target.configuration).first() {
            return Err(ConnectorError::permanent(format!(
                "The configuration of the target is wrong: {}",
                wrong.sentence
            )));
        }
        let text = |key| target.text(key).unwrap_or_default();
        Ok(Self {
            server_url: text(SERVER_URL).trim_end_matches('/'),
            mode: if text(MODE) == "PUT" { Mode::Put } else { Mode::Post },
            identifier_type: text(IDENTIFIER_TYPE),
            auth: match text(AUTH_TYPE) {
                "Basic" => Auth::Basic { username: text(USERNAME), password: text(PASSWORD) },
                "Bearer" => Auth::Bearer { token: text(TOKEN) },
                _ => Auth::None,
            },
        })
    }

    /// Where messages are posted.
    pub(super) fn collection(&self) -> String {
        format!("{}/", self.server_url)
    }

    /// Where the document of a person is.
    pub(super) fn document(&self, key: &str) -> Result<String, ConnectorError> {
        // These name other folders, also when they are encoded.
        if matches!(key, "" | "." | "..") {
            return Err(ConnectorError::permanent(format!("The identifier \"{key}\" cannot be part of an address.")));
        }
        Ok(format!("{}/{}", self.server_url, utf8_percent_encode(key, SEGMENT)))
    }
}

/// Whether a secret is one of those that the AuthType needs.
pub(super) fn applies(secret: &str, configuration: &Map<String, Json>) -> bool {
    match configuration.get(AUTH_TYPE).and_then(Json::as_str) {
        Some("Basic") => secret == PASSWORD,
        Some("Bearer") => secret == TOKEN,
        _ => false,
    }
}

/// Finds what is wrong.
pub(super) fn validate(configuration: &Map<String, Json>) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for (key, value) in configuration {
        if !KEYS.contains(&key.as_str()) {
            wrong.push(Wrong::new(key, &format!("is not a key of ApiProvisioner; its keys are {}.", KEYS.join(", "))));
        } else if !value.is_string() {
            wrong.push(Wrong::new(key, "must be a text."));
        }
    }
    let text = |key: &str| configuration.get(key).and_then(Json::as_str);
    let unsaid = |key: &str| !configuration.contains_key(key);
    let mut rule = |key: &str, broken: bool, sentence: &str| {
        if broken {
            wrong.push(Wrong::new(key, sentence));
        }
    };
    let one_of = |key: &str, allowed: &[&str]| text(key).is_some_and(|text| !allowed.contains(&text));
    rule(SERVER_URL, unsaid(SERVER_URL), "must be provided: the address of the server, http:// or https://.");
    rule(SERVER_URL, text(SERVER_URL).is_some_and(|url| !is_address(url)), URL_SENTENCE);
    rule(MODE, unsaid(MODE), "must be provided: POST or PUT.");
    rule(MODE, one_of(MODE, &["POST", "PUT"]), "must be POST or PUT.");
    rule(IDENTIFIER_TYPE, unsaid(IDENTIFIER_TYPE), "must be provided: the type of identifier that names people there.");
    rule(AUTH_TYPE, one_of(AUTH_TYPE, &["None", "Basic", "Bearer"]), "must be None, Basic or Bearer.");
    let basic = text(AUTH_TYPE) == Some("Basic");
    rule(USERNAME, basic && unsaid(USERNAME), "must be provided with AuthType Basic.");
    rule(USERNAME, text(USERNAME).is_some_and(|name| name.contains(':')), "must not contain a colon.");
    rule(PASSWORD, basic && unsaid(PASSWORD), "must be provided with AuthType Basic.");
    let bearer = text(AUTH_TYPE) == Some("Bearer");
    rule(TOKEN, bearer && unsaid(TOKEN), "must be provided with AuthType Bearer.");
    let unspeakable = |token: &str| token.chars().any(|letter| !letter.is_ascii_graphic());
    rule(TOKEN, text(TOKEN).is_some_and(unspeakable), "must consist of visible ASCII characters.");
    wrong
}

const URL_SENTENCE: &str = "must be an address that begins with http:// or https://, without user, password, query or fragment; \
     Username and Password have keys of their own.";

fn is_address(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn with(change: Json) -> Map<String, Json> {
        let mut good = json!({"ServerUrl": "https://example.org/people", "Mode": "PUT", "IdentifierType": "eppn",
            "AuthType": "Basic", "Username": "u", "Password": "p"});
        let object = good.as_object_mut().expect("an object");
        for (key, value) in change.as_object().expect("an object") {
            object.insert(key.clone(), value.clone());
        }
        object.retain(|_, value| !value.is_null());
        object.clone()
    }

    #[test]
    fn each_rule_names_its_key() {
        for (change, keys) in [
            (json!({}), &[][..]),
            (json!({"AuthType": "None", "Username": null, "Password": null}), &[]),
            (json!({"AuthType": null, "Username": null, "Password": null}), &[]),
            (json!({"ServerUrl": null}), &["ServerUrl"]),
            (json!({"ServerUrl": "ftp://example.org"}), &["ServerUrl"]),
            (json!({"ServerUrl": "https://u:p@example.org"}), &["ServerUrl"]),
            (json!({"ServerUrl": "example.org"}), &["ServerUrl"]),
            (json!({"Mode": "post"}), &["Mode"]),
            (json!({"Mode": null, "IdentifierType": null}), &["Mode", "IdentifierType"]),
            (json!({"AuthType": "Digest"}), &["AuthType"]),
            (json!({"Username": null, "Password": null}), &["Username", "Password"]),
            (json!({"Username": "a:b"}), &["Username"]),
            (json!({"AuthType": "Bearer"}), &["Token"]),
            (json!({"AuthType": "Bearer", "Token": "abc"}), &[]),
            (json!({"AuthType": "Bearer", "Token": "a\nb"}), &["Token"]),
            (json!({"Password": 5}), &["Password"]),
            (json!({"Colour": "red", "Nonsense": 1}), &["Colour", "Nonsense"]),
        ] {
            let wrong = validate(&with(change.clone()));
            let found: Vec<&str> = wrong.iter().map(|wrong| wrong.key.as_str()).collect();
            assert_eq!(found, keys, "{change}");
            assert!(wrong.iter().all(|wrong| wrong.sentence.contains(&wrong.key)));
        }
    }

    #[test]
    fn keys_are_one_segment_of_the_path() {
        let configuration = Configuration {
            server_url: "https://example.org/people",
            mode: Mode::Put,
            identifier_type: "eppn",
            auth: Auth::None,
        };
        for (key, path) in [("E1@x.org", "E1%40x.org"), ("a/../b", "a%2F..%2Fb"), ("ü ?", "%C3%BC%20%3F")] {
            assert_eq!(configuration.document(key), Ok(format!("https://example.org/people/{path}")));
        }
        assert!(configuration.document("..").is_err());
    }
}
