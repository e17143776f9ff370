//! Ids that cannot be taken for one another.

use std::fmt;

use serde_json::Value as Json;

/// States ids, each a type of its own around the number that the tables and the wire have.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
            pub struct $name(pub i64);

            impl From<$name> for i64 {
                fn from(id: $name) -> Self {
                    id.0
                }
            }

            impl From<$name> for Json {
                fn from(id: $name) -> Self {
                    id.0.into()
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    self.0.fmt(f)
                }
            }
        )*
    };
}

ids!(
    /// The id of a provisioning target.
    TargetId,
    /// The id of a provisioning request.
    RequestId,
);
