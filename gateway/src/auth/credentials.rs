//! The `Authorization` header (RFC 7617).

use std::fmt;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A username and a key, as they were sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// In full: `co_2.loader` (D14).
    pub username: String,
    /// The key.
    pub key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

impl Credentials {
    /// Reads a header; `None` if it cannot be a login by Basic.
    #[must_use]
    pub fn read(header: &str) -> Option<Self> {
        let (scheme, token) = header.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let text = String::from_utf8(BASE64.decode(token.trim()).ok()?).ok()?;
        let (username, key) = text.split_once(':')?;
        let complete = !username.is_empty() && !key.is_empty();
        complete.then(|| Self { username: username.to_owned(), key: key.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_logins_are_read() {
        let read = |header: &str| Credentials::read(header).map(|found| (found.username, found.key));
        let expected = |username: &str, key: &str| Some((username.to_owned(), key.to_owned()));
        assert_eq!(read("Basic Y29fMi5sb2FkZXI6a2V5"), expected("co_2.loader", "key"));
        assert_eq!(read("bAsIc   YTpiOmM="), expected("a", "b:c"));
        assert_eq!(read("Basic YTpiOmM"), expected("a", "b:c"), "padding is not insisted on");
        assert_eq!(read("Basic YcO8OmLDvA=="), expected("aü", "bü"));
    }

    #[test]
    fn what_is_no_basic_login_is_nobody() {
        for header in [
            "",
            "Basic",
            "Basic ",
            "Bearer abc",
            "Basic !!!!",
            "Basic YWJj",
            "Digest username=\"x\"",
            "Basic Og==",
            "Basic OmI=",
            "Basic YTo=",
            "Basic /////w==",
            "BasicYTpi",
            "YTpi",
        ] {
            assert_eq!(Credentials::read(header), None, "{header}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        let found = Credentials { username: "a".to_owned(), key: "secret".to_owned() };
        assert!(!format!("{found:?}").contains("secret"));
    }
}
