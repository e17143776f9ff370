//! `SqlProvisioner` with files of SQLite.

use async_trait::async_trait;
use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use sea_orm::{ConnectionTrait, Database as Orm, DatabaseConnection};
use serde_json::json;
use tokio::sync::Mutex;

use crate::contract::{
    Peer, Place,
    database::{self, Database, Server},
    person,
};

/// Who stops a file holds it for writing.
struct File {
    url: String,
    held: Mutex<Option<DatabaseConnection>>,
}

#[async_trait]
impl Server for File {
    async fn stop(&self) {
        let mut options = sea_orm::ConnectOptions::new(&self.url);
        options.max_connections(1);
        let db = Orm::connect(options).await.unwrap();
        db.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
        *self.held.lock().await = Some(db);
    }

    async fn start(&self) {
        if let Some(db) = self.held.lock().await.take() {
            db.execute_unprepared("ROLLBACK").await.unwrap();
            db.close().await.unwrap();
        }
    }
}

/// The file of a CO, beside one that is no database.
fn database(co: i64) -> Database {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join(format!("sql/co_{co}"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("broken.db"), "this is no database, but a text that is long enough".repeat(100))
        .unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.join("people.db").display());
    Database {
        configuration: json!({"Url": "sqlite://people.db"}),
        refused: (json!({"Url": "sqlite://broken.db", "Password": "wr0ng"}), "wr0ng"),
        url: url.clone(),
        data,
        server: Box::new(File { url, held: Mutex::default() }),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_is_kept() {
    // Each CO has a file of its own; here all of them look into one.
    let base = database(2);
    for co in [3, 11, 12, 13, 14, 15, 16, 18, 22] {
        let (of, to) = (base.data.path().join("sql/co_2"), base.data.path().join(format!("sql/co_{co}")));
        std::os::unix::fs::symlink(of, to).unwrap();
    }
    database::holds(&base).await;
    crate::contract::holds(&base).await;
}

#[tokio::test]
async fn a_co_has_files_of_its_own() {
    let (base, configuration) = (database(2), json!({"Url": "sqlite://people.db"}));
    for co in [2, 3] {
        Place::below(base.data.path(), "SqlProvisioner", co, 1, &configuration).apply("ada", "Oduya").await;
    }
    let other = base.data.path().join("sql/co_3/people.db");
    assert!(other.is_file());
    assert_eq!(base.people(3).await.len(), 0);

    let link = base.data.path().join("sql/co_2/link.db");
    std::os::unix::fs::symlink(&other, &link).unwrap();
    let configuration = json!({"Url": "sqlite://link.db"});
    let mut place = Place::below(base.data.path(), "SqlProvisioner", 2, 1, &configuration);
    let refused = place.call(&person("eve", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(matches!(refused, ConnectorError::Permanent { .. }), "{refused:?}");
}
