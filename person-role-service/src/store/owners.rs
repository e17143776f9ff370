//! Whose are records that others refer to, and do they exist? (D28)
//!
//! All ids of one resource are looked up in one statement.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proto::table::Table;
use sea_orm::{
    Condition, ConnectionTrait, DbErr, FromQueryResult,
    sea_query::{Alias, Expr, ExprTrait, LockType, Query},
};
use service_kit::rows::among;

use crate::store::past::Moment;

/// The COs of records, by resource and id; what does not exist is not there.
#[derive(Clone, Debug, Default)]
pub struct Found(HashMap<(String, i64), i64>);

impl Found {
    /// The CO of a record, if the record exists.
    #[must_use]
    pub fn co_of(&self, resource: &str, id: i64) -> Option<i64> {
        self.0.get(&(resource.to_owned(), id)).copied()
    }

    /// Adds a record that was found.
    pub fn put(&mut self, resource: &str, id: i64, co_id: i64) {
        self.0.insert((resource.to_owned(), id), co_id);
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
    at(db, Moment::Present, wanted).await
}

/// Looks records up that were there at a moment.
///
/// # Errors
/// Those of the database.
pub async fn at<C: ConnectionTrait>(
    db: &C,
    moment: Moment,
    wanted: &BTreeMap<String, BTreeSet<i64>>,
) -> Result<Found, DbErr> {
    owners(db, moment, wanted, |_| Hold::Nothing).await
}

/// Looks records up; those of the resources that `hold` names are held until the transaction ends, if they are of the CO `own`,
/// or of any where it is none.
///
/// # Errors
/// Those of the database.
pub async fn look_up<C: ConnectionTrait>(
    db: &C,
    wanted: &BTreeMap<String, BTreeSet<i64>>,
    hold: impl Fn(&str) -> bool,
    own: Option<i64>,
) -> Result<Found, DbErr> {
    let held = |resource: &str| if hold(resource) { Hold::Of(own) } else { Hold::Nothing };
    let mut found = owners(db, Moment::Present, wanted, held).await?;
    if own.is_some() {
        let others = wanted.iter().map(|(resource, ids)| {
            let left = ids.iter().copied().filter(|id| hold(resource) && found.co_of(resource, *id).is_none());
            (resource.clone(), left.collect::<BTreeSet<i64>>())
        });
        let others: BTreeMap<_, _> = others.filter(|(_, ids)| !ids.is_empty()).collect();
        // What is the caller's by now was not there when it could be held.
        found.0.extend(find(db, &others).await?.0.into_iter().filter(|(_, co)| Some(*co) != own));
    }
    Ok(found)
}

/// Which of the records that are looked up are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Nothing,
    /// Those of one CO, which alone are looked up; or all.
    Of(Option<i64>),
}

async fn owners<C: ConnectionTrait>(
    db: &C,
    moment: Moment,
    wanted: &BTreeMap<String, BTreeSet<i64>>,
    hold: impl Fn(&str) -> Hold,
) -> Result<Found, DbErr> {
    let mut found = Found::default();
    for (resource, ids) in wanted {
        let Some(table) = Table::named(resource).filter(|table| table.service.starts_with("cohort.registry.")) else {
            continue;
        };
        let record = Alias::new("r");
        let owner = if table.singular == "Co" { "id" } else { "co_id" };
        let mut query = Query::select();
        query
            .column((record.clone(), Alias::new("id")))
            .expr_as(Expr::col((record.clone(), Alias::new(owner))), Alias::new("co_id"))
            .from_as(Alias::new(table.path.as_str()), record.clone())
            .and_where(among(db.get_database_backend(), (record.clone(), Alias::new("id")), ids));
        let column = |name: &str| Expr::col((record.clone(), Alias::new(name)));
        let keeps_deleted = table.field("deleted").is_some();
        match moment {
            Moment::Present if keeps_deleted => {
                query.and_where(column("deleted").not());
            }
            Moment::Present => {}
            Moment::Before(time) => {
                query.and_where(column("created").lt(time));
                if keeps_deleted {
                    // A row that was deleted is not changed any more.
                    let since = column("modified").gte(time);
                    query.cond_where(Condition::any().add(column("deleted").not()).add(since));
                }
            }
        }
        if let Hold::Of(own) = hold(resource) {
            if let Some(own) = own {
                query.and_where(column(owner).eq(own));
            }
            query.lock(LockType::KeyShare);
        }
        for row in db.query_all(&query).await? {
            let Owner { id, co_id } = Owner::from_query_result(&row, "")?;
            found.0.insert((resource.clone(), id), co_id);
        }
    }
    Ok(found)
}
