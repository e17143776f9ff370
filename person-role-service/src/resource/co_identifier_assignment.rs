//! Rules by which identifiers are assigned: their format is one that can be followed.

use proto::record::Value;

use crate::{
    change::Change,
    context::Fault,
    domain::identifier_format::Format,
    resource::{Draft, Resource},
    store::entity::{co_identifier_assignment, co_identifier_assignment::CoIdentifierAssignments},
};

#[async_trait::async_trait]
impl Resource for CoIdentifierAssignments {
    fn defaults() -> Vec<(&'static str, Value)> {
        vec![("context", Value::Text("CoPerson".to_owned()))]
    }

    async fn check(
        _change: &mut Change<'_>,
        draft: &mut Draft<'_, co_identifier_assignment::Model>,
    ) -> Result<(), Fault> {
        if let Some(Err(why)) = draft.sent.text("format").map(str::parse::<Format>)
            && !draft.wrong.has("format")
        {
            draft.wrong.add("format", why);
        }
        Ok(())
    }
}
