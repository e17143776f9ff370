//! What stands between a directory and the library that reads its answers.
//!
//! Guarantee: only messages of LDAP reach the library that answer what was asked, of bounded size and depth: it takes them
//! for well formed, and would not come back from others. Mechanism: a pair of sockets, and two tasks that pass on whole
//! messages. Failure: the connection is closed, and [`Gate::refused`] says why.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::UnixStream,
};

pub(super) mod shape;

use shape::Asked;

/// The longest message.
const LONGEST: usize = 4 << 20;
/// The longest one where all members of a group were asked for.
const ROOMY: usize = 128 << 20;

/// All that a search finds is as long at most as so many messages.
const ENTRIES: usize = 2;

/// Why a directory is not listened to any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Nonsense,
    TooLong,
}

/// What is known of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate {
    refused: Arc<OnceLock<Refused>>,
    roomy: Arc<AtomicUsize>,
    /// The searches under way.
    searches: Arc<Mutex<HashMap<i64, Told>>>,
    /// The numbers of what else was asked: the library says in the log of each answer that nobody waits for it.
    asked: Arc<Mutex<HashSet<i64>>>,
}

/// What a search was told.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    bytes: usize,
    /// All members of one group were asked for.
    roomy: bool,
}

impl Told {
    fn longest(self) -> usize {
        if self.roomy { ROOMY } else { LONGEST }
    }
}

/// While it lives, the entries may be long that are asked for by name.
#[derive(Debug)]
pub(super) struct Room(Arc<AtomicUsize>);

impl Drop for Room {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gate {
    /// Why the directory is not listened to any more, if so.
    pub(super) fn refused(&self) -> Option<Refused> {
        self.refused.get().copied()
    }

    /// Lets messages be long.
    pub(super) fn room(&self) -> Room {
        self.roomy.fetch_add(1, Ordering::Relaxed);
        Room(Arc::clone(&self.roomy))
    }

    /// Begins to pass on messages. Gives the library's end.
    pub(super) fn guard<S>(&self, directory: S) -> io::Result<std::os::unix::net::UnixStream>
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        let (outside, inside) = UnixStream::pair()?;
        let (mut from, mut to) = tokio::io::split(directory);
        let (mut asked, mut answers) = inside.into_split();
        let (gate, other) = (self.clone(), self.clone());
        let up = async move {
            while let Some(message) = read(&mut asked, || ROOMY).await? {
                other.note(&message);
                to.write_all(&message).await?;
            }
            to.shutdown().await
        };
        let down = async move {
            while let Some(message) = gate.answer(&mut from).await? {
                answers.write_all(&message).await?;
            }
            Ok::<_, io::Error>(())
        };
        tokio::spawn(async move {
            // Whichever ends first ends the connection.
            let ended = tokio::select! { ended = up => ended, ended = down => ended };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection to a directory ended");
            }
        });
        outside.into_std()
    }

    fn note(&self, message: &[u8]) {
        let Some((number, what)) = shape::begins(body(message)) else { return };
        if shape::is_search(what) {
            // Others that are under way beside it are told no more than ever.
            let roomy = self.roomy.load(Ordering::Relaxed) > 0 && shape::is_of_one(body(message));
            self.searches.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Told { bytes: 0, roomy });
        } else if !shape::is_unanswered(what) {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(number);
        }
    }

    async fn answer(&self, from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
        // Asked when a message comes: before, nobody may have asked for anything yet.
        let longest = || if self.roomy.load(Ordering::Relaxed) > 0 { ROOMY } else { LONGEST };
        let message = match read(from, longest).await {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return self.refuse(Refused::Nonsense),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return self.refuse(Refused::TooLong),
            other => other?,
        };
        let Some(message) = message else { return Ok(None) };
        let body = body(&message);
        let Some((number, what)) = shape::begins(body) else { return self.refuse(Refused::Nonsense) };
        if number == 0 && what == shape::EXTENDED {
            // It says that it closes the connection.
            return Ok(None);
        }
        let searched = {
            let mut searches = self.searches.lock().unwrap_or_else(PoisonError::into_inner);
            let told = match shape::is_done(what) {
                true => searches.remove(&number),
                false => searches.get_mut(&number).map(|told| {
                    told.bytes += message.len();
                    *told
                }),
            };
            let too_long = |told: Told| message.len() > told.longest() || told.bytes > told.longest() * ENTRIES;
            if told.is_some_and(too_long) {
                return self.refuse(Refused::TooLong);
            }
            told
        };
        let is_asked = || self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        // Only entries are long.
        if searched.is_none() && !is_asked() || !shape::is_entry(what) && message.len() > LONGEST {
            return self.refuse(Refused::Nonsense);
        }
        let asked = match searched {
            None => Asked::Nothing,
            Some(told) if told.roomy => Asked::Members,
            Some(_) => Asked::Entries,
        };
        match shape::is_sound(body, asked) {
            true => Ok(Some(message)),
            false => self.refuse(Refused::Nonsense),
        }
    }

    fn refuse(&self, why: Refused) -> io::Result<Option<Vec<u8>>> {
        let _first = self.refused.set(why);
        Err(io::ErrorKind::InvalidData.into())
    }
}

/// What a whole message holds.
pub(super) fn body(message: &[u8]) -> &[u8] {
    let header = match message.get(1) {
        Some(long @ 0x81..) => 2 + usize::from(long & 0x7f),
        _ => 2,
    };
    message.get(header..).unwrap_or_default()
}

/// Reads a message whole; `None` if the other side has ended. What it says of its length takes no memory before it comes.
pub(super) async fn read(
    from: &mut (impl AsyncRead + Unpin),
    longest: impl Fn() -> usize,
) -> io::Result<Option<Vec<u8>>> {
    let mut head = [0; 2];
    if from.read(head.get_mut(..1).unwrap_or_default()).await? == 0 {
        return Ok(None);
    }
    from.read_exact(head.get_mut(1..).unwrap_or_default()).await?;
    let [0x30, first] = head else { return Err(io::ErrorKind::InvalidData.into()) };
    let mut message = head.to_vec();
    let length = match first {
        0..=0x7f => usize::from(first),
        0x81..=0x84 => {
            let count = usize::from(first & 0x7f);
            let mut bytes = vec![0; count];
            from.read_exact(&mut bytes).await?;
            message.extend(&bytes);
            bytes.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte))
        }
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    if length > longest() {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let wanted = message.len() + length;
    from.take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut message).await?;
    match message.len() == wanted {
        true => Ok(Some(message)),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

#[cfg(test)]
mod tests;
