//! Writing the outcomes of provisioning into the history of their subjects (D42).
//!
//! Guarantee: each outcome is written once, however often its message comes. Mechanism: the message's id goes into the
//! inbox in the same transaction.

use std::collections::HashSet;

use proto::{events::v1::ProvisioningOutcome, registry::v1::SubjectKind};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};

use crate::{
    context::{App, Fault},
    domain::history::cut,
    store::entity::{api_user, co, history_record, inbox},
};

/// Writes outcomes into the history.
///
/// # Errors
/// Those of the database; then nothing is written.
pub async fn record_outcomes(app: &App, outcomes: &[ProvisioningOutcome]) -> Result<(), Fault> {
    let tx = app.database.begin().await?;
    let now = app.clock.now();
    let mut once = HashSet::new();
    let outcomes: Vec<&ProvisioningOutcome> =
        outcomes.iter().filter(|outcome| once.insert(&outcome.event_id)).collect();
    if outcomes.is_empty() {
        return Ok(());
    }
    let rows = outcomes
        .iter()
        .map(|outcome| inbox::ActiveModel { message_id: Set(outcome.event_id.clone()), received: Set(now) });
    // Of two that come with the same message at once, one waits here and is then given nothing.
    let taken = inbox::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(inbox::Column::MessageId).do_nothing().to_owned())
        .exec_with_returning(&tx)
        .await?;
    let fresh: HashSet<String> = taken.into_iter().map(|row| row.message_id).collect();
    let new: Vec<&ProvisioningOutcome> =
        outcomes.into_iter().filter(|outcome| fresh.contains(&outcome.event_id)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let cos: HashSet<i64> = co::Entity::find()
        .select_only()
        .column(co::Column::Id)
        .filter(co::Column::Id.is_in(new.iter().map(|outcome| outcome.co_id)))
        .into_tuple::<i64>()
        .all(&tx)
        .await?
        .into_iter()
        .collect();
    let actors: HashSet<&str> =
        new.iter().map(|outcome| outcome.actor.as_str()).filter(|actor| !actor.is_empty()).collect();
    let actors: Vec<(String, i64)> = if actors.is_empty() {
        Vec::new()
    } else {
        api_user::Entity::find()
            .select_only()
            .column(api_user::Column::Login)
            .column(api_user::Column::Id)
            .filter(api_user::Column::Login.is_in(actors))
            .into_tuple()
            .all(&tx)
            .await?
    };
    let actor =
        |outcome: &ProvisioningOutcome| actors.iter().find(|(login, _)| *login == outcome.actor).map(|(_, id)| *id);
    let rows: Vec<history_record::ActiveModel> = new
        .iter()
        .filter(|outcome| cos.contains(&outcome.co_id))
        .filter_map(|outcome| row(outcome, actor(outcome), now))
        .collect();
    if !rows.is_empty() {
        history_record::Entity::insert_many(rows).exec_without_returning(&tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn row(
    outcome: &ProvisioningOutcome,
    actor: Option<i64>,
    now: chrono::DateTime<chrono::Utc>,
) -> Option<history_record::ActiveModel> {
    let subject = outcome.subject?;
    let of = |kind: SubjectKind| (subject.kind() == kind).then_some(subject.id);
    let action = match (outcome.succeeded, subject.kind(), outcome.manual) {
        (_, SubjectKind::Unspecified | SubjectKind::CoService, _) => return None,
        (false, ..) => "PRVX",
        (true, SubjectKind::CoPerson, false) => "PCPA",
        (true, SubjectKind::CoPerson, true) => "PCPM",
        (true, SubjectKind::CoGroup, false) => "PCGA",
        (true, SubjectKind::CoGroup, true) => "PCGM",
        (true, SubjectKind::CoEmailList, false) => "PCEA",
        (true, SubjectKind::CoEmailList, true) => "PCEM",
    };
    let comment = match (outcome.succeeded, outcome.manual) {
        (true, false) => format!("Provisioned {}", outcome.target),
        (true, true) => format!("Provisioned {} (Manual)", outcome.target),
        (false, _) => format!("Provisioning failed for {}: {}", outcome.target, outcome.message),
    };
    Some(history_record::ActiveModel {
        co_id: Set(outcome.co_id),
        co_person_id: Set(of(SubjectKind::CoPerson)),
        co_person_role_id: Set(None),
        co_group_id: Set(of(SubjectKind::CoGroup)),
        co_email_list_id: Set(of(SubjectKind::CoEmailList)),
        org_identity_id: Set(None),
        co_service_id: Set(None),
        actor_co_person_id: Set(None),
        actor_api_user_id: Set(actor),
        action: Set(action.to_owned()),
        comment: Set(Some(cut(comment))),
        created: Set(now),
        modified: Set(now),
        ..Default::default()
    })
}

/// Forgets messages that were handled long ago: none of them comes again.
///
/// # Errors
/// Those of the database.
pub async fn forget_old_messages(app: &App) -> Result<(), Fault> {
    let long_ago = app.clock.now() - chrono::Duration::days(7);
    inbox::Entity::delete_many().filter(inbox::Column::Received.lt(long_ago)).exec(app.database.writer()).await?;
    Ok(())
}
