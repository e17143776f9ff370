//! Which target is to provision what: the segments after `provision` (D36).

use proto::refusal::Refusal;

use crate::{
    refusal::Problem,
    routes::{id_of, target_not_found},
};

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
    let target = plain.next().and_then(|segment| id_of(segment)).ok_or_else(target_not_found)?;
    if plain.next().is_some() {
        return Err(Problem::unknown("Unknown", "The path names more than one target. Send one request for each."));
    }
    let subject_id = id_of(&text).ok_or_else(|| Refusal::unknown(model))?;
    Ok(Errand { target, subject, subject_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Result<Errand, Problem> {
        let segments: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        read(&segments)
    }

    #[test]
    fn targets_and_subjects_are_found_in_any_order() {
        for (path, target, subject, subject_id) in [
            ("4/copersonid:42", 4, "copersonid", 42),
            ("copersonid:42/4", 4, "copersonid", 42),
            ("4/coid:1/cogroupid:3/copersonid:2", 4, "copersonid", 2),
            ("4/coid:1/couid:3", 4, "couid", 3),
            ("4/codeptid:9/coserviceid:5", 4, "coserviceid", 5),
            ("4/CoEmailListId:5", 4, "coemaillistid", 5),
            ("4/copersonid:1/copersonid:2", 4, "copersonid", 2),
        ] {
            assert_eq!(of(path), Ok(Errand { target, subject, subject_id }), "{path}");
        }
    }

    #[test]
    fn each_mistake_has_its_answer() {
        let phrase = |path: &str| match of(path) {
            Err(Problem::Refused(Refusal::Unknown { phrase, .. })) => phrase,
            Err(Problem::Refused(Refusal::BadRequest(_))) => "Bad Request".to_owned(),
            other => format!("{other:?}"),
        };
        for (path, expected) in [
            ("", "Bad Request"),
            ("4", "Bad Request"),
            ("4/codeptid:1", "Bad Request"),
            ("abc", "Bad Request"),
            ("copersonid:5", "CoProvisioningTarget Not Found"),
            ("abc/copersonid:5", "CoProvisioningTarget Not Found"),
            ("99999999999999999999/copersonid:abc", "CoProvisioningTarget Not Found"),
            ("4/copersonid:abc", "CoPerson Unknown"),
            ("4/copersonid:", "CoPerson Unknown"),
            ("4/cogroupid:1:2", "CoGroup Unknown"),
            ("4/coemaillistid:-1", "CoEmailList Unknown"),
            ("4/coserviceid:1.5", "CoService Unknown"),
            ("4/5/copersonid:1", "Unknown"),
        ] {
            assert_eq!(phrase(path), expected, "{path}");
        }
    }
}
