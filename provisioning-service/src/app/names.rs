//! Names at targets, one subject's each (ADR 0065): who else has the one that a subject is to have, who waits for which, and
//! which are to be taken away.
//!
//! The keys that subjects are to have at their targets are written down here, before anything is called: a key that was
//! sent once is never lost, whatever becomes of the call. Where none is made after all, it is taken back.

use service_kit::planted::{self, Bug};

use crate::{
    app::{App, load_work::Task},
    domain::eligibility::Work,
    store::{
        awaited,
        holders::{self, Holder},
        keys::{self, Key},
        leases::Held,
        states::Place,
    },
};

/// Finds out who has what a subject is to be called. What it was called so far is its own, whoever else had it once.
pub(super) async fn find_taken(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let wanted = |task: &Task| {
        let key = task.keys.current.clone().filter(|_| task.work == Some(Work::Apply))?;
        (task.known.key.as_ref() != Some(&key)).then_some((task.place(), Key { key, wanted: true }))
    };
    let keys: Vec<(Place, Key)> = tasks.iter().filter_map(wanted).collect();
    let mut holders = holders::of(app.database.writer(), &keys).await?;
    // Of those that are loaded together and are to be called the same, the first is.
    let mut first = std::collections::HashMap::new();
    for task in tasks {
        let Some((place, Key { key, .. })) = wanted(task) else { continue };
        task.keys.taken = holders.remove(&(place, key.clone()));
        if task.keys.taken.is_none() {
            let same = first.entry((place.target_id, key)).or_insert(place.subject);
            task.keys.taken = (*same != place.subject).then_some(Holder { subject: *same, is_moving: true });
        }
    }
    Ok(())
}

/// Writes down the keys that are new.
pub(super) async fn note(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let mut intended = Vec::new();
    for task in &mut *tasks {
        let new = new_keys(task);
        task.keys.any_noted = !task.keys.noted.is_empty() || !new.is_empty();
        let fresh =
            new.iter().map(|(_, key)| key).filter(|key| !task.keys.noted.iter().any(|noted| noted.key == key.key));
        task.keys.fresh = fresh.filter(|key| key.wanted).map(|key| key.key.clone()).collect();
        intended.extend(new.into_iter().map(|(place, key)| (task.held_as(), place, key)));
    }
    if !planted::is(Bug::KeyAfterSuccess) {
        keys::intend_by(app.database.writer(), &intended).await?;
    }
    // After that: a name that nobody has is waited for by nobody.
    let waits = |task: &Task| {
        let key = task.keys.current.clone().filter(|_| task.keys.taken.is_some() && task.is_called())?;
        Some((task.held_as(), task.place(), key))
    };
    let waiting: Vec<(Held, Place, String)> = tasks.iter().filter_map(waits).collect();
    awaited::wait(app.database.writer(), &waiting).await?;
    share(app, tasks).await
}

/// Looks once more at who has the names that were just written down: of two that looked at once each sees the other one now. What
/// was written down is taken back, and both try again in a moment; what was there before, to be taken away, is that again.
pub(super) async fn look_again(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let is_new = |task: &Task| {
        let key = task.keys.current.clone().filter(|_| task.work == Some(Work::Apply) && task.keys.taken.is_none())?;
        let before = task.known.key.as_ref() == Some(&key)
            || task.keys.noted.iter().any(|noted| noted.key == key && noted.wanted);
        (!before && task.is_called()).then_some((task.place(), Key { key, wanted: true }))
    };
    let noted: Vec<(Place, Key)> = tasks.iter().filter_map(is_new).collect();
    let holders = holders::of(app.database.writer(), &noted).await?;
    let (mut unsent, mut stays) = (Vec::new(), Vec::new());
    for task in tasks {
        if let Some((place, key)) = is_new(task)
            && holders.contains_key(&(place, key.key.clone()))
        {
            match task.keys.fresh.contains(&key.key) {
                true => unsent.push((task.held_as(), place, key)),
                false => stays.push((task.held_as(), place, Key { wanted: false, ..key })),
            }
            task.collides = true;
        }
    }
    keys::intend_by(app.database.writer(), &stays).await?;
    keys::withdraw(app.database.writer(), &unsent).await
}

/// Takes back what was written down for a task that nothing was sent for: it is read again.
///
/// # Errors
/// Those of the database.
pub async fn take_back(app: &App, task: &mut Task) -> Result<(), sea_orm::DbErr> {
    let unsent = |key: &String| (task.held_as(), task.place(), Key { key: key.clone(), wanted: true });
    let unsent: Vec<_> = task.keys.fresh.iter().map(unsent).collect();
    keys::withdraw(app.database.writer(), &unsent).await?;
    task.keys.fresh.clear();
    Ok(())
}

/// Writes down the keys that are about to be taken away: whoever fills a group meanwhile does not count them any more. What
/// the guard holds stays.
pub(super) async fn note_leaving(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let mut leaving = Vec::new();
    for task in tasks.iter_mut().filter(|task| task.work == Some(Work::Remove) && task.held.is_none()) {
        let Some(key) = task.known.key.clone() else { continue };
        let noted = Key { key, wanted: false };
        if !task.keys.noted.contains(&noted) {
            task.keys.any_noted = true;
            leaving.push((task.held_as(), task.place(), noted));
        }
    }
    keys::intend_by(app.database.writer(), &leaving).await
}

/// Finds out which of the keys to be taken away another subject has.
///
/// # Errors
/// Those of the database.
pub async fn share(app: &App, tasks: &mut [Task]) -> Result<(), sea_orm::DbErr> {
    let former = |task: &Task| {
        let place = task.place();
        task.keys.former.clone().into_iter().map(move |key| (place, Key { key, wanted: false }))
    };
    let candidates: Vec<(Place, Key)> = tasks.iter().flat_map(former).collect();
    let of_others = keys::of_others(app.database.writer(), &candidates).await?;
    for task in tasks {
        let place = task.place();
        let former = std::mem::take(&mut task.keys.former);
        (task.keys.shared, task.keys.former) =
            former.into_iter().partition(|key| of_others.contains(&(place, key.clone())));
    }
    Ok(())
}

/// What is to be written down of the keys of a task: nothing if the key is the one that was applied.
fn new_keys(task: &Task) -> Vec<(Place, Key)> {
    let (keys, place) = (&task.keys, task.place());
    let is_to_be = task.work == Some(Work::Apply) && keys.taken.is_none() && task.is_called();
    let wanted = keys.current.as_ref().filter(|_| is_to_be);
    let mut new: Vec<(Place, Key)> = Vec::new();
    for noted in keys.noted.iter().filter(|noted| noted.wanted && Some(&noted.key) != wanted) {
        new.push((place, Key { key: noted.key.clone(), wanted: false }));
    }
    let is_new = |key: &&String| {
        // Who was about to go, and stays, has the key that was applied again.
        let leaving = keys.noted.iter().any(|noted| !noted.wanted && noted.key == **key);
        leaving || task.known.key.as_ref() != Some(*key)
    };
    if let Some(key) = wanted.filter(is_new) {
        let noted = Key { key: key.clone(), wanted: true };
        if !keys.noted.contains(&noted) {
            new.push((place, noted));
        }
    }
    new
}
