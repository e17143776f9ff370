//! Fills what `m0008_versions` made room for, out of the bytes of each version.
//!
//! Some versions at a time, so that processes of the version before, which go on writing meanwhile, wait for a moment only.
//! What they write after the end of this is filled by [`fill`] later on.

use proto::{
    record::{Record, Value},
    table::{Field, Table},
};
use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend, Statement},
};
use serde_json::{Map, Value as Json};

use super::m0008_versions::COLUMNS;

#[derive(Debug)]
pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0009_fill"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each round lasts: a process that is killed meanwhile goes on where it was.
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        while fill(manager.get_connection()).await? {}
        Ok(())
    }
}

/// So many versions in one statement.
const ROUND: usize = 500;

/// Fills what lists look for in versions that were written without it; says whether there may be more.
///
/// # Errors
/// Those of the database.
pub async fn fill<C: ConnectionTrait>(db: &C) -> Result<bool, DbErr> {
    let backend = db.get_database_backend();
    let sql = format!("SELECT id, resource, content FROM record_versions WHERE NOT filled ORDER BY id LIMIT {ROUND}");
    let rows = db.query_all_raw(Statement::from_string(backend, sql)).await?;
    let mut versions = Vec::with_capacity(rows.len());
    for row in &rows {
        let (resource, content): (String, Vec<u8>) = (row.try_get("", "resource")?, row.try_get("", "content")?);
        versions.push(Json::Object(looked_for(row.try_get("", "id")?, &resource, &content)));
    }
    if !versions.is_empty() {
        let values = [Json::Array(versions).to_string().into()];
        db.execute_raw(Statement::from_sql_and_values(backend, filling(backend), values)).await?;
    }
    Ok(rows.len() == ROUND)
}

/// What lists look for in a version. Bytes that are none of the resource's have nothing.
fn looked_for(id: i64, resource: &str, mut content: &[u8]) -> Map<String, Json> {
    let record = Table::named(resource).and_then(|table| Record::decode(table, &mut content).ok());
    let found = COLUMNS.iter().filter_map(|(column, _)| {
        let (field, value) = (record.as_ref()?.table().field(column)?, record.as_ref()?.get(column)?);
        Some(((*column).to_owned(), json_of(field, value)))
    });
    found.chain([("id".to_owned(), Json::from(id))]).collect()
}

fn json_of(field: &Field, value: &Value) -> Json {
    match value {
        Value::Int(number) => Json::from(*number),
        Value::Bool(truth) => Json::from(*truth),
        Value::Text(text) => Json::from(text.clone()),
        Value::Enum(number) => field.name_of(*number).map_or(Json::Null, |name| Json::from(name.code.clone())),
        Value::Time(_) | Value::Texts(_) | Value::Object(_) | Value::Objects(_) => Json::Null,
    }
}

/// The statement that fills the versions of a JSON array.
fn filling(backend: DbBackend) -> String {
    let set = COLUMNS.map(|(column, kind)| match backend {
        DbBackend::Postgres => format!("{column} = (j.value->>'{column}')::{kind}"),
        _ => format!("{column} = json_extract(j.value, '$.{column}')"),
    });
    let (each, id) = match backend {
        DbBackend::Postgres => ("json_array_elements($1::json) AS j(value)", "(j.value->>'id')::bigint"),
        _ => ("json_each(?) AS j", "json_extract(j.value, '$.id')"),
    };
    format!("UPDATE record_versions SET {}, filled = true FROM {each} WHERE record_versions.id = {id}", set.join(", "))
}
