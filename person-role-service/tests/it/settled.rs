//! Up to which time nothing can be changed any more by what is under way.

use person_role_service::store::time::{database_time, settled_until};
use service_kit::clock::Clock;

use crate::house::House;

/// Else a target that is added while a change is under way would be told neither of it nor have read it.
#[tokio::test]
async fn a_change_that_is_under_way_is_not_before_what_is_settled() {
    let house = House::on_postgres().await;
    let (database, clock) = (&house.app().database, Clock::system());
    let transaction = database.begin().await.unwrap();
    let changed_at = database_time(&transaction, &clock).await.unwrap();
    assert!(settled_until(database, &clock).await.unwrap() <= changed_at);
    transaction.commit().await.unwrap();
    assert!(settled_until(database, &clock).await.unwrap() > changed_at);
}

/// There it waits for the one that writes.
#[tokio::test]
async fn a_file_is_settled_when_nobody_writes() {
    let house = House::on_sqlite().await;
    let (database, clock) = (&house.app().database, Clock::system());
    let transaction = database.begin().await.unwrap();
    let changed_at = database_time(&transaction, &clock).await.unwrap();
    let write = async {
        tokio::task::yield_now().await;
        transaction.commit().await.unwrap();
    };
    let (settled, ()) = tokio::join!(settled_until(database, &clock), write);
    assert!(settled.unwrap() > changed_at);
}
