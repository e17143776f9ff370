use super::*;
use crate::database::Database;

async fn opened() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
    let database = Database::open(&url, 2).await.unwrap();
    database.writer().execute_unprepared("CREATE TABLE numbers (n bigint NOT NULL UNIQUE)").await.unwrap();
    (folder, database)
}

async fn add(tx: &Transaction, n: i64) -> Result<(), DbErr> {
    tx.execute_unprepared(&format!("INSERT INTO numbers VALUES ({n})")).await.map(|_| ())
}

async fn numbers(database: &Database) -> Vec<i64> {
    let sql = "SELECT n FROM numbers ORDER BY n";
    let rows = database.reader().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "n").unwrap()).collect()
}

#[tokio::test]
async fn those_that_wait_share_a_commit_and_one_that_fails_harms_no_other() {
    let (_folder, database) = opened().await;
    let first = database.begin().await.unwrap();
    let others: Vec<_> = (2..=6)
        .map(|n| {
            let database = database.clone();
            tokio::spawn(async move {
                let tx = database.begin().await?;
                add(&tx, n).await?;
                // The number is there already: this one ends, and with it what it wrote.
                if n % 2 == 0 {
                    add(&tx, 1).await?;
                }
                tx.commit().await
            })
        })
        .collect();
    tokio::task::yield_now().await;
    add(&first, 1).await.unwrap();
    assert!(numbers(&database).await.is_empty());
    first.commit().await.unwrap();
    let mut done = Vec::new();
    for other in others {
        done.push(other.await.unwrap().is_ok());
    }
    assert_eq!(done, [false, true, false, true, false]);
    assert_eq!(numbers(&database).await, [1, 3, 5]);
    // The only connection is free again.
    database.writer().execute_unprepared("DELETE FROM numbers").await.unwrap();
}

#[tokio::test]
async fn one_that_is_dropped_or_taken_back_leaves_nothing_and_blocks_nobody() {
    let (_folder, database) = opened().await;
    let dropped = database.begin().await.unwrap();
    add(&dropped, 1).await.unwrap();
    drop(dropped);
    let back = database.begin().await.unwrap();
    add(&back, 2).await.unwrap();
    back.rollback().await.unwrap();
    let good = database.begin().await.unwrap();
    add(&good, 3).await.unwrap();
    good.commit().await.unwrap();
    assert_eq!(numbers(&database).await, [3]);
    database.writer().execute_unprepared("INSERT INTO numbers VALUES (4)").await.unwrap();
    assert_eq!(numbers(&database).await, [3, 4]);
}
#[tokio::test]
async fn one_that_nobody_waits_for_any_more_takes_nobody_along() {
    let (_folder, database) = opened().await;
    for n in 1..=20 {
        let first = (n % 2 == 0).then(|| database.clone());
        let first = match &first {
            Some(database) => Some(database.begin().await.unwrap()),
            None => None,
        };
        // Given up at any moment of its beginning.
        let beginning = database.begin();
        tokio::select! {
            biased;
            _begun = beginning => {}
            () = async { for _ in 0..n { tokio::task::yield_now().await; } } => {}
        }
        if let Some(first) = first {
            add(&first, n).await.unwrap();
            first.commit().await.unwrap();
        }
        let next = database.begin().await.unwrap();
        add(&next, 100 + n).await.unwrap();
        next.commit().await.unwrap();
    }
    assert_eq!(numbers(&database).await.len(), 30);
}
