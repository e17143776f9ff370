//! The state of groups: the group and its identifiers. Its members are read by who needs them, in pages
//! ([`crate::app::list_members`]).

use proto::registry::v1::{GroupState, SubjectKind, SubjectState, subject_state::Data};

use crate::{
    app::read_subjects::{Snapshot, message},
    context::Fault,
    store::entity::{co_group::CoGroups, identifier::Identifiers},
};

/// Reads groups.
///
/// # Errors
/// Those of the database.
pub(super) async fn read(snapshot: &Snapshot, ids: Vec<i64>) -> Result<Vec<SubjectState>, Fault> {
    let kind = SubjectKind::CoGroup;
    let groups = snapshot.rows::<CoGroups>("id", &ids).await?;
    let there: Vec<i64> = groups.iter().map(|group| group.id).collect();
    let identifiers = snapshot.rows::<Identifiers>("co_group_id", &there).await?;
    let mut states = snapshot.gone(kind, &ids, &there);
    states.extend(groups.iter().map(|group| {
        let own = identifiers.iter().filter(|row| row.co_group_id == Some(group.id) && row.status == "A");
        let state = GroupState {
            co_group: Some(message::<CoGroups>(group)),
            identifiers: own.map(message::<Identifiers>).collect(),
            ..GroupState::default()
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
