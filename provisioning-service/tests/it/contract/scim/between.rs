//! What stands in front of a real server and makes of it one that has less than the standard, or keeps it otherwise.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, Response, StatusCode, header},
};
use provisioning_service::connector::http::Client;
use serde_json::{Value as Json, json};

use crate::contract::scim::{Servers, client};

/// What is not as it could be.
#[derive(Default)]
pub(super) struct Less {
    /// So many are on a page at most.
    pub(super) page: Option<usize>,
    /// Whichever page is asked for, it is the first one.
    pub(super) first_alone: bool,
    /// How it is said that nothing is deleted.
    pub(super) no_delete: Option<StatusCode>,
    /// A filter with this in it is passed over.
    pub(super) no_filter: Option<&'static str>,
    /// No two groups have one name.
    pub(super) unique: bool,
    /// Nothing has a tag, and a group is given so late that it may have changed.
    pub(super) untagged: bool,
}

struct Between {
    server: String,
    less: Less,
    client: Client,
}

/// The configuration of a target whose server has less.
pub(super) async fn with(servers: &Servers, less: Less, change: Json) -> Json {
    let mut all = servers.with(2, change);
    let server = all["BaseUrl"].as_str().unwrap().to_owned();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    all["BaseUrl"] = json!(format!("http://{}", listener.local_addr().unwrap()));
    let between = Arc::new(Between { server, less, client: client() });
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(pass).with_state(between)).await });
    all
}

fn answer(status: StatusCode) -> Response<Body> {
    Response::builder().status(status).body(Body::empty()).unwrap()
}

async fn pass(State(between): State<Arc<Between>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path();
    if let Some(status) = between.less.no_delete.filter(|_| parts.method == Method::DELETE) {
        return answer(status);
    }
    if between.less.unique && path.starts_with("/Groups") && between.is_taken(&parts.headers, path, &body).await {
        return answer(StatusCode::CONFLICT);
    }
    let query = between.query(path, parts.uri.query().unwrap_or_default());
    let said = between.call(&parts.method, &format!("{path}{query}"), &parts.headers, body.to_vec()).await;
    if !between.less.untagged {
        return said;
    }
    if parts.method == Method::GET && path.starts_with("/Groups/") {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    untagged(said).await
}

async fn untagged(said: Response<Body>) -> Response<Body> {
    let (mut parts, body) = said.into_parts();
    parts.headers.remove(header::ETAG);
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let Ok(mut json) = serde_json::from_slice::<Json>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    if let Some(meta) = json.pointer_mut("/meta").and_then(Json::as_object_mut) {
        meta.remove("version");
    }
    Response::from_parts(parts, Body::from(json.to_string()))
}

impl Between {
    /// The query as the server behind is to see it.
    fn query(&self, path: &str, query: &str) -> String {
        let mut all: Vec<(&str, String)> = query
            .split('&')
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        let is_ignored = |value: &String| self.less.no_filter.is_some_and(|part| value.contains(part));
        all.retain(|(name, value)| *name != "filter" || !is_ignored(value));
        all.retain(|(name, _)| *name != "startIndex" || !self.less.first_alone);
        if let Some(most) = self.less.page.filter(|_| matches!(path, "/Users" | "/Groups")) {
            let asked = all.iter().find(|(name, _)| *name == "count").map_or(most, |(_, count)| count.parse().unwrap());
            all.retain(|(name, _)| *name != "count");
            all.push(("count", asked.min(most).to_string()));
        }
        let all: Vec<String> = all.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        if all.is_empty() { String::new() } else { format!("?{}", all.join("&")) }
    }

    async fn call(&self, method: &Method, path: &str, headers: &HeaderMap, body: Vec<u8>) -> Response<Body> {
        let mut call = self.client.request(method.clone(), &format!("{}{path}", self.server), None).unwrap();
        for name in [header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, header::IF_MATCH] {
            if let Some(value) = headers.get(&name) {
                call = call.header(name, value);
            }
        }
        let said = call.body(body).send().await.unwrap();
        let mut answer = Response::builder().status(said.status());
        for name in [header::ETAG, header::CONTENT_TYPE] {
            if let Some(value) = said.headers().get(&name) {
                answer = answer.header(name, value);
            }
        }
        answer.body(Body::from(said.bytes().await.unwrap())).unwrap()
    }

    /// Whether a group is to get the name of another one.
    async fn is_taken(&self, headers: &HeaderMap, path: &str, body: &[u8]) -> bool {
        let body: Json = serde_json::from_slice(body).unwrap_or_default();
        let patched = body["Operations"].as_array().into_iter().flatten().find(|one| one["path"] == "displayName");
        let Some(name) = patched.map_or(body["displayName"].as_str(), |one| one["value"].as_str()) else {
            return false;
        };
        let all = self.call(&Method::GET, "/Groups?count=1000", headers, Vec::new()).await;
        let all: Json = serde_json::from_slice(&to_bytes(all.into_body(), usize::MAX).await.unwrap()).unwrap();
        let others = all["Resources"].as_array().into_iter().flatten();
        others.filter(|group| !path.ends_with(group["id"].as_str().unwrap())).any(|group| group["displayName"] == name)
    }
}
