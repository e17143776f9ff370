//! History records: added by the server and by scripts, never edited or deleted (neighbours.md HistoryRecord).

use sea_orm::ActiveValue::Set;

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Extras, Resource, owned},
    store::entity::{history_record, history_record::HistoryRecords},
};

#[async_trait::async_trait]
impl Resource for HistoryRecords {
    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, history_record::Model>) -> Result<(), Fault> {
        owned::by_some::<Self>(draft);
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
