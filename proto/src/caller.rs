//! Who asks: travels beside every call as the binary metadata `cohort-caller-bin`.
//!
//! The gateway has authenticated the caller; services trust what reaches them on their own network and hold the caller
//! against the CO of each record (D9, D12 to D14).

use prost::Message;
use tonic::metadata::{MetadataMap, MetadataValue};

pub use crate::registry::v1::Caller;

/// The metadata that carries the caller.
pub const HEADER: &str = "cohort-caller-bin";

impl Caller {
    /// The house's own errands: expiry, reconciliation.
    #[must_use]
    pub fn house() -> Self {
        Self { username: "cohort".to_owned(), privileged: true, ..Self::default() }
    }

    /// Reads the caller of a call; nobody, who may nothing, if there is none.
    #[must_use]
    pub fn of(metadata: &MetadataMap) -> Self {
        metadata
            .get_bin(HEADER)
            .and_then(|value| value.to_bytes().ok())
            .and_then(|bytes| Self::decode(bytes).ok())
            .unwrap_or_default()
    }

    /// Writes the caller beside a call.
    pub fn put(&self, metadata: &mut MetadataMap) {
        metadata.insert_bin(HEADER, MetadataValue::from_bytes(&self.encode_to_vec()));
    }

    /// Whether this is a platform user (D14).
    #[must_use]
    pub fn is_platform(&self) -> bool {
        self.privileged && self.co_id.is_none()
    }

    /// Whether the caller has rights on a CO: a platform user on all, others on their own (D13, D14).
    #[must_use]
    pub fn may(&self, co_id: i64) -> bool {
        self.privileged && self.co_id.is_none_or(|own| own == co_id)
    }
}
