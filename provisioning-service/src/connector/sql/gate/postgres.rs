//! What a server of PostgreSQL may say (its protocol, version 3), and how TLS begins with it.

use std::io;

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    net::TcpStream,
};
use tokio_util::either::Either;

use super::{Server, Way, head, nonsense, rest, send, trusted};
use crate::{connector::sql::answer, domain::outcome::ConnectorError};

/// The request for TLS: its length and its number.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
/// What is said to those who log in and ask: of logins, keys, settings, states, questions, rows, ends and errors.
const SAID: &[u8] = b"RKSZtTDCEI123nsv";
/// What is said unasked, which nobody wants to hear.
const UNASKED: &[u8] = b"NA";
/// So many settings are told, so long each: a client keeps them.
const SETTINGS: usize = 100;
const SETTING: usize = 1 << 10;
/// How often a client hashes a password at most because a server says so (RFC 5802): servers say 4,096.
const ROUNDS: u32 = 1_000_000;
/// So many columns rows have at most: a client makes room for each of them, and again for each row.
const COLUMNS: u16 = 250;
/// And so long is what is said of them: their names are kept with each statement.
const DESCRIBED: usize = 1 << 16;

/// The types of the columns that we have, and of what is asked about them (`pg_type.dat`): of any other a client asks what it
/// is made of, and of that again.
const TYPES: [u32; 30] = [
    16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 700, 701, 705, 1000, 1002, 1003, 1005, 1007, 1009, 1015, 1016, 1042, 1043,
    1082, 1083, 1114, 1184, 1700, 2278, 3802,
];

/// Begins a connection.
pub(super) async fn begin(mut server: TcpStream, way: &Way) -> Result<Server, ConnectorError> {
    let Some(trust) = &way.trust else { return Ok(Either::Left(server)) };
    send(&mut server, &SSL_REQUEST).await?;
    let mut said = [0];
    server.read_exact(&mut said).await.map_err(|_| answer::away())?;
    match said {
        [b'S'] => trusted(server, way, trust).await,
        _ => Err(answer::no_tls()),
    }
}

/// Whether a message describes columns.
pub(super) fn describes(message: &[u8]) -> bool {
    message.first() == Some(&b'T')
}

/// Reads a message; `None` if the server has ended. Gives its length, and what is to be passed on of it: all or nothing.
/// `settings` is how many it has told.
pub(super) async fn read(
    from: &mut (impl AsyncRead + Unpin),
    settings: &mut usize,
) -> io::Result<Option<(usize, Vec<u8>)>> {
    let Some(head) = head::<5>(from).await? else { return Ok(None) };
    let [kind, length @ ..] = head;
    let length = usize::try_from(u32::from_be_bytes(length)).ok().and_then(|length| length.checked_sub(4));
    if !SAID.contains(&kind) && !UNASKED.contains(&kind) {
        return Err(nonsense());
    }
    let message = rest(from, head.to_vec(), length.ok_or_else(nonsense)?).await?;
    if UNASKED.contains(&kind) {
        return Ok(Some((message.len(), Vec::new())));
    }
    *settings += usize::from(kind == b'S');
    if *settings > SETTINGS || !is_sound(kind, message.get(head.len()..).unwrap_or_default()) {
        return Err(nonsense());
    }
    Ok(Some((message.len(), message)))
}

/// Whether a message tells of known types only, and of no more columns than anybody has.
fn is_sound(kind: u8, body: &[u8]) -> bool {
    let types = match kind {
        b'T' | b't' if body.len() > DESCRIBED => return false,
        b'T' => columns(body),
        b't' => parameters(body),
        b'S' => return body.len() <= SETTING,
        b'R' => return rounds(body).is_none_or(|rounds| rounds <= ROUNDS),
        b'D' => {
            return body.split_first_chunk::<2>().is_some_and(|(count, _)| u16::from_be_bytes(*count) <= COLUMNS);
        }
        _ => return true,
    };
    types.is_some_and(|types| types.iter().all(|id| TYPES.contains(id)))
}

/// How often a login asks for a hash: `i=4096` of what it says second. What says it otherwise, or twice, or not at all, is
/// too much: a client takes the last that begins with the letter.
fn rounds(body: &[u8]) -> Option<u32> {
    let said = body.strip_prefix(&[0, 0, 0, 11])?;
    let mut told = said.split(|byte| *byte == b',').filter(|part| part.first().is_none_or(|first| *first == b'i'));
    let number = match (told.next(), told.next()) {
        (Some(one), None) => one.strip_prefix(b"i=").and_then(|number| std::str::from_utf8(number).ok()),
        _ => None,
    };
    Some(number.and_then(|number| number.trim_end_matches('\0').parse().ok()).unwrap_or(u32::MAX))
}

fn parameters(body: &[u8]) -> Option<Vec<u32>> {
    let (count, ids) = body.split_first_chunk::<2>()?;
    let (ids, left) = ids.as_chunks::<4>();
    let whole = left.is_empty() && ids.len() == usize::from(u16::from_be_bytes(*count));
    whole.then(|| ids.iter().map(|id| u32::from_be_bytes(*id)).collect())
}

/// Of each column: a name that ends with a zero byte, its table (4) and number there (2), its type (4), and how it is told.
fn columns(body: &[u8]) -> Option<Vec<u32>> {
    let (count, mut left) = body.split_first_chunk::<2>()?;
    let (mut types, count) = (Vec::new(), u16::from_be_bytes(*count));
    if count > COLUMNS {
        return None;
    }
    for _ in 0..count {
        let end = left.iter().position(|byte| *byte == 0)?;
        let (told, after) = left.get(end + 1..)?.split_first_chunk::<18>()?;
        types.push(u32::from_be_bytes(told.get(6..10)?.try_into().ok()?));
        left = after;
    }
    left.is_empty().then_some(types)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        [&[kind], u32::try_from(body.len() + 4).unwrap().to_be_bytes().as_slice(), body].concat()
    }

    fn described(id: u32) -> Vec<u8> {
        message(b'T', &[&[0, 1], &b"name\0"[..], &[0; 6], &id.to_be_bytes(), &[0; 8]].concat())
    }

    /// What is passed on of what a server says.
    async fn passed(said: &[u8]) -> io::Result<Vec<u8>> {
        let (mut from, mut settings, mut all) = (said, 0, Vec::new());
        while let Some((_, message)) = read(&mut from, &mut settings).await? {
            all.extend(message);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn what_databases_say_is_passed_on_and_nothing_else() {
        let (row, setting) = (message(b'D', &[0, 0]), message(b'S', b"a\0b\0"));
        let asked = message(b't', &[&[0, 2], &20_u32.to_be_bytes()[..], &1043_u32.to_be_bytes()].concat());
        let login = message(b'R', b"\0\0\0\x0br=x,s=y,i=4096");
        for sound in [row.clone(), described(1184), asked, setting.repeat(SETTINGS), login] {
            assert_eq!(passed(&sound).await.unwrap(), sound);
        }
        let unasked = [message(b'N', b"SWARNING\0\0"), message(b'A', b"xyz"), row.clone()].concat();
        assert_eq!(passed(&unasked).await.unwrap(), row);
        let mut endless = b"R".to_vec();
        endless.extend([0xff; 4]);
        for wrong in [
            endless,
            setting.repeat(SETTINGS + 1),
            described(100_000),
            described(9_999),
            message(b't', &[&[0, 1], &16_400_u32.to_be_bytes()[..]].concat()),
            message(b'T', &[0xff, 0xff]),
            message(b'D', &[0, 251]),
            message(b'd', b"copied"),
            message(b'S', &[b'x'; SETTING + 1]),
            message(b'R', b"\0\0\0\x0br=x,s=y,i=4294967295"),
            message(b'R', b"\0\0\0\x0br=x,s=y,i=99999999999999"),
            message(b'R', b"\0\0\0\x0br=x,s=y,i=1,i=4294967295"),
            message(b'R', b"\0\0\0\x0br=x,s=y,i:4294967295"),
            message(b'R', b"\0\0\0\x0br=x,s=y,i=1,"),
            message(b'R', b"\0\0\0\x0br=x,s=y"),
            message(b'T', &[&[0, 1][..], &vec![b'n'; DESCRIBED], &[0; 19]].concat()),
            vec![b'D', 0, 0, 0, 3],
            b"D\0\0".to_vec(),
        ] {
            assert!(passed(&wrong).await.is_err(), "{:?}", &wrong[..wrong.len().min(40)]);
        }
    }

    proptest! {
        #[test]
        fn anything_is_judged(kind: u8, body: Vec<u8>) {
            let _judged = is_sound(kind, &body) || is_sound(b'T', &body) || is_sound(b't', &body);
        }
    }
}
