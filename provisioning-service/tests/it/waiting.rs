//! Waiting for what a test is about, never for a time to pass; and letting time pass only when nothing is under way.
//!
//! The machine may be slow: what is under way while the clock leaps ends at a time at which it did not begin, and its
//! retry lies in a future that no test reaches.

use std::time::Duration;

use proto::{
    caller::Caller,
    events::v1::ProvisioningOutcome,
    provisioning::v1::{CoProvisioningRequest, RequestStatus},
};
use sea_orm::{ConnectionTrait, Statement};
use tokio::time::{Instant, sleep};

use crate::rig::Rig;

/// Far more than anything takes; a test that waits longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
/// The same for an answer that waits.
pub(crate) const PATIENCE_MS: u32 = 120_000;
const LOOK: Duration = Duration::from_millis(10);

/// What can be done at a time: requests that run or are due, places that are to be settled.
const DUE: &str = "SELECT (SELECT COUNT(*) FROM provisioning_requests WHERE status = 'Running' \
     OR (status IN ('Queued', 'Retrying') AND due <= $1)) + (SELECT COUNT(*) FROM subject_states AS s \
     JOIN co_provisioning_targets AS t ON t.id = s.co_provisioning_target_id AND t.status <> 'X' \
     WHERE s.settle_due <= $1) AS n";

/// Asks until there is an answer.
pub(crate) async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < deadline, "it was waited in vain until {what}");
        sleep(LOOK).await;
    }
}

impl Rig {
    /// Waits until a request stands so.
    pub(crate) async fn becomes(&self, id: i64, status: RequestStatus) -> CoProvisioningRequest {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let request = self.request(id).await;
            if request.status() == status {
                return request;
            }
            assert!(Instant::now() < deadline, "it was waited in vain until this becomes {status:?}: {request:?}");
            sleep(LOOK).await;
        }
    }

    /// Waits until all requests at a target have ended, and gives them.
    pub(crate) async fn all_ended(&self, target: i64, count: usize) -> Vec<CoProvisioningRequest> {
        eventually(&format!("{count} requests end"), async || {
            let requests =
                self.list(&Caller::house(), &[("coprovisioningtargetid", &target.to_string())]).await.ok()?;
            let ended = |request: &CoProvisioningRequest| request.ended.is_some();
            (requests.len() == count && requests.iter().all(ended)).then_some(requests)
        })
        .await
    }

    /// Waits until so many outcomes have been told, and gives them.
    pub(crate) async fn outcomes(&self, count: usize) -> Vec<ProvisioningOutcome> {
        eventually(&format!("{count} outcomes are told"), async || {
            let outcomes = self.told();
            (outcomes.len() >= count).then_some(outcomes)
        })
        .await
    }

    /// Waits until so many calls have begun, or more.
    pub(crate) async fn called(&self, count: usize) {
        let what = format!("{count} calls were made");
        eventually(&what, async || (self.connector.calls().len() >= count).then_some(())).await;
    }

    /// Whether everything has been done, and written down, that can be done at this time.
    pub(crate) async fn is_quiet(&self) -> bool {
        let now = [self.clock.now().into()];
        let statement = Statement::from_sql_and_values(self.database.backend(), DUE, now);
        let row = self.database.reader().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get::<i64>("", "n").unwrap() == 0
    }

    /// Waits until everything has been done that can be done at this time.
    pub(crate) async fn quiet(&self) {
        eventually("all that is due has been done", async || self.is_quiet().await.then_some(())).await;
    }

    /// Lets time pass after everything has been done that could be done before.
    pub(crate) async fn pass(&self, by: chrono::Duration) {
        self.quiet().await;
        self.clock.advance(by);
    }

    /// Waits for something that takes its time: a second passes whenever there is nothing to be done.
    pub(crate) async fn in_time<T>(&self, wait: impl Future<Output = T>) -> T {
        // Side by side: what waits may hold what the look needs.
        let passing = async {
            loop {
                sleep(LOOK).await;
                if self.is_quiet().await {
                    self.clock.advance(chrono::Duration::seconds(1));
                }
            }
        };
        tokio::select! {
            biased;
            done = wait => done,
            () = passing => unreachable!("time passes for ever"),
        }
    }
}
