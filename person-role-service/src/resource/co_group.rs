//! Groups: the automatic ones are the server's (neighbours.md CoGroup).

use std::collections::HashMap;

use proto::{
    caller::Caller,
    events::v1::Action,
    record::Value,
    refusal::Refusal,
    registry::v1::{GroupType, SubjectKind},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::{
    app::{App, Fault, change::Change, delete::delete_where, list::known},
    domain::history::{Entry, differences},
    resource::{Draft, Resource, co_group_member::CoGroupMembers, identifier::Identifiers, rows_of},
    store::entity::{co_group, co_group_member},
};

/// Groups.
#[derive(Debug)]
pub struct CoGroups;

#[async_trait::async_trait]
impl Resource for CoGroups {
    rows_of!(CoGroup, co_group);

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

    async fn before_delete(change: &mut Change<'_>, row: &co_group::Model) -> Result<(), Fault> {
        if !is_of_users(&row.group_type) {
            return Err(Refusal::forbidden(
                "This group cannot be deleted",
                "It belongs to the CO or to a COU and goes with it.",
            )
            .into());
        }
        delete_where::<CoGroupMembers>(change, "co_group_id", row.id).await?;
        delete_where::<Identifiers>(change, "co_group_id", row.id).await
    }

    async fn after(
        change: &mut Change<'_>,
        before: Option<&co_group::Model>,
        after: Option<&co_group::Model>,
    ) -> Result<(), Fault> {
        let kind = SubjectKind::CoGroup;
        match (before, after) {
            (None, Some(group)) => {
                change.tell(Entry::of_group(group.co_id, group.id, "ACGR", "CO Group Created (Manual)"));
                change.changed(kind, group.id, group.co_id, Action::Added);
            }
            (Some(old), Some(new)) => {
                let columns = Self::columns();
                let what = differences(&columns.record(old), &columns.record(new));
                change.tell(Entry::of_group(new.co_id, new.id, "ECGR", format!("CO Group Edited: {what}")));
                change.group_changed(new.id, new.co_id);
                if old.name != new.name || (old.status == "A") != (new.status == "A") {
                    members_changed(change, new).await?;
                }
            }
            (Some(group), None) => {
                change.tell(Entry::of_group(group.co_id, group.id, "DCGR", "CO Group Deleted (Manual)"));
                change.changed(kind, group.id, group.co_id, Action::Deleted);
            }
            (None, None) => {}
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
            .filter(co_group_member::Column::Deleted.eq(false))
            .filter(
                Condition::any()
                    .add(co_group_member::Column::Member.eq(true))
                    .add(co_group_member::Column::Owner.eq(true)),
            )
            .filter(crate::app::read_subjects::valid_now(app.clock.now()));
        Ok(Condition::all()
            .add(co_group::Column::Status.eq("A"))
            .add(co_group::Column::Id.in_subquery(memberships.into_query())))
    }
}

/// Whether groups of a type are made by users: standard groups and those of clusters.
#[must_use]
pub fn is_of_users(group_type: &str) -> bool {
    matches!(group_type, "S" | "CL")
}

/// Tells that all members of a group changed (provisioning-engine.md §2).
async fn members_changed(change: &mut Change<'_>, group: &co_group::Model) -> Result<(), Fault> {
    let people: Vec<i64> = co_group_member::Entity::find()
        .select_only()
        .column(co_group_member::Column::CoPersonId)
        .filter(co_group_member::Column::CoGroupId.eq(group.id))
        .filter(co_group_member::Column::Deleted.eq(false))
        .into_tuple()
        .all(&change.tx)
        .await?;
    for person in people {
        change.person_changed(person, group.co_id);
    }
    Ok(())
}
