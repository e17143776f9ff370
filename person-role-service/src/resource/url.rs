//! Web addresses (neighbours.md Url).

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource, owned},
    store::entity::{url, url::Urls},
};

#[async_trait::async_trait]
impl Resource for Urls {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, url::Model>) -> Result<(), Fault> {
        owned::by_one::<Self>(draft);
        check_url(draft, "url");
        Ok(())
    }
}

/// Finds what is no web address.
pub(super) fn check_url<M>(draft: &mut Draft<'_, M>, column: &str) {
    if draft.sent.text(column).is_some_and(|text| !is_url(text)) && !draft.wrong.has(column) {
        draft.wrong.add(column, "Please enter a valid URL with its scheme, such as https://example.org/");
    }
}

/// Whether a text has a scheme and a host, and no blanks.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.');
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(letter)
        && !host.is_empty()
        && !text.chars().any(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn urls_are_told_from_other_texts() {
        for good in ["https://example.org", "http://[::1]:8080/a?b#c", "ftp://x/y", "https://müller.example/ü"] {
            assert!(is_url(good), "{good}");
        }
        for bad in ["example.org", "https://", "https:///path", "://x", "1a://x", "https://a b", "mailto:a@b.org"] {
            assert!(!is_url(bad), "{bad}");
        }
    }
}
