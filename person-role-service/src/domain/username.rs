//! Names of API users (D14, D15).

/// The full login of an API user: `co_2.loader`, or the name itself for a platform user.
#[must_use]
pub fn login(co_id: Option<i64>, username: &str) -> String {
    match co_id {
        Some(co_id) => format!("co_{co_id}.{username}"),
        None => username.to_owned(),
    }
}

/// The part after the prefix; a name that came with its own prefix loses it.
#[must_use]
pub fn without_prefix(co_id: Option<i64>, username: &str) -> &str {
    co_id.and_then(|co_id| username.strip_prefix(&format!("co_{co_id}."))).unwrap_or(username)
}

/// What is wrong with a name, as a sentence.
#[must_use]
pub fn trouble(co_id: Option<i64>, username: &str) -> Option<&'static str> {
    let looks_prefixed = username
        .strip_prefix("co_")
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(digits, _)| !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_digit()));
    if username.is_empty() {
        return Some("A username must be provided");
    }
    if username.contains(':') || username.chars().any(char::is_whitespace) {
        return Some("A username may not contain a colon or blanks");
    }
    if looks_prefixed {
        return Some(match co_id {
            Some(_) => "The prefix of a username must be that of its own CO; send the part after it",
            None => "A platform user's username may not begin like that of a CO (co_<id>.)",
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_has_the_prefix_of_its_co_once() {
        assert_eq!(login(Some(2), without_prefix(Some(2), "co_2.loader")), "co_2.loader");
        assert_eq!(login(Some(2), without_prefix(Some(2), "loader")), "co_2.loader");
        assert_eq!(login(None, "root"), "root");
    }

    #[test]
    fn nobody_can_pass_for_a_user_of_another_co() {
        assert!(trouble(None, "co_2.loader").is_some());
        assert!(trouble(Some(3), without_prefix(Some(3), "co_2.loader")).is_some());
        assert!(trouble(None, "a:b").is_some() && trouble(None, "a b").is_some());
        assert!(trouble(None, "co_op.loader").is_none() && trouble(Some(2), "loader").is_none());
    }
}
