use futures::FutureExt;

use super::*;
use crate::database::Database;

#[tokio::test]
async fn after_one_failed_nobody_writes_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.sqlite").display());
    let database = Database::open(&url, 1).await.unwrap();
    database.writer().execute_unprepared("CREATE TABLE numbers (n bigint NOT NULL)").await.unwrap();
    let convoy = database.convoy().await.unwrap();
    let ask = |tx: Transaction, texts: [&'static str; 2]| {
        let asked = async move {
            let mut done = Vec::new();
            for text in texts {
                done.push(tx.query_all_raw(Statement::from_string(DbBackend::Sqlite, text)).await.is_ok());
            }
            done.push(tx.execute_unprepared("INSERT INTO numbers VALUES (9)").await.is_ok());
            done
        };
        asked.boxed()
    };
    let good = ["INSERT INTO numbers VALUES (1) RETURNING n", "INSERT INTO numbers VALUES (2) RETURNING n"];
    let bad = ["INSERT INTO numbers VALUES (NULL) RETURNING n", "SELECT 1"];
    let results = convoy.run(vec![ask(convoy.seat().0, good), ask(convoy.seat().0, bad)]).await;
    assert_eq!(results, [[true, false, false], [false, false, false]], "what came first was written; nothing after");
    assert!(!convoy.is_whole());
    convoy.rollback().await.unwrap();
}
