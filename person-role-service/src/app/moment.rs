//! The second that `as_of` asks for, which must have passed (D45).

use chrono::DateTime;
use proto::refusal::Refusal;

use crate::{
    context::{App, Fault},
    store::{past::Moment, time::database_time},
};

/// The moment that a time, in seconds since 1970, stands for: its second's end. The present second is the present.
///
/// # Errors
/// `InvalidFields` for a time that is to come, by the database's time; those of the database.
pub async fn of(app: &App, as_of: Option<i64>) -> Result<Moment, Fault> {
    let Some(seconds) = as_of else { return Ok(Moment::Present) };
    let now = database_time(app.database.reader(), &app.clock).await?.timestamp();
    if seconds > now {
        let sentence = "This time is still to come. Give one that has passed, or leave as_of out to read the present";
        return Err(Refusal::field("as_of", sentence).into());
    }
    let end = DateTime::from_timestamp(seconds.saturating_add(1), 0).filter(|_| seconds < now);
    Ok(end.map_or(Moment::Present, Moment::Before))
}
