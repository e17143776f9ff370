//! The contracts of Cohort: the `.proto` files, the code generated from them, and what follows from their options.
//!
//! The message of a resource is its one statement. [`table`] reads it once, at start; [`record`] holds a record by that
//! table, whatever its type; [`check`] holds the rules that the options state. [`time`] reads moments as they are
//! written; [`tree`] shows messages that are no resources. [`refusal`] is how a service says no, [`caller`] is who asks, and
//! [`scope`] what for.

pub mod caller;
pub mod check;
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

/// The descriptors of all contracts, with their options; also what gRPC reflection serves.
pub const DESCRIPTORS: &[u8] = include_bytes!("generated/descriptors.bin");
