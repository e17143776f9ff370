//! Sizes, garbage, and what never may happen: a 5xx or a silent end for a client's mistake.

use std::sync::atomic::Ordering;

use proptest::{
    prelude::RngExt as _,
    test_runner::{RngAlgorithm, TestRng},
};

use crate::{
    client::{Answer, login, raw, send},
    fake::House,
};

const LIMIT: usize = 1 << 20;

const PATH: &str = "/co_person_roles.json";

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_do_not_starve_right_ones() {
    let house = House::with(|settings| {
        settings.auth.attempts_per_address = 20;
        settings.auth.cache_seconds = 0;
    });
    let of = |username: &str, key: &str| {
        let (address, headers) = (house.address, login(username, key));
        async move { send(address, "GET", PATH, &headers, b"").await }
    };
    assert_eq!(of("co_2.chosen", "key").await.status, 200);
    let hashing = house.fake.0.hashing.write().await;
    let wrong = |number: usize| of(["co_2.loader", "co_2.chosen", "nobody"][number % 3], &format!("wrong{number}"));
    let (done, mut refused) = tokio::sync::mpsc::unbounded_channel();
    for number in 0..1300 {
        let (done, wrong) = (done.clone(), wrong(number));
        tokio::spawn(async move { done.send(wrong.await) });
    }
    // Ten are being hashed, or wait for it; a few more, if this takes long.
    for _ in 0..1200 {
        let answer = refused.recv().await.unwrap();
        assert_eq!(answer.line(), (429, "Too Many Requests"));
        assert!(answer.header("Retry-After").unwrap().parse::<u64>().unwrap() > 0);
        assert!(answer.json()["Error"].as_str().unwrap().starts_with("Too Many Requests: "));
    }
    assert_eq!(of("co_2.chosen", "key").await.status, 200, "it was right before");
    assert_eq!(of("co_2.loader", "key").await.status, 200, "the service made it");
    assert_eq!(of("co_2.chosen2", "key").await.status, 429, "nothing is known of it");
    drop((hashing, done));
    while let Some(answer) = refused.recv().await {
        assert!(matches!(answer.status, 401 | 429));
    }
}

/// Logins go together: what makes their question too long would be a failure for all of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_too_long_to_be_anybodys_goes_alone() {
    let house = House::with(|_| {});
    for (username, key) in [("co_2.loader", "k".repeat(50_000)), (&"u".repeat(257), "wrong".to_owned())] {
        assert_eq!(send(house.address, "GET", PATH, &login(username, &key), b"").await.status, 401);
    }
    assert_eq!(house.ask("GET", PATH, "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_right_no_more_is_as_any_other() {
    let house = House::with(|settings| {
        settings.auth.attempts_per_address = 2;
        settings.auth.cache_seconds = 0;
    });
    assert_eq!(house.ask("GET", PATH, "").await.status, 200);
    house.fake.0.suspended.store(true, Ordering::SeqCst);
    for expected in [401, 401, 429] {
        assert_eq!(house.ask("GET", PATH, "").await.status, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_refused_and_the_answer_is_seen() {
    let house = House::open();
    for (path, begin, end) in [("/co_person_roles.json", "{\"a\":\"", "\"}"), ("/co_person_roles.xml", "<a>", "</a>")] {
        let body = format!("{begin}{}{end}", "x".repeat(LIMIT + 24));
        let answer = house.ask("POST", path, &body).await;
        assert_eq!(answer.line(), (413, "Payload Too Large"));
        assert!(answer.body.contains("1048576"));
    }
    let fits = format!("{{\"Version\":\"1.0\",\"Bogus\":\"{}\"}}", "x".repeat(LIMIT - 30));
    assert_eq!(house.ask("POST", "/co_person_roles.json", &fits).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chunked_body_over_the_limit_is_refused_too() {
    let house = House::open();
    let head = format!(
        "POST /co_person_roles.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}Transfer-Encoding: chunked\r\n\r\n",
        login("co_2.loader", "key")
    );
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    let request = format!("{head}{}0\r\n\r\n", chunk.repeat(17));
    let answer = raw(house.address, request.as_bytes()).await.unwrap();
    assert_eq!(answer.line(), (413, "Payload Too Large"));
    let small = format!("{head}12\r\n{{\"Version\": \"1.0\"}}\r\n0\r\n\r\n");
    assert_eq!(raw(house.address, small.as_bytes()).await.map(|answer| answer.status), Some(201));
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_that_are_none_are_bad_requests() {
    let house = House::open();
    for (path, body) in [
        ("/co_person_roles.json", ""),
        ("/co_person_roles.json", "{"),
        ("/co_person_roles.json", "{\"Cous\":[{}]}"),
        ("/co_person_roles.xml", ""),
        (
            "/co_person_roles.xml",
            "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/hostname\">]><CoPersonRole><O>&e;</O></CoPersonRole>",
        ),
        ("/co_person_roles.xml", "{\"Version\":\"1.0\"}"),
    ] {
        let answer = house.ask("POST", path, body).await;
        assert_eq!(answer.line(), (400, "Bad Request"), "{body}");
        assert!(answer.body.contains("Bad Request: "), "{body}");
    }
    assert_eq!(house.asked(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_breaks_nothing() {
    let house = House::open();
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut bytes = |most: usize, printable: bool| -> Vec<u8> {
        let length = random.random_range(0..most);
        let low = if printable { (b'!', b'~') } else { (0, 255) };
        (0..length).map(|_| random.random_range(low.0..=low.1)).collect()
    };
    let login = login("co_2.loader", "key");
    for round in 0..300 {
        let (path, body) = (bytes(60, round % 2 == 0), bytes(200, false));
        let verb = ["GET", "POST", "PUT", "DELETE"][round % 4];
        let place =
            ["/", "/co_person_roles", "/co_person_roles/", "/registry/co_provisioning_targets/provision/"][round % 3];
        let suffix = ["", ".json", ".xml"][round % 3];
        let mut request = format!("{verb} {place}").into_bytes();
        request.extend(path);
        request.extend(format!("{suffix} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{login}").as_bytes());
        request.extend(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        request.extend(body);
        let status = raw(house.address, &request).await.map(|answer: Answer| answer.status);
        // Only what is not HTTP may go without an answer.
        assert!(status.is_some() || round % 2 == 1, "no answer to {}", String::from_utf8_lossy(&request));
        assert!(
            status.is_none_or(|status| (200..500).contains(&status)),
            "{status:?}: {}",
            String::from_utf8_lossy(&request)
        );
    }
    for format in ["json", "xml"] {
        for _ in 0..100 {
            let mut request =
                format!("POST /co_person_roles.{format} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{login}")
                    .into_bytes();
            let body = bytes(300, false);
            request.extend(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
            request.extend(body);
            assert_eq!(raw(house.address, &request).await.map(|answer| answer.status), Some(400));
        }
    }
    assert_eq!(house.ask("GET", "/co_person_roles.json", "").await.status, 200);
}

/// A value takes a hundred times its length where it is read: what no record has is not read.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_more_values_than_any_record_has_is_refused() {
    let house = House::open();
    let objects = vec![r#"{"":0}"#; 140_000].join(",");
    let json = format!(r#"{{"CoPersonRoles":[{{"Version":"1.0","ExtendedAttributes":{{"a":[{objects}]}}}}]}}"#);
    let elements = "<a/>".repeat(200_000);
    let xml = format!("<CoPersonRoles><CoPersonRole><X>{elements}</X></CoPersonRole></CoPersonRoles>");
    for (path, body) in [("/co_person_roles.json", &json), ("/co_person_roles.xml", &xml)] {
        let answer = house.ask("POST", path, body).await;
        assert_eq!(answer.line(), (400, "Bad Request"), "{path}");
        assert!(answer.body.contains("more than any record does"), "{}", answer.body);
    }
    // Nor what a field has.
    let objects = vec![r#"{"":0}"#; 4_500].join(",");
    let json = format!(r#"{{"CoPersonRoles":[{{"Version":"1.0","ExtendedAttributes":{{"a":[{objects}]}}}}]}}"#);
    house.ask("POST", "/co_person_roles.json", &json).await;
    let Some(crate::fake::Asked::Add(_, unread, _)) = house.asked().pop() else { panic!("it is added") };
    assert_eq!(unread[0].description, "\"ExtendedAttributes\" may hold at most 4096 values");
}
