//! How long a target may take, whatever the protocol.

use std::time::Duration;

/// To connect, TLS included; to databases, the login, too.
pub(super) const CONNECT: Duration = Duration::from_secs(5);

/// For one answer: below the limit of what a connector may take, which is below the lease.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
