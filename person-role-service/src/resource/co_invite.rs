//! Invitations (neighbours.md CoInvite): sent to the person's first mail address; a new one takes the place of the old one.

use proto::{
    record::{Slot, Value},
    refusal::Refusal,
};
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect};

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
