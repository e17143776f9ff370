//! Mail addresses (neighbours.md EmailAddress).

use crate::{
    app::{Fault, change::Change},
    domain::history::{Entry, differences},
    resource::{Draft, Resource, person_needed, rows_of},
    store::entity::email_address,
};

/// Mail addresses.
#[derive(Debug)]
pub struct EmailAddresses;

#[async_trait::async_trait]
impl Resource for EmailAddresses {
    rows_of!(EmailAddress, email_address);

    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, email_address::Model>) -> Result<(), Fault> {
        person_needed(draft);
        if draft.sent.text("mail").is_some_and(|mail| !is_address(mail)) && !draft.wrong.has("mail") {
            draft.wrong.add("mail", "Please enter a valid email address");
        }
        Ok(())
    }

    async fn after(
        change: &mut Change<'_>,
        before: Option<&email_address::Model>,
        after: Option<&email_address::Model>,
    ) -> Result<(), Fault> {
        let Some(row) = after.or(before) else { return Ok(()) };
        let (action, comment) = match (before, after) {
            (None, _) => ("AEML", format!("Email Address Added: {} ({})", row.mail, row.r#type)),
            (Some(old), Some(new)) => {
                let columns = Self::columns();
                ("EEML", format!("Email Address Edited: {}", differences(&columns.record(old), &columns.record(new))))
            }
            (_, None) => ("DEML", format!("Email Address Deleted: {} ({})", row.mail, row.r#type)),
        };
        change.tell(Entry::of_person(row.co_id, row.co_person_id, action, comment));
        change.person_changed(row.co_person_id, row.co_id);
        if let Some(old) = before.filter(|old| old.co_person_id != row.co_person_id) {
            change.person_changed(old.co_person_id, old.co_id);
        }
        Ok(())
    }
}

/// Whether a text has the form of a mail address: something, one `@`, and a domain of two labels or more.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let word = |text: &str| !text.is_empty() && !text.chars().any(char::is_whitespace);
    let label = |label: &str| {
        word(label)
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    let quoted = local.starts_with('"') && local.ends_with('"') && local.len() > 2;
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
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
