//! The action codes that people know (provisioning-engine.md §1). They say why a request was made; what is done follows
//! from the subject's present state.

use proto::events::v1::Action as Change;

use crate::domain::subject::Kind;

const fn letter(kind: Kind) -> char {
    match kind {
        Kind::Person | Kind::Cou | Kind::Co | Kind::Comparison => 'P',
        Kind::Group => 'G',
        Kind::EmailList => 'L',
        Kind::Service => 'S',
    }
}

/// The action of a change: `PU`, `GD`.
#[must_use]
pub fn of_change(kind: Kind, change: Change) -> String {
    let what = match change {
        Change::Added => 'A',
        Change::Updated | Change::Unspecified => 'U',
        Change::Deleted => 'D',
    };
    [letter(kind), what].into_iter().collect()
}

/// The action of a person whose enrollment is finished.
pub const OF_ENROLLMENT: &str = "PP";

/// A group is asked for as a whole: connectors compare its members.
pub const FILLS: &str = "GR";

/// The action of an explicit request: `PR`, `GR`.
#[must_use]
pub fn of_request(kind: Kind) -> String {
    [letter(kind), 'R'].into_iter().collect()
}

/// The action that a connector is told when the subject is to be removed: `PD`.
#[must_use]
pub fn of_removal(kind: Kind) -> String {
    of_change(kind, Change::Deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_reference() {
        assert_eq!(of_change(Kind::Person, Change::Added), "PA");
        assert_eq!(of_change(Kind::Group, Change::Updated), "GU");
        assert_eq!(of_change(Kind::EmailList, Change::Deleted), "LD");
        assert_eq!(of_request(Kind::Service), "SR");
        assert_eq!(of_request(Kind::Group), FILLS);
        assert_eq!(of_removal(Kind::Person), "PD");
    }
}
