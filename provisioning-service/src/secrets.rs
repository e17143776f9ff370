//! Secrets at rest: the passwords, tokens and signing secrets in configurations of targets are encrypted in the database.
//!
//! Guarantee: who has the database and not the key has no secret of a target, and can move none to another row or another
//! place of a configuration; a secret that cannot be read is never taken for none. Mechanism: each secret is sealed on its
//! own (AES-256-GCM, the row and its path authenticated with it) under a data key of this database, which is itself kept
//! sealed under a key that is not in the database ([`Source`]); an [`envelope`] names the data key, the data key names the key.
//! Several of both are known at once: the newest seals. Failure: what cannot be opened stays sealed, and whoever needs it
//! says so (`Description::read`).
//!
//! This part knows no database: `store::data_keys` keeps data keys, `app::secrets` brings both together,
//! `app::rotate_secrets` takes everything to the newest key.

pub mod envelope;
mod key;
mod keyring;
mod source;

pub use key::{Key, Keys, WrongKey, new_key};
pub use keyring::{Keyring, Wrapped};
pub use source::{SecretsSettings, Source};
