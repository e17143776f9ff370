//! Runs steps against a server: builds requests, sends them, waits where a case says so.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::{Instant, sleep};

use super::answer;
use super::client::Client;
use super::error::{KitError, Stop, short};
use super::json::Json;
use super::matcher::Integers;
use super::scope::{Scope, Variable, Variables};
use super::step::{Credentials, Request, Sender, Step};

/// What the value of a variable may hold in a path without being escaped.
const IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b':').remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Holds what all scenarios share: the server, the users and the variables of the fixture.
#[derive(Debug)]
pub(super) struct Runner {
    pub(super) client: Client,
    pub(super) integers: Integers,
    pub(super) users: HashMap<String, Credentials>,
    pub(super) variables: Variables,
}

struct Prepared {
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Runner {
    /// Runs the steps of a scenario up to the first that fails. `number` tells it from all others.
    pub(super) async fn scenario(&self, steps: &[Step], number: usize) -> Result<(), Stop> {
        let run = self.variables.get("run").cloned();
        let Some(Variable::Known(run)) = run else { return Err(KitError::new("there is no ${run}").into()) };
        let uid = format!("{}{number:x}", run.as_text());
        let mut local = Variables::from([("uid".to_owned(), Variable::Known(Json::Text(uid)))]);
        for (n, step) in steps.iter().enumerate() {
            let captured = self.step(step, &local).await.map_err(|stop| match stop {
                Stop::Failed(why) => Stop::Failed(format!("step {}: {why}", n + 1)),
                Stop::Kit(error) => Stop::Kit(error.at(format!("step {}", n + 1))),
                other => other,
            })?;
            local.extend(captured.into_iter().map(|(name, value)| (name, Variable::Known(value))));
        }
        Ok(())
    }

    /// Runs one step and returns what it captures.
    pub(super) async fn step(&self, step: &Step, local: &Variables) -> Result<Vec<(String, Json)>, Stop> {
        let scope = Scope { shared: &self.variables, local };
        match step {
            Step::Sleep { seconds } => {
                sleep(Duration::from_secs_f64(*seconds)).await;
                Ok(Vec::new())
            }
            Step::Set { variables } => {
                variables.iter().map(|(name, value)| Ok((name.clone(), scope.fill(value)?))).collect()
            }
            Step::Eventually { request, within_s } => self.eventually(request, *within_s, scope).await,
            Step::Request(request) => self.request(request, scope).await,
        }
    }

    /// Repeats a request until its answer is the expected one, ever more slowly.
    async fn eventually(
        &self,
        request: &Request,
        within_s: f64,
        scope: Scope<'_>,
    ) -> Result<Vec<(String, Json)>, Stop> {
        let end = Instant::now() + Duration::from_secs_f64(within_s);
        let mut pause = Duration::from_millis(50);
        loop {
            match self.request(request, scope).await {
                Err(Stop::Failed(why)) if Instant::now() >= end => {
                    return Err(Stop::Failed(format!("not within {within_s} s: {why}")));
                }
                Err(Stop::Failed(_)) => {}
                other => return other,
            }
            sleep(pause).await;
            pause = (pause * 3 / 2).min(Duration::from_millis(500));
        }
    }

    async fn request(&self, request: &Request, scope: Scope<'_>) -> Result<Vec<(String, Json)>, Stop> {
        let sent = self.prepare(request, scope)?;
        let answer = self.client.send(&request.method, &sent.path, &sent.headers, sent.body.as_deref()).await?;
        let complaints = answer::check(&request.expect, &answer, scope, self.integers)?;
        if complaints.is_empty() {
            return answer::capture(request, &answer, scope);
        }
        let mut lines = vec![format!("{} {}", request.method, sent.path)];
        lines.extend(request.note.iter().map(|note| format!("      note: {note}")));
        lines
            .extend(sent.body.iter().map(|body| format!("      sent: {}", short(&String::from_utf8_lossy(body), 600))));
        for complaint in complaints {
            let path = if complaint.path.is_empty() { "(document)" } else { &complaint.path };
            let got = short(&complaint.got, 300);
            lines.push(format!("      {path}: {}\n          got: {got}", complaint.what));
        }
        let text = short(&answer.text(), 600);
        lines.push(format!("      answer: {} {} {text}", answer.status, answer.reason));
        Err(Stop::Failed(lines.join("\n")))
    }

    fn prepare(&self, request: &Request, scope: Scope<'_>) -> Result<Prepared, Stop> {
        let path = scope.text_with(&request.path, |value| utf8_percent_encode(&value, IN_PATH).to_string())?;
        let prefix = if request.base.is_some() { "" } else { &self.client.prefix };
        let path = format!("{prefix}{path}");
        let body = body_of(request, scope)?;
        let mut headers = Vec::new();
        for (name, value) in &request.headers {
            headers.push((name.clone(), scope.text(value)?));
        }
        let given = |name: &str| request.headers.keys().any(|key| key.eq_ignore_ascii_case(name));
        if body.is_some() && !given("Content-Type") {
            let is_xml = path.split('?').next().is_some_and(|path| path.ends_with(".xml"));
            let media_type = if is_xml { "application/xml" } else { "application/json" };
            headers.push(("Content-Type".to_owned(), media_type.to_owned()));
        }
        if let Some(credentials) = self.credentials(request.sender.as_ref(), scope)?
            && !given("Authorization")
        {
            let pair = format!("{}:{}", credentials.username, credentials.password);
            headers.push(("Authorization".to_owned(), format!("Basic {}", BASE64_STANDARD.encode(pair))));
        }
        if !given("User-Agent") {
            headers.push(("User-Agent".to_owned(), "cohort-conformance".to_owned()));
        }
        Ok(Prepared { path, headers, body })
    }

    fn credentials(&self, sender: Option<&Sender>, scope: Scope<'_>) -> Result<Option<Credentials>, Stop> {
        match sender {
            None => Ok(None),
            Some(Sender::Stranger(credentials)) => Ok(Some(Credentials {
                username: scope.text(&credentials.username)?,
                password: scope.text(&credentials.password)?,
            })),
            Some(Sender::Known(name)) => match self.users.get(name) {
                Some(credentials) => Ok(Some(credentials.clone())),
                None => Err(KitError::new(format!("unknown user {name:?}")).into()),
            },
        }
    }
}

fn body_of(request: &Request, scope: Scope<'_>) -> Result<Option<Vec<u8>>, Stop> {
    if let Some(json) = &request.json {
        return Ok(Some(scope.fill(json)?.to_string().into_bytes()));
    }
    if let Some(xml) = &request.xml {
        return Ok(Some(scope.text_with(xml, |value| escape(&value))?.into_bytes()));
    }
    if let Some(body) = &request.body {
        return Ok(Some(scope.text(body)?.into_bytes()));
    }
    let decode = |text: &String| {
        let bytes = BASE64_STANDARD.decode(text);
        bytes.map_err(|error| KitError::new(format!("body_base64: {error}")).into())
    };
    request.body_base64.as_ref().map(decode).transpose()
}

fn escape(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
