use reqwest::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::connector::{
    dialer::Dialer,
    http::{self, Client},
};

const LEASE: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(60);

fn held(fence: i64) -> leases::Held {
    leases::Held { id: RequestId(1), fence }
}

#[tokio::test]
async fn work_ends_with_its_lease_and_goes_on_when_it_is_renewed() {
    let leases = Leases::new(LEASE);
    let lease = leases.hold(held(1), Instant::now());
    assert_eq!(lease.within(LONG, std::future::pending::<()>()).await, Err(Cut::Lease));

    let lease = leases.hold(held(2), Instant::now());
    let outlives = async {
        leases.renewed(&[held(2)], &[held(2)], Instant::now() + LONG);
        tokio::time::sleep(LEASE).await;
    };
    assert_eq!(lease.within(LONG, outlives).await, Ok(()));
    assert_eq!(lease.within(LEASE / 10, std::future::pending::<()>()).await, Err(Cut::Limit));
}

#[tokio::test]
async fn what_a_renewal_does_not_give_back_and_what_is_held_anew_is_lost_at_once() {
    let leases = Leases::new(LONG);
    let lost = leases.hold(held(1), Instant::now());
    leases.renewed(&[held(1)], &[], Instant::now());
    assert!(lost.is_over());
    let replaced = leases.hold(held(2), Instant::now());
    let newer = leases.hold(held(3), Instant::now());
    assert!(replaced.is_over() && !newer.is_over());
    leases.renewed(&[held(2)], &[], Instant::now());
    assert!(!newer.is_over(), "the renewal was about an older number");
}

#[tokio::test]
async fn who_wakes_up_late_does_nothing() {
    let leases = Leases::new(LEASE);
    // As after a stop: the claim was asked for a long time ago.
    let asked = Instant::now().checked_sub(LEASE).expect("a moment");
    let lease = leases.hold(held(1), asked);
    leases.renewed(&[held(1)], &[held(1)], Instant::now());
    let mut called = false;
    let cut = lease.within(LONG, async { called = true }).await;
    assert_eq!((cut, called), (Err(Cut::Lease), false), "not even if a renewal came through");
}

/// What a server sees of a connection.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Call(String),
    End,
}

/// A server that answers whatever comes.
async fn server() -> (String, tokio::sync::mpsc::UnboundedReceiver<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let (tell, seen) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut bytes = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut bytes).await {
                    let text = String::from_utf8_lossy(&bytes[..read]).into_owned();
                    let _ = tell.send(Seen::Call(text));
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
                }
                let _ = tell.send(Seen::End);
            });
        }
    });
    (format!("http://{address}/"), seen)
}

/// Connections are written to by tasks of their own: after a standstill these may wake up before the call does.
#[tokio::test]
async fn what_was_not_written_to_its_connection_in_time_is_never_written() {
    let dialer = Dialer::new(&["127.0.0.0/8".parse().expect("a network")]);
    for (method, body) in [(Method::PUT, "it"), (Method::DELETE, "")] {
        let client = Client::new(dialer.clone()).expect("a client");
        let (url, mut seen) = server().await;
        let call = || {
            let request = client.request(method.clone(), &url, None).expect("a request");
            http::send(if body.is_empty() { request } else { request.body(body) })
        };
        let leases = Leases::new(LONG);
        let lease = leases.hold(held(1), Instant::now());
        let answer = lease.within(LONG, call()).await.expect("the lease holds").expect("an answer");
        assert!(answer.status().is_success());
        drop(answer);
        let Some(Seen::Call(first)) = seen.recv().await else { panic!("no call") };
        assert!(first.starts_with(method.as_str()) && first.ends_with(body), "{first}");
        assert!(!first.to_lowercase().contains("transfer-encoding"), "{first}");
        // So that the connection is there to be used again.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let mut second = pin!(lease.within(LONG, call()));
        assert!(futures::poll!(&mut second).is_pending(), "it was handed to the connection");
        leases.hold(held(2), Instant::now());
        assert_eq!(seen.recv().await, Some(Seen::End), "{method} was broken off");
        assert!(matches!(second.await, Err(Cut::Lease)));
    }
}
