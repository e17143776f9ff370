//! Long lists of one user.

use std::{sync::atomic::Ordering, time::Duration};

use proto::registry::v1::CoPersonRole;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
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

/// What comes of a list later is for who may read it then.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_breaks_off_when_its_reader_may_read_no_more() {
    let house = House::open();
    let record = |id| CoPersonRole { id: Some(id), title: Some("x".repeat(2000)), ..CoPersonRole::default() };
    house.hold((1..=20_000).map(record).collect());
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}\r\n", login("co_2.loader", "key"));
    let mut socket = TcpStream::connect(house.address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(socket.read_u8().await.unwrap(), b'H');
    // As by an administrator, through this gateway.
    assert_eq!(house.ask("DELETE", "/api_users/9.json", "").await.status, 200);
    house.fake.0.suspended.store(true, Ordering::SeqCst);
    let mut rest = Vec::new();
    let _cut = socket.read_to_end(&mut rest).await;
    assert!(rest.len() > 1_000_000 && !rest.ends_with(b"0\r\n\r\n"), "{} bytes", rest.len());
}
