//! Every way in which a request ends without success, and what HTTP says of each: the only such mapping (D6).

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use proto::{check::Violations, refusal::Refusal};

use crate::{
    phrases, response,
    wire::{Format, answer, flat},
};

/// After how many seconds who is sent away, because much is under way or something is away, may come again (`Retry-After`).
pub const SOON: u64 = 1;

/// Why a request was not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A service, or the gateway in its words, refused.
    Refused(Refusal),
    /// 401 with `WWW-Authenticate`: there is no login, or it is wrong (D13).
    Nobody,
    /// 405 with `Allow` (D4).
    MethodNotAllowed {
        /// The methods that the path takes.
        allow: String,
    },
    /// 413 (D24).
    TooLarge {
        /// The most bytes.
        limit: usize,
    },
    /// 408: the body did not come in time.
    TooSlow,
    /// 410: what follows the last event that came is not kept any more (D59).
    EventsGone,
    /// 429 with `Retry-After`: more at once than is allowed (D62).
    TooMany {
        /// After how many seconds it may be tried again.
        seconds: u64,
    },
}

impl From<flat::Wrong> for Problem {
    fn from(flat::Wrong(sentence): flat::Wrong) -> Self {
        Self::bad_request(sentence)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Problem {
    /// A 404 with its phrase.
    #[must_use]
    pub fn unknown(phrase: &str, sentence: &str) -> Self {
        Self::Refused(Refusal::Unknown { phrase: phrase.to_owned(), sentence: sentence.to_owned() })
    }

    /// 429 for who has as much under way as is allowed (D62).
    #[must_use]
    pub const fn too_many() -> Self {
        Self::TooMany { seconds: SOON }
    }

    /// A 400 `Bad Request` with its sentence.
    #[must_use]
    pub fn bad_request(sentence: impl Into<String>) -> Self {
        Self::Refused(Refusal::BadRequest(sentence.into()))
    }

    /// The answer, in the request's format; `id` is the path's, or `New` (D26).
    #[must_use]
    pub fn into_response(self, format: Format, id: &str) -> HttpResponse {
        match self {
            Self::Refused(refusal) => refused(refusal, format, id),
            Self::Nobody => {
                let sentence = "Log in with the username and key of an API user, by HTTP Basic authentication.";
                let mut response = error(format, StatusCode::UNAUTHORIZED, "Unauthorized", sentence);
                let challenge = header::HeaderValue::from_static("Basic realm=\"cohort\", charset=\"UTF-8\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                response
            }
            Self::MethodNotAllowed { allow } => {
                let sentence = format!("This path takes {allow}.");
                let mut response = error(format, StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed", &sentence);
                response::put(&mut response, header::ALLOW, &allow);
                response
            }
            Self::TooLarge { limit } => {
                let sentence = format!("A body may have at most {limit} bytes.");
                let mut response = error(format, StatusCode::PAYLOAD_TOO_LARGE, "Payload Too Large", &sentence);
                response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
                response
            }
            Self::TooMany { seconds } => {
                let sentence = format!("Too much is asked at once; try again in {seconds} s.");
                let mut response = error(format, StatusCode::TOO_MANY_REQUESTS, "Too Many Requests", &sentence);
                response::put(&mut response, header::RETRY_AFTER, &seconds.to_string());
                response
            }
            Self::EventsGone => {
                let sentence = "What follows that event is not kept any more. Read what is there now, then begin without Last-Event-ID.";
                error(format, StatusCode::GONE, "Events Gone", sentence)
            }
            Self::TooSlow => {
                let sentence = "The body did not come in time; send it again.";
                let mut response = error(format, StatusCode::REQUEST_TIMEOUT, "Request Timeout", sentence);
                response.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
                response
            }
        }
    }
}

fn refused(refusal: Refusal, format: Format, id: &str) -> HttpResponse {
    match refusal {
        Refusal::InvalidFields(wrong) => invalid_fields(format, id, &wrong),
        Refusal::BadRequest(sentence) => error(format, StatusCode::BAD_REQUEST, "Bad Request", &sentence),
        Refusal::Unfit { phrase, sentence } => error(format, StatusCode::BAD_REQUEST, &phrase, &sentence),
        Refusal::Unauthorized(sentence) => error(format, StatusCode::UNAUTHORIZED, "Unauthorized", &sentence),
        Refusal::Forbidden { phrase, sentence } => error(format, StatusCode::FORBIDDEN, &phrase, &sentence),
        Refusal::Member { co_id, name, sentence } => {
            let body = answer::membership(format, &format!("CoPerson Exists: {sentence}"), co_id, &name);
            response::begin(format, StatusCode::FORBIDDEN).reason("CoPerson Exists").body(body)
        }
        Refusal::Precondition => {
            let sentence = "The record is not what If-Match says: it was changed, or is not there. View it, and try again with its ETag.";
            error(format, StatusCode::PRECONDITION_FAILED, "Precondition Failed", sentence)
        }
        Refusal::Unknown { phrase, sentence } => error(format, StatusCode::NOT_FOUND, &phrase, &sentence),
        Refusal::Conflict { phrase, sentence } => error(format, StatusCode::CONFLICT, &phrase, &sentence),
        Refusal::Unprocessable { phrase, sentence } => {
            error(format, StatusCode::UNPROCESSABLE_ENTITY, &phrase, &sentence)
        }
        Refusal::Unavailable(sentence) => {
            let mut response = error(format, StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", &sentence);
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(SOON));
            response
        }
        Refusal::Failed(sentence) => error(format, StatusCode::INTERNAL_SERVER_ERROR, "Other Error", &sentence),
    }
}

fn error(format: Format, status: StatusCode, phrase: &str, sentence: &str) -> HttpResponse {
    let mut builder = response::begin(format, status);
    if let Some(lasting) = phrases::lasting(phrase) {
        builder.reason(lasting);
    }
    let words = if sentence.is_empty() { phrase.to_owned() } else { format!("{phrase}: {sentence}") };
    builder.body(answer::error(format, &words))
}

fn invalid_fields(format: Format, id: &str, wrong: &Violations) -> HttpResponse {
    let body = answer::invalid_fields(format, id, wrong);
    response::begin(format, StatusCode::BAD_REQUEST).reason("Invalid Fields").body(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_has_its_status_and_phrase() {
        let sentence = || "Do this.".to_owned();
        let unfit = Refusal::Unfit { phrase: "No Email Address".to_owned(), sentence: sentence() };
        let conflict = Refusal::Conflict { phrase: "CoProvisioningTarget Disabled".to_owned(), sentence: sentence() };
        for (problem, status, phrase) in [
            (Problem::Refused(Refusal::field("cou_id", "no")), 400, "Invalid Fields"),
            (Problem::bad_request("x"), 400, "Bad Request"),
            (Problem::Refused(unfit), 400, "No Email Address"),
            (Problem::Refused(Refusal::not_privileged()), 401, "Unauthorized"),
            (Problem::Nobody, 401, "Unauthorized"),
            (Problem::Refused(Refusal::forbidden("COU Does Not Exist", sentence())), 403, "COU Does Not Exist"),
            (
                Problem::Refused(Refusal::Member { co_id: 3, name: "C".to_owned(), sentence: sentence() }),
                403,
                "CoPerson Exists",
            ),
            (Problem::Refused(Refusal::Precondition), 412, "Precondition Failed"),
            (Problem::Refused(Refusal::unknown("CoPersonRole")), 404, "CoPersonRole Unknown"),
            (Problem::Refused(conflict), 409, "CoProvisioningTarget Disabled"),
            (Problem::Refused(Refusal::unprocessable(sentence())), 422, "Unprocessable Entity"),
            (Problem::Refused(Refusal::Unavailable(sentence())), 503, "Service Unavailable"),
            (Problem::Refused(Refusal::Failed(sentence())), 500, "Other Error"),
            (Problem::MethodNotAllowed { allow: "GET, HEAD".to_owned() }, 405, "Method Not Allowed"),
            (Problem::TooLarge { limit: 9 }, 413, "Payload Too Large"),
            (Problem::TooSlow, 408, "Request Timeout"),
            (Problem::TooMany { seconds: 3 }, 429, "Too Many Requests"),
        ] {
            let response = problem.clone().into_response(Format::Json, "New");
            assert_eq!((response.status().as_u16(), response.head().reason()), (status, phrase), "{problem:?}");
            assert_eq!(response.headers().contains_key(header::WWW_AUTHENTICATE), problem == Problem::Nobody);
            assert_eq!(response.headers().contains_key(header::RETRY_AFTER), matches!(status, 429 | 503));
            assert_eq!(response.headers().contains_key(header::ALLOW), status == 405);
        }
    }
}
