//! Extended attributes of roles (neighbours.md CoExtendedAttribute; D30).

use proto::{record::Value, registry::v1::CoPersonRole, table::Table};

use crate::{
    change::Change,
    context::Fault,
    resource::{Draft, Resource},
    store::entity::{co_extended_attribute, co_extended_attribute::CoExtendedAttributes},
};

#[async_trait::async_trait]
impl Resource for CoExtendedAttributes {
    fn defaults() -> Vec<(&'static str, Value)> {
        vec![("indx", Value::Bool(false))]
    }

    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, co_extended_attribute::Model>) -> Result<(), Fault> {
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
