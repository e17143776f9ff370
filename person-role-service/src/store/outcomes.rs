//! Outcomes of provisioning as lines of history: one statement for messages, one for lines, however many they are.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde_json::{Value as Json, json};

/// A line of the history of a subject.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whose it is.
    pub co_id: i64,
    /// Of a person.
    pub person: Option<i64>,
    /// Of a group.
    pub group: Option<i64>,
    /// Of an email list.
    pub email_list: Option<i64>,
    /// The login of the API user who asked; empty for a change.
    pub actor: String,
    /// What happened.
    pub action: &'static str,
    /// In words.
    pub comment: String,
}

/// Takes messages in; gives the ids of those that were not seen before.
///
/// # Errors
/// Those of the database.
pub async fn take<C: ConnectionTrait>(tx: &C, ids: &[&str], now: DateTime<Utc>) -> Result<Vec<String>, DbErr> {
    let backend = tx.get_database_backend();
    let all = match backend {
        DbBackend::Postgres => "json_array_elements_text($1::json)",
        _ => "json_each($1)",
    };
    // Of two that come with the same message at once, one waits here and is then given nothing.
    let sql = format!(
        "INSERT INTO inbox (message_id, received) SELECT DISTINCT v.value, $2 FROM {all} AS v WHERE true ORDER BY 1 \
         ON CONFLICT (message_id) DO NOTHING RETURNING message_id"
    );
    let values = [Json::from(ids).to_string().into(), now.into()];
    let rows = tx.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    rows.iter().map(|row| row.try_get("", "message_id")).collect()
}

/// Holds the people whom lines tell of against their erasure: of who is erased meanwhile nothing is written.
async fn hold_people<C: ConnectionTrait>(tx: &C, lines: &[Line]) -> Result<(), DbErr> {
    let people: BTreeSet<i64> = lines.iter().filter_map(|line| line.person).collect();
    if people.is_empty() || tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let sql = "SELECT p.id FROM co_people AS p WHERE p.id = ANY ($1::text::bigint[]) ORDER BY p.id FOR KEY SHARE";
    let values = [format!("{{{}}}", people.join(",")).into()];
    tx.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Writes lines, in their order; none of what is known no more: a CO or a subject that is gone, a person who was erased.
///
/// # Errors
/// Those of the database.
pub async fn write<C: ConnectionTrait>(tx: &C, lines: &[Line], now: DateTime<Utc>) -> Result<(), DbErr> {
    if lines.is_empty() {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    hold_people(tx, lines).await?;
    let relation = match backend {
        DbBackend::Postgres => {
            "json_to_recordset($1::json) AS v(n bigint, co bigint, person bigint, grp bigint, list bigint, actor text, \
             action text, comment text)"
        }
        _ => {
            "(SELECT value->>'n' AS n, value->>'co' AS co, value->>'person' AS person, value->>'grp' AS grp, \
             value->>'list' AS list, value->>'actor' AS actor, value->>'action' AS action, \
             value->>'comment' AS comment FROM json_each($1)) AS v"
        }
    };
    let sql = format!(
        "INSERT INTO history_records (co_id, co_person_id, co_group_id, co_email_list_id, actor_api_user_id, action, \
         comment, created, modified) SELECT v.co, v.person, v.grp, v.list, \
         (SELECT u.id FROM api_users AS u WHERE u.login = v.actor), v.action, v.comment, $2, $2 FROM {relation} \
         WHERE EXISTS (SELECT 1 FROM cos AS c WHERE c.id = v.co) \
         AND (v.person IS NULL OR EXISTS (SELECT 1 FROM co_people AS p WHERE p.id = v.person AND p.erased IS NULL)) \
         AND (v.grp IS NULL OR EXISTS (SELECT 1 FROM co_groups AS g WHERE g.id = v.grp)) \
         AND (v.list IS NULL OR EXISTS (SELECT 1 FROM co_email_lists AS l WHERE l.id = v.list)) ORDER BY v.n"
    );
    let rows = lines.iter().enumerate().map(|(n, line)| {
        json!({
            "n": n, "co": line.co_id, "person": line.person, "grp": line.group, "list": line.email_list,
            "actor": line.actor, "action": line.action, "comment": line.comment,
        })
    });
    let values = [Json::Array(rows.collect()).to_string().into(), now.into()];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}
