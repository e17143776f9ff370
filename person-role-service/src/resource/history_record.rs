//! History records: added by the server and by scripts, never edited or deleted (neighbours.md HistoryRecord).

use sea_orm::ActiveValue::Set;

use crate::{
    change::Change,
    context::Fault,
    domain::told::is_of_the_server,
    resource::{Draft, Extras, Resource, owned},
    store::entity::{history_record, history_record::HistoryRecords},
};

#[async_trait::async_trait]
impl Resource for HistoryRecords {
    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, history_record::Model>) -> Result<(), Fault> {
        owned::by_some::<Self>(draft);
        // What the server writes down is true; nobody of a CO makes it look as if the server had.
        if !change.caller.is_platform() && draft.sent.text("action").is_some_and(is_of_the_server) {
            let sentence = "\"Action\" is a code of the server's own; codes that begin with X are for local use";
            draft.wrong.add("action", sentence);
        }
        Ok(())
    }

    async fn complete(
        change: &mut Change<'_>,
        row: &mut history_record::ActiveModel,
        _extras: &mut Extras,
        _before: Option<&history_record::Model>,
    ) -> Result<(), Fault> {
        row.actor_api_user_id = Set(change.caller.api_user_id);
        Ok(())
    }
}
