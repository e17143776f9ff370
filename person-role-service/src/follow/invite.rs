//! What follows from an invitation: the person is invited, the history says so, and a mail is to be sent (neighbours.md
//! CoInvite).

use proto::{events::v1::Action, registry::v1::Status};
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel};

use crate::{
    change::{Change, holds},
    context::Fault,
    domain::{
        history::Entry,
        ids::{CoId, PersonId},
    },
    follow::update,
    store::{
        changed::{Changed, Pair},
        code_of,
        entity::co_person::CoPeople,
        invite_mails,
        time::database_time,
    },
};

/// After an invitation was made: its mail waits, and the person is invited. After it is over: nothing is sent any more.
///
/// # Errors
/// Those of the database.
pub(super) async fn follow(change: &mut Change<'_>, changed: &Changed<'_>) -> Result<(), Fault> {
    match changed {
        Changed::Invite(Pair { before: None, after: Some(invite) }) => {
            let due = database_time(&change.tx, &change.app().clock).await?;
            let mail = invite_mails::enqueuing(change.tx.get_database_backend(), invite.co_id, invite.id, due);
            change.later(mail);
            let person = PersonId(invite.co_person_id);
            let entry = Entry::new("INVS", format!("Invitation sent to {}", invite.mail));
            change.note(CoId(invite.co_id), person, Action::Updated, entry);
            set_status(change, person, Status::Invited).await
        }
        Changed::Invite(Pair { before: Some(invite), after: None }) => {
            Ok(invite_mails::forget(&change.tx, invite.id).await?)
        }
        _ => Ok(()),
    }
}

/// Gives a person a status, with all that follows.
///
/// # Errors
/// Those of the database.
pub async fn set_status(change: &mut Change<'_>, person: PersonId, status: Status) -> Result<(), Fault> {
    let before = holds::person(change, person).await?;
    let code = code_of(status);
    if before.status == code {
        return Ok(());
    }
    let mut row = before.clone().into_active_model();
    row.status = Set(code);
    let after = Box::pin(update::<CoPeople>(change, &before, row)).await?;
    change.know(after);
    Ok(())
}
