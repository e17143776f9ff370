//! When a target is provisioned (co-provisioning-target.md §3).

use proto::provisioning::v1::Mode;

/// Whether a change of the registry makes requests for a target in this mode. `E` waits for enrollments
/// ([`follows_enrollments`]), `M` for people.
#[must_use]
pub const fn follows_changes(mode: Mode) -> bool {
    match mode {
        Mode::Automatic | Mode::Queue | Mode::QueueOnError => true,
        Mode::Enrollment | Mode::Manual | Mode::Disabled | Mode::Unspecified => false,
    }
}

/// Whether the end of an enrollment, which is a confirmed invitation, makes a request for a target in this mode.
#[must_use]
pub const fn follows_enrollments(mode: Mode) -> bool {
    follows_changes(mode) || matches!(mode, Mode::Enrollment)
}

/// Whether a target in this mode may be asked explicitly (D39).
#[must_use]
pub const fn takes_requests(mode: Mode) -> bool {
    match mode {
        Mode::Automatic | Mode::Enrollment | Mode::Manual | Mode::Queue | Mode::QueueOnError => true,
        Mode::Disabled | Mode::Unspecified => false,
    }
}

/// Whether a target in this mode is told of an erasure: each one that takes requests, whoever asked it to have the person.
#[must_use]
pub const fn follows_erasures(mode: Mode) -> bool {
    takes_requests(mode)
}

/// The codes of the modes that follow changes ([`follows_changes`]), as the database keeps them.
pub const FOLLOWING_CHANGES: [&str; 3] = ["A", "Q", "QE"];

/// The codes of the modes that follow changes, enrollments or erasures, as the database keeps them.
pub const FOLLOWING: [&str; 5] = ["A", "E", "M", "Q", "QE"];

/// Reads a mode by its code.
#[must_use]
pub fn of_code(code: &str) -> Mode {
    match code {
        "A" => Mode::Automatic,
        "E" => Mode::Enrollment,
        "M" => Mode::Manual,
        "Q" => Mode::Queue,
        "QE" => Mode::QueueOnError,
        "X" => Mode::Disabled,
        _ => Mode::Unspecified,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::{provisioning::v1::CoProvisioningTarget, table::Table};

    #[test]
    fn the_table_of_modes_is_kept() {
        for (code, changes, enrollments, requests) in [
            ("A", true, true, true),
            ("E", false, true, true),
            ("M", false, false, true),
            ("Q", true, true, true),
            ("QE", true, true, true),
            ("X", false, false, false),
        ] {
            let mode = of_code(code);
            let told = (follows_changes(mode), follows_enrollments(mode), takes_requests(mode));
            assert_eq!(told, (changes, enrollments, requests), "{code}");
            assert_eq!(FOLLOWING.contains(&code), follows_erasures(mode), "{code}");
            assert_eq!(FOLLOWING_CHANGES.contains(&code), follows_changes(mode), "{code}");
        }
    }

    #[test]
    fn every_code_of_the_contract_is_known() {
        let table = Table::of::<CoProvisioningTarget>();
        for name in table.field("status").expect("a field").names() {
            assert_eq!(i32::from(of_code(&name.code)), name.number);
        }
    }
}
