//! Tags of records and the conditions that name them: `ETag`, `If-Match`, `If-None-Match` (D43, RFC 9110 §13).

use crate::refusal::Refusal;

/// The metadata of a gRPC answer that carries the tag of the record viewed.
pub const HEADER: &str = "cohort-tag";

/// Lets pass what `If-Match` allows; `found` is the tag of what is stored, if there is anything that the caller may know.
///
/// # Errors
/// `Precondition` if it is another one, or none (D43).
pub fn hold(if_match: Option<&str>, found: Option<&str>) -> Result<(), Refusal> {
    let Some(condition) = if_match else { return Ok(()) };
    let matches = found.is_some_and(|tag| condition.trim() == "*" || listed(condition).any(|listed| listed == tag));
    if matches { Ok(()) } else { Err(Refusal::Precondition) }
}

/// Whether `If-None-Match` says that the client has this one already; weak tags count (RFC 9110 §13.1.2).
#[must_use]
pub fn is_known(if_none_match: &str, tag: &str) -> bool {
    let strong = |listed: &str| listed.strip_prefix("W/").unwrap_or(listed) == tag;
    if_none_match.trim() == "*" || listed(if_none_match).any(strong)
}

/// The tags of a list. Ours hold no comma; one of somebody else that does is none of ours in either part.
fn listed(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_lets_pass_what_it_names() {
        let tag = "\"1f\"";
        for condition in [None, Some("*"), Some(" * "), Some("\"1f\""), Some("\"a\", \"1f\",\"b\"")] {
            assert_eq!(hold(condition, Some(tag)), Ok(()), "{condition:?}");
        }
        for condition in ["", "\"1e\"", "1f", "W/\"1f\"", "\"1f", "\"*\"", "\"1\", \"f\""] {
            assert_eq!(hold(Some(condition), Some(tag)), Err(Refusal::Precondition), "{condition}");
        }
        assert_eq!(hold(Some("*"), None), Err(Refusal::Precondition));
        assert_eq!(hold(None, None), Ok(()));
    }

    #[test]
    fn a_client_has_what_it_names() {
        for known in ["*", "\"1f\"", "W/\"1f\"", "\"a\" , W/\"1f\""] {
            assert!(is_known(known, "\"1f\""), "{known}");
        }
        for other in ["", "\"1e\"", "1f", "w/\"1f\""] {
            assert!(!is_known(other, "\"1f\""), "{other}");
        }
    }
}
