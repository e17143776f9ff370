//! Mailing lists (neighbours.md CoEmailList).

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource},
    store::entity::{co_email_list, co_email_list::CoEmailLists},
};

#[async_trait::async_trait]
impl Resource for CoEmailLists {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, co_email_list::Model>) -> Result<(), Fault> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        if draft.sent.text("name").is_some_and(|name| !name.chars().all(fits)) && !draft.wrong.has("name") {
            draft.wrong.add("name", "The name of a list may hold letters, digits, dots, hyphens and underscores");
        }
        Ok(())
    }
}
