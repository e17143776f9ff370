//! Groups: the automatic ones are the server's (neighbours.md CoGroup).

use std::collections::HashMap;

use proto::{caller::Caller, record::Value, refusal::Refusal, registry::v1::GroupType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use service_kit::rows::{is, is_not};

use crate::{
    change::Change,
    context::{App, Fault},
    resource::{Draft, Resource},
    rights::known,
    store::{
        entity::{
            co_group,
            co_group::{CoGroups, is_of_users},
            co_group_member,
        },
        memberships::valid_at,
        stored::Stored,
    },
};

#[async_trait::async_trait]
impl Resource for CoGroups {
    fn defaults() -> Vec<(&'static str, Value)> {
        vec![
            ("group_type", Value::Enum(GroupType::Standard.into())),
            ("open", Value::Bool(false)),
            ("nesting_mode_all", Value::Bool(false)),
        ]
    }

    async fn check(_change: &mut Change<'_>, draft: &mut Draft<'_, co_group::Model>) -> Result<(), Fault> {
        if draft.before.is_some_and(|before| before.auto) {
            draft.forbid(
                "Automatic groups may not be edited directly",
                "The server keeps this group; its members follow from their status and roles.",
            );
        }
        if let Some(before) = draft.before.filter(|before| !before.auto && !is_of_users(&before.group_type)) {
            // The groups of a CO's and COU's admins and approvers: their members may change, they themselves not.
            let full = crate::resource::merged::<Self>(draft);
            if full.text("name") != Some(before.name.as_str()) || full.int("cou_id") != before.cou_id {
                draft.forbid("Name Reserved", "This group belongs to its CO or COU and keeps its Name and CouId.");
            }
        }
        let renamed = |name: &str| draft.before.is_none_or(|before| before.name != name);
        if draft.sent.text("name").is_some_and(|name| name.starts_with("CO:") && renamed(name)) {
            draft.forbid("Name Reserved", "Names that begin with CO: are the server's. Choose another name.");
        }
        if let Some(Value::Enum(kind)) = draft.sent.get("group_type") {
            let code =
                Self::table().field("group_type").and_then(|field| field.name_of(*kind)).map(|name| name.code.as_str());
            let stored = draft.before.map(|before| before.group_type.as_str());
            if stored != code && !(code.is_some_and(is_of_users) && stored.is_none_or(is_of_users)) {
                draft.wrong.add("group_type", "Groups of other types than S and CL are the server's");
            }
        }
        Ok(())
    }

    async fn complete(
        _change: &mut Change<'_>,
        row: &mut co_group::ActiveModel,
        _extras: &mut crate::resource::Extras,
        before: Option<&co_group::Model>,
    ) -> Result<(), Fault> {
        if before.is_none() {
            row.auto = sea_orm::ActiveValue::Set(false);
        }
        Ok(())
    }

    async fn before_delete(_change: &mut Change<'_>, row: &co_group::Model) -> Result<(), Fault> {
        if !is_of_users(&row.group_type) {
            return Err(Refusal::forbidden(
                "This group cannot be deleted",
                "It belongs to the CO or to a COU and goes with it.",
            )
            .into());
        }
        Ok(())
    }

    fn own_filters() -> &'static [&'static str] {
        &["copersonid"]
    }

    async fn filter(app: &App, caller: &Caller, filters: &HashMap<String, String>) -> Result<Condition, Fault> {
        let Some(text) = filters.get("copersonid") else { return Ok(Condition::all()) };
        let person = known(app, caller, "CoPerson", text).await?;
        let memberships = co_group_member::Entity::find()
            .select_only()
            .column(co_group_member::Column::CoGroupId)
            .filter(co_group_member::Column::CoPersonId.eq(person))
            .filter(is_not(co_group_member::Column::Deleted))
            .filter(Condition::any().add(is(co_group_member::Column::Member)).add(is(co_group_member::Column::Owner)))
            .filter(valid_at(app.clock.now()));
        Ok(Condition::all()
            .add(co_group::Column::Status.eq("A"))
            .add(co_group::Column::Id.in_subquery(memberships.into_query())))
    }
}
