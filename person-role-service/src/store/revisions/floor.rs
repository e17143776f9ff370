//! Revisions in a database of release 0.1, which took the id of the newest history record of a subject for its revision.
//!
//! Guarantee: revisions never go back, whoever read them, if person-role-service is upgraded before provisioning-service.
//! Mechanism: while processes of release 0.1 may answer, there is no floor, and all answer as they do. The first
//! provisioning-service of a later release lays the floor above all history that there is; from then on a counter that is
//! raised is lifted above it, and a subject that has not changed since keeps the revision that it had. Where release 0.1
//! never was, the floor is 0.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use proto::registry::v1::SubjectKind;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use super::{of, parameter, relation};
use crate::domain::ids::Subject;

const FLOOR: &str = "COALESCE((SELECT f.floor FROM revision_floor AS f WHERE f.id = 1), 0)";

/// What a row of the counter of `v` is raised to at least: above the floor, unless another row of it is.
pub(super) fn first() -> String {
    format!(
        "CASE WHEN EXISTS (SELECT 1 FROM subject_revisions AS o WHERE o.kind = v.kind AND o.subject_id = v.id \
         AND o.revision > {FLOOR}) THEN 1 ELSE {FLOOR} + 1 END"
    )
}

/// More history records than are written in a moment: what is not committed when the floor is laid stays below it.
const MARGIN: i64 = 1_000_000;

/// The floor, which never changes when there is one.
#[derive(Clone, Debug, Default)]
pub struct Floor(Arc<OnceLock<i64>>);

impl Floor {
    /// Lays the floor, unless there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn lay<C: ConnectionTrait>(&self, db: &C) -> Result<(), DbErr> {
        if self.known(db).await?.is_some() {
            return Ok(());
        }
        let sql = "INSERT INTO revision_floor (id, floor) SELECT 1, COALESCE(MAX(h.id), 0) + $1 FROM history_records AS h \
                   WHERE true ON CONFLICT (id) DO NOTHING";
        db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [MARGIN.into()])).await?;
        tracing::info!("no process of release 0.1 is asked any more; revisions are counted from here on");
        self.known(db).await.map(|_| ())
    }

    async fn known<C: ConnectionTrait>(&self, db: &C) -> Result<Option<i64>, DbErr> {
        if let Some(floor) = self.0.get() {
            return Ok(Some(*floor));
        }
        let sql = "SELECT f.floor FROM revision_floor AS f WHERE f.id = 1";
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
        let floor = row.map(|row| row.try_get("", "floor")).transpose()?;
        Ok(floor.map(|floor| *self.0.get_or_init(|| floor)))
    }

    /// The revisions of subjects, as they are told; one that never changed has none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn revisions<C: ConnectionTrait>(
        &self,
        db: &C,
        subjects: &[Subject],
    ) -> Result<HashMap<(i64, i64), i64>, DbErr> {
        let mut revisions = of(db, subjects).await?;
        let floor = self.known(db).await?;
        if floor == Some(0) {
            return Ok(revisions);
        }
        if floor.is_none() {
            // Release 0.1 knows no services.
            revisions.retain(|(kind, _), _| *kind == i64::from(i32::from(SubjectKind::CoService)));
        }
        let through = floor.unwrap_or(i64::MAX);
        let of_former = |subject: &Subject| {
            let raised = revisions.get(&key(*subject)).is_some_and(|revision| *revision > through);
            !raised && !matches!(subject, Subject::Service(_))
        };
        let former: Vec<Subject> = subjects.iter().copied().filter(of_former).collect();
        for (subject, newest) in of_history(db, &former, through).await? {
            let revision = revisions.entry(subject).or_default();
            *revision = newest.max(*revision);
        }
        Ok(revisions)
    }
}

fn key(subject: Subject) -> (i64, i64) {
    (i64::from(i32::from(subject.kind())), subject.id())
}

/// The newest history record of each subject, up to one of all history.
async fn of_history<C: ConnectionTrait>(
    db: &C,
    subjects: &[Subject],
    through: i64,
) -> Result<HashMap<(i64, i64), i64>, DbErr> {
    if subjects.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = db.get_database_backend();
    let newest =
        |column: &str| format!("(SELECT MAX(h.id) FROM history_records AS h WHERE h.{column} = v.id AND h.id <= $2)");
    let sql = format!(
        "SELECT v.kind AS kind, v.id AS id, CASE v.kind WHEN 1 THEN {} WHEN 2 THEN {} ELSE {} END AS newest FROM {}",
        newest("co_person_id"),
        newest("co_group_id"),
        newest("co_email_list_id"),
        relation(backend)
    );
    let [list] = parameter(subjects);
    let values: [Value; 2] = [list, through.into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    let read = |row: &sea_orm::QueryResult| {
        let newest: Option<i64> = row.try_get("", "newest")?;
        Ok(((row.try_get("", "kind")?, row.try_get("", "id")?), newest.unwrap_or_default()))
    };
    rows.iter().map(read).collect()
}
