//! Servers that answer what no server should.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use provisioning_service::domain::{eligibility::Work, outcome::ConnectorError};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::contract::{Place, person, scim::PLUGIN};

/// An answer with a status line and a body.
fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// A server that gives these answers one after the other, the last one again and again, and closes each time.
async fn server(answers: Vec<Vec<u8>>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers = Arc::new(Mutex::new(answers));
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut asked = Vec::new();
            while !asked.windows(4).any(|end| end == b"\r\n\r\n") && client.read_buf(&mut asked).await.unwrap_or(0) > 0
            {
            }
            let answer = {
                let mut answers = answers.lock().unwrap();
                if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
            };
            let _sent = client.write_all(&answer).await;
            let _closed = client.shutdown().await;
            // What is still to be read would reset the connection before the client has read the answer.
            let mut rest = Vec::new();
            let _rest = client.read_to_end(&mut rest).await;
        }
    });
    port
}

async fn apply(answers: Vec<Vec<u8>>) -> ConnectorError {
    let base = format!("http://127.0.0.1:{}/", server(answers).await);
    let configuration = json!({ "BaseUrl": base, "Token": "s3cret", "UserNameIdentifierType": "uid" });
    let mut place = Place::new(PLUGIN, 2, 3, &configuration);
    let error = place.call(&person("mira", "Oduya"), Work::Apply).await.unwrap_err();
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    error
}

/// Nothing is found.
fn none() -> Vec<u8> {
    answer("200 OK", r#"{"totalResults":0}"#)
}

#[tokio::test]
async fn what_a_server_says_or_does_not_say_is_a_sentence() {
    let busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n".to_vec();
    let asked = Some(Duration::seconds(7));
    let message = "The server answered 429 Too Many Requests.".to_owned();
    assert_eq!(apply(vec![busy]).await, ConnectorError::Retryable { message, retry_after: asked });

    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"total".to_vec();
    let other = r#"{"totalResults":1,"Resources":[{"id":"1","userName":"root","externalId":"x"}]}"#;
    let refusal = r#"{"scimType":"invalidValue","detail":"no\nMira here"}"#;
    // An object takes a hundred times its length where it is read.
    let dense = |count: usize| {
        let nested = vec![r#"{"":{"":7}}"#; count].join(",");
        answer(
            "200 OK",
            &format!(r#"{{"totalResults":1,"Resources":[{{"id":"1","userName":"mira","x":[{nested}]}}]}}"#),
        )
    };
    let too_much = "The server told more than anybody asked for.";
    for (answers, retryable, sentence) in [
        (vec![dense(15_000)], false, too_much),
        (vec![dense(50_000)], false, too_much),
        (vec![answer("503 Away", "<html>")], true, "The server answered 503 Service Unavailable."),
        (vec![answer("502 Away", "")], true, "The server answered 502 Bad Gateway."),
        (vec![answer("200 OK", "<html>we are busy</html>")], true, "The server's answer is no SCIM."),
        (vec![answer("200 OK", r#"{"Resources":7}"#)], true, "The server's answer is no SCIM."),
        (vec![answer("200 OK", &" ".repeat(10 << 20))], false, "The server's answer is longer than"),
        (vec![none(), none(), answer("400 No", refusal)], false, "The server answered 400 Bad Request: invalid"),
        (vec![answer("501 No", "")], false, "The server does not find resources by externalId."),
        (vec![none(), none(), answer("501 No", "")], false, "The server answered 501 Not Implemented."),
        (vec![cut], true, "The server broke off"),
        (vec![answer("200 OK", other)], false, "The server does not find resources by externalId."),
        (vec![answer("302 Found", "")], false, "The server answered 302 Found. Redirects are not followed"),
        (
            vec![none(), none(), answer("400 No", refusal)],
            false,
            "The server answered 400 Bad Request: invalidValue: no Mira here.",
        ),
        (
            vec![none(), none(), answer("400 No", r#"{"detail":"the token s3cret"}"#)],
            false,
            "The server answered 400 Bad Request.",
        ),
        (vec![none(), none(), answer("201 Made", "<html>"), none()], true, "The server says that it made a resource"),
        (vec![none(), none(), answer("409 No", "{}"), none()], false, "The userName \"mira\" is that of another"),
    ] {
        let error = apply(answers).await;
        assert!(error.to_string().starts_with(sentence), "{error:?}");
        assert_eq!(matches!(error, ConnectorError::Retryable { .. }), retryable, "{error:?}");
        assert_eq!(matches!(error, ConnectorError::Permanent { .. }), !retryable, "{error:?}");
    }
}

/// A token that was fetched is a secret as one that was set.
#[tokio::test]
async fn a_token_that_was_fetched_is_not_said() {
    let token = answer("200 OK", r#"{"access_token":"f3tched","token_type":"Bearer"}"#);
    let refused = answer("403 No", r#"{"detail":"the token f3tched lacks a scope"}"#);
    let base = format!("http://127.0.0.1:{}/", server(vec![token, refused]).await);
    let configuration = json!({
        "BaseUrl": base, "AuthType": "OAuth2", "TokenUrl": format!("{base}token"), "ClientId": "c", "ClientSecret": "s3cret",
        "UserNameIdentifierType": "uid"
    });
    let mut place = Place::new(PLUGIN, 2, 3, &configuration);
    let error = place.call(&person("mira", "Oduya"), Work::Apply).await.unwrap_err();
    assert_eq!(error.to_string(), "The server answered 403 Forbidden.");
}

#[tokio::test]
async fn of_a_call_that_makes_something_and_breaks_off_nobody_knows_the_end() {
    for broken in [Vec::new(), b"HTTP/1.1 2".to_vec(), answer("504 Away", "")] {
        let error = apply(vec![none(), none(), broken]).await;
        assert!(matches!(error, ConnectorError::Unknown { .. }), "{error:?}");
    }
}
