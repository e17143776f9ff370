//! Calling a SCIM server (RFC 7644), or writing down how it would be called.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use reqwest::{
    Method, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH, RETRY_AFTER},
};
use serde_json::{Map, Value as Json};
use service_kit::telemetry;
use tokio::sync::OwnedMutexGuard;

use crate::{
    connector::{
        http::{self, Client, answer, broke, read},
        plan::{Protocol, Step},
        scim::{
            auth::{self, Tokens},
            configuration::{AuthType, Configuration, Patch},
        },
    },
    domain::{ids::TargetId, outcome::ConnectorError, target::Target},
};

/// How long a call waits in all until others have written the same groups: less than a call may last.
const PATIENCE: Duration = Duration::from_secs(5);

/// So much is read of an answer.
pub(super) const LONGEST: usize = 4 << 20;
/// So many bytes of an answer have one value at most, where there are many, and so many values any answer.
const BYTES: usize = 16;
const VALUES: usize = 1_000_000;
/// So many bytes of an answer have one object at most, and so many objects any answer.
const BYTES_OF_OBJECT: usize = 64;
const OBJECTS: usize = 250_000;
/// So many objects are kept of what was found, until the call has ended.
const HELD: usize = 20_000;
/// So much is read of why a call was refused.
const WORDS: usize = 16 << 10;
/// What a server says that it has is asked again after so long.
const KNOWN_FOR: Duration = Duration::from_secs(600);
/// Of so many servers it is kept.
const KEPT: usize = 1000;
const SCIM: &str = "application/scim+json";

/// What a server can do, and since when that is known, by whose target asked, and what it is: what one is told who may not log in
/// is not true for others.
type Abilities = HashMap<(Of, &'static str), (bool, Instant)>;

/// The CO, the target, and the address of the server. One that was not added yet has no number.
type Of = (i64, TargetId, String);

/// Who is to be alone with a resource while it is written whole: one place for each resource that a target sees, as long as
/// somebody has it or waits for it.
type Turns = HashMap<(Of, String), Arc<tokio::sync::Mutex<()>>>;

/// What all targets share.
#[derive(Debug)]
pub(super) struct Shared {
    client: Client,
    tokens: Tokens,
    /// What is patched, or else is done; nothing in particular is what the server says of itself.
    abilities: Mutex<Abilities>,
    turns: Mutex<Turns>,
}

impl Shared {
    pub(super) fn new(client: Client) -> Self {
        Self { client, tokens: Tokens::default(), abilities: Mutex::default(), turns: Mutex::default() }
    }
}

/// A call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) if_match: Option<String>,
    /// As it is sent: what it was made of takes many times as much.
    pub(super) body: Option<String>,
}

impl Call {
    pub(super) fn new(method: Method, url: String, body: Option<Json>) -> Self {
        Self { method, url, if_match: None, body: body.map(|body| body.to_string()) }
    }

    /// For people: method, address, headers without secrets, and the body.
    fn step(&self, configuration: &Configuration) -> Step {
        let mut head = format!("{} {}\nAccept: {SCIM}\n", self.method, self.url);
        if self.body.is_some() {
            head.push_str(&format!("Content-Type: {SCIM}\n"));
        }
        let body = self.body.as_ref().map(|body| format!("\n{body}")).unwrap_or_default();
        let stable = format!("{head}{body}");
        head.push_str(&format!("Authorization: {}\n", auth::shown(configuration)));
        if let Some(tag) = &self.if_match {
            head.push_str(&format!("If-Match: {tag}\n"));
        }
        let text = format!("{head}{body}").trim_end().to_owned();
        Step { protocol: Protocol::Scim, text, stable: Some(stable) }
    }
}

/// What a call was answered with: success, or one of the codes that were expected.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) tag: Option<String>,
    pub(super) body: Vec<u8>,
    /// What the server says of a conflict that was expected.
    pub(super) conflict: Option<String>,
}

impl Answer {
    /// The body as an object.
    pub(super) fn object(&self) -> Result<Map<String, Json>, ConnectorError> {
        serde_json::from_slice(&self.body).map_err(|_| nonsense())
    }
}

/// Whether a document has so much in it that it would take many times its length where it is read, however short it is: a
/// value takes seventy bytes, and an object more than six hundred.
fn is_dense(body: &[u8], most: usize) -> bool {
    let count = |of: fn(u8) -> bool| body.iter().filter(|byte| of(**byte)).count();
    count(|byte| matches!(byte, b',' | b'[' | b'{')) > (most / BYTES).min(VALUES)
        || count(|byte| byte == b'{') > (most / BYTES_OF_OBJECT).min(OBJECTS)
}

/// What is kept until a call has ended, if that is not too much.
pub(super) fn kept<'a>(all: impl Iterator<Item = &'a Map<String, Json>>) -> Result<(), ConnectorError> {
    fn objects(value: &Json) -> usize {
        match value {
            Json::Object(object) => 1 + object.values().map(objects).sum::<usize>(),
            Json::Array(items) => items.iter().map(objects).sum(),
            _ => 0,
        }
    }
    let held: usize = all.map(|body| 1 + body.values().map(objects).sum::<usize>()).sum();
    match held > HELD {
        true => Err(too_much()),
        false => Ok(()),
    }
}

fn too_much() -> ConnectorError {
    ConnectorError::permanent("The server told more than anybody asked for.")
}

/// What is no SCIM may be the page of somebody in between.
pub(super) fn nonsense() -> ConnectorError {
    ConnectorError::retryable("The server's answer is no SCIM.")
}

/// A server, as a target sees it.
pub(super) struct Server<'a> {
    shared: &'a Shared,
    of: Of,
    pub(super) configuration: &'a Configuration,
    now: DateTime<Utc>,
    /// What would be sent, where nothing is to be.
    planned: Option<Mutex<Vec<Call>>>,
    /// How long this call has waited for others.
    waited: Mutex<Duration>,
}

impl<'a> Server<'a> {
    /// One that is called.
    pub(super) fn new(
        shared: &'a Shared,
        target: &Target,
        configuration: &'a Configuration,
        now: DateTime<Utc>,
    ) -> Self {
        let of = (target.co_id, target.id, configuration.base().to_owned());
        Self { shared, of, configuration, now, planned: None, waited: Mutex::default() }
    }

    /// One that is only read.
    pub(super) fn planned(self) -> Self {
        Self { planned: Some(Mutex::default()), ..self }
    }

    /// Whether nothing is written.
    pub(super) fn is_planned(&self) -> bool {
        self.planned.is_some()
    }

    /// What would have been written.
    pub(super) fn steps(&self) -> Vec<Step> {
        let planned = self.planned.as_ref().map(|planned| planned.lock().unwrap_or_else(PoisonError::into_inner));
        planned.iter().flat_map(|calls| calls.iter()).map(|call| call.step(self.configuration)).collect()
    }

    /// An address below that of the server.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.configuration.base())
    }

    /// Reads something, up to so many bytes.
    pub(super) async fn get(&self, path: &str, expected: &[StatusCode], most: usize) -> Result<Answer, ConnectorError> {
        self.call(&Call::new(Method::GET, self.url(path), None), expected, most).await
    }

    /// Writes something, or only writes down that it would.
    pub(super) async fn write(&self, call: Call, expected: &[StatusCode]) -> Result<Answer, ConnectorError> {
        if let Some(planned) = &self.planned {
            planned.lock().unwrap_or_else(PoisonError::into_inner).push(call);
            return Ok(Answer { status: StatusCode::OK, tag: None, body: Vec::new(), conflict: None });
        }
        self.call(&call, expected, LONGEST).await
    }

    async fn call(&self, call: &Call, expected: &[StatusCode], most: usize) -> Result<Answer, ConnectorError> {
        let (mut response, mut shown) = self.send(call, None).await?;
        if response.status() == StatusCode::UNAUTHORIZED && self.configuration.auth_type == AuthType::OAuth2 {
            (response, shown) = self.send(call, Some(&shown)).await?;
        }
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (tag, retry_after) = (header(ETAG), header(RETRY_AFTER));
        if status.is_success() {
            let body = match call.method {
                Method::GET => read(response, most, false).await?,
                // It is done, whatever is said of it.
                Method::POST => read(response, most, true).await.unwrap_or_default(),
                _ => Vec::new(),
            };
            if is_dense(&body, most) {
                return Err(too_much());
            }
            return Ok(Answer { status, tag, body, conflict: None });
        }
        let is_expected = expected.contains(&status);
        if is_expected && status != StatusCode::CONFLICT {
            return Ok(Answer { status, tag, body: Vec::new(), conflict: None });
        }
        let words = self.words(response, &shown).await;
        let said = answer::Said { status, retry_after: retry_after.as_deref(), newer: None, words: words.as_deref() };
        match answer::judge(&call.method, said, self.now) {
            Err(error) if !is_expected => Err(error),
            judged => {
                let conflict = judged.err().map(|error| error.to_string());
                Ok(Answer { status, tag, body: Vec::new(), conflict })
            }
        }
    }

    /// Makes a call; gives what it was made with, too.
    async fn send(&self, call: &Call, refused: Option<&str>) -> Result<(Response, String), ConnectorError> {
        let Shared { client, tokens, .. } = self.shared;
        let shown = auth::authorization(client, tokens, self.configuration, refused, self.now).await?;
        let trusts = self.configuration.ca_certificates.as_deref();
        let mut request = client.request(call.method.clone(), &call.url, trusts)?;
        request = request.header(ACCEPT, SCIM).header(AUTHORIZATION, &shown);
        if let Some(trace) = telemetry::traceparent() {
            request = request.header(telemetry::TRACEPARENT, trace);
        }
        if let Some(tag) = &call.if_match {
            request = request.header(IF_MATCH, tag);
        }
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, SCIM).body(body.clone());
        }
        let writes = call.method != Method::GET;
        let sent = if writes { http::send(request).await } else { request.send().await };
        let response = sent.map_err(|error| broke(error, writes))?;
        Ok((response, shown))
    }

    /// Why a call was refused (RFC 7644 §3.12); nothing that says what it was made with.
    async fn words(&self, response: Response, shown: &str) -> Option<String> {
        let said = read(response, WORDS, false).await.ok()?;
        let said: Map<String, Json> = serde_json::from_slice(&said).ok()?;
        let text = |name: &str| said.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
        let words: Vec<&str> = [text("scimType"), text("detail")].into_iter().flatten().collect();
        let words = words.join(": ");
        let token = shown.split_once(' ').map_or(shown, |(_, token)| token);
        Some(if words.contains(token) { String::new() } else { self.configuration.discreet(&words) })
    }

    /// Whether something can be patched: the server says that it has PATCH, and has not refused it.
    pub(super) async fn patches(&self, what: &'static str) -> Result<bool, ConnectorError> {
        if self.configuration.patch == Patch::Never {
            return Ok(false);
        }
        if let Some(known) = self.known(what).or_else(|| self.known("")) {
            return Ok(known);
        }
        let none = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN, StatusCode::NOT_IMPLEMENTED];
        let said = self.get("ServiceProviderConfig", &none, LONGEST).await?;
        let has = match said.status.is_success() {
            true => said.object()?.get("patch").and_then(|patch| patch.get("supported")?.as_bool()).unwrap_or(false),
            false => false,
        };
        self.remember("", has);
        Ok(has)
    }

    /// Waits until no other call of this process writes a resource whole; the next one waits until what is given is dropped.
    ///
    /// # Errors
    /// If others take too long: it is tried again.
    pub(super) async fn turn(&self, path: &str) -> Result<OwnedMutexGuard<()>, ConnectorError> {
        let turn = {
            let mut turns = self.shared.turns.lock().unwrap_or_else(PoisonError::into_inner);
            // So there are never more than there are calls.
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            Arc::clone(turns.entry((self.of.clone(), path.to_owned())).or_default())
        };
        let others =
            |_| ConnectorError::Busy { message: "Other calls are writing this group at the moment.".to_owned() };
        let waited = || self.waited.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, began) = (PATIENCE.saturating_sub(*waited()), Instant::now());
        let turn = tokio::time::timeout(left, turn.lock_owned()).await.map_err(others);
        *waited() += began.elapsed();
        turn
    }

    /// Whether the server can do something, if that is known.
    pub(super) fn known(&self, what: &'static str) -> Option<bool> {
        let abilities = self.shared.abilities.lock().unwrap_or_else(PoisonError::into_inner);
        let (has, since) = abilities.get(&(self.of.clone(), what))?;
        (since.elapsed() < KNOWN_FOR).then_some(*has)
    }

    /// Keeps whether the server can do something.
    pub(super) fn remember(&self, what: &'static str, has: bool) {
        let mut abilities = self.shared.abilities.lock().unwrap_or_else(PoisonError::into_inner);
        if abilities.len() >= KEPT {
            abilities.clear();
        }
        abilities.insert((self.of.clone(), what), (has, Instant::now()));
    }
}
