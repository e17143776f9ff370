//! The keys of `SqlProvisioner`.

use percent_encoding::percent_decode_str;
use reqwest::Url;
use serde::Deserialize;

use crate::{
    connector::{
        confined::is_plain,
        description::{Default, Description, Key, Kind, Pem},
    },
    domain::{outcome::ConnectorError, target::Target},
};

/// Whom the password is shown to.
const SERVER: &[&str] = &["Url", "Tls", "CaCertificates"];

/// The keys.
pub(super) static DESCRIPTION: Description = Description {
    plugin: "SqlProvisioner",
    keys: &[
        Key::new(
            "Url",
            Kind::Address { schemes: &["postgres", "mysql", "sqlite"], user: true },
            "the address of the database, with a user and a database's name; of SQLite, the name of a file",
        )
        .required()
        .rule(is_database, DATABASE),
        Key::text("Password", "the password of that user; SQLite has none").secret(SERVER),
        Key::choice("Tls", &["Require", "Never"], "whether the server must show a certificate for its name")
            .or(Default::Text("Require")),
        Key::new(
            "CaCertificates",
            Kind::Pem(Pem::Certificates),
            "who may vouch for the server, beside public authorities",
        ),
        Key::text("TablePrefix", "what the names of tables begin with")
            .or(Default::Text("sp_"))
            .rule(is_prefix, PREFIX),
    ],
};

const DATABASE: &str = "must be such as postgres://user@host/database, mysql://user@host/database or sqlite://file.db: the \
                        file's name has letters, digits, points, hyphens and underscores, and ends in .db or .sqlite.";
const PREFIX: &str = "must be at most 24 small letters, digits and underscores, the first a letter.";

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A server of PostgreSQL.
    Postgres(Server),
    /// A server of MySQL or MariaDB.
    MySql(Server),
    /// A file of the CO, by its name.
    Sqlite(String),
}

/// A database of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) database: String,
}

fn place_of(text: &str) -> Option<Place> {
    if let Some(file) = text.strip_prefix("sqlite://") {
        let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        let named = is_plain(file) && file.chars().all(letter) && (file.ends_with(".db") || file.ends_with(".sqlite"));
        return named.then(|| Place::Sqlite(file.to_owned()));
    }
    let url = Url::parse(text).ok()?;
    let decoded = |part: &str| {
        let part = percent_decode_str(part).decode_utf8().ok()?.into_owned();
        (!part.is_empty() && !part.contains('\0')).then_some(part)
    };
    let database = url.path().strip_prefix('/').filter(|path| !path.contains('/')).and_then(decoded)?;
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
    let server =
        |port| Some(Server { host, port: url.port().unwrap_or(port), user: decoded(url.username())?, database });
    match url.scheme() {
        "postgres" => server(5432).map(Place::Postgres),
        "mysql" => server(3306).map(Place::MySql),
        _ => None,
    }
}

fn is_database(url: &str) -> bool {
    place_of(url).is_some()
}

fn is_prefix(prefix: &str) -> bool {
    prefix.len() <= 24
        && prefix.starts_with(|letter: char| letter.is_ascii_lowercase())
        && prefix.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

/// Whether the server must show a certificate for its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Tls {
    Require,
    Never,
}

/// A configuration that can be worked with.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Configuration {
    url: String,
    #[serde(default)]
    pub(super) password: String,
    pub(super) tls: Tls,
    pub(super) ca_certificates: Option<String>,
    pub(super) table_prefix: String,
}

impl std::fmt::Debug for Configuration {
    /// Leaves the password out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Configuration").field("table_prefix", &self.table_prefix).finish_non_exhaustive()
    }
}

impl Configuration {
    /// Reads the configuration of a target.
    pub(super) fn of(target: &Target) -> Result<Self, ConnectorError> {
        DESCRIPTION.read(&target.configuration)
    }

    /// Where the database is.
    pub(super) fn place(&self) -> Result<Place, ConnectorError> {
        place_of(&self.url)
            .ok_or_else(|| ConnectorError::permanent("The Url of the target is no address of a database."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_rule_names_its_key() {
        for (change, keys) in [
            (json!({}), &[][..]),
            (json!({"Url": "sqlite://people.db"}), &[]),
            (json!({"Url": "mysql://kit%40x@[::1]:3307/people"}), &[]),
            (json!({"Url": "postgres://example.org/people"}), &["Url"]),
            (json!({"Url": "postgres://kit@example.org"}), &["Url"]),
            (json!({"Url": "postgres://kit@example.org/a/b"}), &["Url"]),
            (json!({"Url": "postgres://kit:s3cret@example.org/a"}), &["Url"]),
            (json!({"Url": "postgres://kit@example.org/a?sslmode=disable"}), &["Url"]),
            (json!({"Url": "sqlite://../../etc/people.db"}), &["Url"]),
            (json!({"Url": "sqlite:///etc/people.db"}), &["Url"]),
            (json!({"Url": "sqlite://a/people.db"}), &["Url"]),
            (json!({"Url": "sqlite://..db"}), &["Url"]),
            (json!({"Url": "sqlite://people.db-wal"}), &["Url"]),
            (json!({"Url": "sqlite://%2e%2e%2fpeople.db"}), &["Url"]),
            (json!({"Url": "sqlite::memory:"}), &["Url"]),
            (json!({"TablePrefix": "sp-", "Tls": "Prefer", "Colour": 1}), &["Colour", "Tls", "TablePrefix"]),
            (json!({"TablePrefix": "Sp_", "CaCertificates": "x"}), &["CaCertificates", "TablePrefix"]),
        ] {
            let mut good = json!({"Url": "postgres://kit@example.org/people", "Password": "p"});
            let object = good.as_object_mut().expect("an object");
            object.extend(change.as_object().cloned().expect("an object"));
            let (_, wrong) = DESCRIPTION.accept(object, None);
            let found: Vec<&str> = wrong.iter().map(|wrong| wrong.key.as_str()).collect();
            assert_eq!(found, keys, "{change}");
        }
    }

    #[test]
    fn addresses_are_taken_apart() {
        let server = |host: &str, port, user: &str| Server {
            host: host.to_owned(),
            port,
            user: user.to_owned(),
            database: "people".to_owned(),
        };
        for (url, place) in [
            ("postgres://kit@example.org/people", Place::Postgres(server("example.org", 5432, "kit"))),
            ("mysql://k%40t@[::1]:3307/people", Place::MySql(server("::1", 3307, "k@t"))),
            ("sqlite://people.db", Place::Sqlite("people.db".to_owned())),
        ] {
            assert_eq!(place_of(url), Some(place), "{url}");
        }
    }
}
