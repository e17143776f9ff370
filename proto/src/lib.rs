//! The contracts of Cohort: the `.proto` files, the code generated from them, and what follows from their options.
//!
//! The message of a resource is its one statement. [`table`] reads it once, at start; [`record`] holds a record by that
//! table, whatever its type; [`check`] holds the rules that the options state. [`time`] reads moments as they are
//! written; [`tree`] shows messages that are no resources. [`refusal`] is how a service says no, [`caller`] is who asks, and
//! [`scope`] what for.

pub mod caller;
pub mod check;
pub mod filters;
pub mod record;
pub mod refusal;
pub mod scope;
pub mod table;
pub mod tag;
pub mod time;
pub mod tree;

/// The options of resources and fields.
pub mod wire {
    #![expect(missing_docs, reason = "generated code")]
    /// Version 1.
    pub mod v1 {
        include!("generated/cohort.wire.v1.rs");
    }
}

/// The registry: people, roles, groups and what is around them.
pub mod registry {
    #![expect(missing_docs, clippy::allow_attributes, reason = "generated code")]
    /// Version 1.
    pub mod v1 {
        include!("generated/cohort.registry.v1.rs");
    }
}

/// The security log (D60).
pub mod audit {
    #![expect(missing_docs, reason = "generated code")]
    /// Version 1.
    pub mod v1 {
        include!("generated/cohort.audit.v1.rs");
    }
}

/// Provisioning: targets and requests.
pub mod provisioning {
    #![expect(missing_docs, clippy::allow_attributes, reason = "generated code")]
    /// Version 1.
    pub mod v1 {
        include!("generated/cohort.provisioning.v1.rs");
    }
}

/// What travels over the broker.
pub mod events {
    #![expect(missing_docs, reason = "generated code")]
    /// Version 1.
    pub mod v1 {
        include!("generated/cohort.events.v1.rs");
    }
}

/// The most records of a page of any list (D27).
pub const LARGEST_PAGE: u32 = 1000;

/// The longest name and the longest key of a login that are looked at (D13), in bytes; ours are far shorter.
pub const LONGEST_LOGIN: usize = 256;

/// Seconds before the first retry of a target that does not say (D37).
pub const RETRY_INTERVAL: i64 = 900;

/// The present contract of [`registry::v1::ReadSubjectsRequest`], by which states are told and read.
pub const SUBJECTS_CONTRACT: u32 = 2;

/// What a secret reads back as (D35), and what stands for it in the security log.
pub const MASK: &str = "********";

/// The descriptors of all contracts, with their options; also what gRPC reflection serves.
pub const DESCRIPTORS: &[u8] = include_bytes!("generated/descriptors.bin");
