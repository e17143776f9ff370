//! Which operation a path and a method ask for.
//!
//! The methods of a path follow from the methods of the resource's gRPC service: what is not there is 405 (D4).

use actix_web::http::Method;
use proto::{refusal::Refusal, table::Table};

pub use self::action::Action;
use crate::{address::Address, refusal::Problem};

mod action;
pub mod elsewhere;
mod methods;

/// What a path names.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// `/co_person_roles`
    Collection(&'static Table),
    /// `/co_person_roles/<id>`; the id as it was written.
    Item(&'static Table, String),
    /// `/co_person_roles/<id>/versions` (D46).
    Versions(&'static Table, String),
    /// A path with one operation of its own.
    Special(Special),
}

/// The operations beside the standard ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Special {
    /// `/api_users/<id>/key` (D15).
    Key(String),
    /// `/co_people/<id>/erase`
    Erase(String),
    /// `/identifiers/assign`
    Assign,
    /// `/cos/duplicate/<id>`
    Duplicate(String),
    /// `/co_groups/reconcile?coid=`
    ReconcileCo,
    /// `/co_groups/reconcile/<id>`
    Reconcile(String),
    /// `/co_provisioning_targets/provision/…` and the segments after it (D36).
    Provision(Vec<String>),
    /// `/co_provisioning_requests/<id>/retry` (D38).
    Retry(String),
    /// `/co_provisioning_targets/plan/…` and the segments after it (D51).
    Plan(Vec<String>),
    /// `/co_provisioning_targets/<id>/explain/<subject>:<n>`: the id and the subject (D52).
    Explain(Vec<String>),
    /// `/co_provisioning_targets/<id>/release` and the like (D53, D54, D57).
    OfTarget(Action, String),
    /// `/co_provisioning_requests/<id>/differences` (D57).
    Differences(String),
    /// `/co_provisioning_targets/<id>/ledger` (D56).
    Ledger(String),
    /// `/events` (D59).
    Events,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// View (all), View (per …).
    List(&'static Table),
    /// View (one).
    View(&'static Table, i64),
    /// What a record was.
    Versions(&'static Table, i64),
    /// Add.
    Add(&'static Table),
    /// Edit.
    Edit(&'static Table, i64),
    /// Delete.
    Delete(&'static Table, i64),
    /// The answer to an invitation.
    Reply,
    /// Erases a person.
    Erase(i64),
    /// What that would take away.
    PlanErasure(i64),
    /// A new key for an API user.
    RotateKey(i64),
    /// Assigns identifiers by the rules of a CO.
    Assign,
    /// Makes a CO with the settings of another one.
    Duplicate(i64),
    /// Makes the default groups of a CO that are missing.
    ReconcileCo,
    /// Computes the members of an automatic group anew.
    Reconcile(i64),
    /// Provision; the segments after `provision`.
    Provision(Vec<String>),
    /// Queues a failed provisioning request again.
    Retry(i64),
    /// What would be sent; the segments after `plan`.
    Plan(Vec<String>),
    /// Why a subject is at a target or not; the target's id and the subject.
    Explain(Vec<String>),
    /// An action on a whole target.
    OfTarget(Action, i64),
    /// What a comparison found.
    Differences(i64),
    /// What was accepted for a target, and what became of it.
    Ledger(i64),
    /// Events as they come.
    Events,
}

impl Place {
    /// Finds what a path names.
    ///
    /// # Errors
    /// 404 `Unknown` if it names nothing, or lacks its suffix (D3).
    pub fn of(address: &Address) -> Result<Self, Problem> {
        let segments: Vec<&str> = address.segments.iter().map(String::as_str).collect();
        if let Some(sentence) = elsewhere::named(&segments) {
            return Err(Problem::unknown("Unknown", &sentence));
        }
        if segments == ["events"] && address.format.is_none() {
            return Ok(Self::Special(Special::Events));
        }
        if address.format.is_none() {
            return Err(Problem::unknown(
                "Unknown",
                "A path must end in .json or .xml, which says the format of the answer.",
            ));
        }
        let nothing = || Problem::unknown("Unknown", "There is nothing at this path. Check its spelling.");
        let owned = |rest: &[&str]| rest.iter().map(|segment| (*segment).to_owned()).collect::<Vec<_>>();
        let special = match segments.as_slice() {
            ["identifiers", "assign"] => Some(Special::Assign),
            ["cos", "duplicate", id] => Some(Special::Duplicate((*id).to_owned())),
            ["co_groups", "reconcile"] => Some(Special::ReconcileCo),
            ["co_groups", "reconcile", id] => Some(Special::Reconcile((*id).to_owned())),
            ["co_people", id, "erase"] => Some(Special::Erase((*id).to_owned())),
            ["api_users", id, "key"] => Some(Special::Key((*id).to_owned())),
            ["co_provisioning_requests", id, "retry"] => Some(Special::Retry((*id).to_owned())),
            ["co_provisioning_targets", id, "ledger"] => Some(Special::Ledger((*id).to_owned())),
            ["co_provisioning_requests", id, "differences"] => Some(Special::Differences((*id).to_owned())),
            ["co_provisioning_targets", "provision", rest @ ..] => Some(Special::Provision(owned(rest))),
            ["co_provisioning_targets", "plan", rest @ ..] => Some(Special::Plan(owned(rest))),
            ["co_provisioning_targets", id, "explain", rest @ ..] => {
                Some(Special::Explain(owned(&[&[*id], rest].concat())))
            }
            ["co_provisioning_targets", id, action] => {
                Action::of(action).map(|action| Special::OfTarget(action, (*id).to_owned()))
            }
            _ => None,
        };
        match (special, segments.as_slice()) {
            (Some(special), _) => Ok(Self::Special(special)),
            (None, [path]) => Table::at(path).map(Self::Collection).ok_or_else(nothing),
            (None, [path, id]) => {
                let item = Table::at(path).map(|table| Self::Item(table, (*id).to_owned()));
                item.filter(|item| !item.methods().is_empty()).ok_or_else(nothing)
            }
            (None, [path, id, "versions"]) => Table::at(path)
                .filter(|table| table.has("Versions"))
                .map(|table| Self::Versions(table, (*id).to_owned()))
                .ok_or_else(nothing),
            (None, _) => Err(nothing()),
        }
    }

    /// The route as telemetry names it: few different ones.
    #[must_use]
    pub fn route(&self) -> (&'static str, &'static str) {
        match self {
            Self::Collection(table) => (&table.path, ""),
            Self::Item(table, _) => (&table.path, "/{id}"),
            Self::Versions(table, _) => (&table.path, "/{id}/versions"),
            Self::Special(Special::Key(_)) => ("api_users", "/{id}/key"),
            Self::Special(Special::Erase(_)) => ("co_people", "/{id}/erase"),
            Self::Special(Special::Assign) => ("identifiers", "/assign"),
            Self::Special(Special::Duplicate(_)) => ("cos", "/duplicate/{id}"),
            Self::Special(Special::ReconcileCo) => ("co_groups", "/reconcile"),
            Self::Special(Special::Reconcile(_)) => ("co_groups", "/reconcile/{id}"),
            Self::Special(Special::Provision(_)) => ("co_provisioning_targets", "/provision"),
            Self::Special(Special::Retry(_)) => ("co_provisioning_requests", "/{id}/retry"),
            Self::Special(Special::Plan(_)) => ("co_provisioning_targets", "/plan"),
            Self::Special(Special::Explain(_)) => ("co_provisioning_targets", "/{id}/explain"),
            Self::Special(Special::OfTarget(action, _)) => ("co_provisioning_targets", action.route()),
            Self::Special(Special::Differences(_)) => ("co_provisioning_requests", "/{id}/differences"),
            Self::Special(Special::Ledger(_)) => ("co_provisioning_targets", "/{id}/ledger"),
            Self::Special(Special::Events) => ("events", ""),
        }
    }

    /// The id that an ErrorResponse names (D26).
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Item(_, id) if id.is_empty() => "New",
            Self::Item(_, id) | Self::Versions(_, id) => id,
            Self::Special(
                Special::Key(id)
                | Special::Erase(id)
                | Special::Reconcile(id)
                | Special::Retry(id)
                | Special::OfTarget(_, id)
                | Special::Differences(id)
                | Special::Ledger(id),
            ) => id,
            Self::Special(Special::Explain(segments)) => segments.first().map_or("New", String::as_str),
            Self::Special(Special::Assign | Special::Duplicate(_))
            | Self::Collection(_)
            | Self::Special(Special::ReconcileCo | Special::Provision(_) | Special::Plan(_) | Special::Events) => "New",
        }
    }

    /// The methods that it takes.
    #[must_use]
    pub fn methods(&self) -> Vec<&'static str> {
        let (table, all): (_, &[(&str, &[&'static str])]) = match self {
            Self::Collection(table) => {
                (table, &[("List", &["GET", "HEAD"]), ("Reply", &["GET", "HEAD"]), ("Add", &["POST"])])
            }
            Self::Item(table, _) => (table, &[("View", &["GET", "HEAD"]), ("Edit", &["PUT"]), ("Delete", &["DELETE"])]),
            Self::Versions(table, _) => (table, &[("Versions", &["GET", "HEAD"])]),
            Self::Special(Special::ReconcileCo) => return vec!["PUT"],
            Self::Special(Special::Erase(_)) => return vec!["GET", "HEAD", "POST"],
            Self::Special(Special::Explain(_) | Special::Differences(_) | Special::Ledger(_) | Special::Events) => {
                return vec!["GET", "HEAD"];
            }
            Self::Special(_) => return vec!["POST"],
        };
        all.iter().filter(|(method, _)| table.has(method)).flat_map(|(_, verbs)| verbs.iter().copied()).collect()
    }

    /// The operation that a method asks for here. Under a condition an id that cannot be one is looked for all the same: that
    /// nothing is found there breaks the condition (D43).
    ///
    /// # Errors
    /// 405 with the methods that the path takes (D4), 404 for an id that cannot be one (D5, D8), 400 for an edit or a
    /// deletion without an id (D5).
    pub fn operation(self, method: &Method, conditional: bool) -> Result<Operation, Problem> {
        let nothing = conditional.then_some(0);
        let verb = method.as_str();
        if !self.methods().contains(&verb) {
            return Err(self.refuse(verb));
        }
        match (self, verb) {
            (Self::Item(_, id), "PUT" | "DELETE") if id.is_empty() => Err(without_id()),
            (Self::Collection(table), "POST") => Ok(Operation::Add(table)),
            (Self::Collection(table), _) if table.has("Reply") => Ok(Operation::Reply),
            (Self::Collection(table), _) => Ok(Operation::List(table)),
            (Self::Item(table, id), "PUT") => {
                let id = id_of(&id).or(nothing).ok_or_else(|| Refusal::unknown(&table.singular))?;
                Ok(Operation::Edit(table, id))
            }
            (Self::Item(table, id), "DELETE") => {
                let id = id_of(&id).or(nothing).ok_or_else(|| unknown_to_delete(table))?;
                Ok(Operation::Delete(table, id))
            }
            (Self::Item(table, id), _) => Ok(Operation::View(table, known(&id, table)?)),
            (Self::Versions(table, id), _) => Ok(Operation::Versions(table, known(&id, table)?)),
            (Self::Special(Special::Erase(id)), "GET" | "HEAD") => {
                Ok(Operation::PlanErasure(id_of(&id).ok_or_else(|| Refusal::unknown("CoPerson"))?))
            }
            (Self::Special(special), _) => special.operation(),
        }
    }

    fn refuse(&self, verb: &str) -> Problem {
        let lacks_id = match self {
            Self::Collection(table) => {
                (verb == "PUT" && table.has("Edit")) || (verb == "DELETE" && table.has("Delete"))
            }
            Self::Item(..) | Self::Versions(..) | Self::Special(_) => false,
        };
        if lacks_id {
            return without_id();
        }
        Problem::MethodNotAllowed { allow: self.methods().join(", ") }
    }
}

impl Special {
    fn operation(self) -> Result<Operation, Problem> {
        let known = |id: &str, singular| id_of(id).ok_or_else(|| Problem::Refused(Refusal::unknown(singular)));
        Ok(match self {
            Self::Key(id) => Operation::RotateKey(known(&id, "ApiUser")?),
            Self::Erase(id) => Operation::Erase(known(&id, "CoPerson")?),
            Self::Assign => Operation::Assign,
            Self::Duplicate(id) => Operation::Duplicate(id_of(&id).ok_or_else(unknown_co)?),
            Self::ReconcileCo => Operation::ReconcileCo,
            Self::Reconcile(id) => Operation::Reconcile(known(&id, "CoGroup")?),
            Self::Provision(segments) => Operation::Provision(segments),
            Self::Retry(id) => Operation::Retry(known(&id, "CoProvisioningRequest")?),
            Self::Plan(segments) => Operation::Plan(segments),
            Self::Explain(segments) => Operation::Explain(segments),
            Self::OfTarget(action, id) => {
                Operation::OfTarget(action, id_of(&id).ok_or_else(Refusal::target_not_found)?)
            }
            Self::Differences(id) => Operation::Differences(known(&id, "CoProvisioningRequest")?),
            Self::Events => Operation::Events,
            Self::Ledger(id) => Operation::Ledger(known(&id, "CoProvisioningTarget")?),
        })
    }
}

/// An id as a path writes it: a decimal number that the databases can hold (D5).
#[must_use]
pub fn id_of(text: &str) -> Option<i64> {
    let decimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    decimal.then(|| text.parse().ok()).flatten().filter(|id| *id > 0)
}

/// An edit or a deletion without an id, or with an empty one (D5).
fn without_id() -> Problem {
    Refusal::field("id", "An id must be provided: put it into the path, before the suffix").into()
}

/// A CO that is not there is `CO Unknown` where it is named beside the resource's own paths (D10).
#[must_use]
pub fn unknown_co() -> Problem {
    Problem::unknown("CO Unknown", "There is no CO with this id, or you have no rights on it. Check the id.")
}

fn known(id: &str, table: &'static Table) -> Result<i64, Problem> {
    id_of(id).ok_or_else(|| Refusal::unknown(&table.singular).into())
}

fn unknown_to_delete(table: &Table) -> Problem {
    match table.singular.as_str() {
        "CoProvisioningTarget" => Refusal::target_not_found().into(),
        singular => Refusal::unknown(singular).into(),
    }
}

#[cfg(test)]
mod tests;
