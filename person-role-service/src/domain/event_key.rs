//! Routing keys of registry events: `<subject>.<action>.2`.

use proto::{
    events::v1::{Action, RegistryEvent},
    registry::v1::SubjectKind,
};

/// The version of the contract, at the end of a routing key. Release 0.1 reads what has none, and of that the first event of a
/// message only.
pub const VERSION: &str = ".2";

/// The routing key of an event, `co_person.updated.2`; that a CO is gone is `co.deleted.2`.
#[must_use]
pub fn routing_key(event: &RegistryEvent) -> String {
    let subject = match event.subject.as_ref().map(proto::registry::v1::Subject::kind) {
        Some(SubjectKind::CoPerson) => "co_person",
        Some(SubjectKind::CoGroup) => "co_group",
        Some(SubjectKind::CoEmailList) => "co_email_list",
        Some(SubjectKind::CoService) => "co_service",
        Some(SubjectKind::Unspecified) | None => "co",
    };
    let action = match event.action() {
        Action::Added => "added",
        Action::Deleted => "deleted",
        Action::Updated | Action::Unspecified => "updated",
    };
    format!("{subject}.{action}{VERSION}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proto::registry::v1::Subject;

    #[test]
    fn a_key_names_subject_and_action() {
        let event = |kind: Option<SubjectKind>, action: Action| RegistryEvent {
            subject: kind.map(|kind| Subject { kind: kind.into(), id: 1 }),
            action: action.into(),
            ..RegistryEvent::default()
        };
        assert_eq!(routing_key(&event(Some(SubjectKind::CoPerson), Action::Updated)), "co_person.updated.2");
        assert_eq!(routing_key(&event(Some(SubjectKind::CoEmailList), Action::Added)), "co_email_list.added.2");
        assert_eq!(routing_key(&event(None, Action::Deleted)), "co.deleted.2");
    }
}
