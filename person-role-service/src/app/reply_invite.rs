//! The answer to an invitation (neighbours.md CoInvite): confirmed, the person becomes Active and the mail address verified;
//! declined, the person becomes Declined. Either way the invitation is over.

use proto::{
    caller::Caller,
    check::Violations,
    events::v1::Action,
    refusal::Refusal,
    registry::v1::{ReplyRequest, Status},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::LockType};
use service_kit::rows::is_not;

use crate::{
    change::{Change, holds},
    context::{App, Fault},
    domain::{
        history::Entry,
        ids::{CoId, PersonId},
        invitation::digest,
    },
    follow::{self, invite::set_status},
    rights::{permitted, privileged},
    store::{
        code_of,
        entity::{
            co_invite,
            co_invite::CoInvites,
            email_address::{self, EmailAddresses},
        },
    },
};

/// Confirms or declines the invitation with a secret.
///
/// # Errors
/// `InvalidFields`, 404 `CoInvite Unknown`, 400 `CoPerson Unknown`, 403 `Expired`, or the database's fault.
pub async fn reply_invite(app: &App, caller: &Caller, request: &ReplyRequest) -> Result<(), Fault> {
    privileged(caller)?;
    let confirmed = read(request)?;
    let mut change = Change::begin(app, caller).await?;
    let query = co_invite::Entity::find()
        .filter(co_invite::Column::Invitation.eq(digest(&request.inviteid)))
        .filter(is_not(co_invite::Column::Deleted));
    let invite = permitted::<CoInvites, _>(caller, query.one(&change.tx).await?)?;
    // The person first, as whoever sends an invitation does; then the invitation, which may be over by now.
    let person = holds::person(&mut change, PersonId(invite.co_person_id)).await?;
    let invite = holds::row::<CoInvites>(&change, invite.id, LockType::NoKeyUpdate).await?;
    if person.deleted {
        let sentence = "The person that was invited is not there any more.".to_owned();
        return Err(Refusal::Unfit { phrase: "CoPerson Unknown".to_owned(), sentence }.into());
    }
    if invite.expires <= change.time().await? {
        return Err(Refusal::forbidden("Expired", "The invitation has expired. Send the person a new one.").into());
    }
    let (action, what, status) = match confirmed {
        true => ("INVC", "confirmed", Status::Active),
        false => ("INVD", "declined", Status::Declined),
    };
    let entry = Entry::new(action, format!("Invitation to {} {what}", invite.mail));
    let noted = change.note(CoId(invite.co_id), PersonId(person.id), Action::Updated, entry);
    if confirmed {
        change.enrolled(&noted, PersonId(person.id));
    }
    if person.status == code_of(Status::Invited) {
        set_status(&mut change, PersonId(person.id), status).await?;
    }
    if confirmed {
        verify_address(&mut change, &invite).await?;
    }
    follow::delete::<CoInvites>(&mut change, vec![invite]).await?;
    change.commit().await?;
    Ok(())
}

/// Whether the answer is to confirm.
fn read(request: &ReplyRequest) -> Result<bool, Refusal> {
    let mut wrong = Violations::default();
    if request.inviteid.is_empty() {
        wrong.add("inviteid", "Give the secret of the invitation's mail: ?inviteid=<secret>");
    }
    if !matches!(request.reply.as_str(), "confirm" | "decline") {
        wrong.add("reply", "Say confirm or decline: &reply=confirm");
    }
    if wrong.is_empty() { Ok(request.reply == "confirm") } else { Err(Refusal::InvalidFields(wrong)) }
}

/// Who has the secret reads the mail of the address: it is verified, if the person still has it.
async fn verify_address(change: &mut Change<'_>, invite: &co_invite::Model) -> Result<(), Fault> {
    let query = email_address::Entity::find_by_id(invite.email_address_id.unwrap_or_default())
        .filter(email_address::Column::CoPersonId.eq(invite.co_person_id))
        .filter(email_address::Column::Mail.eq(invite.mail.as_str()))
        .filter(is_not(email_address::Column::Verified))
        .filter(is_not(email_address::Column::Deleted));
    if let Some(before) = query.one(&change.tx).await? {
        let mut row = before.clone().into_active_model();
        row.verified = Set(true);
        follow::update::<EmailAddresses>(change, &before, row).await?;
    }
    Ok(())
}
