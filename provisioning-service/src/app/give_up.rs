//! Requests that nobody carries out any more, or nobody can at the moment, and what their last holders may have called.

use std::sync::Arc;

use sea_orm::DbErr;

use crate::{
    app::{
        App,
        record_outcomes::{self, Finished, Landed},
    },
    domain::{
        outcome::{Attempt, ConnectorError},
        unsettled::{self, Times, Unsettled},
    },
    store::{
        entity::request::Model,
        states::{self, Place},
        targets,
    },
};

/// How often the worker of a request may die before the request is thought to be the cause.
const TAKEOVERS: i64 = 5;

/// Whether a request that was taken over has taken its holders along too often.
pub(super) const fn fells(request: &Model) -> bool {
    request.takeovers > TAKEOVERS
}

/// Ends requests that fell their workers. What the last of those called may land late still: the place remembers that, for
/// the next one that succeeds there. It does not make a request of its own, which would fell workers again.
///
/// # Errors
/// Those of the database.
pub async fn felling(app: &App, felling: Vec<Model>) -> Result<(), DbErr> {
    let (db, now) = (app.database.reader(), app.clock.now());
    let ids = felling.iter().map(|request| request.co_provisioning_target_id).collect();
    let targets = targets::find_many(db, ids).await?;
    let places = taken_over(app, felling.clone()).await?;
    let mut finished = Vec::with_capacity(felling.len());
    for (request, landed) in felling.into_iter().zip(places) {
        tracing::error!(request.id = request.id.0, "a request is given up: its worker died each time");
        let target = targets.get(&request.co_provisioning_target_id).cloned().map(Arc::new);
        let why = format!(
            "The process that carried it out ended while it was at this request, {} times in a row; look into the \
             server's log for why before you retry it.",
            request.takeovers
        );
        let attempt = Attempt::Broke(ConnectorError::permanent(why));
        let subject = request.subject()?;
        let after = landed.after.map(|after| Unsettled { due: None, ..after });
        let landed = Some(Landed { after, ..landed });
        finished.push(Finished { request, subject, target, started: now, ended: now, attempt, landed });
    }
    record_outcomes::run(app, &finished).await?;
    Ok(())
}

/// What may land of the calls of the former holders of requests, in the order of these: for who cannot find out more.
///
/// # Errors
/// Those of the database.
pub async fn taken_over(app: &App, requests: Vec<Model>) -> Result<Vec<Landed>, DbErr> {
    if requests.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<Place> = requests.iter().map(Place::of).collect::<Result<_, _>>()?;
    let known = states::find(app.database.reader(), &places).await?;
    let landed = |(request, place): (&Model, &Place)| {
        let before = known.get(place).and_then(|known| known.unsettled.clone());
        let began = request.started.unwrap_or_else(|| app.clock.now());
        let times = Times { began, now: began, late: app.late_effect };
        Landed { after: Some(unsettled::taken_over(before.clone(), times)), before, ..Landed::default() }
    };
    Ok(requests.iter().zip(&places).map(landed).collect())
}
