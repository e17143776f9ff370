//! Starting and stopping.

use std::sync::Arc;

use gateway::{DEFAULTS, Gateway, Settings};
use service_kit::{clock::Clock, config, health::Health, rpc::Channel};
use tokio::sync::Notify;

use crate::fake::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_finishes_what_runs_and_takes_nothing_new() {
    let mut house = House::open();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    *house.fake.0.slow.lock().unwrap() = Some((begun.clone(), go_on.clone()));
    let (answer, ()) = tokio::join!(house.ask("DELETE", "/co_person_roles/7.json", ""), async {
        begun.notified().await;
        house.stop.cancel();
        go_on.notify_one();
    });
    assert_eq!(answer.line(), (200, "Deleted"));
    (&mut house.running).await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(house.address).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_said_in_one_sentence() {
    let channel = Channel::remote("http://127.0.0.1:1", "x").unwrap();
    let of = |listen: &str| {
        let mut settings: Settings = config::read(DEFAULTS, &std::collections::BTreeMap::new()).unwrap();
        settings.listen = listen.to_owned();
        Gateway::build(settings, channel.clone(), channel.clone(), Clock::system(), Health::new()).bind()
    };
    assert!(of("nonsense").unwrap_err().0.starts_with("listen must be an address and port"));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let error = of(&taken.local_addr().unwrap().to_string()).unwrap_err().0;
    assert!(error.contains("cannot be listened on"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_cannot_be_reached_are_503() {
    let channel = Channel::remote("http://127.0.0.1:1", "x").unwrap();
    let mut settings: Settings = config::read(DEFAULTS, &std::collections::BTreeMap::new()).unwrap();
    settings.listen = "127.0.0.1:0".to_owned();
    let bound = Gateway::build(settings, channel.clone(), channel, Clock::system(), Health::new()).bind().unwrap();
    let (address, stop) = (bound.address(), tokio_util::sync::CancellationToken::new());
    let running = tokio::spawn(bound.run(stop.clone()));
    let login = crate::client::login("a", "b");
    let answer = crate::client::send(address, "GET", "/cous.json", &login, b"").await;
    assert_eq!((answer.line(), answer.header("Retry-After")), ((503, "Service Unavailable"), Some("1")));
    stop.cancel();
    running.await.unwrap().unwrap();
}
