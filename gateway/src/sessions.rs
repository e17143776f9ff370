//! Who is logged in to the console: sessions in the memory of this gateway.
//!
//! Guarantee: an id is 256 random bits, is made at login and never before, and is kept only as its digest. A session ends after
//! half an hour in which nobody uses it, and after twelve hours in any case; that its key still counts is asked of the authenticator at each request.
//! Failure: another gateway, and this one after a restart, knows none of them: people log in again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::auth::credentials::Credentials;

/// After so many seconds without use a session ends.
const IDLE: i64 = 30 * 60;

/// After so many seconds it ends, however much it is used.
const LONGEST: i64 = 12 * 3600;

/// So many sessions has a user at most: the one used longest ago ends for a new one.
const MOST: usize = 16;

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// What was logged in with.
    pub credentials: Arc<Credentials>,
    /// What every form bears.
    pub token: Arc<str>,
    /// What the next page says of what was done.
    notice: Option<String>,
    used: i64,
    begun: i64,
}

/// The sessions of this gateway.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<[u8; 32], Session>>);

impl Sessions {
    /// Begins a session at a time in seconds since 1970, and gives its id.
    pub fn begin(&self, credentials: Credentials, now: i64) -> String {
        let id = secret();
        let mut open = self.open();
        open.retain(|_, session| !session.is_over(now));
        let own = open.iter().filter(|(_, session)| session.credentials.username == credentials.username);
        let mut own: Vec<(i64, [u8; 32])> = own.map(|(key, session)| (session.used, *key)).collect();
        own.sort_unstable();
        for (_, key) in own.iter().rev().skip(MOST - 1) {
            open.remove(key);
        }
        let (credentials, token) = (Arc::new(credentials), secret().into());
        open.insert(digest(&id), Session { credentials, token, notice: None, used: now, begun: now });
        id
    }

    /// The session with an id. A visit of somebody counts as use; that a page looks by itself for what is new does not.
    pub fn find(&self, id: &str, now: i64, counts: bool) -> Option<Session> {
        let mut open = self.open();
        let key = digest(id);
        if open.get(&key)?.is_over(now) {
            open.remove(&key);
            return None;
        }
        let session = open.get_mut(&key)?;
        if counts {
            session.used = now;
        }
        Some(session.clone())
    }

    /// Ends a session.
    pub fn end(&self, id: &str) {
        self.open().remove(&digest(id));
    }

    /// Has the next page say a sentence.
    pub fn tell(&self, id: &str, sentence: String) {
        if let Some(session) = self.open().get_mut(&digest(id)) {
            session.notice = Some(sentence);
        }
    }

    /// The sentence that is to be said, once.
    pub fn told(&self, id: &str) -> Option<String> {
        self.open().get_mut(&digest(id))?.notice.take()
    }

    fn open(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    /// Whether a form bears the token. What is compared are digests: how long it takes says nothing.
    #[must_use]
    pub fn bears(&self, token: &str) -> bool {
        digest(token) == digest(&self.token)
    }

    fn is_over(&self, now: i64) -> bool {
        now - self.used >= IDLE || now - self.begun >= LONGEST
    }
}

fn secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
mod tests;
