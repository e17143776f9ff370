//! Servers that speak PostgreSQL's protocol, and answer what none may.

use std::time::Duration;

use provisioning_service::domain::eligibility::Work;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::contract::{Place, person};

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&[kind], length.as_slice(), body].concat()
}

/// A column of text, as a description of rows has it.
fn column(name: &str) -> Vec<u8> {
    [name.as_bytes(), b"\0", &[0; 6], &25_u32.to_be_bytes(), &[0xff; 6], &[0; 2]].concat()
}

/// A row that has none of the columns that were announced.
fn bare_row() -> Vec<u8> {
    message(b'D', &[0, 0])
}

/// So many columns a row may have.
const MOST: u8 = 250;

/// A row that has all columns, of which only two are not empty.
fn wide_row() -> Vec<u8> {
    let empty = [0xff_u8; 4].repeat(usize::from(MOST) - 2);
    message(b'D', &[&[0, MOST], &b"\0\0\0\x01a\0\0\0\x01b"[..], &empty].concat())
}

/// Answers whatever it is asked with these rows, of so many columns.
async fn answer(mut stream: TcpStream, rows: Vec<u8>, count: u8) -> std::io::Result<()> {
    let (idle, working) = (message(b'Z', b"I"), message(b'Z', b"T"));
    let mut ready = idle.clone();
    let length = stream.read_u32().await?;
    stream.read_exact(&mut vec![0; length as usize - 4]).await?;
    stream.write_all(&[message(b'R', &[0; 4]), message(b'K', &[0; 8]), ready.clone()].concat()).await?;
    loop {
        let (kind, length) = (stream.read_u8().await?, stream.read_u32().await?);
        let mut asked = vec![0; length as usize - 4];
        stream.read_exact(&mut asked).await?;
        if kind == b'Q' {
            ready = if asked.starts_with(b"BEGIN") { working.clone() } else { idle.clone() };
        }
        let done = message(b'C', b"SELECT 1\0");
        let told = match kind {
            b'P' => message(b'1', b""),
            b'D' => {
                let more: Vec<u8> = (2..count).flat_map(|number| column(&number.to_string())).collect();
                let columns = [vec![0, count], column("of_table"), column("of_column"), more].concat();
                [message(b't', &[0, 0]), message(b'T', &columns)].concat()
            }
            b'B' => message(b'2', b""),
            b'E' => [rows.clone(), done].concat(),
            b'C' => message(b'3', b""),
            b'S' => ready.clone(),
            b'Q' => [done, ready.clone()].concat(),
            _ => Vec::new(),
        };
        stream.write_all(&told).await?;
    }
}

#[tokio::test]
async fn each_is_a_sentence_and_nothing_stops() {
    let none = "A table of the database holds what is none of its rows.";
    for (rows, count, expected) in [
        (bare_row(), 2, "The connector broke; the log of the server tells more."),
        (bare_row().repeat(60_000), 2, none),
        (wide_row().repeat(1_000), MOST, none),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgres://any@{}/any", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, rows.clone(), count));
            }
        });
        let mut place = Place::new("SqlProvisioner", 2, 3, &json!({"Url": url, "Tls": "Never"}));
        for _ in 0..2 {
            let state = person("mira", "Oduya");
            let call = tokio::time::timeout(Duration::from_secs(60), place.call(&state, Work::Apply));
            let told = call.await.expect("it does not wait for ever").unwrap_err();
            assert_eq!(told.to_string(), expected);
        }
    }
}
