//! The outbox and its relay.

use messaging::{
    Broker, Message, Queue,
    outbox::{self, Outgoing, Relay},
};
use sea_orm::{ConnectionTrait, Statement};
use service_kit::{
    clock::Clock,
    database::Database,
    planted::{self, Bug},
};

use crate::rig::Consumer;

const TABLE: &str = "CREATE TABLE outbox (id integer PRIMARY KEY AUTOINCREMENT, message_id text NOT NULL, \
                     routing_key text NOT NULL, traceparent text, body blob NOT NULL, created text NOT NULL)";
const POSTGRES: &str = "CREATE TABLE outbox (id bigserial PRIMARY KEY, message_id text NOT NULL, \
                        routing_key text NOT NULL, traceparent text, body bytea NOT NULL, created timestamptz NOT NULL)";

async fn sqlite(folder: &tempfile::TempDir) -> Database {
    let url = format!("sqlite://{}", folder.path().join("outbox.db").display());
    let database = Database::open(&url, 2).await.unwrap();
    database.writer().execute_unprepared(TABLE).await.unwrap();
    database
}

async fn write(database: &Database, keys: &[&str]) {
    let message = |(number, key): (usize, &&str)| Outgoing {
        message_id: number.to_string(),
        routing_key: (*key).to_owned(),
        body: b"body".to_vec(),
    };
    let messages = keys.iter().enumerate().map(message).collect();
    outbox::enqueue(database.writer(), &Clock::system(), messages).await.unwrap();
}

async fn left(database: &Database) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM outbox";
    let row = database.writer().query_one_raw(Statement::from_string(database.backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

#[tokio::test]
async fn what_the_broker_did_not_confirm_stays_in_the_outbox() {
    let folder = tempfile::tempdir().unwrap();
    let database = sqlite(&folder).await;
    let broker = Broker::in_process();
    broker.close().await;
    let relay = Relay::new(database.clone(), broker);
    write(&database, &["co_person.updated.2"]).await;
    assert!(relay.send_batch().await.unwrap().failed);
    assert_eq!(left(&database).await, 1);
    // The check notices if the relay removes it.
    let _planted = planted::plant(Bug::OutboxRemovedUnconfirmed);
    assert!(relay.send_batch().await.unwrap().failed);
    assert_eq!(left(&database).await, 0);
}

/// More than a batch of messages that no queue takes stand before the one that one does.
async fn passes_over_what_is_refused(database: Database) {
    let broker = Broker::in_process();
    let mut consumer = Consumer::start(&broker, Queue::ProvisioningChanges);
    let mut keys = vec!["nobody.listens"; 600];
    keys.push("co_person.updated.2");
    write(&database, &keys).await;
    let relay = Relay::new(database.clone(), broker.clone());
    // It goes on at once after a batch that was refused, and does not begin with the same rows again.
    let sent = relay.send_batch().await.unwrap();
    assert!(sent.more && !sent.failed, "{sent:?}");
    assert!(!relay.send_batch().await.unwrap().failed);
    assert_eq!(consumer.ids(1).await, ["600"]);
    assert_eq!(left(&database).await, 600);
    consumer.stop().await;
}

/// A message of the bodies of several.
fn bodies(messages: &[Message]) -> Option<Message> {
    let body: Vec<u8> = messages.iter().flat_map(|message| message.body.to_vec()).collect();
    Some(Message { body: body.into(), ..messages[0].clone() })
}

/// All that one message stood for are gone when it is confirmed, and none while it is not.
#[tokio::test]
async fn what_goes_the_same_way_goes_in_one_message() {
    let folder = tempfile::tempdir().unwrap();
    let database = sqlite(&folder).await;
    let broker = Broker::in_process();
    let mut consumer = Consumer::start(&broker, Queue::ProvisioningChanges);
    let changed = ["co_person.updated.2"; 3];
    write(&database, &[&changed[..], &["nobody.listens"; 2], &["co_group.added.2"]].concat()).await;
    let relay = Relay::new(database.clone(), broker.clone()).joining(bodies);
    assert!(!relay.send_batch().await.unwrap().failed);
    let arrived = consumer.deliveries(2).await;
    let arrived: Vec<(&str, &[u8])> = arrived.iter().map(|one| (one.id.as_str(), one.body.as_ref())).collect();
    assert_eq!(arrived, [("0", &b"bodybodybody"[..]), ("5", b"body")]);
    assert_eq!(left(&database).await, 2, "those that no queue takes");
    consumer.stop().await;
    broker.close().await;
    write(&database, &changed).await;
    assert!(relay.send_batch().await.unwrap().failed);
    assert_eq!(left(&database).await, 5);
}

#[tokio::test]
async fn messages_that_are_refused_hold_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    passes_over_what_is_refused(sqlite(&folder).await).await;
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn messages_that_are_refused_hold_up_no_other() {
        let server = testkit::Postgres::shared().await;
        let database = Database::open(&server.create_database("outbox").await, 2).await.unwrap();
        database.writer().execute_unprepared(POSTGRES).await.unwrap();
        passes_over_what_is_refused(database).await;
    }
}
