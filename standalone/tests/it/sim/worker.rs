//! A worker, step by step: claim, load, call, record, renew; and what is lost when it is killed.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use chrono::{DateTime, Utc};
use provisioning_service::{
    app::{
        App, claim_work, expand_request, load_work, load_work::Task, record_outcomes, record_outcomes::Finished,
        surroundings::Surroundings,
    },
    domain::outcome::Attempt,
    store::{
        DbErr,
        claim::{Room, Scope},
        entity::request::Model,
        leases::{self, Held},
    },
    worker::{execute, landed},
};

use service_kit::planted::{self, Bug};

use crate::sim::target::Targets;

type Ending = (Arc<Task>, DateTime<Utc>, Attempt);

/// A worker acts as if a lease had ended this much before it does, in parts of the lease: as the real one.
const MARGIN: i32 = 10;

/// An attempt that has called its target.
struct Running {
    held: Held,
    call: u64,
    attempt: Pin<Box<dyn Future<Output = Ending>>>,
}

/// What a worker holds in its memory.
#[derive(Default)]
pub(crate) struct Memory {
    claimed: Vec<Model>,
    loaded: Vec<Task>,
    running: Vec<Running>,
    finished: Vec<Finished>,
    /// Until when it holds what it holds, by its own clock.
    leases: HashMap<Held, DateTime<Utc>>,
    /// What another one held before, who may have been in a call.
    abandoned: HashSet<Held>,
}

fn held_of(request: &Model) -> Held {
    Held { id: request.id, fence: request.fence }
}

impl Memory {
    pub(crate) fn is_empty(&self) -> bool {
        self.point() == "idle"
    }

    /// Where it would be killed now: the name of the point.
    pub(crate) fn point(&self) -> &'static str {
        if !self.finished.is_empty() {
            "before the record"
        } else if !self.running.is_empty() {
            "in the call"
        } else if !self.loaded.is_empty() {
            "before the call"
        } else if !self.claimed.is_empty() {
            "after the claim"
        } else {
            "idle"
        }
    }

    fn held(&self) -> Vec<Held> {
        let claimed = self.claimed.iter().map(held_of);
        let loaded = self.loaded.iter().map(|task| held_of(&task.request));
        let running = self.running.iter().map(|running| running.held);
        claimed.chain(loaded).chain(running).chain(self.finished.iter().map(Finished::held)).collect()
    }

    /// The calls that it waits for.
    pub(crate) fn calls(&self) -> Vec<u64> {
        self.running.iter().map(|running| running.call).collect()
    }

    pub(crate) async fn claim(&mut self, app: &App, limit: usize) -> Result<(), DbErr> {
        let asked = app.clock.now();
        let claimed = claim_work::due(app, &Scope::AllBut(Vec::new()), &Room::endless(), limit).await?;
        self.hold(app, asked, claimed.iter().map(held_of));
        self.claimed.extend(claimed);
        Ok(())
    }

    pub(crate) async fn take_over(&mut self, app: &App, limit: usize) -> Result<(), DbErr> {
        let asked = app.clock.now();
        let claimed = claim_work::abandoned(app, limit).await?;
        self.hold(app, asked, claimed.iter().map(held_of));
        self.abandoned.extend(claimed.iter().map(held_of));
        self.claimed.extend(claimed);
        Ok(())
    }

    fn hold(&mut self, app: &App, asked: DateTime<Utc>, held: impl Iterator<Item = Held>) {
        let until = asked + app.lease - app.lease / MARGIN;
        self.leases.extend(held.map(|held| (held, until)));
    }

    /// Renews its leases; what it does not hold any more it lets go of.
    pub(crate) async fn renew(&mut self, app: &App) -> Result<(), DbErr> {
        let held = self.held();
        if !held.is_empty() {
            let asked = app.clock.now();
            let still = leases::renew(app.database.writer(), &held, &app.clock, app.lease).await?;
            self.leases.retain(|held, _| still.contains(held));
            self.hold(app, asked, still.into_iter());
        }
        self.let_go(app);
        Ok(())
    }

    /// Does nothing more about what it does not hold any more: a worker that wakes up late.
    fn let_go(&mut self, app: &App) {
        if planted::is(Bug::LateResultRecorded) || planted::is(Bug::NoFence) {
            // The fence is to be seen alone.
            return;
        }
        let (leases, now) = (&self.leases, app.clock.now());
        let holds = |held: Held| leases.get(&held).is_some_and(|until| *until > now);
        self.claimed.retain(|request| holds(held_of(request)));
        self.loaded.retain(|task| holds(held_of(&task.request)));
        self.running.retain(|running| holds(running.held));
        self.finished.retain(|finished| holds(finished.held()));
    }

    /// Loads what was claimed; requests for many are expanded.
    pub(crate) async fn load(&mut self, app: &App) {
        self.let_go(app);
        let mut single = Vec::new();
        for request in std::mem::take(&mut self.claimed) {
            if !request.subject().unwrap().kind.is_many() {
                single.push(request);
                continue;
            }
            let started = app.clock.now();
            let left = expand_request::run(app, &request).await.unwrap_or_else(|error| {
                Some(Attempt::Postponed(format!("The database cannot be used at the moment: {error}")))
            });
            if let Some(attempt) = left {
                self.finish(app, request, started, attempt);
            }
        }
        if single.is_empty() {
            return;
        }
        match load_work::run(app, single).await {
            Ok(tasks) => self.loaded.extend(tasks),
            Err((requests, away)) => {
                // What another one may have been in a call for is left to its lease.
                for request in requests
                    .into_iter()
                    .filter(|request| !self.abandoned.contains(&held_of(request)))
                    .collect::<Vec<_>>()
                {
                    let now = app.clock.now();
                    self.finish(app, request, now, Attempt::Postponed(away.0.clone()));
                }
            }
        }
    }

    fn finish(&mut self, app: &App, request: Model, started: DateTime<Utc>, attempt: Attempt) {
        let subject = request.subject().unwrap();
        let ended = app.clock.now();
        self.finished.push(Finished { request, subject, target: None, started, ended, attempt, landed: None });
    }

    /// Begins with one task of those that were loaded.
    pub(crate) async fn call(&mut self, app: &App, targets: &Targets, place: usize) {
        self.let_go(app);
        if place >= self.loaded.len() {
            return;
        }
        let task = Arc::new(self.loaded.remove(place));
        let held = held_of(&task.request);
        let (app_of_call, now) = (app.clone(), app.clock.now());
        let attempt = Box::pin(async move {
            let attempt = match execute::ready(&app_of_call, &task) {
                Err(attempt) => attempt,
                Ok((target, connector)) => {
                    let beside = Surroundings::of(&app_of_call, target);
                    execute::attempt(&task, target, connector.as_ref(), &beside, now).await
                }
            };
            (task, now, attempt)
        });
        self.drive(app, targets, Running { held, call: 0, attempt }).await;
    }

    /// Goes on with the calls that were answered.
    pub(crate) async fn go_on(&mut self, app: &App, targets: &Targets) {
        self.let_go(app);
        let (waiting, answered) =
            std::mem::take(&mut self.running).into_iter().partition(|running| targets.has_open(running.call));
        self.running = waiting;
        let answered: Vec<Running> = answered;
        for running in answered {
            self.drive(app, targets, running).await;
        }
    }

    /// Lets an attempt run until it calls its target, or ends.
    async fn drive(&mut self, app: &App, targets: &Targets, mut running: Running) {
        let held = running.held;
        let ended = std::future::poll_fn(|cx| {
            {
                let mut state = targets.0.lock().unwrap();
                state.calling = (held.id.0, held.fence);
                state.arrived = None;
            }
            match running.attempt.as_mut().poll(cx) {
                Poll::Ready(ending) => Poll::Ready(Ok(ending)),
                Poll::Pending => match targets.0.lock().unwrap().arrived.take() {
                    Some(call) => Poll::Ready(Err(call)),
                    None => Poll::Pending,
                },
            }
        })
        .await;
        match ended {
            Err(call) => self.running.push(Running { call, ..running }),
            Ok((task, started, attempt)) => {
                let passed = app.clock.now() - started;
                let abandoned = self.abandoned.contains(&held);
                let landed = Some(landed::landed(app, &task, &attempt, passed, abandoned));
                let Task { request, subject, target, .. } = (*task).clone();
                let ended = app.clock.now();
                self.finished.push(Finished { request, subject, target, started, ended, attempt, landed });
            }
        }
    }

    /// Records what has ended; what cannot be recorded is kept.
    pub(crate) async fn record(&mut self, app: &App) -> Result<(), DbErr> {
        self.let_go(app);
        if self.finished.is_empty() {
            return Ok(());
        }
        record_outcomes::run(app, &self.finished).await?;
        self.finished.clear();
        Ok(())
    }

    pub(crate) fn has_loaded(&self) -> usize {
        self.loaded.len()
    }

    pub(crate) fn has_claimed(&self) -> bool {
        !self.claimed.is_empty()
    }

    pub(crate) fn has_finished(&self) -> bool {
        !self.finished.is_empty()
    }

    pub(crate) fn has_answered(&self, targets: &Targets) -> bool {
        self.running.iter().any(|running| !targets.has_open(running.call))
    }
}
