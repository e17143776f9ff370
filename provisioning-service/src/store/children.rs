//! The requests that a request for many stands for.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::{
    domain::{ids::RequestId, status::WAITING},
    store::batch::{self, Column},
};

/// Notes children that have not ended; one that is noted already stays.
///
/// # Errors
/// Those of the database.
pub async fn add<C: ConnectionTrait>(db: &C, parent: RequestId, children: &[RequestId]) -> Result<(), DbErr> {
    if children.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let sql = format!(
        "INSERT INTO provisioning_request_children (parent_id, child_id) SELECT $2, v.id FROM {} WHERE true \
         ON CONFLICT (parent_id, child_id) DO UPDATE SET ended = false",
        batch::relation(backend, &[Column::Int("id")])
    );
    db.execute_raw(batch::statement(backend, sql, batch::ids(children), vec![parent.into()])).await?;
    Ok(())
}

/// A parent that asks again for children of its own which have not ended is one who asks, and no more.
///
/// # Errors
/// Those of the database.
pub async fn count_once<C: ConnectionTrait>(db: &C, parent: RequestId, children: &[RequestId]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "UPDATE provisioning_requests SET askers = askers - 1 WHERE id {} AND askers > 1 AND EXISTS (SELECT 1 \
         FROM provisioning_request_children AS c WHERE c.parent_id = $2 AND c.child_id = provisioning_requests.id \
         AND NOT c.ended)",
        batch::among(backend, 1)
    );
    db.execute_raw(batch::statement(backend, sql, batch::ids(children), vec![parent.into()])).await?;
    Ok(())
}

/// Notes that children have ended, in the transaction in which they do.
///
/// # Errors
/// Those of the database.
pub async fn end<C: ConnectionTrait>(db: &C, children: &[RequestId]) -> Result<(), DbErr> {
    mark(db, children, true).await
}

/// Some of what waits for requests for many whose wish was withdrawn, with the request that stands for it; as long as there
/// is some, it is held from others by this transaction.
///
/// # Errors
/// Those of the database.
pub async fn withdrawn<C: ConnectionTrait>(db: &C, most: u32) -> Result<BTreeMap<RequestId, Vec<RequestId>>, DbErr> {
    let backend = db.get_database_backend();
    let lock = if backend == DbBackend::Sqlite { "" } else { "FOR UPDATE OF c SKIP LOCKED" };
    let sql = format!(
        "SELECT l.parent_id, l.child_id FROM provisioning_requests AS p \
         JOIN provisioning_request_children AS l ON l.parent_id = p.id AND NOT l.ended \
         JOIN provisioning_requests AS c ON c.id = l.child_id AND c.status IN ({WAITING}) \
         WHERE p.status = 'Expanded' AND p.withdrawn LIMIT $1 {lock}"
    );
    let statement = Statement::from_sql_and_values(backend, sql, [i64::from(most).into()]);
    let mut found = BTreeMap::<RequestId, Vec<RequestId>>::new();
    for row in db.query_all_raw(statement).await? {
        found.entry(row.try_get("", "parent_id")?).or_default().push(row.try_get("", "child_id")?);
    }
    Ok(found)
}

/// A request does not stand for some of its children any more.
///
/// # Errors
/// Those of the database.
pub async fn leave<C: ConnectionTrait>(db: &C, parent: RequestId, children: &[RequestId]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "UPDATE provisioning_request_children SET ended = true WHERE child_id {} AND parent_id = $2",
        batch::among(backend, 1)
    );
    db.execute_raw(batch::statement(backend, sql, batch::ids(children), vec![parent.into()])).await?;
    Ok(())
}

/// Notes that children that had ended begin anew; a parent that is being canceled does not stand for them again.
///
/// # Errors
/// Those of the database.
pub async fn begin_anew<C: ConnectionTrait>(db: &C, children: &[RequestId]) -> Result<(), DbErr> {
    mark(db, children, false).await
}

/// How many wish for a request that is asked for again: who asks now, and the requests that stand for it still. To stand in
/// an UPDATE of `provisioning_requests`.
pub(super) const ASKERS_ANEW: &str = "1 + (SELECT COUNT(*) FROM provisioning_request_children AS l \
     JOIN provisioning_requests AS p ON p.id = l.parent_id \
     WHERE l.child_id = provisioning_requests.id AND p.ended IS NULL AND NOT p.withdrawn)";

async fn mark<C: ConnectionTrait>(db: &C, children: &[RequestId], ended: bool) -> Result<(), DbErr> {
    if children.is_empty() {
        return Ok(());
    }
    let backend = db.get_database_backend();
    let wanted = match ended {
        true => "",
        false => {
            "AND NOT EXISTS (SELECT 1 FROM provisioning_requests AS p \
             WHERE p.id = provisioning_request_children.parent_id AND p.withdrawn)"
        }
    };
    let sql = format!(
        "UPDATE provisioning_request_children SET ended = $2 WHERE child_id {} AND ended <> $2 {wanted}",
        batch::among(backend, 1)
    );
    db.execute_raw(batch::statement(backend, sql, batch::ids(children), vec![ended.into()])).await?;
    Ok(())
}

/// Lets the request that took a canceled one's place stand for it with the same parents.
///
/// # Errors
/// Those of the database.
pub async fn hand_over<C: ConnectionTrait>(db: &C, replaced: &[RequestId]) -> Result<(), DbErr> {
    let backend = db.get_database_backend();
    let sql = format!(
        "INSERT INTO provisioning_request_children (parent_id, child_id) SELECT c.parent_id, w.id FROM {} \
         JOIN provisioning_request_children AS c ON c.child_id = v.id JOIN provisioning_requests AS r ON r.id = v.id \
         JOIN provisioning_requests AS w ON w.co_provisioning_target_id = r.co_provisioning_target_id \
         AND w.subject_kind = r.subject_kind AND w.subject_id = r.subject_id \
         AND w.status IN ({WAITING}, 'Running') AND w.id <> r.id \
         WHERE true ON CONFLICT (parent_id, child_id) DO NOTHING",
        batch::relation(backend, &[Column::Int("id")])
    );
    db.execute_raw(batch::statement(backend, sql, batch::ids(replaced), Vec::new())).await?;
    Ok(())
}

/// Forgets the children of a request that begins anew.
///
/// # Errors
/// Those of the database.
pub async fn forget<C: ConnectionTrait>(db: &C, parent: RequestId) -> Result<(), DbErr> {
    let sql = "DELETE FROM provisioning_request_children WHERE parent_id = $1";
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [parent.into()])).await?;
    Ok(())
}
