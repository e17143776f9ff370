//! Who is let in (D13 to D15).

use std::sync::atomic::Ordering;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    client::{login, send},
    fake::{Asked, House},
};

const PATH: &str = "/co_person_roles.json";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_to_log_in_before_anything_else() {
    let house = House::open();
    let logins = [
        String::new(),
        login("co_2.loader", "wrong"),
        login("co_2.loader", ""),
        login("co_2.expired", "key"),
        login("co_2.future", "key"),
        "Authorization: Bearer abc\r\n".to_owned(),
        "Authorization: Basic !!!!\r\n".to_owned(),
        "Authorization: Basic\r\n".to_owned(),
        "Cookie: CAKEPHP=abc\r\n".to_owned(),
    ];
    for headers in &logins {
        for (method, path) in
            [("GET", PATH), ("POST", PATH), ("PATCH", PATH), ("GET", "/nothing"), ("GET", "/x/y/z.json")]
        {
            let answer = send(house.address, method, path, headers, b"").await;
            assert_eq!(answer.line(), (401, "Unauthorized"), "{headers} {path}");
            assert!(answer.header("WWW-Authenticate").unwrap().starts_with("Basic realm=\"cohort\""));
            assert!(answer.json()["Error"].as_str().unwrap().starts_with("Unauthorized"));
            assert_eq!(answer.header("Set-Cookie"), None);
        }
    }
    let answer = send(house.address, "GET", "/co_person_roles.xml", "", b"").await;
    assert!(answer.body.contains("<Error>Unauthorized: "));
    assert_eq!(house.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_unprivileged_may_do_nothing() {
    let house = House::open();
    for user in ["co_2.unpriv", "unpriv"] {
        for (method, path) in [("GET", PATH), ("DELETE", "/co_person_roles/7.json"), ("GET", "/nothing")] {
            let answer = send(house.address, method, path, &login(user, "key"), b"").await;
            assert_eq!(answer.line(), (401, "Unauthorized"));
            assert_eq!(answer.header("WWW-Authenticate"), None, "logging in again does not help");
        }
    }
    assert_eq!(house.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_is_remembered_but_a_failure_is_not() {
    let house = House::open();
    for _ in 0..3 {
        assert_eq!(house.ask("GET", PATH, "").await.status, 200);
    }
    assert_eq!(house.verified(), 1);
    for _ in 0..2 {
        assert_eq!(send(house.address, "GET", PATH, &login("co_2.loader", "wrong"), b"").await.status, 401);
    }
    assert_eq!(house.verified(), 3);
    let forgetful = House::with(|settings| settings.auth.cache_seconds = 0);
    for _ in 0..2 {
        assert_eq!(forgetful.ask("GET", PATH, "").await.status, 200);
    }
    assert_eq!(forgetful.verified(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_one_check() {
    let house = House::with(|settings| settings.workers = 2);
    let requests = (0..20).map(|_| house.ask("GET", PATH, ""));
    let answers = futures::future::join_all(requests).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(house.verified(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_api_users_counts_at_once() {
    let house = House::open();
    for (method, path) in [
        ("PUT", "/api_users/3.json"),
        ("DELETE", "/api_users/3.json"),
        ("POST", "/api_users.json"),
        ("POST", "/api_users/3/key.json"),
        ("DELETE", "/cos/2.json"),
    ] {
        let body =
            if method == "PUT" || path == "/api_users.json" { r#"{"Version":"1.0","Username":"x"}"# } else { "" };
        assert_eq!(house.ask("GET", PATH, "").await.status, 200);
        house.ask(method, path, body).await;
        house.fake.0.suspended.store(true, Ordering::SeqCst);
        assert_eq!(house.ask("GET", PATH, "").await.status, 401, "{method} {path}");
        house.fake.0.suspended.store(false, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_count() {
    let house = House::open();
    for (ranges, status) in [(&["192.0.2.0/24"][..], 401), (&["127.0.0.0/8", "::1/128"], 200), (&["0.0.0.0/0"], 200)] {
        *house.fake.0.remote_ip.lock().unwrap() = ranges.iter().map(|range| (*range).to_owned()).collect();
        let user = format!("co_2.{}", ranges[0]);
        assert_eq!(send(house.address, "GET", PATH, &login(&user, "key"), b"").await.status, status, "{ranges:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_trusted_proxy_the_client_s_address_counts() {
    let trusting = House::with(|settings| {
        settings.http.trusted_proxies = "127.0.0.1".to_owned().try_into().unwrap();
    });
    for (house, from_inside, from_outside) in [(&trusting, 200, 401), (&House::open(), 401, 401)] {
        *house.fake.0.remote_ip.lock().unwrap() = vec!["192.0.2.0/24".to_owned()];
        for (address, status) in [("192.0.2.7", from_inside), ("198.51.100.7", from_outside)] {
            for header in [format!("X-Forwarded-For: {address}\r\n"), format!("Forwarded: for={address}\r\n")] {
                assert_eq!(house.ask_with("GET", PATH, &header, "").await.status, status, "{header}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_is_not_the_clients_fault() {
    let house = House::open();
    house.fake.0.away.store(true, Ordering::SeqCst);
    let away = house.ask("GET", PATH, "").await;
    assert_eq!((away.line(), away.header("Retry-After")), ((503, "Service Unavailable"), Some("1")));
    house.fake.0.away.store(false, Ordering::SeqCst);
    assert_eq!(house.ask("GET", PATH, "").await.status, 200);
    house.fake.0.away.store(true, Ordering::SeqCst);
    let away = house.ask("DELETE", "/co_person_roles/7.xml", "").await;
    assert_eq!((away.line(), away.header("Retry-After")), ((503, "Service Unavailable"), Some("1")));
    assert!(away.body.contains("<Error>Service Unavailable: "));
}

/// A body takes as long as its sender likes: who lost the key meanwhile, or a right, writes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_no_more_when_the_body_has_come_writes_nothing() {
    for narrowed in [false, true] {
        let house = House::open();
        let body = r#"{"Version":"1.0","Person":{"Type":"CO","Id":"9"},"O":"Uni"}"#;
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}Content-Length: {}\r\n\r\n",
            login("co_2.loader", "key"),
            body.len()
        );
        let (held, rest) = body.split_at(body.len() - 1);
        let mut socket = TcpStream::connect(house.address).await.unwrap();
        socket.write_all(format!("{head}{held}").as_bytes()).await.unwrap();
        while house.verified() == 0 {
            tokio::task::yield_now().await;
        }
        // As by an administrator, through this gateway.
        assert_eq!(house.ask("DELETE", "/api_users/9.json", "").await.status, 200);
        match narrowed {
            false => house.fake.0.suspended.store(true, Ordering::SeqCst),
            true => *house.fake.0.scopes.lock().unwrap() = vec!["read".to_owned()],
        }
        socket.write_all(rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        assert!(!house.asked().iter().any(|asked| matches!(asked, Asked::Add(..))), "narrowed: {narrowed}");
    }
}
