//! Listing the subjects of a CO, or the people with a role in a COU, page by page (D36).

use proto::registry::v1::{ListSubjectsRequest, Subject, SubjectKind};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use service_kit::rows::is_not;

use crate::{
    context::{App, Fault},
    store::{
        entity::{
            co_email_list::CoEmailLists, co_group::CoGroups, co_person::CoPeople, co_person_role,
            co_service::CoServices,
        },
        stored::{Stored, live},
    },
};

/// Lists subjects after the one that the request names, ordered by kind and id.
///
/// # Errors
/// Those of the database.
pub async fn list_subjects(app: &App, request: &ListSubjectsRequest) -> Result<Vec<Subject>, Fault> {
    let limit = u64::from(request.limit.clamp(1, proto::LARGEST_PAGE));
    let (after_kind, after_id) = request.after.map_or((0, 0), |after| (after.kind, after.id));
    let start = |kind: SubjectKind| match after_kind.cmp(&i32::from(kind)) {
        std::cmp::Ordering::Less => Some(0),
        std::cmp::Ordering::Equal => Some(after_id),
        std::cmp::Ordering::Greater => None,
    };
    let mut subjects = Vec::new();
    if let Some(cou_id) = request.cou_id {
        let after = start(SubjectKind::CoPerson).unwrap_or(i64::MAX);
        let people: Vec<i64> = co_person_role::Entity::find()
            .select_only()
            .distinct()
            .column(co_person_role::Column::CoPersonId)
            .filter(co_person_role::Column::CouId.eq(cou_id))
            .filter(is_not(co_person_role::Column::Deleted))
            .filter(co_person_role::Column::CoPersonId.gt(after))
            .order_by_asc(co_person_role::Column::CoPersonId)
            .limit(limit)
            .into_tuple()
            .all(app.database.reader())
            .await?;
        subjects.extend(people.into_iter().map(|id| Subject { kind: SubjectKind::CoPerson.into(), id }));
        return Ok(subjects);
    }
    for kind in [SubjectKind::CoPerson, SubjectKind::CoGroup, SubjectKind::CoEmailList, SubjectKind::CoService] {
        let left = limit.saturating_sub(subjects.len() as u64);
        let Some(after) = start(kind).filter(|_| left > 0) else { continue };
        let ids = match kind {
            SubjectKind::CoGroup => page::<CoGroups>(app, request.co_id, after, left).await?,
            SubjectKind::CoEmailList => page::<CoEmailLists>(app, request.co_id, after, left).await?,
            SubjectKind::CoService => page::<CoServices>(app, request.co_id, after, left).await?,
            _ => page::<CoPeople>(app, request.co_id, after, left).await?,
        };
        subjects.extend(ids.into_iter().map(|id| Subject { kind: kind.into(), id }));
    }
    Ok(subjects)
}

async fn page<S: Stored>(app: &App, co_id: i64, after: i64, limit: u64) -> Result<Vec<i64>, Fault> {
    let columns = S::columns();
    let id = columns.named("id")?;
    let query = S::Entity::find().filter(columns.named("co_id")?.eq(co_id)).filter(id.gt(after));
    Ok(live::<S>(query)?
        .order_by_asc(id)
        .limit(limit)
        .select_only()
        .column(id)
        .into_tuple()
        .all(app.database.reader())
        .await?)
}
