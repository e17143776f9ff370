//! Where connections lead, and how much is passed on.

use super::*;

fn way(dialer: Dialer, port: u16) -> Way {
    let host = "127.0.0.1".to_owned();
    Way { dialer, host, port, speaks: Speaks::Postgres, trust: None, password: String::new() }
}

#[tokio::test]
async fn what_goes_in_comes_out_where_the_dialer_leads_and_nowhere_else() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = server.local_addr().unwrap().port();
    let here = Dialer::new(&["127.0.0.0/8".parse().unwrap()]);
    let gate = Gate::open(way(here, port)).unwrap();
    let mut client = UnixStream::connect(gate.socket()).await.unwrap();
    client.write_all(b"hello").await.unwrap();
    let (mut accepted, _) = server.accept().await.unwrap();
    let mut heard = [0; 5];
    accepted.read_exact(&mut heard).await.unwrap();
    assert_eq!(&heard, b"hello");
    drop(gate);
    assert_eq!(accepted.read(&mut heard).await.unwrap_or(0), 0, "it is closed");

    let gate = Gate::open(way(Dialer::default(), port)).unwrap();
    let mut client = UnixStream::connect(gate.socket()).await.unwrap();
    assert_eq!(client.read(&mut heard).await.unwrap_or(0), 0);
    assert!(matches!(gate.refused(), Some(ConnectorError::Permanent { .. })));
}

/// Gives how much of what a server says without end comes out.
async fn poured(bytes: Vec<u8>) -> usize {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = Dialer::new(&["127.0.0.0/8".parse().unwrap()]);
    let gate = Gate::open(way(here, server.local_addr().unwrap().port())).unwrap();
    let mut client = UnixStream::connect(gate.socket()).await.unwrap();
    let (mut accepted, _) = server.accept().await.unwrap();
    let pours = tokio::spawn(async move { while accepted.write_all(&bytes).await.is_ok() {} });
    let (mut bytes, mut came) = (vec![0; 1 << 16], 0);
    while let Ok(count @ 1..) = client.read(&mut bytes).await {
        came += count;
    }
    pours.await.unwrap();
    came
}

#[tokio::test]
async fn a_server_that_never_ends_is_cut_off() {
    let row = |long: usize| {
        let length = u32::try_from(long + 4).unwrap().to_be_bytes();
        [&b"D"[..], &length, &vec![0; long]].concat()
    };
    let came = poured(row(1 << 16)).await;
    assert!((MOST / 2..=MOST).contains(&came), "{came}");
    let came = poured(row(2).repeat(1000)).await;
    assert!((MANY * 7 / 2..=MANY * 7).contains(&came), "{came}");
    assert_eq!(poured(vec![0; 1 << 16]).await, 0);
}

/// A greeting of another version has no place for an offer of TLS; clients look at none.
#[tokio::test]
async fn tls_is_not_given_up_for_a_greeting_of_another_version() {
    for version in [9, 11] {
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let here = Dialer::new(&["127.0.0.0/8".parse().unwrap()]);
        let trust = Some(crate::connector::trust::instead(None).unwrap());
        let gate = Gate::open(Way { speaks: Speaks::MySql, trust, ..way(here, port) }).unwrap();
        let mut client = UnixStream::connect(gate.socket()).await.unwrap();
        let (mut accepted, _) = server.accept().await.unwrap();
        let body = [&[version], &b"8.0.36\0"[..], &[0; 40], b"mysql_clear_password\0"].concat();
        accepted.write_all(&[&[u8::try_from(body.len()).unwrap(), 0, 0, 0], body.as_slice()].concat()).await.unwrap();
        let mut heard = [0; 1];
        assert_eq!(client.read(&mut heard).await.unwrap_or(0), 0, "it is told nothing");
        assert_eq!(accepted.read(&mut heard).await.unwrap_or(0), 0, "and says nothing");
        assert!(gate.refused().is_some());
    }
}

/// What a client of MySQL hears that has asked for a statement, of a server that describes columns without end: also where
/// the answer was said before it was asked for.
#[tokio::test]
async fn what_is_said_of_a_prepared_statement_is_bounded() {
    let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dialed = TcpStream::connect(server.local_addr().unwrap()).await.unwrap();
    let (mut accepted, _) = server.accept().await.unwrap();
    let (mut client, inner) = UnixStream::pair().unwrap();
    let passes = tokio::spawn(between(inner, Either::Left(dialed), Speaks::MySql));
    // That something else is done, and how many columns the next statement has.
    let ahead =
        [&[7, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0][..], &[12, 0, 0, 1, 0, 1, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0]].concat();
    accepted.write_all(&ahead).await.unwrap();
    client.read_exact(&mut vec![0; ahead.len()]).await.unwrap();
    client.write_all(&[2, 0, 0, 0, mysql::PREPARE, b'x']).await.unwrap();
    accepted.read_exact(&mut [0; 6]).await.unwrap();
    let definition = [&[24, 0, 0, 2, 3][..], b"def", &[0; 20]].concat();
    let pours = tokio::spawn(async move { while accepted.write_all(&definition).await.is_ok() {} });
    let (mut bytes, mut came) = (vec![0; 1 << 16], 0);
    while let Ok(count @ 1..) = client.read(&mut bytes).await {
        came += count;
    }
    assert!((PREPARED / 2..=PREPARED).contains(&came), "{came}");
    assert!(passes.await.unwrap().is_err());
    pours.await.unwrap();
}
