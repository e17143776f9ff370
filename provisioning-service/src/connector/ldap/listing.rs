//! Reading the names of what a directory has, in pages (RFC 2696).
//!
//! Guarantee: memory does not grow with what is there. Mechanism: a directory keeps the place of a listing with the
//! connection, so each listing has one of its own, kept from page to page. Failure: a listing that was lost, because the
//! connection broke, the process ended, or too many others were begun, is told; whoever reads it begins anew.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex as Lock, PoisonError},
};

use crate::{
    connector::{
        Keys,
        ldap::{
            configuration::Configuration,
            connection::{Connections, Directory},
            dn::key_below,
            entry::held,
            reading::PAGE,
        },
    },
    domain::{outcome::ConnectorError, subject::Kind},
};

/// So many listings are kept. Of the CO that has the most of them the one that waits longest is lost.
const KEPT: usize = 64;

/// The listings under way.
#[derive(Debug, Default)]
pub(super) struct Listings(Lock<VecDeque<Listing>>);

#[derive(Debug)]
struct Listing {
    /// What its next page is asked for by.
    name: String,
    co_id: i64,
    directory: Directory,
    /// Where the directory is.
    cookie: Vec<u8>,
}

/// Where entries of a kind are, and how they are told from others.
struct Place<'a> {
    base: &'a str,
    filter: String,
    naming: &'a str,
}

impl<'a> Place<'a> {
    fn of(kind: Kind, configuration: &'a Configuration) -> Option<Self> {
        match kind {
            Kind::Person => {
                let naming = configuration.dn_attribute_name.as_str();
                Some(Self { base: &configuration.base_dn, filter: format!("({naming}=*)"), naming })
            }
            Kind::Group => {
                let filter = format!("(objectClass={})", configuration.group_object_class);
                Some(Self { base: configuration.group_base_dn.as_deref()?, filter, naming: "cn" })
            }
            Kind::EmailList | Kind::Service | Kind::Cou | Kind::Co | Kind::Comparison => None,
        }
    }
}

impl Listings {
    /// A page of the keys under which a directory has something of a kind.
    pub(super) async fn page(
        &self,
        connections: &Connections,
        (co_id, configuration): (i64, &Configuration),
        kind: Kind,
        after: Option<String>,
    ) -> Result<Keys, ConnectorError> {
        let Some(Place { base, filter, naming }) = Place::of(kind, configuration) else { return Ok(Keys::default()) };
        let listing = match after {
            Some(name) => {
                let kept = self.take(&name).filter(|kept| kept.directory.is_of(configuration));
                kept.ok_or_else(|| ConnectorError::retryable("The listing of the directory was lost; it begins anew."))?
            }
            None => {
                let directory = connections.open(configuration).await?;
                Listing { name: String::new(), co_id, directory, cookie: Vec::new() }
            }
        };
        let (found, cookie) = listing.directory.page(base, &filter, naming, PAGE, listing.cookie).await?;
        let keys = found.iter().map(|found| key_below(&found.dn, naming, &held(found, naming), base)).collect();
        if cookie.is_empty() {
            return Ok(Keys { keys, next: None });
        }
        // Another name for each page: whoever asks for one twice does not get the next one instead.
        let next = name();
        self.keep(Listing { name: next.clone(), co_id, directory: listing.directory, cookie });
        Ok(Keys { keys, next: Some(next) })
    }

    fn take(&self, name: &str) -> Option<Listing> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|listing| listing.name == name)?;
        all.remove(at)
    }

    fn keep(&self, listing: Listing) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(listing);
        if all.len() > KEPT {
            let lost = longest_of_most(all.iter().map(|listing| listing.co_id));
            lost.and_then(|at| all.remove(at));
        }
    }
}

/// Where the first one is of whoever has the most.
fn longest_of_most(owners: impl Iterator<Item = i64>) -> Option<usize> {
    let mut of_each = BTreeMap::<i64, (usize, usize)>::new();
    for (at, owner) in owners.enumerate() {
        of_each.entry(owner).or_insert((0, at)).0 += 1;
    }
    of_each.into_values().max_by_key(|(count, _)| *count).map(|(_, first)| first)
}

fn name() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_the_most_loses_his_oldest() {
        assert_eq!(longest_of_most([7, 2, 2, 7, 2].into_iter()), Some(1));
        assert_eq!(longest_of_most([7, 7, 7, 2].into_iter()), Some(0));
        assert_eq!(longest_of_most([].into_iter()), None);
    }
}
