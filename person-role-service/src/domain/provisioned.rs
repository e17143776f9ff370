//! What histories say of provisioning: codes and sentences (provisioning-engine.md §5).

use proto::{events::v1::ProvisioningOutcome, registry::v1::SubjectKind};

/// The codes.
pub const CODES: [&str; 7] = ["PCPA", "PCPM", "PCGA", "PCGM", "PCEA", "PCEM", "PRVX"];

/// The code and the sentence of an outcome; `None` of subjects whose history does not tell of it.
#[must_use]
pub fn told(outcome: &ProvisioningOutcome) -> Option<(&'static str, String)> {
    let code = match (outcome.succeeded, outcome.subject?.kind(), outcome.manual) {
        (_, SubjectKind::Unspecified | SubjectKind::CoService, _) => return None,
        (false, ..) => "PRVX",
        (true, SubjectKind::CoPerson, false) => "PCPA",
        (true, SubjectKind::CoPerson, true) => "PCPM",
        (true, SubjectKind::CoGroup, false) => "PCGA",
        (true, SubjectKind::CoGroup, true) => "PCGM",
        (true, SubjectKind::CoEmailList, false) => "PCEA",
        (true, SubjectKind::CoEmailList, true) => "PCEM",
    };
    let sentence = match (outcome.succeeded, outcome.manual) {
        (true, false) => format!("Provisioned {}", outcome.target),
        (true, true) => format!("Provisioned {} (Manual)", outcome.target),
        (false, _) => format!("Provisioning failed for {}: {}", outcome.target, outcome.message),
    };
    Some((code, sentence))
}

#[cfg(test)]
mod tests {
    use proto::registry::v1::Subject;

    use super::*;

    #[test]
    fn every_code_that_is_told_is_among_them() {
        let mut found = std::collections::BTreeSet::new();
        for kind in 0..=4 {
            for (succeeded, manual) in [(true, false), (true, true), (false, false), (false, true)] {
                let subject = Some(Subject { kind, id: 1 });
                let outcome = ProvisioningOutcome { subject, succeeded, manual, ..ProvisioningOutcome::default() };
                found.extend(told(&outcome).map(|(code, _)| code));
            }
        }
        assert_eq!(found, CODES.into());
    }
}
