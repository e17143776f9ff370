//! Up to which time nothing can be changed any more by what is under way.

use chrono::{DateTime, Utc};
use person_role_service::store::time::{database_time, settled_until};
use sea_orm::ConnectionTrait;
use service_kit::{
    clock::Clock,
    database::{Database, Transaction},
};

use crate::house::House;

async fn under_way(database: &Database) -> (Transaction, DateTime<Utc>) {
    let transaction = database.begin().await.unwrap();
    let changed_at = database_time(&transaction, &Clock::system()).await.unwrap();
    (transaction, changed_at)
}

async fn settled(database: &Database) -> DateTime<Utc> {
    settled_until(database, &Clock::system()).await.unwrap()
}

/// Else a target that is added while a change is under way would be told neither of it nor have read it.
#[tokio::test]
async fn a_change_that_is_under_way_is_not_before_what_is_settled() {
    let house = House::on_postgres().await;
    let database = &house.app().database;
    let (transaction, changed_at) = under_way(database).await;
    assert!(settled(database).await <= changed_at);
    transaction.commit().await.unwrap();
    assert!(settled(database).await > changed_at);
}

/// There it waits for the one that writes, until what that wrote is on the disk: several share a commit.
#[tokio::test]
async fn a_file_is_settled_when_nobody_writes() {
    let house = House::on_sqlite().await;
    let database = &house.app().database;
    let (transaction, changed_at) = under_way(database).await;
    transaction.execute_unprepared("CREATE TABLE written (n bigint)").await.unwrap();
    let settled = async {
        let settled = settled(database).await;
        database.reader().execute_unprepared("SELECT n FROM written").await.expect("what was written before is there");
        settled
    };
    let commit = async {
        tokio::task::yield_now().await;
        let committing = Clock::system().now();
        transaction.commit().await.unwrap();
        committing
    };
    let (settled, committing) = tokio::join!(settled, commit);
    assert!(settled > changed_at && settled >= committing);
}
