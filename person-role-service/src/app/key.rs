//! Keys of API users: made here, shown once, kept as argon2id hashes (D15).

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use proto::refusal::Refusal;

use crate::app::{App, Fault};

/// A hash that no key fits: checking against it takes as long as checking a real one.
pub const NO_KEY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5aGFzdGhpcw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Makes a key; gives the key and its hash.
///
/// # Errors
/// If hashing fails.
pub async fn make(app: &App) -> Result<(String, String), Fault> {
    let bytes: [u8; 32] = rand::random();
    let key = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let hash = hash(app, key.clone()).await?;
    Ok((key, hash))
}

/// Hashes a key.
///
/// # Errors
/// If hashing fails.
pub async fn hash(app: &App, key: String) -> Result<String, Fault> {
    on_a_thread(app, move || Argon2::default().hash_password(key.as_bytes()).map(|hash| hash.to_string()))
        .await?
        .map_err(|error| {
            tracing::error!(%error, "a key could not be hashed");
            broken()
        })
}

/// Whether a key fits a hash.
///
/// # Errors
/// If checking fails.
pub async fn fits(app: &App, key: String, hash: String) -> Result<bool, Fault> {
    on_a_thread(app, move || {
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(key.as_bytes(), &hash).is_ok())
    })
    .await
}

/// Hashing takes a core for tens of milliseconds: off the threads that serve, and only a few at once.
async fn on_a_thread<T: Send + 'static>(app: &App, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let _permit = app.hashing.acquire().await.map_err(|_| broken())?;
    tokio::task::spawn_blocking(work).await.map_err(|_| broken())
}

fn broken() -> Fault {
    Refusal::Failed("The key could not be worked with. Tell the server's operator.".to_owned()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_fits_the_hash_that_stands_for_nobody() {
        let hash = PasswordHash::new(NO_KEY).expect("a hash");
        assert!(Argon2::default().verify_password(b"", &hash).is_err());
    }
}
