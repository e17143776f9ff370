//! Whether a security log is whole.

use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};

use super::chain::{COLUMNS, Head, Row, head};

/// So many records are read at a time.
const PAGE: i64 = 1000;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// So many records follow from one another.
    pub records: i64,
    /// The hash of the last of them: whoever keeps it elsewhere finds out whether the chain was made anew.
    pub hash: String,
    /// What is broken, first of all.
    pub broken: Option<Broken>,
}

/// Where a chain breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The record.
    pub id: i64,
    /// What is wrong with it, as a sentence.
    pub sentence: &'static str,
}

/// Follows the chain of a database from its first record to its end.
///
/// # Errors
/// Those of the database; so that there is no log.
pub async fn verify<C: ConnectionTrait>(db: &C) -> Result<Verdict, DbErr> {
    // First: what is written meanwhile comes after it.
    let head = head(db, false).await?;
    let (mut last, mut verdict) = (0, Verdict { records: 0, hash: String::new(), broken: None });
    loop {
        let rows = page(db, last, head.last_id).await?;
        for row in &rows {
            if row.hash != row.hash_after(&verdict.hash) {
                let sentence =
                    "It does not follow from the one before it: it was changed, or what stood before it is gone.";
                return Ok(Verdict { broken: Some(Broken { id: row.id, sentence }), ..verdict });
            }
            last = row.id;
            verdict = Verdict { records: verdict.records + 1, hash: row.hash.clone(), broken: None };
        }
        if rows.is_empty() {
            return Ok(end(verdict, last, &head));
        }
    }
}

/// Holds the end of the chain against what is known of it.
fn end(verdict: Verdict, last: i64, head: &Head) -> Verdict {
    if (last, &verdict.hash, verdict.records) == (head.last_id, &head.hash, head.records) {
        return verdict;
    }
    let sentence = if last < head.last_id {
        "It was the last record, and is gone with what stood before it."
    } else {
        "The end of the chain is not what is known of it: records before it are gone, or it was made anew."
    };
    Verdict { broken: Some(Broken { id: head.last_id.max(last), sentence }), ..verdict }
}

async fn page<C: ConnectionTrait>(db: &C, after: i64, until: i64) -> Result<Vec<Row>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM audit_records WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3");
    let values = [after.into(), until.into(), PAGE.into()];
    let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    rows.iter().map(|row| Row::from_query_result(row, "")).collect()
}
