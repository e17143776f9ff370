//! Connections on which nothing is asked, or too much at once.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, stream::FuturesUnordered};
use proto::registry::v1::CoPersonRole;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Notify,
};

use crate::{client::login, fake::House};

/// Far more than anything takes here.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until the server has closed a connection; what it said before.
async fn closed(socket: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let end = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut said)).await;
    assert!(end.is_ok(), "a connection on which nothing is asked is kept");
    String::from_utf8_lossy(&said).into_owned()
}

async fn connect(house: &House, words: &str) -> TcpStream {
    let mut socket = TcpStream::connect(house.address).await.unwrap();
    socket.write_all(words.as_bytes()).await.unwrap();
    socket
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_is_not_kept_and_who_waits_for_an_answer_is() {
    let house = House::with(|settings| settings.limits.head_seconds = 1);
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    *house.fake.0.slow.lock().unwrap() = Some((begun.clone(), go_on.clone()));
    let waiting = house.ask("DELETE", "/co_person_roles/7.json", "");
    let silent = async {
        begun.notified().await;
        for words in ["", "GET /health", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM"] {
            assert_eq!(closed(&mut connect(&house, words).await).await.matches("200 OK").count(), 0, "{words}");
        }
        let mut second = connect(&house, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await;
        assert!(second.read(&mut [0; 1024]).await.unwrap() > 0);
        second.write_all(b"GET /hea").await.unwrap();
        closed(&mut second).await;
        go_on.notify_one();
    };
    let (answer, ()) = tokio::join!(waiting, silent);
    assert_eq!(answer.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_now_and_then_do_not_keep_a_connection() {
    let house = House::with(|settings| settings.limits.head_seconds = 1);
    let (mut read, mut write) = connect(&house, "GET /health/live HTTP/1.1\r\nX: ").await.into_split();
    let trickle = tokio::spawn(async move {
        while write.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut said = Vec::new();
    // Closed, or broken because bytes came after that.
    let _ = tokio::time::timeout(PATIENCE, read.read_to_end(&mut said)).await.unwrap();
    tokio::time::timeout(PATIENCE, trickle).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_kept_for_its_time_and_no_longer() {
    let house = House::with(|settings| {
        settings.limits.head_seconds = 1;
        settings.limits.keep_alive_seconds = 3;
    });
    let whole = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut idle = connect(&house, whole).await;
    // Takes longer than a head may.
    closed(&mut connect(&house, "").await).await;
    idle.write_all(whole.as_bytes()).await.unwrap();
    assert_eq!(closed(&mut idle).await.matches("200 OK").count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_of_an_answer_is_not_kept() {
    let house = House::with(|settings| {
        settings.limits.head_seconds = 4;
        settings.limits.stall_seconds = 1;
    });
    let record = |id| CoPersonRole { id: Some(id), title: Some("x".repeat(2000)), ..CoPersonRole::default() };
    house.hold((1..=20_000).map(record).collect());
    let request = format!("GET /co_person_roles.json HTTP/1.1\r\nHost: x\r\n{}\r\n", login("co_2.loader", "key"));
    let mut lazy = connect(&house, &request).await;
    closed(&mut connect(&house, "").await).await;
    let mut said = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, lazy.read_to_end(&mut said)).await.unwrap();
    assert!(said.starts_with(b"HTTP/1.1 200 OK") && !said.ends_with(b"0\r\n\r\n"), "{}", said.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_asks_only_so_much_at_once() {
    let house = House::with(|settings| settings.limits.streams = 20);
    let never = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    *house.fake.0.slow.lock().unwrap() = Some(never.clone());
    let socket = TcpStream::connect(house.address).await.unwrap();
    let (mut client, connection) = h2::client::handshake(socket).await.unwrap();
    tokio::spawn(connection);
    let mut answers = FuturesUnordered::new();
    let authorization = login("co_2.loader", "key");
    let authorization = authorization.trim().split_once(": ").unwrap().1;
    for _ in 0..50 {
        let request = http::Request::delete(format!("http://{}/co_person_roles/7.json", house.address))
            .header("Authorization", authorization);
        client = client.ready().await.unwrap();
        answers.push(client.send_request(request.body(()).unwrap(), true).unwrap().0);
    }
    for _ in 0..30 {
        let answer = answers.next().await.unwrap().unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["Retry-After"]), (429, &"1".parse().unwrap()));
    }
    while !answers.is_empty() {
        never.1.notify_one();
        if let Ok(answer) = tokio::time::timeout(Duration::from_millis(10), answers.next()).await {
            assert_eq!(answer.unwrap().unwrap().status().as_u16(), 200);
        }
    }
}

/// A client of HTTP/2 that lets nothing be sent of answers.
async fn closed_window(house: &House) -> (h2::client::SendRequest<bytes::Bytes>, tokio::task::JoinHandle<bool>) {
    let socket = TcpStream::connect(house.address).await.unwrap();
    let (client, connection) = h2::client::Builder::new().initial_window_size(0).handshake(socket).await.unwrap();
    (client, tokio::spawn(async move { connection.await.is_ok() }))
}

fn list_of_roles(house: &House) -> http::Request<()> {
    let authorization = login("co_2.loader", "key");
    let authorization = authorization.trim().split_once(": ").unwrap().1.to_owned();
    let request = http::Request::get(format!("http://{}/co_person_roles.json", house.address));
    request.header("Authorization", authorization).body(()).unwrap()
}

fn role_of_two_thousand_letters(id: i64) -> CoPersonRole {
    CoPersonRole { id: Some(id), title: Some("x".repeat(2000)), ..CoPersonRole::default() }
}

/// The window of the connection, not the socket, says that nothing is taken.
#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_of_an_answer_over_http_2_is_not_kept() {
    let house = House::with(|settings| settings.limits.stall_seconds = 1);
    for roles in [100, 20_000] {
        house.hold((1..=roles).map(role_of_two_thousand_letters).collect());
        let (client, ended) = closed_window(&house).await;
        let answer = client.ready().await.unwrap().send_request(list_of_roles(&house), true).unwrap().0;
        assert_eq!(answer.await.unwrap().status().as_u16(), 200);
        tokio::time::timeout(PATIENCE, ended).await.expect("the connection is closed").unwrap();
    }
}

/// What is large is counted until it is sent, whether it came in pieces or not.
#[tokio::test(flavor = "multi_thread")]
async fn one_connection_keeps_few_large_answers() {
    let house = House::with(|settings| settings.limits.streams = 20);
    house.hold((1..=100).map(role_of_two_thousand_letters).collect());
    let (mut client, _ended) = closed_window(&house).await;
    let mut statuses = Vec::new();
    let mut kept = Vec::new();
    for _ in 0..30 {
        client = client.ready().await.unwrap();
        let answer = client.send_request(list_of_roles(&house), true).unwrap().0.await.unwrap();
        statuses.push(answer.status().as_u16());
        kept.push(answer);
    }
    assert_eq!(statuses, [vec![200; 20], vec![429; 10]].concat());
}

/// Answers that are not taken are kept, and nobody asks for more of them without an end.
#[tokio::test(flavor = "multi_thread")]
async fn one_connection_keeps_only_so_many_answers() {
    let house = House::with(|settings| settings.limits.streams = 20);
    let socket = TcpStream::connect(house.address).await.unwrap();
    let (mut client, mut connection) =
        h2::client::Builder::new().initial_window_size(0).handshake::<_, bytes::Bytes>(socket).await.unwrap();
    let mut pings = connection.ping_pong().unwrap();
    let ended = tokio::spawn(connection);
    let (mut asked, mut answers) = (0, Vec::new());
    while let Ok(ready) = client.clone().ready().await {
        client = ready;
        let request = http::Request::get(format!("http://{}/x.json", house.address)).body(()).unwrap();
        let Ok((answer, _)) = client.send_request(request, true) else { break };
        answers.push(answer);
        asked += 1;
        assert!(asked < 10_000, "it goes on without an end");
        // Until the server has seen them all.
        if asked % 100 == 0 && pings.ping(h2::Ping::opaque()).await.is_err() {
            break;
        }
    }
    // Closed, or broken because more came after that.
    let _ = tokio::time::timeout(PATIENCE, ended).await.expect("the connection is closed").unwrap();
    assert!(asked > 1_000, "{asked}");
}
