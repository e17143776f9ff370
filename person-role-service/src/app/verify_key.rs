//! Checking a login and its key (D13).

use proto::{
    LONGEST_LOGIN,
    record::Value,
    refusal::Refusal,
    registry::v1::{Principal, VerifyRequest},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    context::{App, Fault},
    keys,
    store::{
        entity::{api_user, api_user::ApiUsers, co},
        stored::Stored,
    },
};

/// Tells who a login is, if the key is right, the login is active and its CO is not closed.
///
/// # Errors
/// `Unauthorized` in one form for every reason; it takes as long for an unknown login as for a wrong key, whether people
/// chose that or the service made it.
pub async fn verify_key(app: &App, request: VerifyRequest) -> Result<Principal, Fault> {
    if !is_possible(&request) {
        return Err(nobody());
    }
    let VerifyRequest { username, key } = request;
    let row = api_user::Entity::find().filter(api_user::Column::Login.eq(&username)).one(app.database.reader()).await?;
    let known = row.as_ref().is_some_and(|row| has_digest_of(row, &key));
    let fits = known || fits(app, row.as_ref(), key).await?;
    let row = row.filter(|row| fits && row.status == "A").ok_or_else(nobody)?;
    match closed(app, row.co_id).await?.is_empty() {
        true => Ok(principal(&row)),
        false => Err(nobody()),
    }
}

/// Tells who logins are that can be recognized by digests of their keys; of the others nothing is known.
///
/// # Errors
/// Those of the database.
pub async fn recognize(app: &App, logins: &[VerifyRequest]) -> Result<Vec<Option<Principal>>, Fault> {
    let possible = |login: &&VerifyRequest| is_possible(login) && keys::looks_made(&login.key);
    let names: Vec<&str> = logins.iter().filter(possible).map(|login| login.username.as_str()).collect();
    if names.is_empty() {
        return Ok(vec![None; logins.len()]);
    }
    let rows = api_user::Entity::find()
        .filter(api_user::Column::Login.is_in(names))
        .filter(api_user::Column::Status.eq("A"))
        .all(app.database.reader())
        .await?;
    let row_of =
        |login: &VerifyRequest| rows.iter().find(|row| row.login == login.username && has_digest_of(row, &login.key));
    let found: Vec<Option<&api_user::Model>> = logins.iter().map(row_of).collect();
    let closed = closed(app, found.iter().flatten().filter_map(|row| row.co_id)).await?;
    let open = |row: &&&api_user::Model| row.co_id.is_none_or(|co_id| !closed.contains(&co_id));
    Ok(found.iter().map(|row| row.as_ref().filter(open).map(|row| principal(row))).collect())
}

fn is_possible(VerifyRequest { username, key }: &VerifyRequest) -> bool {
    username.len() <= LONGEST_LOGIN && key.len() <= LONGEST_LOGIN && !username.contains('\0')
}

fn nobody() -> Fault {
    let sentence = "Send the name and the key of an active API user with HTTP Basic authentication.";
    Refusal::Unauthorized(sentence.to_owned()).into()
}

fn has_digest_of(row: &api_user::Model, key: &str) -> bool {
    row.key_digest.as_ref().is_some_and(|kept| keys::fits_digest(key, &row.key_hash, kept))
}

/// Whether a key fits by its hash. One that was made before there were digests is given its own.
async fn fits(app: &App, row: Option<&api_user::Model>, key: String) -> Result<bool, Fault> {
    // A wrong key for one that was made here takes as long as for nobody's, not as little as its hash does.
    let by_hash = |row: &&api_user::Model| {
        !row.key_digest.as_ref().is_some_and(|kept| keys::is_digest_beside(&row.key_hash, kept))
    };
    let hash = row.filter(by_hash).map_or(keys::NO_KEY, |row| &row.key_hash);
    let fits = keys::fits(&app.hashing, key.clone(), hash.to_owned()).await?;
    if let Some(row) = row.filter(|_| fits && keys::looks_made(&key)) {
        api_user::Entity::update_many()
            .col_expr(api_user::Column::KeyDigest, Expr::value(keys::digest(&key, &row.key_hash)))
            .filter(api_user::Column::Id.eq(row.id))
            .filter(api_user::Column::KeyHash.eq(&row.key_hash))
            .exec(app.database.writer())
            .await?;
    }
    Ok(fits)
}

/// Those of some COs whose users are not let in: they are suspended, in the trash, or gone.
async fn closed(app: &App, co_ids: impl IntoIterator<Item = i64>) -> Result<Vec<i64>, Fault> {
    let mut asked: Vec<i64> = co_ids.into_iter().collect();
    if asked.is_empty() {
        return Ok(asked);
    }
    let rows = co::Entity::find().filter(co::Column::Id.is_in(asked.clone())).all(app.database.reader()).await?;
    let is_open = |row: &co::Model| !matches!(row.status.as_str(), "S" | "TR");
    asked.retain(|co_id| !rows.iter().any(|row| row.id == *co_id && is_open(row)));
    Ok(asked)
}

fn principal(row: &api_user::Model) -> Principal {
    let record = ApiUsers::columns().record(row);
    let time = |column: &str| record.time(column).map(|seconds| prost_types::Timestamp { seconds, nanos: 0 });
    Principal {
        api_user_id: row.id,
        username: row.login.clone(),
        co_id: row.co_id,
        privileged: row.privileged || !row.scopes().is_empty(),
        scopes: row.scopes(),
        valid_from: time("valid_from"),
        valid_through: time("valid_through"),
        remote_ip: match record.get("remote_ip") {
            Some(Value::Texts(ranges)) => ranges.clone(),
            _ => Vec::new(),
        },
    }
}
