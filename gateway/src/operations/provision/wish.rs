//! What the client wishes beside the errand: how long to wait for the result (D37), to pass by the guard (D53), that the plan
//! is still the one that was looked at (D51).
//!
//! Old scripts send all sorts of bodies: what states no wish is no mistake.

use serde_json::{Map, Value as Tree};

use crate::{
    refusal::Problem,
    wire::{Format, flat, value},
};

/// What the client wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// To wait so many seconds; 0 is not at all.
    pub seconds: u32,
    /// Not to be held by the guard.
    pub force: bool,
    /// The digest of a plan.
    pub digest: Option<String>,
}

const HINT: &str = "To see what would be sent: POST /co_provisioning_targets/plan/<id>/<subject>:<n>; its Digest goes here, \
                    and Force passes by the guard.";

/// Reads the wish: `Synchronous` waits as long as the limit allows, `Prefer: wait=N` shortens that.
///
/// # Errors
/// 400 for `Plan`, and for `Force` and `Digest` that are none.
pub fn read<'a>(
    format: Format,
    body: &[u8],
    prefer: impl Iterator<Item = &'a str>,
    limit: u32,
) -> Result<Wish, Problem> {
    let members = flat::members(format, body);
    if flat::truth(&members, "Plan", HINT)? {
        return Err(Problem::bad_request(format!("Provisioning does not plan. {HINT}")));
    }
    let seconds = match (preferred(prefer), synchronous(&members)) {
        (Some(seconds), _) => seconds.min(limit),
        (None, true) => limit,
        (None, false) => 0,
    };
    Ok(Wish { seconds, force: flat::truth(&members, "Force", HINT)?, digest: flat::text(&members, "Digest", HINT)? })
}

fn synchronous(members: &Map<String, Tree>) -> bool {
    flat::member(members, "Synchronous").and_then(value::boolean).unwrap_or(false)
}

/// `wait=N` of RFC 7240.
fn preferred<'a>(prefer: impl Iterator<Item = &'a str>) -> Option<u32> {
    prefer.flat_map(|header| header.split([',', ';'])).find_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        let value = value.trim().trim_matches('"');
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        // A number that is too large is longer than any limit.
        (name.trim().eq_ignore_ascii_case("wait") && digits).then(|| value.parse().unwrap_or(u32::MAX))
    })
}

#[cfg(test)]
mod tests;
