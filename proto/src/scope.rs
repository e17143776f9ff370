//! What API users may do, beside what their CO says: scopes (D61).
//!
//! One table, [`access`], says what each method of each resource does. The gateway asks it before it calls, services ask it
//! again before they answer; a method that nobody has thought of here is one that writes.

use crate::{caller::Caller, table::Table};

/// The path of the security log, which `read` does not cover.
const AUDIT: &str = "audit_records";
/// The path of API users, which `write` does not cover.
const USERS: &str = "api_users";
/// The path of targets, whose plans show personal data.
const TARGETS: &str = "co_provisioning_targets";
/// The path of requests, which whoever provisions may see and take back.
const REQUESTS: &str = "co_provisioning_requests";

/// The method of the security log that no user calls, but the gateway for itself.
const LOGIN_FAILED: &str = "LoginFailed";

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Shows.
    Read,
    /// Changes what is stored.
    Write,
    /// Has something done at a target.
    Provision,
}

/// Which targets an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// One that only its service knows: it asks again.
    Some,
    /// This one.
    One(i64),
    /// All of them.
    All,
}

/// Something that an API user may do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scope {
    /// `read`: see everything but the security log.
    Read,
    /// `write`: change everything but API users.
    Write,
    /// `provision`, or with a target `provision:<id>`: have it provisioned, and see and cancel the requests.
    Provision(Option<i64>),
    /// `keys`: see, make and change API users, and their keys.
    Keys,
    /// `audit`: see the security log.
    Audit,
    /// `R:read` or `R:write`: the same for one resource.
    Of(&'static Table, Access),
}

impl Scope {
    /// Reads a scope.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let target = |text: &str| text.parse().ok().filter(|id: &i64| *id > 0 && id.to_string() == text);
        Some(match (text, text.split_once(':')) {
            ("read", _) => Self::Read,
            ("write", _) => Self::Write,
            ("provision", _) => Self::Provision(None),
            ("keys", _) => Self::Keys,
            ("audit", _) => Self::Audit,
            (_, Some(("provision", id))) => Self::Provision(Some(target(id)?)),
            (_, Some((path, "read"))) => Self::Of(Table::at(path)?, Access::Read),
            (_, Some((path, "write"))) => Self::Of(Table::at(path)?, Access::Write),
            _ => return None,
        })
    }

    /// Whether it allows an operation on a resource.
    #[must_use]
    pub fn covers(self, table: &Table, access: Access, targets: Targets) -> bool {
        match self {
            Self::Read => access == Access::Read && table.path != AUDIT,
            Self::Write => access == Access::Write && table.path != USERS,
            Self::Keys => table.path == USERS,
            Self::Audit => table.path == AUDIT,
            Self::Of(of, Access::Read) => access == Access::Read && of.path == table.path,
            // Requests are written by canceling and repeating them.
            Self::Of(of, _) => {
                (access == Access::Write || (access == Access::Provision && table.path == REQUESTS))
                    && of.path == table.path
            }
            Self::Provision(own) => {
                let operation = access == Access::Provision || (access == Access::Read && table.path == REQUESTS);
                operation && own.is_none_or(|own| matches!(targets, Targets::Some) || targets == Targets::One(own))
            }
        }
    }
}

/// What a method of a resource does.
#[must_use]
pub fn access(table: &Table, method: &str) -> Access {
    match (table.path.as_str(), method) {
        (REQUESTS, "Delete") | (_, "Provision" | "Retry" | "Plan" | "Release" | "Drop" | "Compare") => {
            Access::Provision
        }
        (_, "View" | "List" | "Versions" | "PlanErasure" | "Explain" | "Ledger" | "Differences") => Access::Read,
        _ => Access::Write,
    }
}

impl Caller {
    /// Whether the caller's scopes allow a method of a resource. Who has none may what `privileged` says, but for the
    /// security log, which is the platform's (D60).
    #[must_use]
    pub fn allows(&self, table: &Table, method: &str) -> bool {
        let targets = if method == "List" { Targets::All } else { Targets::Some };
        // Whatever the document says (D12). To edit or delete one asks for its id, which may be unknown.
        let makes_a_co = table.path == "cos" && method == "Add" && !self.is_platform();
        method == LOGIN_FAILED || (!makes_a_co && self.may_at(table, method, targets))
    }

    /// Whether the caller's scopes allow a method that is about a target.
    #[must_use]
    pub fn allows_at(&self, table: &Table, method: &str, target: i64) -> bool {
        self.may_at(table, method, Targets::One(target))
    }

    fn may_at(&self, table: &Table, method: &str, targets: Targets) -> bool {
        // They show what would be sent, or what is at the target.
        let shows = matches!((table.path.as_str(), method), (TARGETS, "Plan" | "Explain") | (REQUESTS, "Differences"));
        (!shows || self.has(Scope::Read)) && self.covers(table, access(table, method), targets)
    }

    /// Whether the caller has every right that somebody would have by scopes, or by being privileged without any: nobody
    /// gives what he lacks, and nobody takes over who may more.
    #[must_use]
    pub fn has_all_of(&self, scopes: &[String], privileged: bool) -> bool {
        if scopes.is_empty() {
            return !privileged || self.scopes.is_empty();
        }
        scopes.iter().filter_map(|text| Scope::read(text)).all(|scope| self.has(scope))
    }

    fn has(&self, scope: Scope) -> bool {
        let targets = match scope {
            Scope::Provision(Some(id)) => Targets::One(id),
            _ => Targets::All,
        };
        Table::all().iter().all(|table| {
            let methods = table.methods.iter().filter(|method| *method != LOGIN_FAILED);
            methods
                .map(|method| access(table, method))
                .all(|access| !scope.covers(table, access, targets) || self.covers(table, access, targets))
        })
    }

    fn covers(&self, table: &Table, access: Access, targets: Targets) -> bool {
        if self.scopes.is_empty() {
            return table.path != AUDIT || self.is_platform();
        }
        let scopes = self.scopes.iter().filter_map(|text| Scope::read(text));
        scopes.into_iter().any(|scope| scope.covers(table, access, targets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(co_id: Option<i64>, scopes: &[&str]) -> Caller {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Caller { co_id, scopes, privileged: true, ..Caller::default() }
    }

    fn has(caller: &Caller, scopes: &[&str], privileged: bool) -> bool {
        caller.has_all_of(&scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>(), privileged)
    }

    #[test]
    fn scopes_are_read_and_others_are_none() {
        for text in ["read", "write", "provision", "provision:7", "keys", "audit", "cous:read", "co_people:write"] {
            assert!(Scope::read(text).is_some(), "{text}");
        }
        for text in [
            "",
            "Read",
            "all",
            "provision:",
            "provision:0",
            "provision:07",
            "provision:x",
            "cous",
            "cous:",
            "cous:all",
            ":read",
            "x:read",
        ] {
            assert_eq!(Scope::read(text), None, "{text}");
        }
    }

    #[test]
    fn plans_are_shown_to_who_may_see_what_they_show() {
        let targets = Table::at(TARGETS).unwrap();
        let may = |scopes: &[&str], method| caller(Some(2), scopes).allows(targets, method);
        let at = |scopes: &[&str], method| caller(Some(2), scopes).allows_at(targets, method, 7);
        assert!(!may(&["provision"], "Plan") && !may(&["read"], "Plan") && may(&["provision", "read"], "Plan"));
        assert!(!may(&["provision", "co_provisioning_targets:read"], "Plan"), "it shows people");
        assert!(at(&["provision:7", "read"], "Plan") && !at(&["provision:8", "read"], "Plan"));
        assert!(["Add", "Edit", "Plan"].iter().all(|method| may(&[], method)));
    }

    #[test]
    fn nobody_of_a_co_makes_one_whatever_is_sent() {
        let cos = Table::at("cos").expect("a resource");
        assert!(!caller(Some(2), &[]).allows(cos, "Add") && !caller(Some(2), &["write"]).allows(cos, "Add"));
        assert!(caller(None, &[]).allows(cos, "Add") && caller(Some(2), &[]).allows(cos, "Edit"));
    }

    #[test]
    fn nobody_has_more_than_he_has() {
        let all = caller(Some(2), &[]);
        assert!(has(&all, &["read", "write", "keys", "provision", "cous:read"], false) && has(&all, &[], true));
        assert!(!has(&all, &["audit"], false), "the log is the platform's to give");
        assert!(has(&caller(None, &[]), &["audit", "audit_records:read"], false));
        let some = caller(Some(2), &["read", "keys", "provision:5"]);
        assert!(has(&some, &["read", "cous:read", "keys", "api_users:write", "provision:5"], false));
        assert!(has(&some, &[], false), "who may nothing");
        for (scopes, privileged) in [
            (&[][..], true),
            (&["write"], false),
            (&["cous:write"], false),
            (&["provision"], false),
            (&["provision:6"], false),
            (&["read", "audit"], false),
        ] {
            assert!(!has(&some, scopes, privileged), "{scopes:?}");
        }
    }
}
