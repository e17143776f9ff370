//! Long lists of one user.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, stream::FuturesUnordered};
use proto::registry::v1::CoPersonRole;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
};

use crate::{
    client::{login, send},
    fake::House,
};

const PATH: &str = "/co_person_roles.json";

#[tokio::test(flavor = "multi_thread")]
async fn a_user_reads_only_so_many_long_lists_at_once() {
    let house = House::open();
    let record = |id| CoPersonRole { id: Some(id), title: Some("x".repeat(2000)), ..CoPersonRole::default() };
    house.hold((1..=20_000).map(record).collect());
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: x\r\n{}\r\n", login("co_2.loader", "key"));
    let mut lazy = Vec::new();
    for _ in 0..4 {
        let mut socket = TcpStream::connect(house.address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        // It has begun, and does not end, since nobody takes the rest.
        assert_eq!(socket.read_u8().await.unwrap(), b'H');
        lazy.push(socket);
    }
    let fifth = house.ask("GET", PATH, "").await;
    assert_eq!((fifth.line(), fifth.header("Retry-After")), ((429, "Too Many Requests"), Some("1")));
    assert_eq!(house.ask("GET", "/co_person_roles.json?limit=10", "").await.status, 200, "a page is no long list");
    assert_eq!(house.ask("GET", "/cous.json", "").await.status, 200, "nor is what fits into a piece");
    // Another user, and this one when one of his has ended.
    let mut socket = TcpStream::connect(house.address).await.unwrap();
    socket
        .write_all(request.replace(login("co_2.loader", "key").as_str(), &login("co_2.other", "key")).as_bytes())
        .await
        .unwrap();
    let mut begin = [0; 12];
    socket.read_exact(&mut begin).await.unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200");
    lazy.pop();
    let again = async {
        while send(house.address, "GET", PATH, &login("co_2.loader", "key"), b"").await.status != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), again).await.unwrap();
}

/// A search costs the databases much, however little it finds.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_searches_only_so_much_at_once() {
    let house = House::open();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    *house.fake.0.slow.lock().unwrap() = Some((begun, go_on.clone()));
    let search = "/co_people.json?search.identifier=nosuch&limit=1";
    let of = |username: &str, path: &'static str| {
        let (address, headers) = (house.address, login(username, "key"));
        tokio::spawn(async move { send(address, "GET", path, &headers, b"").await })
    };
    let mut running = FuturesUnordered::new();
    for path in [search, search, "/co_people.json?given=Ada", "/co_people.json?SEARCH_mail=x&as_of=2026-01-01", search]
    {
        running.push(of("co_2.loader", path));
    }
    let refused = running.next().await.unwrap().unwrap();
    assert_eq!((refused.line(), refused.header("Retry-After")), ((429, "Too Many Requests"), Some("1")));
    // Others search, and this one reads.
    running.push(of("co_2.other", search));
    assert_eq!(house.ask("GET", "/cous.json", "").await.status, 200);
    let wake = async {
        loop {
            go_on.notify_waiters();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let ended = async {
        while let Some(answer) = running.next().await {
            assert_eq!(answer.unwrap().status, 200);
        }
    };
    tokio::select! { () = ended => {}, () = wake => {} }
    *house.fake.0.slow.lock().unwrap() = None;
    assert_eq!(house.ask("GET", search, "").await.status, 200, "those have ended");
}
