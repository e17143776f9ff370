//! Invitations (neighbours.md CoInvite): sent to the person's first mail address; a new one takes the place of the old one.

use chrono::Duration;
use proto::{
    record::{Slot, Value},
    refusal::Refusal,
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    change::Change,
    context::Fault,
    follow::delete_where,
    resource::{Draft, Extras, Resource},
    store::{
        entity::{co_invite, co_invite::CoInvites, email_address, email_address::EmailAddresses},
        stored::with,
    },
};

/// Holds the users of a CO to how many invitations they may send in an hour (D62): each is a mail in the site's name, with
/// words of theirs.
async fn over_quota(change: &Change<'_>, co_id: Option<i64>) -> Result<Option<Refusal>, Fault> {
    let most = change.app().invites_per_hour;
    let Some(co_id) = co_id.filter(|_| most > 0 && !change.caller.is_platform()) else { return Ok(None) };
    // Those that were replaced count as well.
    let of_co = co_invite::Entity::find().filter(co_invite::Column::CoId.eq(co_id));
    let one_too_many = of_co.order_by_desc(co_invite::Column::Id).offset(u64::from(most) - 1).one(&change.tx).await?;
    let since = change.time().await? - Duration::hours(1);
    Ok(one_too_many.filter(|oldest| oldest.created > since).map(|_| {
        let sentence = format!(
            "Users of this CO may send {most} invitations in an hour, and have. Send the others later, or have a platform \
             user send them."
        );
        Refusal::forbidden("Limit Reached", sentence)
    }))
}

#[async_trait::async_trait]
impl Resource for CoInvites {
    const CONCERNS_PERSON: bool = true;

    async fn check(change: &mut Change<'_>, draft: &mut Draft<'_, co_invite::Model>) -> Result<(), Fault> {
        let Some(person) = draft.sent.int("co_person_id").filter(|_| draft.wrong.is_empty()) else { return Ok(()) };
        let first = with::<EmailAddresses>("co_person_id", person)?.order_by_asc(email_address::Column::Id);
        let Some(address) = first.limit(1).one(&change.tx).await? else {
            let sentence = "The person has no mail address. Add one, then send the invitation.".to_owned();
            draft.forbidden.get_or_insert(Refusal::Unfit { phrase: "No Email Address".to_owned(), sentence });
            return Ok(());
        };
        if let Some(refusal) = over_quota(change, draft.co_id).await? {
            draft.forbidden.get_or_insert(refusal);
            return Ok(());
        }
        let expires = change.time().await? + change.app().invite_validity;
        draft.sent.set("mail", Slot::Is(Value::Text(address.mail)));
        draft.sent.set("email_address_id", Slot::Is(Value::Int(address.id)));
        draft.sent.set("expires", Slot::Is(Value::Time(expires.timestamp())));
        Ok(())
    }

    async fn complete(
        change: &mut Change<'_>,
        row: &mut co_invite::ActiveModel,
        _extras: &mut Extras,
        _before: Option<&co_invite::Model>,
    ) -> Result<(), Fault> {
        row.invitation = Set(None);
        match row.co_person_id {
            Set(person) => delete_where::<Self>(change, "co_person_id", person).await,
            _ => Ok(()),
        }
    }
}
