//! Where a request stands (D38).

use proto::provisioning::v1::RequestStatus;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits for its turn.
    Queued,
    /// It is being worked on.
    Running,
    /// It stands for many, which have been queued and have not all ended: shown as running, and in nobody's way.
    Expanded,
    /// It failed and waits for the next attempt.
    Retrying,
    /// It was done.
    Succeeded,
    /// It failed for good.
    Failed,
    /// It was called off.
    Canceled,
    /// The guard holds it (D53).
    Held,
}

/// The names of those that wait ([`Status::is_waiting`]), to stand in SQL: the index by which no two wait for the same is made
/// with just these.
pub const WAITING: &str = "'Queued', 'Retrying', 'Held'";

impl Status {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Running,
        Self::Expanded,
        Self::Retrying,
        Self::Succeeded,
        Self::Failed,
        Self::Canceled,
        Self::Held,
    ];

    /// Its name in the database; on the wire too, but for `Expanded`, which is `Running` there.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "Queued",
            Self::Running => "Running",
            Self::Expanded => "Expanded",
            Self::Retrying => "Retrying",
            Self::Succeeded => "Succeeded",
            Self::Failed => "Failed",
            Self::Canceled => "Canceled",
            Self::Held => "Held",
        }
    }

    /// Reads its name.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether it waits to be worked on, or to be released: then it can be canceled, and merged with.
    #[must_use]
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Queued | Self::Retrying | Self::Held)
    }

    /// Whether nothing more becomes of it by itself.
    #[must_use]
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Canceled)
    }

    /// Those that the contract shows under one name.
    pub fn shown_as(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |status| status.wire() == self.wire())
    }

    /// As the contract writes it.
    #[must_use]
    pub const fn wire(self) -> RequestStatus {
        match self {
            Self::Queued => RequestStatus::Queued,
            Self::Running | Self::Expanded => RequestStatus::Running,
            Self::Retrying => RequestStatus::Retrying,
            Self::Succeeded => RequestStatus::Succeeded,
            Self::Failed => RequestStatus::Failed,
            Self::Canceled => RequestStatus::Canceled,
            Self::Held => RequestStatus::Held,
        }
    }
}

/// The name of a status of the database as the contract shows it.
#[must_use]
pub fn shown(code: &str) -> &str {
    if code == Status::Expanded.code() { Status::Running.code() } else { code }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::{provisioning::v1::CoProvisioningRequest, table::Table};

    #[test]
    fn names_are_those_of_the_contract() {
        let table = Table::of::<CoProvisioningRequest>();
        let field = table.field("status").expect("a field");
        for status in Status::ALL {
            let shown = if status == Status::Expanded { Status::Running } else { status };
            assert_eq!(field.number_of_wire(shown.code()), Some(status.wire().into()));
            assert_eq!(Status::of_code(status.code()), Some(status));
        }
    }

    #[test]
    fn the_database_is_told_of_all_that_wait() {
        let waiting = Status::ALL.into_iter().filter(|status| status.is_waiting());
        let names: Vec<String> = waiting.map(|status| format!("'{}'", status.code())).collect();
        assert_eq!(names.join(", "), WAITING);
    }
}
