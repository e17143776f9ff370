//! Whose are records that others refer to, and do they exist? (D28)
//!
//! All ids of one resource are looked up in one statement. In a change they are held until it ends, with their CO, so
//! that nothing is hung on a record that is deleted at the same time: deleting waits, or is waited for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proto::table::Table;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, FromQueryResult, JoinType,
    sea_query::{Alias, Expr, ExprTrait, LockType, Query},
};
use service_kit::rows::among;

/// The COs of records, by resource and id; what does not exist is not there.
#[derive(Clone, Debug, Default)]
pub struct Found(HashMap<(String, i64), i64>);

impl Found {
    /// The CO of a record, if the record exists.
    #[must_use]
    pub fn co_of(&self, resource: &str, id: i64) -> Option<i64> {
        self.0.get(&(resource.to_owned(), id)).copied()
    }
}

#[derive(Debug, FromQueryResult)]
struct Owner {
    id: i64,
    co_id: i64,
}

/// Looks records up, by the singular names of their resources. Unknown resources have no records.
///
/// # Errors
/// Those of the database.
pub async fn find<C: ConnectionTrait>(db: &C, wanted: &BTreeMap<String, BTreeSet<i64>>) -> Result<Found, DbErr> {
    look_up(db, wanted, false).await
}

/// Looks records up and holds them until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn hold<C: ConnectionTrait>(tx: &C, wanted: &BTreeMap<String, BTreeSet<i64>>) -> Result<Found, DbErr> {
    // With SQLite a transaction that writes is alone.
    look_up(tx, wanted, tx.get_database_backend() == DbBackend::Postgres).await
}

async fn look_up<C: ConnectionTrait>(
    db: &C,
    wanted: &BTreeMap<String, BTreeSet<i64>>,
    hold: bool,
) -> Result<Found, DbErr> {
    let mut found = Found::default();
    for (resource, ids) in wanted {
        let Some(table) = Table::named(resource).filter(|table| table.service.starts_with("cohort.registry.")) else {
            continue;
        };
        let (record, co) = (Alias::new("r"), Alias::new("c"));
        let owner = if table.singular == "Co" { "id" } else { "co_id" };
        let mut query = Query::select();
        query
            .column((record.clone(), Alias::new("id")))
            .expr_as(Expr::col((record.clone(), Alias::new(owner))), Alias::new("co_id"))
            .from_as(Alias::new(table.path.as_str()), record.clone())
            .and_where(among(db.get_database_backend(), (record.clone(), Alias::new("id")), ids));
        if table.field("deleted").is_some() {
            query.and_where(Expr::col((record.clone(), Alias::new("deleted"))).eq(false));
        }
        if hold && table.singular == "Co" {
            query.lock(LockType::KeyShare);
        } else if hold {
            let of_record = Expr::col((co.clone(), Alias::new("id"))).equals((record, Alias::new("co_id")));
            query.join_as(JoinType::InnerJoin, Alias::new("cos"), co, of_record).lock(LockType::KeyShare);
        }
        for row in db.query_all(&query).await? {
            let Owner { id, co_id } = Owner::from_query_result(&row, "")?;
            found.0.insert((resource.clone(), id), co_id);
        }
    }
    Ok(found)
}
