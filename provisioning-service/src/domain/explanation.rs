//! Why a subject is at a target or not, in words (D52).

use chrono::{DateTime, Utc};
use proto::{
    registry::v1::{
        CoPerson, Provisionable, Status as PersonStatus, SubjectState, SuspendableStatus, subject_state::Data,
    },
    table::Table,
};

use crate::domain::{
    eligibility::{self, Work},
    mode,
    status::Status,
    subject::{Kind, Subject},
    target::Target,
};

/// What is to be said first of a subject at a target, by precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The guard holds its removal.
    Held,
    /// The last request failed, or is tried again.
    Failing,
    /// A request waits or runs.
    Pending,
    /// It was taken away.
    Removed,
    /// It is there.
    Provisioned,
    /// It is not there, and is not to be.
    NotEligible,
    /// It is not there, and nobody asked.
    Never,
}

impl Verdict {
    /// As the API writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "Held",
            Self::Failing => "Failing",
            Self::Pending => "Pending",
            Self::Removed => "Removed",
            Self::Provisioned => "Provisioned",
            Self::NotEligible => "NotEligible",
            Self::Never => "Never",
        }
    }
}

/// What is known of a place.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How the request that has not ended stands, or else the last one.
    pub request: Option<Status>,
    /// What the last call said.
    pub error: Option<String>,
    /// When it is tried next.
    pub due: Option<DateTime<Utc>>,
    /// It was applied (true) or removed (false) last, and when.
    pub applied: Option<(bool, DateTime<Utc>)>,
    /// It is to be there.
    pub eligible: bool,
}

impl Facts {
    /// What is to be said first.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.request, self.applied) {
            (Some(Status::Held), _) => Verdict::Held,
            (Some(Status::Failed | Status::Retrying), _) => Verdict::Failing,
            (Some(Status::Queued | Status::Running | Status::Expanded), _) => Verdict::Pending,
            (_, Some((false, _))) => Verdict::Removed,
            (_, Some((true, _))) => Verdict::Provisioned,
            (_, None) if !self.eligible => Verdict::NotEligible,
            (_, None) => Verdict::Never,
        }
    }

    /// A sentence that can be read out; the first reason says why where that is the point.
    #[must_use]
    pub fn sentence(&self, subject: &str, target: &str, reasons: &[Reason]) -> String {
        let at = |time: DateTime<Utc>| time.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        let why = reasons.first().map(|reason| format!(" {}", reason.sentence)).unwrap_or_default();
        let said = self.error.as_deref().map(|error| format!(" It said: {error}")).unwrap_or_default();
        let there = match self.applied {
            Some((true, time)) => format!(" What it has is of {}.", at(time)),
            Some((false, time)) => format!(" It was removed there at {}.", at(time)),
            None => " It was never there.".to_owned(),
        };
        match self.verdict() {
            Verdict::Held => format!(
                "{subject} is to be removed at {target}, and the guard holds that until somebody releases or drops it.{why}"
            ),
            Verdict::Failing => {
                let next = match (self.request, self.due) {
                    (Some(Status::Retrying), Some(due)) => format!(" It is tried again at {}.", at(due)),
                    _ => " It is not tried again by itself: mend the cause and retry.".to_owned(),
                };
                format!("{subject} could not be provisioned at {target}.{said}{next}{there}")
            }
            Verdict::Pending => format!("{subject} waits for its turn at {target}.{there}{said}"),
            Verdict::Removed if self.eligible => {
                format!("{subject} was removed at {target}, and is to be there again: provision it.{there}")
            }
            Verdict::Removed => format!("{subject} was removed at {target}.{there}{why}"),
            Verdict::Provisioned if self.eligible => format!("{subject} is at {target}.{there}"),
            Verdict::Provisioned => {
                format!("{subject} is at {target}, and is not to be any more: provision it to remove it.{there}{why}")
            }
            Verdict::NotEligible => format!("{subject} is not at {target}, and is not to be.{why}"),
            Verdict::Never => format!("{subject} may be at {target}, but nothing has asked for it yet.{why}"),
        }
    }
}

/// Why, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// For programs; documented.
    pub code: &'static str,
    /// For people.
    pub sentence: String,
}

impl Reason {
    fn new(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into() }
    }
}

/// Why a subject is to be at a target, or is not: what counts most comes first.
#[must_use]
pub fn reasons(
    target: &Target,
    subject: Subject,
    state: Option<&SubjectState>,
    served: bool,
    lost_group: Option<i64>,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let kind = subject.kind;
    if !served {
        let sentence = format!("The target does not take subjects of the kind {}.", kind.title());
        reasons.push(Reason::new("KindNotServed", sentence));
    }
    match state {
        None => reasons.push(Reason::new("RegistryAway", "The registry did not say what is true of it.")),
        Some(state) => of_state(target, subject, state, lost_group, &mut reasons),
    }
    match mode::follows_changes(target.mode) {
        true => {}
        false if !mode::takes_requests(target.mode) => {
            reasons.push(Reason::new("TargetDisabled", "The target is disabled: nothing is sent to it."));
        }
        false => {
            let sentence = "The target does not follow changes: it is told only when somebody asks, or an invitation is \
                            confirmed in mode E.";
            reasons.push(Reason::new("TargetOnRequest", sentence));
        }
    }
    reasons
}

fn of_state(target: &Target, subject: Subject, state: &SubjectState, lost: Option<i64>, reasons: &mut Vec<Reason>) {
    let Subject { kind, id } = subject;
    if !state.exists {
        return reasons.push(Reason::new("Deleted", format!("The {} was deleted.", kind.title())));
    }
    if eligibility::is_for_the_group_to_say(target, kind, id, state) {
        reasons.push(match (lost, kind) {
            (Some(group), _) => {
                let sentence = format!("The provisioning group {group} of the target does not exist any more.");
                Reason::new("ProvisioningGroupGone", sentence)
            }
            (None, Kind::Group) => {
                Reason::new("NotProvisioningGroup", "The target takes one group only, and this is another one.")
            }
            (None, _) => {
                let group = target.provision_co_group_id.unwrap_or_default();
                let sentence = format!("It is no member of the group {group}, whose members alone are at the target.");
                Reason::new("NotInProvisioningGroup", sentence)
            }
        });
    }
    match &state.data {
        Some(Data::Person(person)) => {
            let status = person.co_person.as_ref().map(|person| person.status()).unwrap_or_default();
            let named = status_name(status);
            reasons.push(match person.provisionable() {
                Provisionable::Everything => Reason::new(
                    "PersonActive",
                    format!("The status of the person is {named}: everything is passed on."),
                ),
                Provisionable::PersonData => Reason::new(
                    "PersonDataOnly",
                    format!(
                        "The status of the person is {named}: groups other than those of all members are not passed on."
                    ),
                ),
                Provisionable::Nothing | Provisionable::Unspecified => Reason::new(
                    "PersonStatus",
                    format!("The status of the person is {named}; people of this status are not provisioned."),
                ),
            });
        }
        Some(Data::Group(group)) => {
            let active = group.co_group.as_ref().is_some_and(|group| group.status() == SuspendableStatus::Active);
            reasons.push(match active {
                true => Reason::new("GroupActive", "The group is active."),
                false => Reason::new("GroupStatus", "The group is suspended; only active ones are provisioned."),
            });
        }
        Some(Data::EmailList(_) | Data::Service(_)) => {
            reasons.push(Reason::new("Exists", format!("The {} exists.", kind.title())));
        }
        None => reasons.push(Reason::new("Deleted", format!("The {} has no data.", kind.title()))),
    }
}

/// As the API calls it: `GracePeriod`.
fn status_name(status: PersonStatus) -> &'static str {
    let field = Table::of::<CoPerson>().field("status");
    let name = field.and_then(|field| field.names().iter().find(|name| name.number == i32::from(status)));
    name.map_or("unknown", |name| name.wire.as_str())
}

/// Whether a subject is to be at a target.
#[must_use]
pub fn eligible(target: &Target, subject: Subject, state: Option<&SubjectState>, served: bool) -> bool {
    served && state.is_some_and(|state| eligibility::decide(target, subject.kind, subject.id, state) == Work::Apply)
}

#[cfg(test)]
mod tests;
