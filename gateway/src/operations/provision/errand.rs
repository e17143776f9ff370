//! Which target is to provision what: the segments after `provision` (D36).

use proto::refusal::Refusal;

use crate::{refusal::Problem, routes::id_of};

/// The subjects, in the order in which one of several is taken, and what their 404 calls them.
const SUBJECTS: [(&str, &str); 6] = [
    ("copersonid", "CoPerson"),
    ("cogroupid", "CoGroup"),
    ("coemaillistid", "CoEmailList"),
    ("coserviceid", "CoService"),
    ("couid", "COU"),
    ("coid", "CO"),
];

/// A target and a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Id of the target.
    pub target: i64,
    /// Name of the subject, `copersonid`.
    pub subject: &'static str,
    /// Its id.
    pub subject_id: i64,
}

/// Reads the segments: the target's id, and named parameters before or after it.
///
/// # Errors
/// 400 without a subject, 404 for ids that cannot be one.
pub fn read(segments: &[String]) -> Result<Errand, Problem> {
    let named = |name: &str| {
        let value = |segment: &'_ String| {
            segment.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        segments.iter().rev().find_map(value)
    };
    let (subject, model, text) =
        SUBJECTS.iter().find_map(|(name, model)| Some((*name, *model, named(name)?))).ok_or_else(|| {
            let names = SUBJECTS.map(|(name, _)| name).join(", ");
            Problem::bad_request(format!(
                "Name the subject behind the target: …/<id>/<subject>:<n>; subjects are {names}."
            ))
        })?;
    let mut plain = segments.iter().filter(|segment| !segment.contains(':'));
    let target = plain.next().and_then(|segment| id_of(segment)).ok_or_else(Refusal::target_not_found)?;
    if plain.next().is_some() {
        return Err(Problem::unknown("Unknown", "The path names more than one target. Send one request for each."));
    }
    let subject_id = id_of(&text).ok_or_else(|| Refusal::unknown(model))?;
    Ok(Errand { target, subject, subject_id })
}

#[cfg(test)]
mod tests;
