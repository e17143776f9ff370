//! Names of entries in the letters that they are to have, where the directory takes those that they have for the same.
//!
//! Guarantee: whoever lists the directory knows an entry by its name, also where it has several identifiers. Mechanism: it is
//! renamed. Failure: a directory that refuses that, or writes names as it likes, is left alone with it for as long as
//! the connection lasts; attributes are written all the same.

use std::sync::atomic::Ordering;

use ldap3::SearchEntry;

use crate::{
    connector::{
        ldap::{answer::NO_SUCH_OBJECT, connection::Directory, dn::is_spelt_otherwise, entry::Entry, op::Op},
        limits::ANSWER,
    },
    domain::outcome::ConnectorError,
};

/// The entry went away, or the directory is busy or on its way up or down: that says nothing of its names.
const PASSING: [u32; 3] = [NO_SUCH_OBJECT, 51, 52];

/// Gives an entry that was read its name in the letters that it is to have, if they differ by more than case and blanks.
pub(super) async fn respell(
    directory: &Directory,
    entry: &Entry,
    base: &str,
    found: &mut SearchEntry,
) -> Result<(), ConnectorError> {
    if !is_spelt_otherwise(&found.dn, &entry.rdn) || !directory.respells.load(Ordering::Relaxed) {
        return Ok(());
    }
    if directory.written.is_none() {
        return really(directory, entry, base, found).await;
    }
    let rename = Op::Rename { dn: entry.dn.clone(), rdn: entry.rdn.clone(), base: base.to_owned() };
    if directory.send(rename, &[NO_SUCH_OBJECT]).await? == 0 {
        entry.renamed(found);
    }
    Ok(())
}

async fn really(
    directory: &Directory,
    entry: &Entry,
    base: &str,
    found: &mut SearchEntry,
) -> Result<(), ConnectorError> {
    let mut ldap = directory.ldap.clone();
    let renamed = ldap.with_timeout(ANSWER).modifydn(&entry.dn, &entry.rdn, true, Some(base)).await;
    let code = renamed.map_err(|error| directory.silent(&error, true))?.rc;
    if PASSING.contains(&code) {
        return Ok(());
    }
    if code == 0 {
        // If it went away, that says nothing either.
        let Some(now) = directory.read(&entry.dn, &entry.names()).await? else { return Ok(()) };
        *found = now;
    }
    directory.respells.store(!is_spelt_otherwise(&found.dn, &entry.rdn), Ordering::Relaxed);
    Ok(())
}
