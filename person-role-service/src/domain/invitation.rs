//! The secret of an invitation: 48 random characters that only the mail carries; what is kept is their digest.
//!
//! A digest without salt is enough: the secret is random and long, so nobody guesses what it is of.

use rand::distr::{Alphanumeric, SampleString as _};
use sha2::{Digest as _, Sha256};

/// As long as the reference's.
const LENGTH: usize = 48;

/// Makes a secret.
#[must_use]
pub fn secret() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), LENGTH)
}

/// What is kept of a secret: its SHA-256, in hexadecimal.
#[must_use]
pub fn digest(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_and_another_one_each_time() {
        let (one, other) = (secret(), secret());
        assert!(one.len() == 48 && one.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{one}");
        assert_ne!(one, other);
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
