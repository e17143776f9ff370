//! Filters of lists: which there are at all, and that a list refuses those that it does not have.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{refusal::Refusal, table::Table};

/// By which people are matched; whoever does so is told of other filters with 422 (neighbours.md CoPerson).
pub const MATCHED: [&str; 3] = ["given", "family", "mail"];

/// By which the reference lists resources that are not here (rest-conventions §2).
const ELSEWHERE: [&str; 3] = ["clusterid", "codeptid", "organizationid"];

/// All that some list can be asked for.
static KNOWN: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let fields = Table::all().iter().flat_map(|table| &table.fields);
    let stated = fields.map(|field| field.options.filter.as_str()).filter(|name| !name.is_empty());
    stated.chain(MATCHED).chain(ELSEWHERE).collect()
});

/// Refuses a filter that a resource cannot be listed by, and another one can: answering with everything would drop a wish in
/// silence (D1). What is no filter at all is nobody's wish.
///
/// # Errors
/// 400 for the first one by name, with those that the list has.
pub fn refuse_others<'a>(plural: &str, sent: impl Iterator<Item = &'a str>, own: &[&str]) -> Result<(), Refusal> {
    let others = sent.filter(|name| KNOWN.contains(name) && !own.contains(name));
    others.min().map_or(Ok(()), |name| Err(Refusal::no_filter(plural, name, own)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_resource_is_listed_by_is_refused_and_what_nothing_is_is_not() {
        let refused = |sent: &[&str]| refuse_others("CoPeople", sent.iter().copied(), &["coid", "given"]);
        for sent in [&["coid", "given"][..], &["_", "format", "limit"], &[]] {
            assert_eq!(refused(sent), Ok(()), "{sent:?}");
        }
        let sentence = "CoPeople cannot be listed by affiliation. Use coid, given, or no filter.";
        let expected = Err(Refusal::BadRequest(sentence.to_owned()));
        assert_eq!(refused(&["status", "coid", "affiliation"]), expected);
        for name in ["clusterid", "modified_since", "coprovisioningtargetid", "owner", "family"] {
            assert!(refused(&[name]).is_err(), "{name}");
        }
    }
}
