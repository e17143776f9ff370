//! Who may do what, and what they may know of (D9, D10, D12, D13).

use std::{
    borrow::Borrow,
    collections::{BTreeMap, BTreeSet},
};

use proto::{caller::Caller, refusal::Refusal, table::Table};

use crate::{
    context::{App, Fault},
    store::{
        owners,
        past::Moment,
        stored::{Stored, co_of},
    },
};

/// Says no to who is not privileged at all.
///
/// # Errors
/// `Unauthorized`.
pub fn privileged(caller: &Caller) -> Result<(), Refusal> {
    if caller.privileged { Ok(()) } else { Err(Refusal::not_privileged()) }
}

/// Says no to who may not change what only platform users change (D12).
///
/// # Errors
/// `Unauthorized`.
pub fn platform_only<S: Stored>(caller: &Caller) -> Result<(), Refusal> {
    if S::PLATFORM_ONLY && !caller.is_platform() { Err(Refusal::not_privileged()) } else { Ok(()) }
}

/// A row that was looked for, if there is one and it is of a CO on which the caller has rights.
///
/// # Errors
/// `Unknown` in both other cases, which cannot be told apart (D9).
pub fn permitted<S: Stored, R: Borrow<S::Row>>(caller: &Caller, row: Option<R>) -> Result<R, Fault> {
    let unknown = || Refusal::unknown(&S::table().singular);
    let row = row.ok_or_else(unknown)?;
    // What belongs to no CO is the platform's.
    let allowed = co_of::<S>(row.borrow())?.map_or_else(|| caller.is_platform(), |co_id| caller.may(co_id));
    if allowed { Ok(row) } else { Err(unknown().into()) }
}

/// The id that a filter names, if there is such a record at a moment, on which the caller has rights.
///
/// # Errors
/// `Unknown` otherwise, with the title of the resource (D10).
pub async fn known(app: &App, caller: &Caller, moment: Moment, (resource, text): (&str, &str)) -> Result<i64, Fault> {
    let unknown = || {
        let title = Table::named(resource).map_or(resource, |table| table.title.as_str());
        Refusal::Unknown {
            phrase: format!("{title} Unknown"),
            sentence: format!(
                "There is no {title} with the id of the filter, or you have no rights on its CO. Check the id."
            ),
        }
    };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let id: i64 = text.parse().ok().filter(|_| is_number).ok_or_else(unknown)?;
    let wanted = BTreeMap::from([(resource.to_owned(), BTreeSet::from([id]))]);
    let found = owners::at(app.database.reader(), moment, &wanted).await?;
    match found.co_of(resource, id) {
        Some(co_id) if caller.may(co_id) => Ok(id),
        _ => Err(unknown().into()),
    }
}
