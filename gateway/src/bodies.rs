//! How many bytes of bodies are held for one user at the same time: a body may take half a minute, over as many connections as
//! its sender likes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{
    HttpRequest,
    http::{Version, header},
};

use crate::refusal::Problem;

/// Bodies that are announced as shorter are not counted.
const SHORT: usize = 16 << 10;
/// So many of the longest are held for one user.
const MOST: usize = 32;

/// The bodies that are held, in bytes, by user.
#[derive(Clone, Debug)]
pub struct Bodies {
    longest: usize,
    held: Arc<Mutex<HashMap<String, usize>>>,
}

impl Bodies {
    /// None yet; the longest has so many bytes.
    #[must_use]
    pub fn new(longest: usize) -> Self {
        Self { longest, held: Arc::default() }
    }

    /// Makes room for the body of a request, until what this gives is dropped. One that comes in pieces may be as long as
    /// any, until it has come.
    ///
    /// # Errors
    /// 429 (D62) if the user has no room left.
    pub fn hold(&self, username: &str, request: &HttpRequest) -> Result<Option<Held>, Problem> {
        let text = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or_default());
        let bytes = match text(header::CONTENT_LENGTH).filter(|_| text(header::UPGRADE).is_none()) {
            Some(length) => length.trim().parse().unwrap_or(self.longest),
            // Over HTTP/1 there is none then, unless something else is to be spoken: that has no length.
            None if request.version() < Version::HTTP_2
                && [header::TRANSFER_ENCODING, header::UPGRADE].into_iter().all(|name| text(name).is_none()) =>
            {
                0
            }
            None => self.longest,
        };
        if bytes < SHORT {
            return Ok(None);
        }
        let bytes = bytes.min(self.longest);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let own = held.entry(username.to_owned()).or_default();
        if *own + bytes > self.longest.saturating_mul(MOST) {
            return Err(Problem::too_many());
        }
        *own += bytes;
        Ok(Some(Held { bodies: self.clone(), username: username.to_owned(), bytes }))
    }
}

/// Room for a body.
#[derive(Debug)]
pub struct Held {
    bodies: Bodies,
    username: String,
    bytes: usize,
}

impl Held {
    /// It has come, and is so long.
    pub fn came(&mut self, bytes: usize) {
        let spare = self.bytes.saturating_sub(bytes);
        self.give_back(spare);
        self.bytes -= spare;
    }

    fn give_back(&self, bytes: usize) {
        let mut held = self.bodies.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = held.get_mut(&self.username) {
            *own = own.saturating_sub(bytes);
            if *own == 0 {
                held.remove(&self.username);
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.give_back(self.bytes);
    }
}

#[cfg(test)]
mod tests;
