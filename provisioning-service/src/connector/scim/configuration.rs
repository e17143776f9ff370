//! The keys of `ScimProvisioner`.

use serde::Deserialize;

use crate::{
    connector::{
        description::{Default, Description, Key, Kind, Pem, When},
        scim::auth,
    },
    domain::{outcome::ConnectorError, target::Target},
};

const BEARER: When = When { key: "AuthType", is: &["Bearer"] };
const BASIC: When = When { key: "AuthType", is: &["Basic"] };
const OAUTH2: When = When { key: "AuthType", is: &["OAuth2"] };
/// Where secrets are sent.
const SERVER: &[&str] = &["BaseUrl", "CaCertificates"];
/// Where the secret of the client is sent, and then what is got for it.
const TOKENS: &[&str] = &["TokenUrl", "BaseUrl", "CaCertificates"];

/// The keys.
pub(super) static DESCRIPTION: Description = Description {
    plugin: "ScimProvisioner",
    keys: &[
        Key::address("BaseUrl", &["http", "https"], "the address that /Users stands below").required(),
        Key::new(
            "CaCertificates",
            Kind::Pem(Pem::Certificates),
            "who may vouch for the servers, instead of those that this machine trusts",
        ),
        Key::choice("AuthType", &["Bearer", "Basic", "OAuth2"], "how this server shows who it is")
            .or(Default::Text("Bearer")),
        Key::text("Token", "the token to show")
            .secret(SERVER)
            .required_when(BEARER)
            .used_when(BEARER)
            .rule(is_visible, "must consist of visible ASCII characters."),
        Key::text("Username", "the name to log in with")
            .required_when(BASIC)
            .used_when(BASIC)
            .rule(|name| !name.contains(':'), "must not contain a colon."),
        Key::text("Password", "the password to log in with").secret(SERVER).required_when(BASIC).used_when(BASIC),
        Key::address("TokenUrl", &["http", "https"], "where tokens are got with client credentials")
            .required_when(OAUTH2)
            .used_when(OAUTH2),
        Key::text("ClientId", "the client that gets tokens").required_when(OAUTH2).used_when(OAUTH2),
        Key::text("ClientSecret", "its secret").secret(TOKENS).required_when(OAUTH2).used_when(OAUTH2),
        Key::text("UserNameIdentifierType", "the type of identifier that is userName").required(),
        Key::new("Groups", Kind::Boolean, "whether groups are kept there too").or(Default::Boolean(false)),
        Key::choice("Patch", &["Auto", "Never"], "whether PATCH is used where the server says that it has it")
            .or(Default::Text("Auto")),
    ],
};

fn is_visible(text: &str) -> bool {
    text.chars().all(|letter| letter.is_ascii_graphic())
}

/// How this server shows who it is.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
pub(super) enum AuthType {
    Bearer,
    Basic,
    OAuth2,
}

/// Whether PATCH is used.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
pub(super) enum Patch {
    Auto,
    Never,
}

/// A configuration that can be worked with.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Configuration {
    base_url: String,
    pub(super) ca_certificates: Option<String>,
    pub(super) auth_type: AuthType,
    #[serde(default)]
    pub(super) token: String,
    #[serde(default)]
    pub(super) username: String,
    #[serde(default)]
    pub(super) password: String,
    #[serde(default)]
    pub(super) token_url: String,
    #[serde(default)]
    pub(super) client_id: String,
    #[serde(default)]
    pub(super) client_secret: String,
    pub(super) user_name_identifier_type: String,
    pub(super) groups: bool,
    pub(super) patch: Patch,
}

impl Configuration {
    /// Reads the configuration of a target.
    pub(super) fn of(target: &Target) -> Result<Self, ConnectorError> {
        DESCRIPTION.read(&target.configuration)
    }

    /// The address without a slash at its end.
    pub(super) fn base(&self) -> &str {
        self.base_url.trim_end_matches('/')
    }

    /// Takes secrets out of what a server says, should it say them.
    pub(super) fn discreet(&self, words: &str) -> String {
        let secrets = [self.token.clone(), self.password.clone(), self.client_secret.clone(), auth::of_client(self)];
        match secrets.iter().any(|secret| !secret.is_empty() && words.contains(secret.as_str())) {
            true => String::new(),
            false => words.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, Value as Json, json};

    fn with(change: &Json) -> Map<String, Json> {
        let mut good = json!({"BaseUrl": "https://x/scim/v2", "Token": "t", "UserNameIdentifierType": "uid"});
        let object = good.as_object_mut().expect("an object");
        object.extend(change.as_object().cloned().expect("an object"));
        object.retain(|_, value| !value.is_null());
        object.clone()
    }

    #[test]
    fn each_rule_names_its_key() {
        for (change, keys) in [
            (json!({}), &[][..]),
            (json!({"BaseUrl": "ldap://x", "UserNameIdentifierType": null}), &["BaseUrl", "UserNameIdentifierType"]),
            (json!({"Token": null}), &["Token"]),
            (json!({"Token": "a b"}), &["Token"]),
            (json!({"AuthType": "Basic", "Token": null}), &["Username", "Password"]),
            (json!({"AuthType": "Basic", "Token": null, "Username": "a:b", "Password": "p"}), &["Username"]),
            (json!({"AuthType": "OAuth2", "TokenUrl": "x"}), &["TokenUrl", "ClientId", "ClientSecret"]),
            (json!({"AuthType": "None", "Patch": "Always", "Groups": 3}), &["AuthType", "Groups", "Patch"]),
        ] {
            let (_, wrong) = DESCRIPTION.accept(&with(&change), None);
            let found: Vec<&str> = wrong.iter().map(|wrong| wrong.key.as_str()).collect();
            assert_eq!(found, keys, "{change}");
        }
    }

    #[test]
    fn the_secret_of_a_client_stays_where_it_was_sent() {
        let stored = with(&json!({"AuthType": "OAuth2", "Token": null, "TokenUrl": "https://t/token", "ClientId": "c",
            "ClientSecret": "s3cret"}));
        for place in ["TokenUrl", "BaseUrl"] {
            let mut sent = stored.clone();
            DESCRIPTION.mask(&mut sent);
            sent.insert(place.to_owned(), json!("https://elsewhere/"));
            let (_, wrong) = DESCRIPTION.accept(&sent, Some(&stored));
            let said: Vec<String> = wrong.into_iter().map(|wrong| wrong.sentence).collect();
            assert_eq!(said, [format!("\"ClientSecret\" must be sent again when {place} changes.")]);
        }
    }
}
