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
        entity::{
            co, co_group,
            co_group::{CoGroups, RESERVED},
            cou,
        },
    },
};

/// A group that comes with each CO and each COU.
struct DefaultGroup {
    suffix: &'static str,
    group_type: &'static str,
    auto: bool,
    /// What its description calls those who are in it.
    who: &'static str,
}

const DEFAULTS: [DefaultGroup; 4] = [
    DefaultGroup { suffix: "admins", group_type: "A", auto: false, who: "Administrators" },
    DefaultGroup { suffix: "approvers", group_type: "AP", auto: false, who: "Approvers" },
    DefaultGroup { suffix: "members:active", group_type: "MA", auto: true, who: "Active Members" },
    DefaultGroup { suffix: "members:all", group_type: "M", auto: true, who: "Members" },
];

impl DefaultGroup {
    /// What the group says of itself, by the name of its CO or COU.
    fn description(&self, of: &str) -> String {
        format!("{of} {}", self.who)
    }
}

/// Where default groups are: a CO, or one of its COUs.
struct Place<'a> {
    co: CoId,
    name: &'a str,
    cou: Option<i64>,
}

impl<'a> Place<'a> {
    fn of_co(co: &'a co::Model) -> Self {
        Self { co: CoId(co.id), name: &co.name, cou: None }
    }

    fn of_cou(cou: &'a cou::Model) -> Self {
        Self { co: CoId(cou.co_id), name: &cou.name, cou: Some(cou.id) }
    }

    /// How the names of its default groups begin.
    fn prefix(&self) -> String {
        self.cou.map_or_else(|| RESERVED.to_owned(), |_| format!("{RESERVED}COU:{}:", self.name))
    }
}

/// Makes the default groups of a place that are missing.
async fn make(change: &mut Change<'_>, place: &Place<'_>) -> Result<(), Fault> {
    let prefix = place.prefix();
    let there = of_place(place).all(&change.tx).await?;
    for default in DEFAULTS {
        if there.iter().any(|group| group.group_type == default.group_type) {
            continue;
        }
        let row = co_group::ActiveModel {
            name: Set(format!("{prefix}{}", default.suffix)),
            description: Set(Some(default.description(place.name))),
            introduction: Set(None),
            open: Set(false),
            status: Set("A".to_owned()),
            group_type: Set(default.group_type.to_owned()),
            auto: Set(default.auto),
            nesting_mode_all: Set(false),
            cou_id: Set(place.cou),
            ..Default::default()
        };
        let (group, _version) = versions::insert::<CoGroups>(change, row, Some(place.co.0)).await?;
        change.note(place.co, GroupId(group.id), Action::Added, Entry::new("ACGR", "CO Group Created (Automatic)"));
    }
    Ok(())
}

/// Makes the default groups of a CO and of all its COUs that are missing. What is there is read once: a CO may have many
/// COUs, and is held meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn make_all(change: &mut Change<'_>, co: CoId) -> Result<(), Fault> {
    let Some(row) = co::Entity::find_by_id(co.0).one(&change.tx).await? else { return Ok(()) };
    make(change, &Place::of_co(&row)).await?;
    let there: Vec<(i64, String)> = default_groups(co.0)
        .filter(co_group::Column::CouId.is_not_null())
        .select_only()
        .columns([co_group::Column::CouId, co_group::Column::GroupType])
        .into_tuple()
        .all(&change.tx)
        .await?;
    let there: HashSet<(i64, &str)> = there.iter().map(|(cou, group_type)| (*cou, group_type.as_str())).collect();
    let lacks = |cou: &cou::Model| DEFAULTS.iter().any(|default| !there.contains(&(cou.id, default.group_type)));
    let cous = cou::Entity::find().filter(cou::Column::CoId.eq(co.0)).filter(is_not(cou::Column::Deleted));
    for cou in cous.all(&change.tx).await?.iter().filter(|cou| lacks(cou)) {
        make(change, &Place::of_cou(cou)).await?;
    }
    Ok(())
}

fn of_place(place: &Place<'_>) -> sea_orm::Select<co_group::Entity> {
    let of_cou = place.cou.map_or_else(|| co_group::Column::CouId.is_null(), |id| co_group::Column::CouId.eq(id));
    default_groups(place.co.0).filter(of_cou)
}

fn default_groups(co_id: i64) -> sea_orm::Select<co_group::Entity> {
    co_group::Entity::find()
        .filter(co_group::Column::CoId.eq(co_id))
        .filter(co_group::Column::Name.starts_with(RESERVED))
        .filter(is_not(co_group::Column::Deleted))
}

/// Gives the default groups of a COU the names that its new name calls for, and the descriptions, unless somebody has
/// described them otherwise.
///
/// # Errors
/// Those of the database.
async fn rename(change: &mut Change<'_>, before: &cou::Model, after: &cou::Model) -> Result<(), Fault> {
    let (old, new) = (Place::of_cou(before).prefix(), Place::of_cou(after));
    for group in of_place(&new).all(&change.tx).await? {
        let Some(suffix) = group.name.strip_prefix(&old) else { continue };
        let mut row = group.clone().into_active_model();
        row.name = Set(format!("{}{suffix}", new.prefix()));
        let default = DEFAULTS.iter().find(|default| default.group_type == group.group_type);
        let as_it_was = |default: &&DefaultGroup| group.description == Some(default.description(&before.name));
        if let Some(default) = default.filter(as_it_was) {
            row.description = Set(Some(default.description(&after.name)));
        }
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
        Changed::Co(Pair { before: None, after: Some(co) }) => make(change, &Place::of_co(co)).await,
        Changed::Cou(Pair { before: None, after: Some(cou) }) => make(change, &Place::of_cou(cou)).await,
        Changed::Cou(Pair { before: Some(old), after: Some(new) }) if old.name != new.name => {
            rename(change, old, new).await
        }
        _ => Ok(()),
    }
}
