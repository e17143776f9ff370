//! Throw-away RabbitMQ.

use std::collections::HashSet;
use std::path::PathBuf;

use testkit::RabbitMq;

use crate::process::{assert_gone, doomed, is_doomed, kill_a_process_of, lives};

#[tokio::test]
async fn each_virtual_host_is_new() {
    let broker = RabbitMq::shared().await;
    assert!(broker.amqp_url().ends_with(&format!("@127.0.0.1:{}/%2f", broker.port())));
    let one = broker.create_vhost("messaging").await;
    let two = broker.create_vhost("messaging").await;
    assert_ne!(one, two);
    assert!(exists(&broker, &one).await);
    assert!(exists(&broker, &two).await);
    assert!(!exists(&broker, "amqp://elsewhere/other").await);
}

#[tokio::test]
async fn many_tests_make_virtual_hosts_at_once() {
    let broker = RabbitMq::shared().await;
    let urls = futures::future::join_all((0..30).map(|_| broker.create_vhost("many"))).await;
    let different: HashSet<String> = urls.into_iter().collect();
    assert_eq!(different.len(), 30);
}

async fn exists(broker: &RabbitMq, url: &str) -> bool {
    let name = url.rsplit('/').next().unwrap();
    broker.eval(&format!(r#"rabbit_vhost:exists(<<"{name}">>)."#)).await == "{ok, true}"
}

#[tokio::test]
async fn a_killed_broker_starts_again_with_its_virtual_hosts() {
    let broker = RabbitMq::start().await;
    let url = broker.create_vhost("kept").await;
    let pid = broker.pid().unwrap();
    broker.kill().await;
    assert!(!lives(pid));
    assert!(lives(broker.port_mapper_pid()));
    broker.restart().await;
    assert!(exists(&broker, &url).await);
    let pids = [broker.pid().unwrap(), broker.port_mapper_pid()];
    broker.stop().await;
    assert!(!lives(pids[0]));
    drop(broker);
    assert!(!lives(pids[1]));
}

#[tokio::test]
async fn a_killed_test_process_takes_the_broker_and_its_port_mapper_along() {
    if is_doomed() {
        let broker = RabbitMq::shared().await;
        let answer = broker.eval("rabbit_mnesia:dir().").await;
        let folder = PathBuf::from(answer.split('"').nth(1).unwrap());
        let folder = folder.ancestors().find(|path| path.file_name().is_some_and(|name| name == "mnesia")).unwrap();
        doomed(folder.parent().unwrap(), &[broker.pid().unwrap(), broker.port_mapper_pid()]).await;
    }
    let name = "rabbitmq::a_killed_test_process_takes_the_broker_and_its_port_mapper_along";
    let (pids, folder) = kill_a_process_of(name);
    assert_eq!(pids.len(), 2);
    assert_gone(&pids, &folder);
}
