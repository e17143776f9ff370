//! Mailing lists (neighbours.md CoEmailList).

use proto::{events::v1::Action, registry::v1::SubjectKind};

use crate::{
    app::{Fault, change::Change},
    domain::history::{Entry, cut, differences},
    resource::{Draft, Resource, rows_of},
    store::entity::co_email_list,
};

/// Mailing lists.
#[derive(Debug)]
pub struct CoEmailLists;

#[async_trait::async_trait]
impl Resource for CoEmailLists {
    rows_of!(CoEmailList, co_email_list);

    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, co_email_list::Model>) -> Result<(), Fault> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
        if draft.sent.text("name").is_some_and(|name| !name.chars().all(fits)) && !draft.wrong.has("name") {
            draft.wrong.add("name", "The name of a list may hold letters, digits, dots, hyphens and underscores");
        }
        Ok(())
    }

    async fn after(
        change: &mut Change<'_>,
        before: Option<&co_email_list::Model>,
        after: Option<&co_email_list::Model>,
    ) -> Result<(), Fault> {
        let Some(list) = after.or(before) else { return Ok(()) };
        let (action, comment, event) = match (before, after) {
            (None, _) => ("ACEL", "CO Email List Created (Manual)".to_owned(), Action::Added),
            (Some(old), Some(new)) => {
                let columns = Self::columns();
                let what = differences(&columns.record(old), &columns.record(new));
                ("ECEL", cut(format!("CO Email List Edited: {what}")), Action::Updated)
            }
            (_, None) => ("DCEL", "CO Email List Deleted (Manual)".to_owned(), Action::Deleted),
        };
        change.tell(Entry { co_id: list.co_id, co_email_list_id: Some(list.id), action, comment, ..Entry::default() });
        change.changed(SubjectKind::CoEmailList, list.id, list.co_id, event);
        Ok(())
    }
}
