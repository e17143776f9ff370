//! Groups: the automatic ones are the server's (neighbours.md CoGroup).

use std::collections::BTreeSet;

use proto::{
    record::{Record, Value},
    refusal::Refusal,
    registry::v1::GroupType,
    time::within,
};
use sea_orm::{
    Condition,
    sea_query::{Alias, ExprTrait},
};
use service_kit::rows::among;

use crate::{
    change::Change,
    context::{App, Fault},
    resource::{Asked, Draft, Resource, search},
    rights::known,
    store::{
        entity::{
            co_group,
            co_group::{CoGroups, RESERVED, is_of_users},
            co_group_member::CoGroupMembers,
        },
        past::{self, Moment, Shelf},
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
        if draft.sent.text("name").is_some_and(|name| name.starts_with(RESERVED) && renamed(name)) {
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
        &["copersonid", "search.identifier", "search.identifier.equals"]
    }

    async fn filter(app: &App, asked: &Asked<'_>, shelf: Shelf) -> Result<Condition, Fault> {
        let mut condition = Condition::all();
        for (key, text) in asked.filters {
            condition = match key.replace('_', ".").as_str() {
                "copersonid" => condition.add(of_person(app, asked, shelf, text).await?),
                "search.identifier" => {
                    let groups = search::identifiers(asked, text, "co_group_id")?;
                    condition.add(shelf.column("id").in_subquery(groups))
                }
                "search.identifier.equals" => {
                    let groups = search::same_identifier(asked, text, "co_group_id")?;
                    condition.add(shelf.column("id").in_subquery(groups))
                }
                _ => condition,
            };
        }
        Ok(condition)
    }
}

/// The groups that a person is in: Active ones with a membership that holds.
async fn of_person(app: &App, asked: &Asked<'_>, shelf: Shelf, person: &str) -> Result<Condition, Fault> {
    let person = known(app, asked.caller, asked.moment, ("CoPerson", person)).await?;
    let db = app.database.reader();
    let of_person = |shelf: Shelf| Condition::all().add(shelf.column("co_person_id").eq(person));
    let memberships = past::all::<CoGroupMembers, _>(db, asked.moment, of_person).await?;
    let now = match asked.moment {
        Moment::Present => app.clock.now().timestamp(),
        Moment::Before(time) => time.timestamp() - 1,
    };
    let truth = |record: &Record, column: &str| record.get(column) == Some(&Value::Bool(true));
    let holds = memberships.iter().filter(|record| {
        let (from, through) = (record.time("valid_from"), record.time("valid_through"));
        (truth(record, "member") || truth(record, "owner")) && within(from, through, now)
    });
    let groups: BTreeSet<i64> = holds.filter_map(|record| record.int("co_group_id")).collect();
    let id = Alias::new(shelf.name("id"));
    Ok(Condition::all().add(shelf.column("status").eq("A")).add(among(db.get_database_backend(), id, &groups)))
}
