//! The headers `Cohort-*`, by which each call says which subject it is about, and its order among the others, whatever the
//! protocol, so that a target can refuse an older one.

use crate::{connector::Job, domain::subject::Subject};

/// Which subject a call is about: `CoPerson/10`.
pub const SUBJECT: &str = "Cohort-Subject";
/// Of a call: the revision of the subject. Of an answer that refuses: the newer one that the target has.
pub const REVISION: &str = "Cohort-Revision";
/// The provisioning request.
pub const REQUEST: &str = "Cohort-Request";
/// How often it was begun.
pub const FENCE: &str = "Cohort-Fence";

/// A subject as calls name it: `CoPerson/10`.
#[must_use]
pub fn subject(subject: Subject) -> String {
    format!("{}/{}", subject.kind.resource(), subject.id)
}

/// The headers of a call.
#[must_use]
pub fn of(job: &Job<'_>) -> [(&'static str, String); 4] {
    [
        (SUBJECT, subject(job.subject)),
        (REVISION, job.call.revision.to_string()),
        (REQUEST, job.call.request.to_string()),
        (FENCE, job.call.fence.to_string()),
    ]
}
