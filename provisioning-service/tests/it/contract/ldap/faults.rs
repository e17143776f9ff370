//! Directories that answer what none may.

use std::time::Duration;

use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError, subject::Kind};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::contract::{Place, ldap::configuration, person};

const BOUND: &[u8] = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00";

/// A directory that answers one thing after the other, to whatever it is asked, and closes then.
async fn answering(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answers = answers.clone();
            tokio::spawn(async move {
                for answer in answers {
                    let mut asked = [0; 4096];
                    if !matches!(stream.read(&mut asked).await, Ok(1..)) || stream.write_all(&answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

/// A piece with its length.
fn piece(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut all = vec![tag, 0x84];
    all.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
    all.extend(value);
    all
}

/// A message.
fn message(number: u8, what: u8, value: &[u8]) -> Vec<u8> {
    piece(0x30, &[piece(2, &[number]), piece(what, value)].concat())
}

fn result(text: &[u8]) -> Vec<u8> {
    [piece(0x0a, &[0]), piece(4, b""), piece(4, text)].concat()
}

fn entry(dn: &[u8]) -> Vec<u8> {
    [piece(4, dn), piece(0x30, b"")].concat()
}

/// An entry with many values, none of which says anything.
fn crowded(count: usize) -> Vec<u8> {
    let values = piece(0x31, &[4, 0].repeat(count));
    let attribute = piece(0x30, &[piece(4, b"cn"), values].concat());
    [piece(4, b"uid=x"), piece(0x30, &attribute)].concat()
}

/// Where a listing goes on is told in a control, which may be nested as nothing else may.
#[tokio::test]
async fn a_listing_goes_on_nowhere_that_is_nested() {
    let levels = 300_000_u32;
    let deep: Vec<u8> =
        (0..levels).rev().flat_map(|within| [&[0x30, 0x84], (within * 6).to_be_bytes().as_slice()].concat()).collect();
    let control = piece(0x30, &[piece(4, b"1.2.840.113556.1.4.319"), piece(4, &deep)].concat());
    let ended = piece(0x65, &result(b""));
    let done = piece(0x30, &[piece(2, &[2]), ended, piece(0xa0, &control)].concat());
    let url = answering(vec![BOUND.to_vec(), done]).await;
    let place = Place::new("LdapProvisioner", 2, 3, &configuration(&url, 2, json!({})));
    let keys = place.connector().keys(&place.target, Kind::Person, None).await.unwrap();
    assert_eq!((keys.keys.len(), keys.next), (0, None));
}

#[tokio::test]
async fn each_is_a_sentence_and_nothing_stops() {
    let nested = (0..100_000).fold(Vec::new(), |mut inner: Vec<u8>, _| {
        inner.extend([0x84, 0x30]);
        inner
    });
    let endless = message(2, 0x64, &entry(b"uid=x")).repeat(1000);
    let (closed, nonsense, long) = ("broke off.", "not LDAP, or not an answer to what was asked.", "is too long.");
    for (answers, expected) in [
        (vec![], closed),
        (vec![BOUND[..7].to_vec()], closed),
        (vec![BOUND.to_vec()], closed),
        (vec![BOUND.to_vec(), message(2, 0x64, &entry(b"uid=x"))[..9].to_vec()], closed),
        (vec![b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()], nonsense),
        (vec![vec![0x30, 0x80, 0, 0]], nonsense),
        (vec![[vec![0x30, 0x84, 0, 3, 13, 64], nested].concat()], nonsense),
        (vec![message(1, 0x61, b"")], nonsense),
        (vec![message(1, 0x61, &result(&[0xff]))], nonsense),
        (vec![message(1, 0x64, &entry(b"uid=x"))], nonsense),
        (vec![BOUND.to_vec(), message(2, 0x64, &entry(&[0xff]))], nonsense),
        (vec![BOUND.to_vec(), message(2, 0x67, &result(b""))], nonsense),
        (vec![message(1, 0x61, &result(&vec![b'x'; 10 << 20]))], long),
        (vec![BOUND.to_vec(), message(2, 0x64, &entry(&vec![b'x'; 10 << 20]))], long),
        (vec![BOUND.to_vec(), endless], "told of more entries than 1."),
        (vec![BOUND.to_vec(), message(2, 0x64, &crowded(20_000))], nonsense),
        (
            vec![BOUND.to_vec(), message(2, 0x65, &[result(b""), piece(0xa3, &[4, 0].repeat(20_000))].concat())],
            nonsense,
        ),
        (vec![BOUND.to_vec(), message(77, 0x61, &result(b"nobody asked"))], nonsense),
    ] {
        let url = answering(answers).await;
        let mut place = Place::new("LdapProvisioner", 2, 3, &configuration(&url, 2, json!({})));
        for _ in 0..2 {
            let state = person("mira", "Oduya");
            let call = tokio::time::timeout(Duration::from_secs(60), place.call(&state, Work::Apply));
            let told = call.await.expect("it does not wait for ever").unwrap_err();
            // A connection that was closed before anything was asked is told so.
            let early = expected == closed && told.to_string() == "The connection to the directory is closed.";
            assert!(early || told.to_string().ends_with(expected), "{told} and not {expected}");
            let writes = matches!(told, ConnectorError::Unknown { .. });
            assert!(!writes, "nothing was sent that changes anything: {told:?}");
        }
    }
}

/// What changes something may have been done, whatever is answered.
#[tokio::test]
async fn what_is_answered_to_a_change_is_not_known() {
    let none = message(2, 0x65, &[piece(0x0a, &[32]), piece(4, b""), piece(4, b"")].concat());
    for answer in [vec![], b"nonsense".to_vec()] {
        let url = answering(vec![BOUND.to_vec(), none.clone(), answer]).await;
        let mut place = Place::new("LdapProvisioner", 2, 3, &configuration(&url, 2, json!({})));
        let told = place.call(&person("mira", "Oduya"), Work::Apply).await.unwrap_err();
        assert!(matches!(told, ConnectorError::Unknown { .. }), "{told:?}");
    }
}

/// What a message asks: its number, and what it is.
fn asked(bytes: &[u8]) -> (u8, u8) {
    let header = match bytes[1] {
        long @ 0x81.. => 2 + usize::from(long & 0x7f),
        _ => 2,
    };
    (bytes[header + 2], bytes[header + 3])
}

/// A directory that has nobody, takes everything, and names so many groups of whomever it is asked for.
async fn naming(count: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut bytes = vec![0; 1 << 16];
                while let Ok(read @ 1..) = stream.read(&mut bytes).await {
                    let (number, what) = asked(&bytes[..read]);
                    let names_groups = bytes[..read].windows(6).any(|part| part == b"member");
                    let answer = match what {
                        0x63 if names_groups => {
                            let names: Vec<u8> =
                                (0..count).flat_map(|n| piece(4, format!("g{n}").as_bytes())).collect();
                            let attribute = piece(0x30, &[piece(4, b"cn"), piece(0x31, &names)].concat());
                            let entry = [piece(4, b"cn=g0"), piece(0x30, &attribute)].concat();
                            [message(number, 0x64, &entry), message(number, 0x65, &result(b""))].concat()
                        }
                        0x63 => {
                            let none = [piece(0x0a, &[32]), piece(4, b""), piece(4, b"")].concat();
                            message(number, 0x65, &none)
                        }
                        0x42 => return,
                        what => message(number, what + 1, &result(b"")),
                    };
                    if stream.write_all(&answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

/// What is asked of each name is longer than what a directory says of it.
#[tokio::test]
async fn nobody_is_in_as_many_groups_as_a_directory_may_name() {
    let configuration = configuration(&naming(10_001).await, 2, json!({ "GroupBaseDn": "ou=groups,dc=example" }));
    let mut place = Place::new("LdapProvisioner", 2, 3, &configuration);
    let state = person("mira", "Oduya");
    let call = tokio::time::timeout(Duration::from_secs(60), place.call(&state, Work::Apply));
    let told = call.await.expect("it does not wait for ever").unwrap_err();
    assert_eq!(told.to_string(), "The directory says that a person is in more groups than anybody is.");
}
