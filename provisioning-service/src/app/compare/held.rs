//! What a target has beside what is to be there: its keys, read page by page.

use crate::{
    app::{
        App,
        compare::{PAGE, note},
        expand_request::{self, Stop},
    },
    connector::Connector,
    domain::{
        outcome::{Attempt, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
    store::{
        differences::{self, Difference, Found},
        entity::request::Model,
        keys,
    },
};

/// A page of keys counts as so many at least: a target that tells them one by one comes to an end, too.
const PAGE_COUNTS: usize = 100;
/// A key that is none of ours is noted by so many of its letters.
const NOTED: usize = 200;
/// So many bytes of keys count as one key more.
const BYTES_COUNT: usize = 256;

/// Looks at the keys of a kind that the target has, of which no more are looked at than are left.
pub(super) async fn of_keys(
    app: &App,
    request: &Model,
    (target, connector): (&Target, &dyn Connector),
    kind: Kind,
    left: &mut usize,
) -> Result<(), Stop> {
    let mut next = None;
    loop {
        expand_request::place(app, request).await?;
        let page = connector.keys(target, kind, next).await;
        let page = page.map_err(|error| Stop::Ended(Attempt::Broke(error)))?;
        let weight = page.keys.iter().map(|key| 1 + key.len() / BYTES_COUNT).sum::<usize>();
        *left = left.checked_sub(weight.max(PAGE_COUNTS)).ok_or_else(too_many)?;
        for some in page.keys.chunks(PAGE as usize) {
            of_some(app, request, target, kind, some).await?;
        }
        match page.next {
            Some(more) => next = Some(more),
            None => return Ok(()),
        }
    }
}

fn too_many() -> Stop {
    let sentence = "The target has many more entries than the registry has subjects, and the comparison was given up. \
                    Point the target at a place that is its own.";
    Stop::Ended(Attempt::Broke(ConnectorError::permanent(sentence)))
}

/// Looks at some keys: those that no subject has are ours, or somebody else's.
async fn of_some(app: &App, request: &Model, target: &Target, kind: Kind, keys: &[String]) -> Result<(), Stop> {
    let db = app.database.writer();
    let (keys, odd): (Vec<String>, Vec<String>) = keys.iter().cloned().partition(|key| keys::is_plain(key));
    let unclaimed = differences::unclaimed(db, request.id, &keys).await?;
    let ours = keys::subjects(db, target.id, kind, &unclaimed).await?;
    let of = |key: String| match ours.get(&key) {
        Some(id) => Found { difference: Difference::Extra, subject: Some(Subject::new(kind, *id)), key: Some(key) },
        None => Found { difference: Difference::Foreign, subject: None, key: Some(key) },
    };
    let foreign = |key: &String| Found { difference: Difference::Foreign, subject: None, key: Some(noted(key)) };
    let found: Vec<Found> = unclaimed.into_iter().map(of).chain(odd.iter().map(foreign)).collect();
    note(app, request, target, &found).await
}

/// What is noted of a key that is not plain.
fn noted(key: &str) -> String {
    let plain = |letter: char| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter };
    let shown: String = key.chars().take(NOTED).map(plain).collect();
    if shown.len() < key.len() { format!("{shown}…") } else { shown }
}
