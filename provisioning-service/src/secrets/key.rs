//! Keys, and sealing with them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom as _, SystemRandom},
};
use sha2::{Digest as _, Sha256};

/// How long a key is, in bytes.
pub(super) const LENGTH: usize = 32;

/// A text that is no list of keys; which line, and never what it says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongKey {
    /// There is none.
    #[error("there is no key in it")]
    None,
    /// One of them is no key.
    #[error("its key {0} is not 32 bytes in base64")]
    Broken(usize),
}

/// A key that seals and opens.
pub struct Key {
    /// What tells it from others, and says nothing of it.
    pub id: String,
    key: LessSafeKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Key {
    /// A key of so many bytes; none if they are not 32.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes).ok()?);
        let mut digest = Sha256::new();
        digest.update(b"cohort key id\0");
        digest.update(bytes);
        let id = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Some(Self { id, key })
    }

    /// Seals bytes that belong to a place: nonce, ciphertext and tag. None if this machine gives no randomness.
    #[must_use]
    pub fn seal(&self, place: &str, clear: &[u8]) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = random()?;
        let mut sealed = clear.to_vec();
        let aad = Aad::from(place.as_bytes());
        self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// Opens what was sealed for a place; none if it was another key, another place, or other bytes.
    #[must_use]
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut clear = sealed.to_vec();
        let aad = Aad::from(place.as_bytes());
        let length = self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut clear).ok()?.len();
        clear.truncate(length);
        Some(clear)
    }
}

/// Random bytes of the system; none if it has none.
pub(super) fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes)
}

/// A new key, as a line of a key file; none if this machine gives no randomness.
#[must_use]
pub fn new_key() -> Option<String> {
    random::<LENGTH>().map(|bytes| BASE64.encode(bytes))
}

/// Keys that wrap data keys, the newest last.
#[derive(Debug, Default)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// Reads keys: base64, one on each line or with blanks or commas between them, the newest last. What follows a `#` on
    /// a line says nothing.
    ///
    /// # Errors
    /// If one of them is no key, or there is none.
    pub fn read(text: &str) -> Result<Self, WrongKey> {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let words = lines.flat_map(|line| line.split([' ', '\t', ','])).map(str::trim).filter(|word| !word.is_empty());
        let key = |(at, word): (usize, &str)| {
            BASE64.decode(word).ok().as_deref().and_then(Key::of).ok_or(WrongKey::Broken(at + 1))
        };
        let keys: Vec<Key> = words.enumerate().map(key).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(WrongKey::None) } else { Ok(Self(keys)) }
    }

    /// The key that seals.
    #[must_use]
    pub fn newest(&self) -> Option<&Key> {
        self.0.last()
    }

    /// The key of an id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }

    /// Their ids, the newest last.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_the_last_is_the_newest() {
        let (one, other) = (new_key().unwrap(), new_key().unwrap());
        let keys = Keys::read(&format!("# the old one\n{one}  # of spring\n\n{other}\n")).unwrap();
        assert_eq!(keys.ids().count(), 2);
        assert_eq!(keys.newest().unwrap().id, Key::of(&BASE64.decode(&other).unwrap()).unwrap().id);
        assert_eq!(Keys::read(&format!("{one},{other}")).unwrap().ids().count(), 2);
        assert_eq!(Keys::read(" # none\n").unwrap_err(), WrongKey::None);
        let broken = Keys::read(&format!("{one}\nnonsense")).unwrap_err();
        assert_eq!(broken, WrongKey::Broken(2));
        assert!(!broken.to_string().contains("nonsense"), "a key that is nearly right is nearly told");
        assert!(!format!("{keys:?}").contains(&one));
    }

    #[test]
    fn what_was_sealed_is_opened_by_its_key_at_its_place_only() {
        let (one, other) = (Key::of(&[1; 32]).unwrap(), Key::of(&[2; 32]).unwrap());
        let sealed = one.seal("here", b"s3cret").unwrap();
        assert_eq!(one.open("here", &sealed).unwrap(), b"s3cret");
        assert_ne!(one.seal("here", b"s3cret").unwrap(), sealed, "two are never alike");
        assert_eq!((one.open("there", &sealed), other.open("here", &sealed)), (None, None));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(one.open("here", &changed), None, "byte {at}");
        }
        assert_eq!((one.open("here", &sealed[..5]), one.open("here", b"")), (None, None));
    }
}
