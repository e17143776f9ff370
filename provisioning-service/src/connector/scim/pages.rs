//! What a server has, page by page (RFC 7644 §3.4.2.4).

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::{
    connector::{
        Keys,
        scim::{
            resource::Sort,
            server::{LONGEST, Server, nonsense},
        },
    },
    domain::outcome::ConnectorError,
};

/// So many are asked for at once; a server may give fewer.
const COUNT: usize = 500;

/// A page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    total_results: usize,
    #[serde(default, rename = "Resources")]
    resources: Vec<Map<String, Json>>,
}

impl Server<'_> {
    /// The keys of a page of resources; those that bear no `externalId` are called `id:` and what the server calls them.
    pub(super) async fn page(&self, sort: Sort, after: Option<String>) -> Result<Keys, ConnectorError> {
        let start: usize = after.and_then(|after| after.parse().ok()).unwrap_or(1).max(1);
        let path = format!("{}?attributes=externalId&startIndex={start}&count={COUNT}", sort.path);
        let read = self.get(&path, &[], LONGEST).await?;
        let page: Page = serde_json::from_slice(&read.body).map_err(|_| nonsense())?;
        let text = |resource: &Map<String, Json>, name: &str| {
            resource.get(name).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let key = |resource: &Map<String, Json>| {
            text(resource, "externalId").or_else(|| Some(format!("id:{}", text(resource, "id")?)))
        };
        let end = start + page.resources.len();
        let next = (!page.resources.is_empty() && end <= page.total_results).then(|| end.to_string());
        Ok(Keys { keys: page.resources.iter().filter_map(key).collect(), next })
    }
}
