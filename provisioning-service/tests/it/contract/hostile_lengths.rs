//! Servers that speak the protocols of databases, and announce what nobody has room for.

use std::time::Duration;

use provisioning_service::domain::eligibility::Work;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::contract::{Place, person};

/// A packet of MySQL.
fn packet(number: u8, body: &[u8]) -> Vec<u8> {
    [&[u8::try_from(body.len()).unwrap(), 0, 0, number], body].concat()
}

/// Lets everybody in, and answers the first statement with columns that nobody counts.
async fn mysql(mut stream: TcpStream) {
    let greeting = [
        &[10][..],
        b"8.0.36\0",
        &[1, 0, 0, 0],
        b"12345678",
        &[0, 0xff, 0xf7, 8, 2, 0, 0xff, 0xdf, 21],
        &[0; 10],
        b"123456789012\0",
        b"mysql_native_password\0",
    ]
    .concat();
    let mut asked = vec![0; 4096];
    let _told = stream.write_all(&packet(0, &greeting)).await;
    let _asked = stream.read(&mut asked).await;
    let _told = stream.write_all(&packet(2, &[0, 0, 0, 2, 0, 0, 0])).await;
    let _asked = stream.read(&mut asked).await;
    // What comes after the number is read by nobody.
    let _told = stream.write_all(&packet(1, &[0xfe, 0, 0, 0, 0, 0, 1, 0, 0, 0])).await;
    while matches!(stream.read(&mut asked).await, Ok(1..)) {}
}

/// Lets everybody in, and announces four gigabytes.
async fn postgres(mut stream: TcpStream) {
    let mut asked = vec![0; 4096];
    let _asked = stream.read(&mut asked).await;
    let _told = stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 0, b'Z', 0, 0, 0, 5, b'I']).await;
    let _asked = stream.read(&mut asked).await;
    let _told = stream.write_all(b"D\xff\xff\xff\xff").await;
    while matches!(stream.read(&mut asked).await, Ok(1..)) {}
}

/// One that takes a process with it would take this one.
#[tokio::test]
async fn each_is_a_sentence() {
    for protocol in ["mysql", "postgres"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{protocol}://any@{}/any", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                match protocol {
                    "mysql" => tokio::spawn(mysql(stream)),
                    _ => tokio::spawn(postgres(stream)),
                };
            }
        });
        let configuration = json!({"Url": url, "Password": "any", "Tls": "Never"});
        let mut place = Place::new("SqlProvisioner", 2, 3, &configuration);
        let state = person("mira", "Oduya");
        let call = tokio::time::timeout(Duration::from_secs(8), place.call(&state, Work::Apply));
        let told = call.await.expect("it does not wait for what does not come").unwrap_err().to_string();
        let sentences = [
            "The database cannot be reached.",
            "The database did not take the connection in time.",
            "The connection to the database broke off; nothing was changed.",
        ];
        assert!(sentences.contains(&told.as_str()), "{protocol}: {told}");
    }
}
