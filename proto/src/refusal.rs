//! How a service says no: a closed list of kinds, and how each travels as `google.rpc.Status` with details.
//!
//! The phrase is the reason phrase of HTTP (D6); the sentence tells the user what to do. One file of the gateway maps
//! the kinds to HTTP.

use std::{collections::HashMap, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::check::Violations;

const DOMAIN: &str = "cohort";

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// 400 `Invalid Fields`.
    #[error("invalid fields")]
    InvalidFields(Violations),
    /// 400 `Bad Request`.
    #[error("Bad Request: {0}")]
    BadRequest(String),
    /// 400 with a phrase of its own, such as `No Email Address` (neighbours.md CoInvite).
    #[error("{phrase}: {sentence}")]
    Unfit {
        /// Reason phrase.
        phrase: String,
        /// What to do.
        sentence: String,
    },
    /// 401 `Unauthorized`: nobody, or not privileged (D13).
    #[error("Unauthorized: {0}")]
    Unauthorized(String),
    /// 403 with a phrase of the pages or of the reference, such as `COU Does Not Exist`.
    #[error("{phrase}: {sentence}")]
    Forbidden {
        /// Reason phrase.
        phrase: String,
        /// What to do.
        sentence: String,
    },
    /// 403 `CoPerson Exists`: the org identity is linked to a person of this CO, which the answer names (rest-conventions §4).
    #[error("CoPerson Exists: {sentence}")]
    Member {
        /// Id of the CO.
        co_id: i64,
        /// Its name.
        name: String,
        /// What to do.
        sentence: String,
    },
    /// 404 with its phrase, such as `CoPersonRole Unknown` (D8 to D10).
    #[error("{phrase}: {sentence}")]
    Unknown {
        /// Reason phrase.
        phrase: String,
        /// What to do.
        sentence: String,
    },
    /// 409 with its phrase.
    #[error("{phrase}: {sentence}")]
    Conflict {
        /// Reason phrase.
        phrase: String,
        /// What to do.
        sentence: String,
    },
    /// 412 `Precondition Failed`: the record is not what `If-Match` says (D43).
    #[error("Precondition Failed")]
    Precondition,
    /// 422 with its phrase, `Unprocessable Entity` if there is no better one.
    #[error("{phrase}: {sentence}")]
    Unprocessable {
        /// Reason phrase.
        phrase: String,
        /// What to do.
        sentence: String,
    },
    /// 503: a database or a broker is away; trying again later helps.
    #[error("Service Unavailable: {0}")]
    Unavailable(String),
    /// 500 `Other Error`: the connector's message (D37), or a fault of ours.
    #[error("Other Error: {0}")]
    Failed(String),
}

const FAILED: &str = "An error of the server's own. Tell its operator, with the time of the request.";

impl Refusal {
    /// Something of the server's own went wrong, and was logged.
    #[must_use]
    pub fn of_the_server() -> Self {
        Self::Failed(FAILED.to_owned())
    }

    /// An unknown id in a path: `<Model> Unknown` (D8, D9).
    #[must_use]
    pub fn unknown(singular: &str) -> Self {
        Self::Unknown {
            phrase: format!("{singular} Unknown"),
            sentence: format!("There is no {singular} with this id, or you have no rights on its CO. Check the id."),
        }
    }

    /// A target that is not there is `Not Found` to a deletion and to provision, as the page has it (D8).
    #[must_use]
    pub fn target_not_found() -> Self {
        Self::Unknown {
            phrase: "CoProvisioningTarget Not Found".to_owned(),
            sentence: "There is no CoProvisioningTarget with this id, or you have no rights on its CO. Check the id."
                .to_owned(),
        }
    }

    /// A 403 with its phrase.
    #[must_use]
    pub fn forbidden(phrase: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self::Forbidden { phrase: phrase.into(), sentence: sentence.into() }
    }

    /// A 422 `Unprocessable Entity`.
    #[must_use]
    pub fn unprocessable(sentence: impl Into<String>) -> Self {
        Self::Unprocessable { phrase: "Unprocessable Entity".to_owned(), sentence: sentence.into() }
    }

    /// A single wrong field.
    #[must_use]
    pub fn field(column: &str, sentence: impl Into<String>) -> Self {
        let mut wrong = Violations::default();
        wrong.add(column, sentence);
        Self::InvalidFields(wrong)
    }

    /// A filter that a resource cannot be listed by: answering with everything would drop a wish in silence (D1).
    #[must_use]
    pub fn no_filter(plural: &str, name: &str, filters: &[&str]) -> Self {
        let (shown, filters): (String, _) = (name.chars().take(64).collect(), filters.join(", "));
        Self::BadRequest(format!("{plural} cannot be listed by {shown}. Use {filters}, or no filter."))
    }

    /// The caller may not do this (D13).
    #[must_use]
    pub fn not_privileged() -> Self {
        Self::Unauthorized("This API user may not do this. Use a privileged API user of the CO.".to_owned())
    }

    /// Reads the refusal out of a status. A status of other making (a connection that broke, a timeout) becomes
    /// `Unavailable` or `Failed`.
    #[must_use]
    pub fn of_status(status: &Status) -> Self {
        let details = status.get_error_details();
        let Some(info) = details.error_info().filter(|info| info.domain == DOMAIN) else {
            return Self::of_foreign_status(status);
        };
        let phrase = info.metadata.get("phrase").cloned().unwrap_or_default();
        let sentence = status.message().to_owned();
        match info.reason.as_str() {
            "INVALID_FIELDS" => {
                let mut wrong = Violations::default();
                for violation in details.bad_request().map(|request| request.field_violations.as_slice()).unwrap_or(&[])
                {
                    wrong.add(&violation.field, violation.description.clone());
                }
                Self::InvalidFields(wrong)
            }
            "BAD_REQUEST" => Self::BadRequest(sentence),
            "UNFIT" => Self::Unfit { phrase, sentence },
            "UNAUTHORIZED" => Self::Unauthorized(sentence),
            "FORBIDDEN" => Self::Forbidden { phrase, sentence },
            "MEMBER" => {
                let of = |key: &str| info.metadata.get(key).cloned().unwrap_or_default();
                Self::Member { co_id: of("co_id").parse().unwrap_or_default(), name: of("name"), sentence }
            }
            "PRECONDITION" => Self::Precondition,
            "UNKNOWN" => Self::Unknown { phrase, sentence },
            "CONFLICT" => Self::Conflict { phrase, sentence },
            "UNPROCESSABLE" => Self::Unprocessable { phrase, sentence },
            "UNAVAILABLE" => Self::Unavailable(sentence),
            _ => Self::Failed(sentence),
        }
    }

    fn of_foreign_status(status: &Status) -> Self {
        let away = "A part of the service cannot be reached. Try again in a moment.".to_owned();
        match status.code() {
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::ResourceExhausted | Code::Aborted => {
                Self::Unavailable(away)
            }
            // A transport that broke in the middle of a call is reported as unknown.
            Code::Unknown if std::error::Error::source(status).is_some() => Self::Unavailable(away),
            _ => Self::Failed(FAILED.to_owned()),
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let mut details = ErrorDetails::new();
        let info = |details: &mut ErrorDetails, reason: &str, phrase: Option<String>| {
            let metadata: HashMap<String, String> =
                phrase.map(|text| ("phrase".to_owned(), text)).into_iter().collect();
            details.set_error_info(reason, DOMAIN, metadata);
        };
        let (code, message) = match refusal {
            Refusal::InvalidFields(wrong) => {
                info(&mut details, "INVALID_FIELDS", None);
                details.set_bad_request(
                    wrong
                        .0
                        .into_iter()
                        .flat_map(|(field, sentences)| {
                            sentences.into_iter().map(move |text| FieldViolation::new(field.clone(), text))
                        })
                        .collect::<Vec<_>>(),
                );
                (Code::InvalidArgument, "invalid fields".to_owned())
            }
            Refusal::BadRequest(sentence) => {
                info(&mut details, "BAD_REQUEST", None);
                (Code::InvalidArgument, sentence)
            }
            Refusal::Unfit { phrase, sentence } => {
                info(&mut details, "UNFIT", Some(phrase));
                (Code::InvalidArgument, sentence)
            }
            Refusal::Unauthorized(sentence) => {
                info(&mut details, "UNAUTHORIZED", None);
                (Code::Unauthenticated, sentence)
            }
            Refusal::Forbidden { phrase, sentence } => {
                info(&mut details, "FORBIDDEN", Some(phrase));
                (Code::FailedPrecondition, sentence)
            }
            Refusal::Member { co_id, name, sentence } => {
                let metadata = [("co_id", co_id.to_string()), ("name", name)].map(|(key, text)| (key.to_owned(), text));
                details.set_error_info("MEMBER", DOMAIN, HashMap::from(metadata));
                (Code::FailedPrecondition, sentence)
            }
            Refusal::Precondition => {
                info(&mut details, "PRECONDITION", None);
                (Code::FailedPrecondition, "the record is not what If-Match says".to_owned())
            }
            Refusal::Unknown { phrase, sentence } => {
                info(&mut details, "UNKNOWN", Some(phrase));
                (Code::NotFound, sentence)
            }
            Refusal::Conflict { phrase, sentence } => {
                info(&mut details, "CONFLICT", Some(phrase));
                (Code::FailedPrecondition, sentence)
            }
            Refusal::Unprocessable { phrase, sentence } => {
                info(&mut details, "UNPROCESSABLE", Some(phrase));
                (Code::InvalidArgument, sentence)
            }
            Refusal::Unavailable(sentence) => {
                info(&mut details, "UNAVAILABLE", None);
                details.set_retry_info(Some(Duration::from_secs(1)));
                (Code::Unavailable, sentence)
            }
            Refusal::Failed(sentence) => {
                info(&mut details, "FAILED", None);
                (Code::Internal, sentence)
            }
        };
        Self::with_error_details(code, message, details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_comes_back_as_it_went() {
        let mut wrong = Violations::default();
        wrong.add("status", "A valid status must be selected");
        wrong.add("cou_id", "one");
        wrong.add("cou_id", "two");
        let sentence = || "Do this: ü & so on".to_owned();
        for refusal in [
            Refusal::InvalidFields(wrong),
            Refusal::BadRequest(sentence()),
            Refusal::Unfit { phrase: "No Email Address".to_owned(), sentence: sentence() },
            Refusal::Unauthorized(sentence()),
            Refusal::forbidden("COU Does Not Exist", sentence()),
            Refusal::unknown("CoPersonRole"),
            Refusal::Conflict { phrase: "CoProvisioningTarget Disabled".to_owned(), sentence: sentence() },
            Refusal::Member { co_id: 3, name: "Université".to_owned(), sentence: sentence() },
            Refusal::Precondition,
            Refusal::unprocessable(sentence()),
            Refusal::Unavailable(sentence()),
            Refusal::Failed(sentence()),
        ] {
            let status = Status::from(refusal.clone());
            let (header, _) = status.clone().into_http::<()>().into_parts();
            let received = Status::from_header_map(&header.headers).expect("a status in the headers");
            assert_eq!(Refusal::of_status(&received), refusal);
        }
    }

    #[test]
    fn a_connection_that_broke_can_be_tried_again() {
        assert!(matches!(Refusal::of_status(&Status::unavailable("tcp connect error")), Refusal::Unavailable(_)));
        assert!(matches!(Refusal::of_status(&Status::internal("oops")), Refusal::Failed(_)));
    }
}
