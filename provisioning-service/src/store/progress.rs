//! How far requests for many are (D58).

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use crate::{
    domain::ids::RequestId,
    store::batch::{self, Column},
};

/// How far a request for many is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The requests it stands for.
    pub total: i64,
    /// Those that have not ended.
    pub waiting: i64,
    /// Those that failed.
    pub failed: i64,
}

impl Progress {
    /// Those that ended otherwise, canceled ones among them.
    #[must_use]
    pub const fn done(self) -> i64 {
        self.total - self.waiting - self.failed
    }

    /// How many have ended each second since it began, at least one if any have; and when the rest will have, at that rate (D58).
    #[must_use]
    pub fn pace(self, started: Option<DateTime<Utc>>, until: DateTime<Utc>) -> (i64, Option<DateTime<Utc>>) {
        let over = self.done() + self.failed;
        let seconds = started.map_or(1, |started| (until - started).num_seconds().max(1));
        let rate = if over > 0 { ((over + seconds / 2) / seconds).max(1) } else { 0 };
        let left = (self.waiting > 0 && rate > 0).then(|| until + Duration::seconds(self.waiting / rate + 1));
        (rate, left)
    }
}

/// How far requests are. Which children have ended is looked up without reading them; of what failed at the target, each is
/// looked for among them.
///
/// # Errors
/// Those of the database.
pub async fn of<C: ConnectionTrait>(db: &C, parents: &[RequestId]) -> Result<HashMap<RequestId, Progress>, DbErr> {
    if parents.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = db.get_database_backend();
    let children = "FROM provisioning_request_children AS l WHERE l.parent_id = v.id";
    let sql = format!(
        "SELECT v.id, (SELECT COUNT(*) {children}) AS total, (SELECT COUNT(*) {children} AND NOT l.ended) AS waiting, \
         (SELECT COUNT(CASE WHEN (SELECT l.ended {children} AND l.child_id = c.id) THEN 1 END) \
         FROM provisioning_requests AS c WHERE c.status = 'Failed' AND c.co_provisioning_target_id = \
         (SELECT p.co_provisioning_target_id FROM provisioning_requests AS p WHERE p.id = v.id)) AS failed FROM {}",
        batch::relation(backend, &[Column::Int("id")])
    );
    let rows = db.query_all_raw(batch::statement(backend, sql, batch::ids(parents), Vec::new())).await?;
    let progress = |row: &sea_orm::QueryResult| {
        let [total, waiting, failed] =
            [row.try_get("", "total")?, row.try_get("", "waiting")?, row.try_get("", "failed")?];
        Ok((row.try_get("", "id")?, Progress { total, waiting, failed }))
    };
    rows.iter().map(progress).collect()
}
