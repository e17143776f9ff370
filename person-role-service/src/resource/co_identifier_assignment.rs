//! Rules by which identifiers are assigned: their format is one that can be followed.

use proto::record::Value;
use sea_orm::PaginatorTrait;

use crate::{
    change::Change,
    context::Fault,
    domain::identifier_format::Format,
    resource::{Draft, Resource},
    store::{
        entity::{co_identifier_assignment, co_identifier_assignment::CoIdentifierAssignments},
        stored::with,
    },
};

/// So many rules a CO may have (D62): each is followed whenever identifiers are assigned.
const MOST: u64 = 64;

#[async_trait::async_trait]
impl Resource for CoIdentifierAssignments {
    fn defaults() -> Vec<(&'static str, Value)> {
        vec![("context", Value::Text("CoPerson".to_owned()))]
    }

    async fn check(
        change: &mut Change<'_>,
        draft: &mut Draft<'_, co_identifier_assignment::Model>,
    ) -> Result<(), Fault> {
        if let Some(Err(why)) = draft.sent.text("format").map(str::parse::<Format>)
            && !draft.wrong.has("format")
        {
            draft.wrong.add("format", why);
        }
        if let (None, Some(co_id)) = (draft.before, draft.co_id)
            && with::<CoIdentifierAssignments>("co_id", co_id)?.count(&change.tx).await? >= MOST
        {
            let sentence = format!("A CO may have {MOST} rules for identifiers. Delete one that is not needed.");
            draft.forbid("Limit Reached", &sentence);
        }
        Ok(())
    }
}
