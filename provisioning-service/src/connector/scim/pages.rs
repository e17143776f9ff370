//! What a server has, page by page (RFC 7644 §3.4.2.4). How long a page is the server decides, also where nobody asks for pages.
//!
//! Guarantee: what was found is all that there is. Mechanism: pages are read until there are as many different resources as the
//! server says that it has. Failure: a server that gives fewer is refused, since of a part it cannot be told what is missing.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::{
    connector::{
        Keys,
        scim::{
            resource::Sort,
            server::{Answer, LONGEST, Server, kept, nonsense},
            store::{Found, NO_FILTER},
        },
    },
    domain::outcome::ConnectorError,
};

/// So many are asked for at once; a server may give fewer.
const COUNT: usize = 500;
/// So many pages are read of what is looked for.
const PAGES: usize = 500;

/// A page. Some servers write numbers as texts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    total_results: Option<Json>,
    start_index: Option<Json>,
    #[serde(rename = "Resources")]
    resources: Option<Vec<Json>>,
}

impl Page {
    fn of(answer: &Answer) -> Result<Self, ConnectorError> {
        serde_json::from_slice(&answer.body).map_err(|_| nonsense())
    }

    /// How many there are on all pages.
    fn total(&self) -> Option<usize> {
        number(self.total_results.as_ref()?)
    }

    fn resources(&mut self) -> Vec<Json> {
        self.resources.take().unwrap_or_default()
    }
}

fn number(json: &Json) -> Option<usize> {
    json.as_u64().or_else(|| json.as_str()?.parse().ok()).and_then(|number| usize::try_from(number).ok())
}

fn partial(total: usize, given: usize) -> ConnectorError {
    ConnectorError::retryable(format!(
        "The server says that it has {total} of what it was asked for, and gives {given}."
    ))
}

/// What is done with further pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// All are read.
    Read,
    /// Of what has one name there is hardly more than one, and some servers count what they have, not what they found.
    LeftOut,
}

impl Server<'_> {
    /// All resources that an address with a query lists, as far as `trim` leaves them; `None` if the server does not understand it.
    pub(super) async fn all(
        &self,
        sort: Sort,
        path: &str,
        rest: Rest,
        trim: impl Fn(&mut Found),
    ) -> Result<Option<Vec<Found>>, ConnectorError> {
        let first = self.get(path, &NO_FILTER, LONGEST).await?;
        if !first.status.is_success() {
            return Ok(None);
        }
        let (mut page, mut given) = (Page::of(&first)?, 0);
        let (mut found, mut known) = (Vec::new(), HashSet::new());
        let total = page.total();
        for _ in 0..PAGES {
            let resources = page.resources();
            given += resources.len();
            let new = resources.into_iter().filter_map(|resource| Found::of(sort, resource));
            let before = found.len();
            found.extend(new.filter(|new| known.insert(new.id.clone())));
            found.iter_mut().skip(before).for_each(&trim);
            kept(found.iter().map(|found| &found.body))?;
            if rest == Rest::LeftOut || total.is_none_or(|total| found.len() >= total) {
                return Ok(Some(found));
            }
            if found.len() == before {
                break;
            }
            let next = format!("{path}&startIndex={}&count={COUNT}", given + 1);
            page = Page::of(&self.get(&next, &[], LONGEST).await?)?;
            if page.total() != total {
                return Err(ConnectorError::retryable("What the server has changed while it was read page by page."));
            }
        }
        Err(partial(total.unwrap_or(given), found.len()))
    }

    /// The keys of a page of resources; those that bear no `externalId` are called `id:` and what the server calls them.
    pub(super) async fn page(&self, sort: Sort, after: Option<String>) -> Result<Keys, ConnectorError> {
        let start: usize = after.and_then(|after| after.parse().ok()).unwrap_or(1).max(1);
        let path = format!("{}?attributes=externalId&startIndex={start}&count={COUNT}", sort.path);
        let mut page = Page::of(&self.get(&path, &[], LONGEST).await?)?;
        let total = page.total().ok_or_else(nonsense)?;
        let resources = page.resources();
        let end = start + resources.len();
        let elsewhere = start > 1
            && page.start_index.as_ref().and_then(number).is_some_and(|begun| ![start, start - 1].contains(&begun));
        if elsewhere || (resources.is_empty() && end <= total) {
            return Err(partial(total, start - 1));
        }
        let next = (end <= total).then(|| end.to_string());
        Ok(Keys { keys: resources.iter().filter_map(Json::as_object).filter_map(key).collect(), next })
    }
}

fn key(resource: &Map<String, Json>) -> Option<String> {
    let text = |name: &str| resource.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    text("externalId").map(str::to_owned).or_else(|| Some(format!("id:{}", text("id")?)))
}
