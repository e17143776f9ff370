//! Throw-away PostgreSQL.

use std::path::PathBuf;

use testkit::Postgres;

use crate::process::{assert_gone, doomed, is_doomed, kill_a_process_of, lives};

#[tokio::test]
async fn each_database_is_new_and_empty() {
    let server = Postgres::shared().await;
    let one = server.create_database("person-role").await;
    let two = server.create_database("person-role").await;
    assert_ne!(one, two);
    server.query(&one, "CREATE TABLE t (n int); INSERT INTO t VALUES (1)").await;
    let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    assert_eq!(server.query(&one, tables).await, "1");
    assert_eq!(server.query(&two, tables).await, "0");
}

#[tokio::test]
async fn a_killed_server_starts_again_with_what_was_committed() {
    let server = Postgres::start().await;
    assert_eq!(server.query(&server.url("postgres"), "SHOW fsync").await, "on");
    let url = server.create_database("kept").await;
    server.query(&url, "CREATE TABLE t (n int); INSERT INTO t VALUES (42)").await;
    let pid = server.pid().unwrap();
    server.kill().await;
    assert!(!lives(pid));
    assert_eq!(server.pid(), None);
    server.restart().await;
    assert_eq!(server.query(&url, "SELECT n FROM t").await, "42");
    server.restart().await;
    assert_eq!(server.query(&url, "SELECT n FROM t").await, "42");
    server.stop().await;
    let connected = tokio::net::TcpStream::connect(("127.0.0.1", server.port())).await;
    assert!(connected.is_err());
}

#[tokio::test]
async fn a_killed_test_process_takes_the_server_along() {
    if is_doomed() {
        let server = Postgres::shared().await;
        let data = PathBuf::from(server.query(&server.url("postgres"), "SHOW data_directory").await);
        doomed(data.parent().unwrap(), &[server.pid().unwrap()]).await;
    }
    let (pids, folder) = kill_a_process_of("postgres::a_killed_test_process_takes_the_server_along");
    assert_gone(&pids, &folder);
}
