//! The groups that come with a CO and with a COU (neighbours.md COU, CoGroup).

use std::collections::HashSet;

use proto::events::v1::Action;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};
use service_kit::rows::is_not;

use crate::{
    change::{Change, versions},
    context::Fault,
    domain::{
        history::Entry,
        ids::{CoId, GroupId},
    },
    follow::update,
    store::{
        changed::{Changed, Pair},
        entity::{co_group, co_group::CoGroups, cou},
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
pub async fn make(change: &mut Change<'_>, co: CoId, cou: Option<&cou::Model>) -> Result<(), Fault> {
    let prefix = prefix(cou.map(|cou| cou.name.as_str()));
    let there = of_place(co.0, cou.map(|cou| cou.id)).all(&change.tx).await?;
    for (suffix, group_type, auto) in DEFAULTS {
        if there.iter().any(|group| group.group_type == group_type) {
            continue;
        }
        let row = co_group::ActiveModel {
            name: Set(format!("{prefix}{suffix}")),
            description: Set(None),
            introduction: Set(None),
            open: Set(false),
            status: Set("A".to_owned()),
            group_type: Set(group_type.to_owned()),
            auto: Set(auto),
            nesting_mode_all: Set(false),
            cou_id: Set(cou.map(|cou| cou.id)),
            ..Default::default()
        };
        let (group, _version) = versions::insert::<CoGroups>(change, row, Some(co.0)).await?;
        change.note(co, GroupId(group.id), Action::Added, Entry::new("ACGR", "CO Group Created (Automatic)"));
    }
    Ok(())
}

/// Makes the default groups of a CO and of all its COUs that are missing. What is there is read once: a CO may have many
/// COUs, and is held meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn make_all(change: &mut Change<'_>, co: CoId) -> Result<(), Fault> {
    make(change, co, None).await?;
    let there: Vec<(i64, String)> = default_groups(co.0)
        .filter(co_group::Column::CouId.is_not_null())
        .select_only()
        .columns([co_group::Column::CouId, co_group::Column::GroupType])
        .into_tuple()
        .all(&change.tx)
        .await?;
    let there: HashSet<(i64, &str)> = there.iter().map(|(cou, group_type)| (*cou, group_type.as_str())).collect();
    let lacks = |cou: &cou::Model| DEFAULTS.iter().any(|(_, group_type, _)| !there.contains(&(cou.id, *group_type)));
    let cous = cou::Entity::find().filter(cou::Column::CoId.eq(co.0)).filter(is_not(cou::Column::Deleted));
    for cou in cous.all(&change.tx).await?.iter().filter(|cou| lacks(cou)) {
        make(change, co, Some(cou)).await?;
    }
    Ok(())
}

fn of_place(co_id: i64, cou_id: Option<i64>) -> sea_orm::Select<co_group::Entity> {
    let of_cou = cou_id.map_or_else(|| co_group::Column::CouId.is_null(), |cou_id| co_group::Column::CouId.eq(cou_id));
    default_groups(co_id).filter(of_cou)
}

fn default_groups(co_id: i64) -> sea_orm::Select<co_group::Entity> {
    co_group::Entity::find()
        .filter(co_group::Column::CoId.eq(co_id))
        .filter(co_group::Column::Name.starts_with("CO:"))
        .filter(is_not(co_group::Column::Deleted))
}

/// Gives the default groups of a COU the names that its new name calls for.
///
/// # Errors
/// Those of the database.
async fn rename(change: &mut Change<'_>, before: &cou::Model, after: &cou::Model) -> Result<(), Fault> {
    let (old, new) = (prefix(Some(&before.name)), prefix(Some(&after.name)));
    for group in of_place(after.co_id, Some(after.id)).all(&change.tx).await? {
        let Some(suffix) = group.name.strip_prefix(&old) else { continue };
        let mut row = group.clone().into_active_model();
        row.name = Set(format!("{new}{suffix}"));
        Box::pin(update::<CoGroups>(change, &group, row)).await?;
    }
    Ok(())
}

/// After a CO or a COU was added or renamed: its groups.
///
/// # Errors
/// Those of the database.
pub(super) async fn follow_place(change: &mut Change<'_>, changed: &Changed<'_>) -> Result<(), Fault> {
    match changed {
        Changed::Co(Pair { before: None, after: Some(co) }) => make(change, CoId(co.id), None).await,
        Changed::Cou(Pair { before: None, after: Some(cou) }) => make(change, CoId(cou.co_id), Some(cou)).await,
        Changed::Cou(Pair { before: Some(old), after: Some(new) }) if old.name != new.name => {
            rename(change, old, new).await
        }
        _ => Ok(()),
    }
}
