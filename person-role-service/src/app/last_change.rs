//! The last thing that was done to a subject, by its history (D52).

use proto::registry::v1::{LastChangeResponse, Subject, SubjectKind};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{
    context::{App, Fault},
    domain::provisioned,
    store::entity::{api_user, history_record},
};

/// The last history record of a subject that is not about provisioning, and whose doing it was.
///
/// # Errors
/// Those of the database.
pub async fn last_change(app: &App, subject: &Subject) -> Result<LastChangeResponse, Fault> {
    use history_record::Column;
    let column = match subject.kind() {
        SubjectKind::CoPerson => Column::CoPersonId,
        SubjectKind::CoGroup => Column::CoGroupId,
        SubjectKind::CoEmailList => Column::CoEmailListId,
        SubjectKind::CoService => Column::CoServiceId,
        SubjectKind::Unspecified => return Ok(LastChangeResponse::default()),
    };
    let db = app.database.reader();
    let newest = history_record::Entity::find()
        .filter(column.eq(subject.id))
        .filter(Column::Action.is_not_in(provisioned::CODES))
        .order_by_desc(Column::Id)
        .one(db)
        .await?;
    let Some(row) = newest else { return Ok(LastChangeResponse::default()) };
    let actor = match row.actor_api_user_id {
        Some(id) => api_user::Entity::find_by_id(id).one(db).await?.map(|user| user.login),
        None => None,
    };
    Ok(LastChangeResponse {
        at: Some(prost_types::Timestamp { seconds: row.created.timestamp(), nanos: 0 }),
        sentence: row.comment.unwrap_or_default(),
        actor: actor.unwrap_or_default(),
    })
}
