//! Events as they come (D59).

use std::{sync::atomic::Ordering, time::Duration};

use proto::provisioning::v1::NextEventsRequest;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    client,
    fake::{Asked, House},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A stream that is being read.
struct Stream {
    socket: TcpStream,
    came: String,
}

impl Stream {
    async fn open(house: &House, path: &str, headers: &str) -> Self {
        Self::open_as(house, path, &format!("{}{headers}", client::login("co_2.loader", "key"))).await
    }

    async fn open_as(house: &House, path: &str, headers: &str) -> Self {
        let mut socket = TcpStream::connect(house.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        Self { socket, came: String::new() }
    }

    /// Reads until something has come.
    async fn until(&mut self, what: &str) {
        while !self.came.contains(what) {
            assert!(self.read().await > 0, "the stream ended: {}", self.came);
        }
    }

    async fn read(&mut self) -> usize {
        let mut bytes = [0; 4096];
        let read = tokio::time::timeout(PATIENCE, self.socket.read(&mut bytes)).await.unwrap();
        let count = read.unwrap_or(0);
        self.came.push_str(&String::from_utf8_lossy(bytes.get(..count).unwrap_or_default()));
        count
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_come_from_the_last_one_on_and_a_stop_ends_them() {
    let house = House::open();
    let path = "/registry/events?coid=2&kind=change&coprovisioningtargetid=4";
    let mut stream = Stream::open(&house, path, "Last-Event-ID: 5\r\n").await;
    stream.until("id: 6\nevent: change\ndata: {\"CoId\":2,\"Person\":{\"Type\":\"CO\",\"Id\":10},\"Action\":\"Updated\"}\n\n").await;
    stream.until("id: 7\n").await;
    assert!(stream.came.starts_with("HTTP/1.1 200 OK\r\n"), "{}", stream.came);
    assert!(stream.came.to_lowercase().contains("content-type: text/event-stream\r\n"), "{}", stream.came);
    let Some(Asked::Events(asked)) = house.asked().first().cloned() else { panic!("nothing was asked") };
    let text = |text: &str| Some(text.to_owned());
    let expected = NextEventsRequest {
        after: Some(5),
        wait_ms: 0,
        co_id: text("2"),
        co_provisioning_target_id: text("4"),
        kind: text("change"),
    };
    assert_eq!(asked, expected);
    house.stop.cancel();
    while stream.read().await > 0 {}
    assert!(stream.came.ends_with("0\r\n\r\n"), "the stream ended in order: {}", stream.came);
}

/// A stream does not outlive the rights that it was opened with.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_the_rights_of_its_user() {
    for taken in ["scopes", "key"] {
        let house = House::with(|settings| settings.auth.cache_seconds = 0);
        *house.fake.0.scopes.lock().unwrap() = vec!["read".to_owned()];
        let mut stream = Stream::open(&house, "/events", "").await;
        stream.until(": events follow").await;
        match taken {
            "scopes" => *house.fake.0.scopes.lock().unwrap() = vec!["cous:read".to_owned()],
            _ => house.fake.0.suspended.store(true, Ordering::SeqCst),
        }
        // Before it is due to be kept open.
        let end = stream.until("\r\n0\r\n\r\n");
        tokio::time::timeout(Duration::from_secs(12), end).await.expect(taken);
    }
    // What the user may beside is none of the stream's matter.
    let house = House::with(|settings| settings.auth.cache_seconds = 0);
    *house.fake.0.scopes.lock().unwrap() = vec!["read".to_owned(), "write".to_owned()];
    let mut stream = Stream::open(&house, "/events", "Last-Event-ID: 5\r\n").await;
    *house.fake.0.scopes.lock().unwrap() = vec!["read".to_owned()];
    stream.until("id: 7\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_user_has_so_many_streams() {
    let house = House::with(|settings| settings.limits.event_streams = 2);
    let mut streams = Vec::new();
    for _ in 0..2 {
        let mut stream = Stream::open(&house, "/events", "").await;
        stream.until(": events follow").await;
        streams.push(stream);
    }
    let answer = house.ask("GET", "/events", "").await;
    assert_eq!((answer.line(), answer.header("Retry-After")), ((429, "Too Many Requests"), Some("1")));
    assert_eq!(house.ask("HEAD", "/events", "").await.status, 429, "it reads the log as well");
    let head = House::open().ask("HEAD", "/events", "").await;
    assert_eq!((head.line(), head.body.as_str()), ((200, "OK"), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_followed_is_refused_in_json() {
    let house = House::open();
    let answer = house.ask_with("GET", "/events", "Last-Event-ID: 2\r\n", "").await;
    assert_eq!(answer.line(), (410, "Events Gone"));
    assert!(answer.json()["Error"].as_str().unwrap().starts_with("Events Gone: "));
    for headers in ["Last-Event-ID: x\r\n", "Last-Event-ID: -1\r\n"] {
        let answer = house.ask_with("GET", "/events", headers, "").await;
        assert_eq!(answer.line(), (400, "Bad Request"), "{headers}");
    }
    for path in ["/events.json", "/events.xml", "/events/7"] {
        assert_eq!(house.ask("GET", path, "").await.status, 404, "{path}");
    }
    let answer = house.ask("POST", "/events", "").await;
    assert_eq!((answer.line(), answer.header("Allow")), ((405, "Method Not Allowed"), Some("GET, HEAD")));
    let answer = client::send(house.address, "GET", "/events", &client::login("co_2.unpriv", "key"), b"").await;
    assert_eq!(answer.line(), (401, "Unauthorized"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_reads_on_by_its_cookie_and_nobody_else_does() {
    let house = House::open();
    let cookie = enter(&house).await;
    let mut stream = Stream::open_as(&house, "/console/events", &format!("{cookie}Last-Event-ID: 6\r\n")).await;
    stream.until("id: 7\nevent: change\n").await;
    assert!(!stream.came.contains("\nid: 6\n"), "it goes on where it was: {}", stream.came);
    // Neither without the cookie, nor by it at the API, nor by Basic at the console.
    for (path, headers) in [
        ("/console/events", String::new()),
        ("/events", cookie),
        ("/console/events", client::login("co_2.loader", "key")),
    ] {
        assert_eq!(client::send(house.address, "GET", path, &headers, b"").await.status, 401, "{path} {headers}");
    }
}

/// Logs in to the console; gives the header that shows it.
async fn enter(house: &House) -> String {
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let entered = client::send(house.address, "POST", "/console/login", form, b"username=co_2.loader&key=key").await;
    let cookie = entered.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    format!("Cookie: {cookie}\r\n")
}

/// Whoever turns the pages of the console is told of changes on each; the streams of those that he left end.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_console_is_told_in_place_of_the_one_before() {
    let house = House::with(|settings| settings.limits.event_streams = 2);
    let cookie = enter(&house).await;
    let mut pages = Vec::new();
    for _ in 0..5 {
        let mut page = Stream::open_as(&house, "/console/events", &cookie).await;
        page.until(": events follow").await;
        pages.push(page);
    }
    for left in &mut pages[..3] {
        // The end of the answer; the connection is kept.
        left.until("\r\n0\r\n\r\n").await;
    }
    // The pages take nothing from who reads the events themselves.
    let mut stream = Stream::open(&house, "/events", "").await;
    stream.until(": events follow").await;
}
