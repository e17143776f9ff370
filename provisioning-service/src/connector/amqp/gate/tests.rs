use super::*;

/// Each is answered by the library, whose answers are kept as long as the broker takes none.
#[tokio::test]
async fn a_broker_that_asks_without_end_is_not_listened_to() -> io::Result<()> {
    let flow: &[u8] = &[1, 0, 1, 0, 0, 0, 5, 0, 20, 0, 20, 1, 0xce];
    for (count, listens) in [(ANSWERED, true), (ANSWERED + 1, false)] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut library = TcpStream::connect(listener.local_addr()?).await?;
        let (mut client, _) = listener.accept().await?;
        let (mut broker, server) = tokio::io::duplex(1 << 20);
        broker.write_all(&flow.repeat(count)).await?;
        broker.shutdown().await?;
        let ended = between(&mut client, server).await;
        assert_eq!(ended.is_ok(), listens, "{count}");
        drop(client);
        let mut passed = Vec::new();
        library.read_to_end(&mut passed).await?;
        assert_eq!(passed.len(), ANSWERED * flow.len());
    }
    Ok(())
}
