//! Mail addresses (neighbours.md EmailAddress).

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource, owned},
    store::entity::{email_address, email_address::EmailAddresses},
};

#[async_trait::async_trait]
impl Resource for EmailAddresses {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, email_address::Model>) -> Result<(), Fault> {
        owned::by_one::<Self>(draft);
        if draft.sent.text("mail").is_some_and(|mail| !is_address(mail)) && !draft.wrong.has("mail") {
            draft.wrong.add("mail", "Please enter a valid email address");
        }
        Ok(())
    }
}

/// Whether a text has the form of a mail address: something, one `@`, and a domain of two labels or more.
pub(super) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let word = |text: &str| !text.is_empty() && !text.chars().any(char::is_whitespace);
    let label = |label: &str| {
        word(label)
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let quoted = local.starts_with('"') && local.ends_with('"') && local.len() > 2 && !local.contains(char::is_control);
    let atoms = || local.split('.').all(word) && !local.contains(['@', ',', ';', '(', ')', '[', ']', '\\', '"']);
    (quoted || atoms()) && domain.contains('.') && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::is_address;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for good in
            ["a@b.org", "ada.lovelace+x@mail.example.org", "o'neil@example.ie", "jörg@müller.de", "\"a b\"@example.org"]
        {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "notmail",
            "@b.org",
            "a@",
            "a@b",
            "a b@c.org",
            "a@b..org",
            "a@-b.org",
            "a@b@c.org",
            ".a@b.org",
            "a,b@c.org",
            "\"a\r\nBcc: z@z.org\"@b.org",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
