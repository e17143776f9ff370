//! Whose an entry is that a name finds (ADR 0065): a directory takes names for one which we tell apart.
//!
//! Guarantee: no entry is changed, renamed or deleted that was given the name of another subject of ours. Mechanism: the entry tells what
//! it was called, and it is asked whose that name is.

use ldap3::SearchEntry;

use crate::{
    connector::{
        Job,
        ldap::{
            connection::Directory,
            dn::{above, key, keys_below, own},
            entry,
        },
    },
    domain::outcome::ConnectorError,
};

/// What a subject was called, the name that was applied last first: that entry has what others wrote. Not where the directory has
/// another subject by now, of a name that is the same to it.
pub(super) async fn former<'a>(directory: &Directory, job: &'a Job<'_>) -> Result<Vec<&'a str>, ConnectorError> {
    let is_last = |key: &&str| Some(*key) == job.previous_key;
    let (last, rest): (Vec<&str>, Vec<&str>) = job.former_keys.iter().map(String::as_str).partition(is_last);
    let mut own = Vec::with_capacity(last.len() + rest.len());
    for old in last.into_iter().chain(rest) {
        own.extend((!is_others(directory, job, old).await?).then_some(old));
    }
    Ok(own)
}

/// Whether the entry that one of the old names of a subject finds is another subject's. By the attribute and the base of
/// that name, since a target may be configured otherwise by now; a name of which these cannot be read nobody is sure of.
pub(super) async fn is_others(directory: &Directory, job: &Job<'_>, old: &str) -> Result<bool, ConnectorError> {
    let Some((attribute, base)) = own(old).map(|(attribute, _)| attribute).zip(above(old)) else { return Ok(true) };
    match directory.read(old, &[attribute]).await? {
        Some(found) => Ok(others(&found, job, (attribute, old), base).await?.is_some()),
        None => Ok(false),
    }
}

/// An entry that was found by a name, unless it is another subject's, by the name that it was given: a directory takes names for one
/// which we tell apart, for their blanks or for letters that are alike, each directory as it likes.
///
/// # Errors
/// That the name is another subject's.
pub(super) async fn ours(
    found: SearchEntry,
    job: &Job<'_>,
    (attribute, dn): (&str, &str),
    base: &str,
) -> Result<SearchEntry, ConnectorError> {
    match others(&found, job, (attribute, dn), base).await? {
        Some(id) => Err(ConnectorError::Taken {
            is_key: true,
            message: format!(
                "{} {id} is called so at this target, in other letters that are the same to the directory. Give one of the two \
                 another identifier or name.",
                job.subject.kind.title()
            ),
        }),
        None => Ok(found),
    }
}

/// Which other subject has an entry that was found by a name, by what it was given: one of the values that the attribute
/// has is its name. Which one, only the directory knows where it takes letters for one; then each may be.
async fn others(
    found: &SearchEntry,
    job: &Job<'_>,
    (attribute, dn): (&str, &str),
    base: &str,
) -> Result<Option<i64>, ConnectorError> {
    let given = keys_below(&found.dn, attribute, &entry::held(found, attribute), base);
    let is_own = |given: &String| {
        *given == key(dn) || job.previous_key == Some(given.as_str()) || job.former_keys.contains(given)
    };
    // One of several may have been another one's before: only if none is by now, it is told by its own.
    // What it has been given already, under this name, is its own.
    let is_its = job.previous_key == Some(key(dn).as_str()) && given.contains(&key(dn));
    if is_its || (given.len() == 1 && given.iter().any(is_own)) {
        return Ok(None);
    }
    for given in given.iter().filter(|given| **given != key(dn)) {
        let whose = job.beside.whose(job.subject.kind, given).await?;
        if whose.is_some_and(|id| id != job.subject.id) {
            return Ok(whose);
        }
    }
    Ok(None)
}
