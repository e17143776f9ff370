//! The keys of `ApiProvisioner` (D41).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::{
    connector::{
        api::sign,
        description::{Default, Description, Key, Kind, Pem, When},
    },
    domain::{outcome::ConnectorError, subject, target::Target},
};

const BASIC: When = When { key: "AuthType", is: &["Basic"] };
const BEARER: When = When { key: "AuthType", is: &["Bearer"] };
/// Where secrets are sent.
const SERVER: &[&str] = &["ServerUrl", "CaCertificates"];

/// The keys.
pub(super) static DESCRIPTION: Description = Description {
    plugin: "ApiProvisioner",
    keys: &[
        Key::address("ServerUrl", &["http", "https"], "the address of the server").required().must(
            "must be an address that begins with http:// or https://, without user, password, query or fragment; \
             Username and Password have keys of their own.",
        ),
        Key::new(
            "CaCertificates",
            Kind::Pem(Pem::Certificates),
            "who may vouch for the server, instead of those that this machine trusts",
        ),
        Key::choice("Mode", &["POST", "PUT"], "how people are sent").required(),
        Key::text("IdentifierType", "the type of identifier that names people there").required(),
        Key::choice("AuthType", &["None", "Basic", "Bearer"], "how this server shows who it is")
            .or(Default::Text("None")),
        Key::text("Username", "the name to log in with")
            .required_when(BASIC)
            .used_when(BASIC)
            .rule(|name| !name.contains(':'), "must not contain a colon."),
        Key::text("Password", "the password to log in with").secret(SERVER).required_when(BASIC).used_when(BASIC),
        Key::text("Token", "the token to show").secret(SERVER).required_when(BEARER).used_when(BEARER).rule(
            |token| token.chars().all(|letter| letter.is_ascii_graphic()),
            "must consist of visible ASCII characters.",
        ),
        Key::new("Groups", Kind::Boolean, "whether groups are sent too").or(Default::Boolean(false)),
        Key::choice("Message", &["Full", "Pointer"], "whether messages say all, or only where the registry tells it")
            .or(Default::Text("Full")),
        Key::text("SigningSecret", "what messages are signed with, as Standard Webhooks has it")
            .secret(SERVER)
            .rule(|secret| sign::key(secret).is_some(), "must be 24 to 64 bytes in base64, with or without whsec_."),
    ],
};

/// What stands in a path segment as it is; all else is percent-encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// How people are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Mode {
    Post,
    Put,
}

/// How much a message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Message {
    Full,
    Pointer,
}

#[derive(Clone, Copy, Deserialize)]
enum AuthType {
    None,
    Basic,
    Bearer,
}

/// How this server shows who it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Auth<'a> {
    None,
    Basic { username: &'a str, password: &'a str },
    Bearer { token: &'a str },
}

/// A configuration that can be worked with.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Configuration {
    server_url: String,
    pub(super) ca_certificates: Option<String>,
    pub(super) mode: Mode,
    pub(super) identifier_type: String,
    auth_type: AuthType,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    token: String,
    pub(super) groups: bool,
    pub(super) message: Message,
    pub(super) signing_secret: Option<String>,
}

impl Configuration {
    /// Reads the configuration of a target.
    pub(super) fn of(target: &Target) -> Result<Self, ConnectorError> {
        DESCRIPTION.read(&target.configuration)
    }

    /// How this server shows who it is.
    pub(super) fn auth(&self) -> Auth<'_> {
        match self.auth_type {
            AuthType::None => Auth::None,
            AuthType::Basic => Auth::Basic { username: &self.username, password: &self.password },
            AuthType::Bearer => Auth::Bearer { token: &self.token },
        }
    }

    fn address(&self) -> &str {
        self.server_url.trim_end_matches('/')
    }

    /// Where messages are posted.
    pub(super) fn collection(&self) -> String {
        format!("{}/", self.address())
    }

    /// Where the document of a subject is: those of groups are in a folder of their own, whose name no key of a person
    /// leads to, for slashes in keys are encoded.
    pub(super) fn document(&self, kind: subject::Kind, key: &str) -> Result<String, ConnectorError> {
        // These name other folders, also when they are encoded.
        if matches!(key, "" | "." | "..") {
            return Err(ConnectorError::permanent(format!("The identifier \"{key}\" cannot be part of an address.")));
        }
        let folder = if kind == subject::Kind::Group { "groups/" } else { "" };
        Ok(format!("{}/{folder}{}", self.address(), utf8_percent_encode(key, SEGMENT)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value as Json, json};

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
            (json!({"SigningSecret": "whsec_c2hvcnQ="}), &["SigningSecret"]),
            (
                json!({"SigningSecret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "Message": "Pointer", "Groups": true}),
                &[],
            ),
            (
                json!({"Message": "Short", "Groups": 2, "CaCertificates": "me"}),
                &["CaCertificates", "Groups", "Message"],
            ),
            (json!({"Colour": "red", "Nonsense": 1}), &["Colour", "Nonsense"]),
        ] {
            let (_, wrong) = DESCRIPTION.accept(&with(change.clone()), None);
            let found: Vec<&str> = wrong.iter().map(|wrong| wrong.key.as_str()).collect();
            assert_eq!(found, keys, "{change}");
            assert!(wrong.iter().all(|wrong| wrong.sentence.contains(&wrong.key)));
        }
    }

    #[test]
    fn keys_are_one_segment_of_the_path() {
        let configuration: Configuration = DESCRIPTION.read(&with(json!({}))).expect("it is right");
        for (key, path) in [("E1@x.org", "E1%40x.org"), ("a/../b", "a%2F..%2Fb"), ("ü ?", "%C3%BC%20%3F")] {
            assert_eq!(
                configuration.document(subject::Kind::Person, key),
                Ok(format!("https://example.org/people/{path}"))
            );
        }
        assert!(configuration.document(subject::Kind::Person, "..").is_err());
        let group = configuration.document(subject::Kind::Group, "7");
        assert_eq!(group, Ok("https://example.org/people/groups/7".to_owned()));
    }
}
