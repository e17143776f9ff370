//! Whose an entry is that a name finds (ADR 0065): a directory takes names for one which we tell apart.
//!
//! Guarantee: no entry is changed, renamed or deleted that was given the name of another subject of ours. Mechanism: the entry tells what
//! it was called, and it is asked whose that name is.

use ldap3::SearchEntry;

use crate::{
    connector::{
        Job,
        ldap::{
            configuration::Configuration,
            connection::Directory,
            dn::{key, key_below},
            entry,
        },
    },
    domain::{outcome::ConnectorError, subject::Kind},
};

/// What a subject was called, the name that was applied last first: that entry has what others wrote. Not where the directory has
/// another subject by now, of a name that is the same to it.
pub(super) async fn former<'a>(
    directory: &Directory,
    configuration: &Configuration,
    job: &'a Job<'_>,
) -> Result<Vec<&'a str>, ConnectorError> {
    let (attribute, base) = match job.subject.kind {
        Kind::Group => ("cn", configuration.group_base_dn.as_deref().unwrap_or_default()),
        _ => (configuration.dn_attribute_name.as_str(), configuration.base_dn.as_str()),
    };
    let is_last = |key: &&str| Some(*key) == job.previous_key;
    let (last, rest): (Vec<&str>, Vec<&str>) = job.former_keys.iter().map(String::as_str).partition(is_last);
    // Of what is below another base, an entry does not tell what it was called here.
    let is_here = |old: &str| key_below(old, attribute, &[], base) == old;
    let mut own = Vec::with_capacity(last.len() + rest.len());
    for old in last.into_iter().chain(rest) {
        let found = if is_here(old) { directory.read(old, &[attribute]).await? } else { None };
        let is_others = match &found {
            Some(found) => others(found, job, (attribute, old), base).await?.is_some(),
            None => false,
        };
        own.extend((!is_others).then_some(old));
    }
    Ok(own)
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
            message: format!(
                "{} {id} is called so at this target, in other letters that are the same to the directory. Give one of the two \
                 another identifier or name.",
                job.subject.kind.title()
            ),
        }),
        None => Ok(found),
    }
}

/// Which other subject has an entry that was found by a name, by the name that it was given.
async fn others(
    found: &SearchEntry,
    job: &Job<'_>,
    (attribute, dn): (&str, &str),
    base: &str,
) -> Result<Option<i64>, ConnectorError> {
    let given = key_below(&found.dn, attribute, &entry::held(found, attribute), base);
    if given == key(dn) || job.previous_key == Some(given.as_str()) || job.former_keys.contains(&given) {
        return Ok(None);
    }
    let whose = job.beside.whose(job.subject.kind, &given).await?;
    Ok(whose.filter(|id| *id != job.subject.id))
}
