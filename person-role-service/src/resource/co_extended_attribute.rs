//! Extended attributes of roles (neighbours.md CoExtendedAttribute; D30).

use proto::{record::Value, registry::v1::CoPersonRole, table::Table};
use sea_orm::PaginatorTrait;

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource},
    store::{
        entity::{co_extended_attribute, co_extended_attribute::CoExtendedAttributes},
        stored::with,
    },
};

/// So many a CO may have (D62): each role has all of them, and each of its versions.
const MOST: u64 = 128;

#[async_trait::async_trait]
impl Resource for CoExtendedAttributes {
    fn defaults() -> Vec<(&'static str, Value)> {
        vec![("indx", Value::Bool(false))]
    }

    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, co_extended_attribute::Model>) -> Result<(), Fault> {
        if let (None, Some(co_id)) = (draft.before, draft.co_id)
            && with::<CoExtendedAttributes>("co_id", co_id)?.count(&change.tx).await? >= MOST
        {
            let sentence = format!("A CO may have {MOST} extended attributes. Delete one that is not needed.");
            draft.forbid("Limit Reached", &sentence);
            return Ok(());
        }
        let Some(name) = draft.sent.text("name").filter(|_| !draft.wrong.has("name")) else { return Ok(()) };
        let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        if !name.chars().all(fits) {
            draft.wrong.add("name", "A name must be provided and consist of lowercase, alphanumeric characters");
        } else if Table::of::<CoPersonRole>().field(name).is_some() {
            draft.wrong.add("name", "Roles have a field of this name already. Choose another name");
        }
        Ok(())
    }
}
