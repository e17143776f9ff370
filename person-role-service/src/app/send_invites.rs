//! Sending the mails of invitations.
//!
//! Guarantee: an invitation that was accepted is mailed as soon as mail can be sent, until it expires; no answer waits for
//! it. Mechanism: its mail waits in a table that is worked off by lease and number. The secret is made when the mail is
//! sent, and its digest is committed before: what waits holds no secret, and no secret is in the mail that does not work.
//! Failure: a mail that may have been sent and is sent again carries a new secret, and the older one works no more.

use chrono::{DateTime, Duration, Utc};
use futures::future::join_all;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use service_kit::rows::{is, is_not};

use crate::{
    context::{App, Fault},
    domain::invitation,
    mail::{LONGEST_SENDING, Letter, Mailer},
    store::{
        entity::{co, co_invite, name, name::Names},
        invite_mails::{self, Taken},
        stored::with,
        time::database_time,
    },
};

/// How many are sent at once.
const AT_ONCE: i64 = 8;
/// Pauses between tries: the first, doubled each time up to the longest.
const FIRST_PAUSE: Duration = Duration::seconds(30);
const LONGEST_PAUSE: Duration = Duration::hours(1);

/// Sends what is due; says whether there may be more.
///
/// # Errors
/// Those of the database.
pub async fn send_invites(app: &App, mailer: &Mailer) -> Result<bool, Fault> {
    let tx = app.database.begin().await?;
    let now = database_time(&tx, &app.clock).await?;
    // Twice as long as sending may take.
    let lease = Duration::from_std(LONGEST_SENDING * 2).unwrap_or(FIRST_PAUSE);
    let taken = invite_mails::take(&tx, now, lease, AT_ONCE).await?;
    tx.commit().await?;
    let sent = join_all(taken.iter().map(|taken| send(app, mailer, *taken, now))).await;
    sent.into_iter().collect::<Result<Vec<()>, Fault>>()?;
    Ok(taken.len() as u64 == AT_ONCE.cast_unsigned())
}

async fn send(app: &App, mailer: &Mailer, taken: Taken, now: DateTime<Utc>) -> Result<(), Fault> {
    let Some(letter) = write(app, taken, now).await? else { return Ok(()) };
    match mailer.send(&letter).await {
        Ok(()) => {
            invite_mails::remove(app.database.writer(), taken).await?;
        }
        Err(why) => {
            // What mail servers say may have addresses in it, which no log is to keep.
            tracing::warn!(
                invite.id = taken.co_invite_id,
                tries = taken.tries,
                "a mail could not be sent; trying again"
            );
            tracing::debug!(error = why, "the mail server said");
            let doubled = FIRST_PAUSE * 2_i32.pow(u32::try_from(taken.tries - 1).unwrap_or(0).min(16));
            let due = now + doubled.min(LONGEST_PAUSE);
            invite_mails::put_off(app.database.writer(), taken, due, &why).await?;
        }
    }
    Ok(())
}

/// Makes the secret of an invitation, and its letter; none if the invitation is over, or somebody else sends it now.
async fn write(app: &App, taken: Taken, now: DateTime<Utc>) -> Result<Option<Letter>, Fault> {
    let tx = app.database.begin().await?;
    if !invite_mails::is_held(&tx, taken).await? {
        return Ok(None);
    }
    let live = co_invite::Entity::find_by_id(taken.co_invite_id)
        .filter(is_not(co_invite::Column::Deleted))
        .filter(co_invite::Column::Expires.gt(now));
    let Some(invite) = live.one(&tx).await? else {
        invite_mails::remove(&tx, taken).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let secret = invitation::secret();
    // No revision: a secret is nothing that an invitation's history tells.
    co_invite::Entity::update_many()
        .col_expr(co_invite::Column::Invitation, Expr::value(invitation::digest(&secret)))
        .filter(co_invite::Column::Id.eq(invite.id))
        .exec(&tx)
        .await?;
    let names = with::<Names>("co_person_id", invite.co_person_id)?.filter(is(name::Column::PrimaryName));
    let name = names.one(&tx).await?.map(|name| match name.family {
        Some(family) => format!("{} {family}", name.given),
        None => name.given,
    });
    let co_name = co::Entity::find_by_id(invite.co_id).one(&tx).await?.map(|co| co.name).unwrap_or_default();
    tx.commit().await?;
    let id = format!("invite-{}-{}", invite.id, taken.tries);
    Ok(Some(Letter { id, to: invite.mail, name, co_name, secret, expires: invite.expires }))
}
