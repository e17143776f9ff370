//! The operations and statuses of the two pages of COmanage Registry, CoPersonRole and CoProvisioningTarget.

/// A page.
pub(super) struct Page {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) operations: &'static [Operation],
}

/// An operation of a page.
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) method: &'static str,
    pub(super) target: Target,
    pub(super) answers: &'static [(u64, &'static str)],
}

/// What an operation is asked of.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// The collection, without a filter.
    All,
    /// The collection by a filter.
    By(&'static str),
    /// A record.
    One,
    /// A record, or the collection, where the id is missing.
    OneOrNone,
    /// `provision`.
    Provision,
}

use Target::{All, By, One, OneOrNone, Provision};

const fn of(
    name: &'static str,
    method: &'static str,
    target: Target,
    answers: &'static [(u64, &'static str)],
) -> Operation {
    Operation { name, method, target, answers }
}

const UNAUTHORIZED: (u64, &str) = (401, "Unauthorized");
const BAD_REQUEST: (u64, &str) = (400, "Bad Request");
const INVALID: (u64, &str) = (400, "Invalid Fields");
const OK: (u64, &str) = (200, "OK");
const OTHER: (u64, &str) = (500, "Other Error");
const NO_COU: (u64, &str) = (403, "COU Does Not Exist");
const NO_CO: (u64, &str) = (403, "CO Does Not Exist");
const NO_ROLE: (u64, &str) = (404, "CoPersonRole Unknown");
const NO_TARGET: (u64, &str) = (404, "CoProvisioningTarget Unknown");
const NOT_FOUND: (u64, &str) = (404, "CoProvisioningTarget Not Found");

/// The pages.
pub(super) const PAGES: [Page; 2] = [
    Page {
        name: "CoPersonRole",
        path: "co_person_roles",
        operations: &[
            of("Add", "POST", All, &[(201, "Added"), BAD_REQUEST, INVALID, UNAUTHORIZED, NO_COU, OTHER]),
            of("Delete", "DELETE", OneOrNone, &[(200, "Deleted"), INVALID, UNAUTHORIZED, NO_ROLE, OTHER]),
            of("Edit", "PUT", One, &[OK, BAD_REQUEST, INVALID, UNAUTHORIZED, NO_COU, NO_ROLE, OTHER]),
            of("View (all)", "GET", All, &[OK, UNAUTHORIZED, OTHER]),
            of("View (per CO Person)", "GET", By("copersonid"), &[OK, UNAUTHORIZED, (404, "CO Person Unknown"), OTHER]),
            of("View (per COU)", "GET", By("couid"), &[OK, UNAUTHORIZED, (404, "COU Unknown"), OTHER]),
            of("View (one)", "GET", One, &[OK, UNAUTHORIZED, NO_ROLE, OTHER]),
        ],
    },
    Page {
        name: "CoProvisioningTarget",
        path: "co_provisioning_targets",
        operations: &[
            of("Add", "POST", All, &[(201, "Added"), BAD_REQUEST, INVALID, UNAUTHORIZED, NO_CO, OTHER]),
            of("Delete", "DELETE", OneOrNone, &[(200, "Deleted"), INVALID, UNAUTHORIZED, NOT_FOUND, OTHER]),
            of("Edit", "PUT", One, &[OK, BAD_REQUEST, INVALID, UNAUTHORIZED, NO_CO, NO_TARGET, OTHER]),
            of(
                "Provision",
                "POST",
                Provision,
                &[
                    OK,
                    (202, "Accepted"),
                    UNAUTHORIZED,
                    (404, "CoPerson Unknown"),
                    (404, "CoGroup Unknown"),
                    (404, "CoEmailList Unknown"),
                    NOT_FOUND,
                    OTHER,
                ],
            ),
            of("View (all)", "GET", All, &[OK, UNAUTHORIZED, OTHER]),
            of("View (per CO)", "GET", By("coid"), &[OK, UNAUTHORIZED, (404, "CO Unknown"), OTHER]),
            of("View (one)", "GET", One, &[OK, UNAUTHORIZED, NO_TARGET, OTHER]),
        ],
    },
];
