//! Waiting for a request to end (D37).
//!
//! A result that this process records is told at once; one that another process records is found by looking again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use proto::refusal::Refusal;
use service_kit::database::{is_away, refusal_of};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::{
    app::App,
    domain::{ids::RequestId, status::Status},
    store::{entity::request::Model, requests},
};

/// How often a waiting answer looks again.
const LOOK: Duration = Duration::from_millis(100);

/// Who waits for which request.
#[derive(Debug, Default)]
pub struct Waiters {
    by_request: Mutex<HashMap<RequestId, Arc<Notify>>>,
}

impl Waiters {
    /// Tells those who wait that requests have changed.
    pub fn ended(&self, ids: &[RequestId]) {
        let waiters = self.lock();
        if waiters.is_empty() {
            return;
        }
        for waiter in ids.iter().filter_map(|id| waiters.get(id)) {
            waiter.notify_waiters();
        }
    }

    fn enter(&self, id: RequestId) -> Waiter<'_> {
        Waiter { of: self, id, notify: Arc::clone(self.lock().entry(id).or_default()) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RequestId, Arc<Notify>>> {
        self.by_request.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who waits for a request. Whoever hangs up waits no more.
struct Waiter<'a> {
    of: &'a Waiters,
    id: RequestId,
    notify: Arc<Notify>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiters = self.of.lock();
        // That of the map, and this one.
        if waiters.get(&self.id).is_some_and(|notify| Arc::strong_count(notify) <= 2) {
            waiters.remove(&self.id);
        }
    }
}

/// Waits for a request to end, or for the time to be over: then it is not processed yet.
///
/// # Errors
/// 500 with the connector's message, which says what comes next; 409 if it was canceled.
pub async fn run(app: &App, id: RequestId, limit: Duration) -> Result<bool, Refusal> {
    let deadline = Instant::now() + limit;
    let waiter = app.signals.waiters.enter(id);
    wait(app, id, deadline, &waiter.notify).await
}

async fn wait(app: &App, mut id: RequestId, deadline: Instant, notify: &Notify) -> Result<bool, Refusal> {
    loop {
        // Listens before it looks: what is told in between is not missed.
        let told = notify.notified();
        match requests::find(app.database.reader(), id).await {
            Ok(Some(row)) => {
                // Another one took its place, and carries the wish.
                if let Some(next) = row.replaced_by.filter(|_| row.status == Status::Canceled.code()) {
                    id = next;
                    continue;
                }
                if let Some(answer) = answer(&row) {
                    return answer;
                }
            }
            Ok(None) => return Ok(false),
            // It is durable; the monitor will show it.
            Err(error) if is_away(&error) => {}
            Err(error) => return Err(refusal_of(&error)),
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        // Told or not, it looks again.
        let _elapsed = timeout_at(deadline.min(Instant::now() + LOOK), told).await;
    }
}

fn answer(row: &Model) -> Option<Result<bool, Refusal>> {
    let said = row.last_error.as_deref().unwrap_or("It failed");
    let message = format!("{}.", said.trim_end_matches('.'));
    match Status::of_code(&row.status)? {
        Status::Queued | Status::Running | Status::Expanded | Status::Held => None,
        Status::Succeeded => Some(Ok(true)),
        Status::Failed => {
            Some(Err(Refusal::Failed(format!("{message} It failed for good; request {} tells more.", row.id))))
        }
        Status::Retrying => {
            let due = row.due.format("%Y-%m-%d %H:%M:%S");
            let next = format!("It will be tried again at {due} UTC; request {} tells more.", row.id);
            Some(Err(Refusal::Failed(format!("{message} {next}"))))
        }
        Status::Canceled => Some(Err(Refusal::Conflict {
            phrase: "CoProvisioningRequest Canceled".to_owned(),
            sentence: format!("The request was canceled. {}", row.last_error.clone().unwrap_or_default())
                .trim_end()
                .to_owned(),
        })),
    }
}
