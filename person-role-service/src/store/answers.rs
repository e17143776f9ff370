//! Answers that are kept beside the key of a request, where they are more than an id (D44).

use prost::Message;
use proto::caller::Caller;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

/// Keeps the answer to a caller's request beside its key, if it has one.
///
/// # Errors
/// Those of the database.
pub async fn keep<C: ConnectionTrait, M: Message>(tx: &C, caller: &Caller, answer: &M) -> Result<(), DbErr> {
    let Some([user, key]) = key_of(caller) else { return Ok(()) };
    let sql = "UPDATE idempotency_keys SET answer = $3 WHERE api_user_id = $1 AND key = $2";
    let values = [user, key, answer.encode_to_vec().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// The answer that is kept beside the key of a caller's request, if there is one.
///
/// # Errors
/// Those of the database.
pub async fn kept<C: ConnectionTrait, M: Message + Default>(tx: &C, caller: &Caller) -> Result<Option<M>, DbErr> {
    let Some(values) = key_of(caller) else { return Ok(None) };
    let sql = "SELECT answer FROM idempotency_keys WHERE api_user_id = $1 AND key = $2";
    let row = tx.query_one_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    let bytes: Option<Vec<u8>> = row.map_or(Ok(None), |row| row.try_get("", "answer"))?;
    Ok(bytes.and_then(|bytes| M::decode(bytes.as_slice()).ok()))
}

fn key_of(caller: &Caller) -> Option<[Value; 2]> {
    Some([caller.api_user_id?.into(), caller.idempotency.as_ref()?.key.as_str().into()])
}
