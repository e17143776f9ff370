//! What a server of MySQL or MariaDB may say (its protocol, version 10), and how TLS and a login begin with it.
//!
//! TLS begins in the middle of a login: the client, who does without, is told that the server offers none. Who is logged in
//! by `caching_sha2_password` says the password over TLS, and that is done here: the client would look for a key first.

use std::io;

use tokio::{
    io::AsyncRead,
    net::{TcpStream, UnixStream},
};
use tokio_util::either::Either;

use super::{Server, Way, head, nonsense, rest, send, trusted};
use crate::{connector::sql::answer, domain::outcome::ConnectorError};

/// A length of three bytes and a number.
const HEAD: usize = 4;
/// The version of the protocol.
const VERSION: u8 = 10;
/// A connection may be one with TLS: a bit of the second byte of what each side can do.
const TLS: u8 = 0x08;
/// What the request for TLS has of the login that follows: what the client can do, the longest packet, the letters.
const REQUEST: usize = 32;
/// So many columns rows have at most.
const COLUMNS: u16 = 250;
/// To prepare a statement.
pub(super) const PREPARE: u8 = 0x16;
/// A login takes so many steps at most.
const STEPS: usize = 16;

/// Ends of a step: it is done, it is refused; or it goes on: in another way, or as before.
const OK: u8 = 0x00;
const REFUSED: u8 = 0xff;
const OTHERWISE: u8 = 0xfe;
const MORE: u8 = 0x01;
/// What is said besides of `caching_sha2_password`: it was known, and it is to be said.
const KNOWN: [u8; 2] = [MORE, 3];
const SAY_IT: [u8; 2] = [MORE, 4];

/// Logs a client in.
pub(super) async fn begin(client: &mut UnixStream, mut server: TcpStream, way: &Way) -> Result<Server, ConnectorError> {
    let mut greeting = packet(&mut server).await?;
    let (says, offers) = (greeting.get(HEAD).copied(), offers_tls(&mut greeting));
    match offers {
        Some(false) if way.trust.is_some() => return Err(answer::no_tls()),
        Some(_) => send(client, &greeting).await?,
        // It says why nobody may log in, and whoever hears that goes.
        None if says == Some(REFUSED) => {
            send(client, &greeting).await?;
            return Err(answer::away());
        }
        // Whatever it speaks, there is no TLS in it.
        None => return Err(answer::away()),
    }
    let mut login = packet(client).await?;
    let mut server = match &way.trust {
        None => Either::Left(server),
        Some(trust) => {
            let request = asks_for_tls(&mut login).ok_or_else(answer::away)?;
            send(&mut server, &request).await?;
            trusted(server, way, trust).await?
        }
    };
    send(&mut server, &login).await?;
    for _ in 0..STEPS {
        let said = packet(&mut server).await?;
        let body = said.get(HEAD..).unwrap_or_default();
        if body == SAY_IT && way.trust.is_some() {
            let number = said.get(3).copied().unwrap_or_default().wrapping_add(1);
            send(&mut server, &spoken(&way.password, number).ok_or_else(answer::away)?).await?;
            continue;
        }
        send(client, &said).await?;
        match body.first() {
            Some(&(OK | REFUSED)) => return Ok(server),
            Some(&MORE) if body == KNOWN => {}
            Some(&(OTHERWISE | MORE)) => send(&mut server, &packet(client).await?).await?,
            _ => return Err(answer::away()),
        }
    }
    Err(answer::away())
}

/// Whether a greeting offers TLS, of which nothing is left in it; `None` if it is none.
fn offers_tls(greeting: &mut [u8]) -> Option<bool> {
    let body = greeting.get_mut(HEAD..)?;
    if *body.first()? != VERSION {
        return None;
    }
    let version = body.iter().position(|byte| *byte == 0)?;
    // The number of the connection, eight bytes of a challenge, and one that is nothing; then what it can do, low bytes first.
    let can = body.get_mut(version + 1 + 4 + 8 + 1 + 1)?;
    let offers = *can & TLS != 0;
    *can &= !TLS;
    Some(offers)
}

/// Makes a login one with TLS; gives the request that goes before it.
fn asks_for_tls(login: &mut [u8]) -> Option<Vec<u8>> {
    *login.get_mut(HEAD + 1)? |= TLS;
    let number = login.get_mut(3)?;
    let before = *number;
    *number = before.wrapping_add(1);
    let asked = login.get(HEAD..HEAD + REQUEST)?;
    Some([&[32, 0, 0, before], asked].concat())
}

/// A password as it is said.
fn spoken(password: &str, number: u8) -> Option<Vec<u8>> {
    let [low, middle, high, _] = u32::try_from(password.len() + 1).ok()?.to_le_bytes();
    Some([&[low, middle, high, number], password.as_bytes(), &[0]].concat())
}

async fn packet(from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, ConnectorError> {
    whole(from).await.ok().flatten().filter(|packet| packet.len() > HEAD).ok_or_else(answer::away)
}

async fn whole(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let Some(head) = head::<HEAD>(from).await? else { return Ok(None) };
    let [low, middle, high, _] = head;
    let length = usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16;
    rest(from, head.to_vec(), length).await.map(Some)
}

/// Reads a packet that is to be passed on to a client who is logged in; `None` if the server has ended. `prepares` says that it
/// answers the wish to prepare a statement.
pub(super) async fn read(
    from: &mut (impl AsyncRead + Unpin),
    prepares: impl FnOnce() -> bool,
) -> io::Result<Option<Vec<u8>>> {
    let Some(packet) = whole(from).await? else { return Ok(None) };
    let body = packet.get(HEAD..).unwrap_or_default();
    match is_sound(body) && (!prepares() || is_prepared(body)) {
        true => Ok(Some(packet)),
        false => Err(nonsense()),
    }
}

/// Whether a packet announces no more than 250 columns, whatever comes after that: a client makes room for as many as it is
/// told, and again for each row. What we ask for comes in rows that begin with a zero byte, or with a short text.
fn is_sound(body: &[u8]) -> bool {
    !matches!((body.first(), body.len()), (Some(0xfc | 0xfd), _) | (Some(0xfe), 9..))
}

/// Whether the answer to a statement that is to be prepared announces no more columns: it has the statement's number (4), and
/// how many columns (2) and parameters (2) there are.
fn is_prepared(body: &[u8]) -> bool {
    let columns = body.get(5..7).and_then(|columns| columns.try_into().ok()).map_or(0, u16::from_le_bytes);
    body.first() != Some(&OK) || columns <= COLUMNS
}

/// The commands of a client, as they pass.
#[derive(Debug, Default)]
pub(super) struct Commands {
    head: Vec<u8>,
    left: usize,
}

impl Commands {
    /// Looks at what a client says; gives the command that it says last, if it begins there.
    pub(super) fn hear(&mut self, mut bytes: &[u8]) -> Option<u8> {
        let mut command = None;
        while let Some((byte, rest)) = bytes.split_first() {
            if self.left > 0 {
                let passed = self.left.min(bytes.len());
                self.left -= passed;
                bytes = bytes.get(passed..).unwrap_or_default();
                continue;
            }
            self.head.push(*byte);
            bytes = rest;
            // A length, a number, and the first byte of what it is.
            if let [low, middle, high, number, first] = *self.head {
                self.left = (usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16).saturating_sub(1);
                self.head.clear();
                command = if number == 0 { Some(first) } else { command };
            }
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_taken_from_what_a_server_offers_and_put_into_what_a_client_asks() {
        let greeting = |can: u8| {
            let body = [&[VERSION], &b"8.0.36\0"[..], &[1, 2, 3, 4], b"12345678", &[0, 0xff, can, 8, 2, 0]].concat();
            [&[u8::try_from(body.len()).unwrap(), 0, 0, 0], body.as_slice()].concat()
        };
        let mut offers = greeting(0xff);
        assert_eq!(offers_tls(&mut offers), Some(true));
        assert_eq!(offers, greeting(!TLS), "nothing else is changed");
        assert_eq!(offers_tls(&mut offers), Some(false));
        let mut refuses = [&[9, 0, 0, 0, 0xff], &b"\x10\x04Too ma"[..]].concat();
        assert_eq!(offers_tls(&mut refuses), None);

        let body: Vec<u8> = (0..60).collect();
        let mut login = [&[60, 0, 0, 1], body.as_slice()].concat();
        let request = asks_for_tls(&mut login).unwrap();
        assert_eq!((login[3], login[HEAD + 1]), (2, 1 | TLS));
        assert_eq!((&request[..4], &request[4..]), (&[32, 0, 0, 1][..], &login[HEAD..HEAD + REQUEST]));
        assert_eq!(spoken("ab", 5).unwrap(), [3, 0, 0, 5, b'a', b'b', 0]);
    }

    #[tokio::test]
    async fn what_takes_too_much_room_is_not_passed_on() {
        for (sound, body) in [
            (true, &[3_u8][..]),
            (true, &[250]),
            (false, &[0xfc, 0xff, 0xff]),
            (true, &[0xfe, 0, 0, 2, 0]),
            (true, &[0xfe, 0, 0, 2, 0, 0, 0]),
            (false, &[0xfd, 0, 0, 1]),
            (false, &[0xfd, 0, 0, 1, 0]),
            (false, &[0xfc, 0xff, 0xff, 0]),
            (false, &[0xfe, 0, 0, 0, 0, 0, 1, 0, 0]),
            (false, &[0xfe, 0, 0, 0, 0, 0, 1, 0, 0, 0]),
        ] {
            let said = [&[u8::try_from(body.len()).unwrap(), 0, 0, 1], body].concat();
            assert_eq!(read(&mut said.as_slice(), || false).await.is_ok(), sound, "{body:?}");
        }
        let long = [&[0, 0, 0x50, 1][..], &vec![0; 0x50 << 16]].concat();
        assert!(read(&mut long.as_slice(), || false).await.is_err());
        assert!(read(&mut &[5, 0, 0, 1, 0][..], || false).await.is_err(), "it breaks off");
        assert_eq!(read(&mut &[][..], || false).await.unwrap(), None);
        for (columns, sound) in [([250, 0], true), ([0, 1], false), ([0xff, 0xff], false)] {
            let said = [&[12, 0, 0, 1, 0, 1, 0, 0, 0][..], &columns, &[1, 0, 0, 0, 0]].concat();
            assert_eq!(read(&mut said.as_slice(), || true).await.is_ok(), sound, "{columns:?}");
            assert!(read(&mut said.as_slice(), || false).await.is_ok(), "it answers something else");
        }
    }

    #[test]
    fn commands_are_heard_however_they_come() {
        let said = [&[3, 0, 0, 0, PREPARE, b'a', b'b'][..], &[1, 0, 0, 0, 0x0e], &[2, 0, 0, 1, PREPARE, 0]].concat();
        assert_eq!(Commands::default().hear(&said), Some(0x0e), "the last that begins one");
        let mut commands = Commands::default();
        let heard: Vec<u8> = said.iter().filter_map(|byte| commands.hear(&[*byte])).collect();
        assert_eq!(heard, [PREPARE, 0x0e]);
    }
}
