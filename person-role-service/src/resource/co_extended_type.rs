//! Extended types: one that is in use stays what it is (neighbours.md CoExtendedType; D50).

use proto::refusal::Refusal;
use sea_orm::sea_query::LockType;

use crate::{
    change::{Change, holds},
    context::Fault,
    resource::{Draft, Resource},
    store::{
        entity::{co_extended_type, co_extended_type::CoExtendedTypes},
        types,
    },
};

#[async_trait::async_trait]
impl Resource for CoExtendedTypes {
    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, co_extended_type::Model>) -> Result<(), Fault> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
        let name = draft.sent.text("name").filter(|_| !draft.wrong.has("name")).map(str::to_owned);
        if name.as_ref().is_some_and(|name| !name.chars().all(fits)) {
            draft.wrong.add("name", "A name must be provided and consist of letters, digits, dots and hyphens");
        }
        if let Some(before) = draft.before.filter(|before| name.as_ref().is_some_and(|name| *name != before.name)) {
            // Against whoever is about to use it.
            holds::row::<Self>(change, before.id, LockType::Update).await?;
            if let Err(Fault::Refused(refusal)) = unused(change, before).await {
                draft.forbidden.get_or_insert(refusal);
            }
        }
        Ok(())
    }

    async fn before_delete(change: &mut Change<'_>, row: &co_extended_type::Model) -> Result<(), Fault> {
        unused(change, row).await
    }
}

async fn unused(change: &Change<'_>, row: &co_extended_type::Model) -> Result<(), Fault> {
    if types::in_use(&change.tx, row.co_id, &row.attribute, &row.name).await? {
        let sentence = "There are records of this type. Change them first, or suspend the type.";
        return Err(Refusal::forbidden("Type In Use", sentence).into());
    }
    Ok(())
}
