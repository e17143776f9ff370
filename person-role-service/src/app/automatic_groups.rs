//! The groups that come with a CO and with a COU (neighbours.md COU, CoGroup).

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::LockType,
};

use proto::{caller::Caller, events::v1::Action, record::Record, refusal::Refusal, registry::v1::SubjectKind};

use crate::{
    app::{
        App, Fault,
        change::Change,
        edit::{privileged, write},
        membership::{joined, new_member, remove_from},
        person_status::hold_co,
        references,
        view::find_for_change,
    },
    domain::{history::Entry, membership::belongs},
    resource::{Resource, co_group::CoGroups},
    store::{
        entity::{co_group, co_group_member, co_person, co_person_role, cou},
        status_of,
    },
};

/// The suffix, type and automatic membership of the default groups.
const DEFAULTS: [(&str, &str, bool); 4] =
    [("admins", "A", false), ("approvers", "AP", false), ("members:active", "MA", true), ("members:all", "M", true)];

fn prefix(cou: Option<&str>) -> String {
    cou.map_or_else(|| "CO:".to_owned(), |name| format!("CO:COU:{name}:"))
}

/// Makes the default groups of a CO, or of one of its COUs, that are missing.
///
/// # Errors
/// Those of the database.
pub async fn make(change: &mut Change<'_>, co_id: i64, cou: Option<&cou::Model>) -> Result<(), Fault> {
    let prefix = prefix(cou.map(|cou| cou.name.as_str()));
    let there = of_place(co_id, cou.map(|cou| cou.id)).all(&change.tx).await?;
    for (suffix, group_type, auto) in DEFAULTS {
        if there.iter().any(|group| group.group_type == group_type) {
            continue;
        }
        let row = co_group::ActiveModel {
            co_id: Set(co_id),
            name: Set(format!("{prefix}{suffix}")),
            description: Set(None),
            introduction: Set(None),
            open: Set(false),
            status: Set("A".to_owned()),
            group_type: Set(group_type.to_owned()),
            auto: Set(auto),
            nesting_mode_all: Set(false),
            cou_id: Set(cou.map(|cou| cou.id)),
            created: Set(change.now),
            modified: Set(change.now),
            revision: Set(0),
            deleted: Set(false),
            actor_identifier: Set(Some(change.caller.username.clone())),
            ..Default::default()
        };
        let group = co_group::Entity::insert(row).exec_with_returning(&change.tx).await?;
        change.tell(Entry::of_group(co_id, group.id, "ACGR", "CO Group Created (Automatic)"));
        change.changed(SubjectKind::CoGroup, group.id, co_id, Action::Added);
    }
    Ok(())
}

fn of_place(co_id: i64, cou_id: Option<i64>) -> sea_orm::Select<co_group::Entity> {
    let of_cou = cou_id.map_or_else(|| co_group::Column::CouId.is_null(), |cou_id| co_group::Column::CouId.eq(cou_id));
    co_group::Entity::find()
        .filter(co_group::Column::CoId.eq(co_id))
        .filter(of_cou)
        .filter(co_group::Column::Name.starts_with("CO:"))
        .filter(co_group::Column::Deleted.eq(false))
}

/// Gives the default groups of a COU the names that its new name calls for.
///
/// # Errors
/// Those of the database.
pub async fn rename(change: &mut Change<'_>, before: &cou::Model, after: &cou::Model) -> Result<(), Fault> {
    let (old, new) = (prefix(Some(&before.name)), prefix(Some(&after.name)));
    for group in of_place(after.co_id, Some(after.id)).all(&change.tx).await? {
        let Some(suffix) = group.name.strip_prefix(&old) else { continue };
        let mut active = group.clone().into_active_model();
        active.name = Set(format!("{new}{suffix}"));
        let renamed = write::<CoGroups>(change, &group, active).await?;
        CoGroups::after(change, Some(&group), Some(&renamed)).await?;
    }
    Ok(())
}

/// Makes the default groups of a CO and its COUs that are missing, and lists the automatic groups.
///
/// # Errors
/// `Unknown` for a CO that does not exist or is not the caller's; those of the database.
pub async fn reconcile_co(app: &App, caller: &Caller, co_id: i64) -> Result<Vec<Record>, Fault> {
    privileged(caller)?;
    crate::app::list::known(app, caller, "Co", &co_id.to_string()).await?;
    let mut change = Change::begin(app, caller).await?;
    hold_co(&change, co_id).await?;
    make(&mut change, co_id, None).await?;
    let cous = cou::Entity::find().filter(cou::Column::CoId.eq(co_id)).filter(cou::Column::Deleted.eq(false));
    for cou in cous.all(&change.tx).await? {
        make(&mut change, co_id, Some(&cou)).await?;
    }
    let groups = co_group::Entity::find()
        .filter(co_group::Column::CoId.eq(co_id))
        .filter(co_group::Column::Auto.eq(true))
        .filter(co_group::Column::Deleted.eq(false))
        .order_by_asc(co_group::Column::Id)
        .all(&change.tx)
        .await?;
    change.commit().await?;
    Ok(groups.iter().map(|group| CoGroups::columns().record(group)).collect())
}

/// Computes the members of an automatic group anew.
///
/// # Errors
/// `Unknown`, 403 for a group that is not automatic, those of the database.
pub async fn reconcile(app: &App, caller: &Caller, id: i64) -> Result<(), Fault> {
    let mut change = Change::begin(app, caller).await?;
    let group = find_for_change::<CoGroups>(&change, id, LockType::NoKeyUpdate).await?;
    if !group.auto {
        return Err(Refusal::forbidden(
            "Not An Automatic Group",
            "Only automatic groups can be reconciled. Edit its members instead.",
        )
        .into());
    }
    let people = co_person::Entity::find()
        .filter(co_person::Column::CoId.eq(group.co_id))
        .filter(co_person::Column::Deleted.eq(false))
        .all(&change.tx)
        .await?;
    let roles = co_person_role::Entity::find()
        .filter(co_person_role::Column::CoId.eq(group.co_id))
        .filter(co_person_role::Column::CouId.eq(group.cou_id))
        .filter(co_person_role::Column::Deleted.eq(false))
        .all(&change.tx)
        .await?;
    let members = co_group_member::Entity::find()
        .filter(co_group_member::Column::CoGroupId.eq(group.id))
        .filter(co_group_member::Column::Deleted.eq(false))
        .all(&change.tx)
        .await?;
    let mut statuses: std::collections::HashMap<i64, Vec<_>> = std::collections::HashMap::new();
    for role in roles {
        statuses.entry(role.co_person_id).or_default().push(status_of(&role.status));
    }
    let none = Vec::new();
    let wanted: std::collections::HashSet<i64> = people
        .iter()
        .filter(|person| {
            let roles = statuses.get(&person.id).unwrap_or(&none);
            belongs(&group.group_type, group.cou_id.is_some(), status_of(&person.status), roles)
        })
        .map(|person| person.id)
        .collect();
    let there: std::collections::HashSet<i64> = members.iter().map(|member| member.co_person_id).collect();
    let missing: Vec<i64> = wanted.difference(&there).copied().collect();
    for some in missing.chunks(crate::app::delete::STATEMENT) {
        let rows: Vec<_> = some.iter().map(|person| new_member(&change, &group, *person)).collect();
        co_group_member::Entity::insert_many(rows).exec_without_returning(&change.tx).await?;
        for person in some {
            joined(&mut change, &group, *person, true, false);
        }
    }
    let surplus = members.into_iter().filter(|member| !wanted.contains(&member.co_person_id));
    remove_from(&mut change, surplus.map(|member| (group.clone(), member)).collect()).await?;
    change.commit().await?;
    Ok(())
}

/// Whether a CO exists.
///
/// # Errors
/// Those of the database.
pub async fn co_exists(app: &App, co_id: i64) -> Result<bool, Fault> {
    let wanted = std::collections::BTreeMap::from([("Co".to_owned(), std::collections::BTreeSet::from([co_id]))]);
    Ok(references::find(app.database.reader(), &wanted).await?.co_of("Co", co_id).is_some())
}
