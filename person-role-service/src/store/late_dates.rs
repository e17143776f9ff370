//! Dates that passed about when they were written.
//!
//! Guarantee: it is told that such a date has passed, also if whoever tells of dates had looked for it before the record was
//! committed, and moved the watermark past it. Mechanism: the change notes the date, in its own transaction; the next one who
//! tells looks at what was noted as well. Nobody waits for anybody. SQLite has one writer, and nothing is noted.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, Value};

use crate::store::{
    entity::{co_group_member::CoGroupMembers, co_person_role::CoPersonRoles, org_identity::OrgIdentities},
    stored::Stored,
};

/// So many are looked at in one transaction.
const MOST: i64 = 1_000;

/// The resource and the id of a record, and its date.
pub type LateDate = (&'static str, i64, DateTime<Utc>);

/// Whether it is told of records of a resource that their dates have passed.
#[must_use]
pub fn are_told(resource: &str) -> bool {
    [CoGroupMembers::table(), CoPersonRoles::table(), OrgIdentities::table()]
        .iter()
        .any(|table| table.singular == resource)
}

/// The statements that note dates.
pub fn noted(dates: &[LateDate]) -> impl Iterator<Item = Statement> {
    let sql = "INSERT INTO late_dates (resource, record_id, passes) VALUES ($1, $2, $3)";
    dates.iter().map(move |(resource, id, passes)| {
        let values = [Value::from(*resource), Value::from(*id), Value::from(*passes)];
        Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
    })
}

/// What was noted.
#[derive(Clone, Debug, Default)]
pub struct Late(Vec<(String, i64, DateTime<Utc>)>);

impl Late {
    /// Takes what was noted and is committed: whoever looks from now on finds the dates by themselves.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take<C: ConnectionTrait>(tx: &C) -> Result<Self, DbErr> {
        if tx.get_database_backend() != DbBackend::Postgres {
            return Ok(Self::default());
        }
        let sql = "DELETE FROM late_dates WHERE id IN (SELECT l.id FROM late_dates AS l ORDER BY l.id LIMIT $1) \
                   RETURNING resource, record_id, passes";
        let rows = tx.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [MOST.into()])).await?;
        let one = |row: &sea_orm::QueryResult| {
            Ok((row.try_get("", "resource")?, row.try_get("", "record_id")?, row.try_get("", "passes")?))
        };
        rows.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The records of a resource, and their dates.
    #[must_use]
    pub fn of<S: Stored>(&self) -> (Vec<i64>, Vec<DateTime<Utc>>) {
        let own = self.0.iter().filter(|(resource, ..)| *resource == S::table().singular);
        let (mut ids, mut dates): (Vec<_>, Vec<_>) = own.map(|(_, id, passes)| (*id, *passes)).unzip();
        ids.sort_unstable();
        ids.dedup();
        dates.sort_unstable();
        dates.dedup();
        (ids, dates)
    }
}
