//! Reading of directories: only as much as was asked for.
//!
//! Failure: a directory that goes on telling is not listened to any more.

use ldap3::{
    LdapResult, Scope, SearchEntry,
    controls::{MakeCritical, PagedResults, RawControl},
};

use crate::{
    connector::{
        ldap::{
            answer::{self, COMPARE_FALSE, COMPARE_TRUE, NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT, SIZE_LIMIT},
            connection::Directory,
            entry,
            gate::shape,
            planned::Named,
        },
        limits::ANSWER,
    },
    domain::outcome::ConnectorError,
};

/// The most entries that one search may find.
const MOST: usize = 10_000;
/// So many entries are read at once where there may be many.
pub(super) const PAGE: i32 = 500;
const PAGED: &str = "1.2.840.113556.1.4.319";

/// What is asked for.
struct Search<'a> {
    base: &'a str,
    scope: Scope,
    filter: &'a str,
    attributes: &'a [&'a str],
    control: Option<RawControl>,
    most: usize,
    /// What it may be answered.
    expected: &'a [u32],
}

impl Directory {
    /// Reads some attributes of an entry, if it is there.
    pub(super) async fn read(&self, dn: &str, attributes: &[&str]) -> Result<Option<SearchEntry>, ConnectorError> {
        let dn = match self.written.as_ref().map(|written| written.named(dn)) {
            Some(Named::Gone) => return Ok(None),
            Some(Named::Made(entry)) => return Ok(Some(entry)),
            Some(Named::Held(dn)) => dn,
            None => dn.to_owned(),
        };
        Ok(self.search(&dn, Scope::Base, "(objectClass=*)", attributes).await?.pop())
    }

    /// Whether an attribute of an entry has a value, by the rules of the directory.
    pub(super) async fn has_value(&self, dn: &str, attribute: &str, value: &str) -> Result<bool, ConnectorError> {
        let dn = match self.written.as_ref().map(|written| written.named(dn)) {
            Some(Named::Gone) => return Ok(false),
            Some(Named::Made(found)) => return Ok(entry::held(&found, attribute).iter().any(|held| held == value)),
            Some(Named::Held(dn)) => dn,
            None => dn.to_owned(),
        };
        let compared = self.ldap.clone().with_timeout(ANSWER).compare(&dn, attribute, value).await;
        let result = compared.map_err(|error| self.silent(&error, false))?.0;
        let expected = [COMPARE_TRUE, COMPARE_FALSE, NO_SUCH_ATTRIBUTE, NO_SUCH_OBJECT];
        Ok(answer::judge(&result, "compare a value", &expected)? == COMPARE_TRUE)
    }

    /// Reads some attributes of the entries that are found; none below a base that is not there.
    pub(super) async fn search(
        &self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<SearchEntry>, ConnectorError> {
        let most = if scope == Scope::Base { 1 } else { MOST };
        let search = Search { base, scope, filter, attributes, control: None, most, expected: &[NO_SUCH_OBJECT] };
        Ok(self.found(search).await?.0)
    }

    /// One attribute of all entries one level below a base that are found: page by page, if they are more than the directory
    /// tells at once.
    pub(super) async fn all(
        &self,
        base: &str,
        filter: &str,
        attribute: &str,
    ) -> Result<Vec<SearchEntry>, ConnectorError> {
        let (scope, attributes, expected) = (Scope::OneLevel, &[attribute], &[NO_SUCH_OBJECT, SIZE_LIMIT]);
        let search = Search { base, scope, filter, attributes, control: None, most: MOST, expected };
        let (mut all, result) = self.found(search).await?;
        if result.rc != SIZE_LIMIT {
            return Ok(all);
        }
        let _alone = self.paging.lock().await;
        all.clear();
        let mut cookie = Vec::new();
        // A page may be empty, and is not to be for ever.
        for _ in 0..=2 * MOST / PAGE.unsigned_abs() as usize {
            let (found, next) = self.page(base, filter, attribute, PAGE, cookie).await?;
            all.extend(found);
            if next.is_empty() {
                return Ok(all);
            }
            if all.len() > MOST {
                return Err(self.too_many(MOST));
            }
            cookie = next;
        }
        Err(self.too_many(MOST))
    }

    /// One attribute of some of the entries one level below a base, and where the directory goes on: nowhere, if that is empty.
    pub(super) async fn page(
        &self,
        base: &str,
        filter: &str,
        attribute: &str,
        size: i32,
        cookie: Vec<u8>,
    ) -> Result<(Vec<SearchEntry>, Vec<u8>), ConnectorError> {
        let control = Some(RawControl::from(PagedResults { size, cookie }.critical()));
        let most = usize::try_from(size).unwrap_or(MOST);
        let (scope, attributes, expected) = (Scope::OneLevel, &[attribute], &[NO_SUCH_OBJECT]);
        let search = Search { base, scope, filter, attributes, control, most, expected };
        let (found, result) = self.found(search).await?;
        Ok((found, cookie_of(&result).unwrap_or_default()))
    }

    async fn found(&self, search: Search<'_>) -> Result<(Vec<SearchEntry>, LdapResult), ConnectorError> {
        let mut ldap = self.ldap.clone();
        if let Some(control) = search.control {
            ldap.with_controls(control);
        }
        let asked = ldap.with_timeout(ANSWER).streaming_search(
            search.base,
            search.scope,
            search.filter,
            search.attributes.to_vec(),
        );
        let reading = async {
            let (mut stream, mut found) = (asked.await?, Vec::new());
            while let Some(entry) = stream.next().await? {
                if entry.is_ref() || entry.is_intermediate() {
                    continue;
                }
                if found.len() >= search.most {
                    return Ok(None);
                }
                found.push(SearchEntry::construct(entry));
            }
            Ok(Some((found, stream.finish().await)))
        };
        let read = tokio::time::timeout(ANSWER, reading).await.unwrap_or_else(|elapsed| Err(elapsed.into()));
        let Some((found, result)) = read.map_err(|error| self.silent(&error, false))? else {
            return Err(self.too_many(search.most));
        };
        answer::judge(&result, "let an entry be read", search.expected)?;
        Ok((found, result))
    }

    /// It goes on telling.
    fn too_many(&self, most: usize) -> ConnectorError {
        self.abandon();
        ConnectorError::permanent(format!("The directory told of more entries than {most}."))
    }
}

/// Where a directory goes on with a listing.
fn cookie_of(result: &LdapResult) -> Option<Vec<u8>> {
    let control = result.ctrls.iter().find(|control| control.1.ctype == PAGED)?;
    shape::cookie(control.1.val.as_deref()?).map(<[u8]>::to_vec)
}
