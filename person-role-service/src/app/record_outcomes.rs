//! Writing the outcomes of provisioning into the history of their subjects (D42).
//!
//! Guarantee: each outcome is written once, however often its message comes. Mechanism: the message's id goes into the
//! inbox in the same transaction.

use std::collections::HashSet;

use proto::{events::v1::ProvisioningOutcome, registry::v1::SubjectKind};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use service_kit::idempotency;

use crate::{
    context::{App, Fault},
    domain::{history::cut, provisioned},
    store::{
        entity::inbox,
        outcomes::{self, Line},
    },
};

/// Writes outcomes into the history, each with those that came together with it.
///
/// # Errors
/// Those of the database; then nothing is written.
pub async fn record_outcomes(app: &App, messages: &[ProvisioningOutcome]) -> Result<(), Fault> {
    if messages.is_empty() {
        return Ok(());
    }
    let tx = app.database.begin().await?;
    let now = app.clock.now();
    let ids: Vec<&str> = messages.iter().map(|message| message.event_id.as_str()).collect();
    let mut fresh: HashSet<String> = outcomes::take(&tx, &ids, now).await?.into_iter().collect();
    // One that stands twice in a batch counts once.
    let new = messages.iter().filter(|message| fresh.remove(&message.event_id));
    let lines: Vec<Line> = new.flat_map(|message| message.together.iter().chain([message])).filter_map(line).collect();
    outcomes::write(&tx, &lines, now).await?;
    tx.commit().await?;
    Ok(())
}

fn line(outcome: &ProvisioningOutcome) -> Option<Line> {
    let subject = outcome.subject?;
    let of = |kind: SubjectKind| (subject.kind() == kind).then_some(subject.id);
    let (action, sentence) = provisioned::told(outcome)?;
    Some(Line {
        co_id: outcome.co_id,
        person: of(SubjectKind::CoPerson),
        group: of(SubjectKind::CoGroup),
        email_list: of(SubjectKind::CoEmailList),
        actor: outcome.actor.clone(),
        action,
        comment: cut(sentence),
    })
}

/// Forgets messages that were handled long ago, none of which comes again, and idempotency keys that are too old.
///
/// # Errors
/// Those of the database.
pub async fn forget_old_messages(app: &App) -> Result<(), Fault> {
    let long_ago = app.clock.now() - chrono::Duration::days(7);
    idempotency::forget(app.database.writer(), &app.clock).await?;
    inbox::Entity::delete_many().filter(inbox::Column::Received.lt(long_ago)).exec(app.database.writer()).await?;
    Ok(())
}
