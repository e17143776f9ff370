//! Keys of API users: made here, shown once, kept as argon2id hashes (D15).
//!
//! A key that was made here has 256 random bits, which nobody guesses however fast he is told that he is wrong. So it is
//! kept as a plain digest, too, and checked by that: a login by it costs microseconds, and need not wait for those that
//! are hashed. Keys that people choose have no digest that is kept; this process knows again those that were right.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        PasswordHasher,
        phc::{Output, PasswordHash},
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use proto::refusal::Refusal;
use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot};

/// A hash that no key fits: checking against it takes as long as checking a real one.
pub const NO_KEY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5aGFzdGhpcw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A key that was made here.
#[derive(Clone)]
pub struct Made {
    /// The key itself, to be shown once.
    pub key: String,
    /// Its argon2id hash.
    pub hash: String,
    /// Its digest ([`digest`]).
    pub digest: String,
}

/// Makes a key. Its hash costs as little as there is: nobody guesses 256 random bits, and whoever makes many keys holds up
/// nobody.
///
/// # Errors
/// If hashing fails.
pub fn make() -> Result<Made, Refusal> {
    let bytes: [u8; 32] = rand::random();
    let key = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let least = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST, None).map_err(no_hash)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, least);
    let hash = argon2.hash_password(key.as_bytes()).map_err(no_hash)?.to_string();
    Ok(Made { digest: digest(&key, &hash), key, hash })
}

/// Whether a key looks like one that was made here: 256 bits in the form that [`make`] writes.
#[must_use]
pub fn looks_made(key: &str) -> bool {
    BASE64_URL_SAFE_NO_PAD.decode(key).is_ok_and(|bytes| bytes.len() == 32)
}

/// The digest of a key: that of the hash beside which it stands, a full stop, and that of the key.
///
/// A version of this service that knows of no digests changes the hash alone; then the digest is nobody's.
#[must_use]
pub fn digest(key: &str, hash: &str) -> String {
    let of = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    format!("{}.{}", of(hash), of(key))
}

/// Whether a key fits a digest that stands beside a hash.
#[must_use]
pub fn fits_digest(key: &str, hash: &str, kept: &str) -> bool {
    // Both are digests: how far they agree tells nothing of the key.
    digest(key, hash) == kept
}

/// Whether a digest was made beside a hash: then a key that does not fit it does not fit the hash either.
#[must_use]
pub fn is_digest_beside(hash: &str, kept: &str) -> bool {
    kept.split_once('.').is_some_and(|(beside, _)| beside == BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(hash)))
}

/// Hashes a key.
///
/// # Errors
/// If hashing fails.
pub async fn hash(hasher: &Hasher, key: String) -> Result<String, Refusal> {
    on_a_thread(hasher, move || Argon2::default().hash_password(key.as_bytes()).map(|hash| hash.to_string()))
        .await?
        .map_err(no_hash)
}

fn no_hash(error: impl std::fmt::Display) -> Refusal {
    tracing::error!(%error, "a key could not be hashed");
    broken()
}

/// Whether a key fits a hash. One that did before is known at once.
///
/// # Errors
/// If checking fails.
pub async fn fits(hasher: &Hasher, key: String, hash: String) -> Result<bool, Refusal> {
    let proof = hasher.proven.proof(&key, &hash);
    if hasher.proven.has(&proof) {
        return Ok(true);
    }
    let fits = on_a_thread(hasher, move || fits_hash(&key, &hash).unwrap_or(false)).await?;
    if fits {
        hasher.proven.keep(proof);
    }
    Ok(fits)
}

/// How many blocks of a kibibyte are asked for, although fewer are used: what is larger than 32 MiB glibc takes from the system
/// by itself and gives back at once, and keeps no hole of that size in the process. Memory that is not used costs nothing.
const ASKED: usize = 33 * 1024;

/// Whether a key fits a hash; nothing if the hash is none.
fn fits_hash(key: &str, hash: &str) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let params = Params::try_from(&hash).ok()?;
    let (salt, expected) = (hash.salt?, hash.hash?);
    let mut found = vec![0; expected.len()];
    let mut memory: Vec<Block> = Vec::with_capacity(params.block_count().max(ASKED));
    memory.resize(params.block_count(), Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into_with_memory(key.as_bytes(), &salt, &mut found, memory.as_mut_slice()).ok()?;
    // Compares in constant time.
    Some(Output::new(&found).ok()? == expected)
}

/// The thread that works with keys.
///
/// It takes a core for tens of milliseconds and twenty megabytes for each: off the threads that serve, and one after the
/// other, so that no more memory is used than that of one.
#[derive(Clone, Debug)]
pub struct Hasher {
    jobs: mpsc::Sender<Job>,
    proven: Arc<Proven>,
}

/// Keys that fitted their hashes, in this process only and under a secret of its own: whoever was right before does not
/// wait for those that try wrong ones. Another hash, and the key is not known any more.
#[derive(Debug)]
struct Proven {
    secret: [u8; 32],
    proofs: Mutex<HashSet<[u8; 32]>>,
}

/// So many are kept; then they are proven anew.
const MOST_PROVEN: usize = 10_000;

impl Proven {
    fn proof(&self, key: &str, hash: &str) -> [u8; 32] {
        let parts: [&[u8]; 4] = [&self.secret, hash.as_bytes(), &[0], key.as_bytes()];
        let digest = parts.into_iter().fold(Sha256::new(), |digest, part| digest.chain_update(part));
        digest.finalize().into()
    }

    fn has(&self, proof: &[u8; 32]) -> bool {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner).contains(proof)
    }

    fn keep(&self, proof: [u8; 32]) {
        let mut proofs = self.proofs.lock().unwrap_or_else(PoisonError::into_inner);
        if proofs.len() >= MOST_PROVEN {
            proofs.clear();
        }
        proofs.insert(proof);
    }
}

type Job = Box<dyn FnOnce() + Send>;

impl Hasher {
    /// Starts the thread; it ends with the last clone of this.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let (jobs, mut waiting) = mpsc::channel::<Job>(64);
        std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
            while let Some(job) = waiting.blocking_recv() {
                job();
            }
        })?;
        Ok(Self { jobs, proven: Arc::new(Proven { secret: rand::random(), proofs: Mutex::default() }) })
    }
}

async fn on_a_thread<T: Send + 'static>(
    hasher: &Hasher,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let (done, result) = oneshot::channel();
    let job = Box::new(move || {
        // Nobody waits any more if the caller is gone.
        let _nobody_waits = done.send(work());
    });
    hasher.jobs.send(job).await.map_err(|_| broken())?;
    result.await.map_err(|_| broken())
}

fn broken() -> Refusal {
    Refusal::Failed("The key could not be worked with. Tell the server's operator.".to_owned())
}

#[cfg(test)]
mod tests;
