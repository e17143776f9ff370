//! Sizes, garbage, and what never may happen: a 5xx or a silent end for a client's mistake.

use proptest::{
    prelude::RngExt as _,
    test_runner::{RngAlgorithm, TestRng},
};

use crate::{
    client::{Answer, login, raw},
    fake::House,
};

const LIMIT: usize = 1 << 20;

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
