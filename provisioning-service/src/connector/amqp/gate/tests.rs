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

/// The library keeps each until the next message is confirmed, and an empty one takes hardly a byte on its way.
#[tokio::test]
async fn a_broker_gives_no_message_back_twice() -> io::Result<()> {
    let publish: &[u8] = &[1, 0, 1, 0, 0, 0, 9, 0, 60, 0, 40, 0, 0, 0, 0, 0, 0xce];
    let body = [&[3, 0, 1, 0, 0, 4, 0][..], &[b'x'; 1024], &[0xce]].concat();
    let method: &[u8] = &[1, 0, 1, 0, 0, 0, 9, 0, 60, 0, 50, 1, 56, 0, 0, 0, 0xce];
    let head: &[u8] = &[2, 0, 1, 0, 0, 0, 14, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xce];
    let ack: &[u8] = &[1, 0, 1, 0, 0, 0, 13, 0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0xce];
    let back = [method, head].concat();
    let back = back.as_slice();
    let elsewhere = [&[1, 0, 2], back.get(3..).unwrap_or_default()].concat();
    for (answers, listens) in [
        (vec![[back, ack].concat(), [back, ack].concat()], true),
        (vec![ack.to_vec(), [back, ack].concat()], true),
        (vec![back.repeat(2)], false),
        // Confirming what is confirmed already changes nothing.
        (vec![[back, ack, back].concat()], false),
        (vec![elsewhere], false),
    ] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut library = TcpStream::connect(listener.local_addr()?).await?;
        let (mut client, _) = listener.accept().await?;
        let (mut broker, server) = tokio::io::duplex(1 << 20);
        let carried = tokio::spawn(async move { between(&mut client, server).await });
        let mut said = b"AMQP\0\0\x09\x01".to_vec();
        for answer in &answers {
            said.extend([publish, head, body.as_slice()].concat());
            library.write_all(&said).await?;
            broker.read_exact(&mut said).await?;
            broker.write_all(answer).await?;
            said.clear();
        }
        broker.shutdown().await?;
        assert_eq!(carried.await?.is_ok(), listens, "{answers:?}");
    }
    Ok(())
}
