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
    let is_done = match directory.written.is_some() {
        true => {
            let rename = Op::Rename { dn: entry.dn.clone(), rdn: entry.rdn.clone(), base: base.to_owned() };
            directory.send(rename, &[NO_SUCH_OBJECT]).await? == 0
        }
        false => really(directory, entry, base).await?,
    };
    if is_done {
        entry.renamed(found);
    }
    Ok(())
}

async fn really(directory: &Directory, entry: &Entry, base: &str) -> Result<bool, ConnectorError> {
    let mut ldap = directory.ldap.clone();
    let renamed = ldap.with_timeout(ANSWER).modifydn(&entry.dn, &entry.rdn, true, Some(base)).await;
    let code = renamed.map_err(|error| directory.silent(&error, true))?.rc;
    let now = directory.read(&entry.dn, &["1.1"]).await?;
    let is_done = code == 0 && now.is_some_and(|now| !is_spelt_otherwise(&now.dn, &entry.rdn));
    directory.respells.store(is_done, Ordering::Relaxed);
    Ok(is_done)
}
