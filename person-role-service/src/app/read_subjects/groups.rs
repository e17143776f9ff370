//! The state of groups: the group and its identifiers. Its members are read by who needs them, in pages
//! ([`crate::app::list_members`]); release 0.1 is told them with the group.

use std::collections::HashMap;

use proto::registry::v1::{GroupState, SubjectKind, SubjectState, subject_state::Data};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use service_kit::rows::{among, is, is_not};

use crate::{
    app::read_subjects::{Snapshot, message},
    context::Fault,
    domain::passed_on::identifier_holds,
    store::{
        entity::{
            co_group::CoGroups,
            co_group_member::{self, Column},
            identifier::Identifiers,
        },
        memberships::valid_at,
    },
};

/// How many members release 0.1 told of a group.
const MEMBERS: usize = 10_000;

/// Reads groups, as release 0.1 did with their members.
///
/// # Errors
/// Those of the database.
pub(super) async fn read(snapshot: &Snapshot, ids: Vec<i64>, with_members: bool) -> Result<Vec<SubjectState>, Fault> {
    let kind = SubjectKind::CoGroup;
    let groups = snapshot.rows::<CoGroups>("id", &ids).await?;
    let there: Vec<i64> = groups.iter().map(|group| group.id).collect();
    let identifiers = snapshot.rows::<Identifiers>("co_group_id", &there).await?;
    let mut members = if with_members { members(snapshot, &there).await? } else { HashMap::new() };
    let mut states = snapshot.gone(kind, &ids, &there);
    states.extend(groups.iter().map(|group| {
        let own = identifiers.iter().filter(|row| row.co_group_id == Some(group.id) && identifier_holds(&row.status));
        let state = GroupState {
            co_group: Some(message::<CoGroups>(group)),
            identifiers: own.map(message::<Identifiers>).collect(),
            member_ids: members.remove(&group.id).unwrap_or_default(),
        };
        SubjectState {
            co_id: group.co_id,
            exists: true,
            data: Some(Data::Group(state)),
            ..snapshot.state(kind, group.id)
        }
    }));
    Ok(states)
}

/// The people whose membership holds, by group.
async fn members(snapshot: &Snapshot, groups: &[i64]) -> Result<HashMap<i64, Vec<i64>>, Fault> {
    let rows: Vec<(i64, i64)> = co_group_member::Entity::find()
        .select_only()
        .column(Column::CoGroupId)
        .column(Column::CoPersonId)
        .filter(among(snapshot.tx.get_database_backend(), Column::CoGroupId, groups))
        .filter(is_not(Column::Deleted))
        .filter(is(Column::Member))
        .filter(valid_at(snapshot.now))
        .order_by_asc(Column::CoPersonId)
        .into_tuple()
        .all(&snapshot.tx)
        .await?;
    let mut members: HashMap<i64, Vec<i64>> = HashMap::new();
    for (group, person) in rows {
        let of_group = members.entry(group).or_default();
        if of_group.len() < MEMBERS {
            of_group.push(person);
        }
    }
    Ok(members)
}
