//! Servers that speak AMQP's protocol, and answer what none may, or nothing.

use std::time::Duration;

use provisioning_service::domain::eligibility::Work;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

use crate::contract::{Place, person};

fn sized(inside: &[u8]) -> Vec<u8> {
    [u32::try_from(inside.len()).unwrap().to_be_bytes().as_slice(), inside].concat()
}

/// What a broker says of itself first, with something nested in it.
fn start(deep: usize) -> Vec<u8> {
    let nested = (0..deep).fold(vec![b'V'], |inside, _| [vec![b'A'], sized(&inside)].concat());
    let told = sized(&[&[1, b'k'], nested.as_slice()].concat());
    let payload = [&[0, 10, 0, 10, 0, 9], told.as_slice(), &sized(b"PLAIN"), &sized(b"en_US")].concat();
    [&[1, 0, 0], sized(&payload).as_slice(), &[0xce]].concat()
}

/// One that takes a process with it would take this one.
#[tokio::test]
async fn each_is_a_sentence_and_keeps_nothing() {
    for first in [start(3_000), start(100_000), b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), Vec::new()] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("amqp://any@{}/any", listener.local_addr().unwrap());
        let (closed, mut ends) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (first, closed) = (first.clone(), closed.clone());
                tokio::spawn(async move {
                    let mut asked = [0; 8];
                    let _asked = stream.read_exact(&mut asked).await;
                    let _told = stream.write_all(&first).await;
                    // Until the other end is closed.
                    while matches!(stream.read(&mut asked).await, Ok(1..)) {}
                    closed.send(()).unwrap();
                });
            }
        });
        let configuration = json!({"Url": url, "Password": "any", "Exchange": "any"});
        let mut place = Place::new("AmqpProvisioner", 2, 3, &configuration);
        let state = person("mira", "Oduya");
        let call = tokio::time::timeout(Duration::from_secs(60), place.call(&state, Work::Apply));
        let told = call.await.expect("it does not wait for ever").unwrap_err();
        assert_eq!(told.to_string(), "The broker cannot be reached.");
        tokio::time::timeout(Duration::from_secs(10), ends.recv()).await.expect("the connection is closed");
    }
}
