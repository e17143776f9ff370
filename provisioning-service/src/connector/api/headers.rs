//! The headers of a call, as they are sent and as people see them.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::connector::{
    Job,
    api::{
        Call,
        configuration::{Auth, Configuration},
        sign,
    },
    description::MASK,
    digest, marks,
};

const JSON: &str = "application/json";

/// A header.
pub(super) struct Header {
    pub(super) name: &'static str,
    pub(super) value: String,
    /// How its value is shown to people, if otherwise.
    masked: Option<String>,
    /// It is the same for two calls that say the same.
    stable: bool,
}

impl Header {
    fn new(name: &'static str, value: impl ToString) -> Self {
        Self { name, value: value.to_string(), masked: None, stable: true }
    }

    fn varies(name: &'static str, value: impl ToString) -> Self {
        Self { stable: false, ..Self::new(name, value) }
    }

    fn secret(name: &'static str, value: String, shown: &str) -> Self {
        Self { masked: Some(format!("{shown}{MASK}")), ..Self::varies(name, value) }
    }

    /// For people, without secrets.
    pub(super) fn shown(&self) -> String {
        format!("{}: {}", self.name, self.masked.as_ref().unwrap_or(&self.value))
    }

    /// The same, if two calls that say the same have it.
    pub(super) fn stable(&self) -> Option<String> {
        self.stable.then(|| self.shown())
    }
}

/// All headers of a call but that of the trace.
pub(super) fn of(call: &Call, job: &Job<'_>, configuration: &Configuration) -> Vec<Header> {
    let mut headers = vec![Header::new("Accept", JSON), Header::new("Content-Type", JSON)];
    headers.extend(marks::of(job).map(|(name, value)| match name {
        marks::SUBJECT => Header::new(name, value),
        _ => Header::varies(name, value),
    }));
    headers.extend(authorization(configuration));
    headers.extend(signed(call, job, configuration));
    headers
}

/// How this server shows who it is.
pub(super) fn authorization(configuration: &Configuration) -> Option<Header> {
    match configuration.auth() {
        Auth::None => None,
        Auth::Basic { username, password } => {
            let both = STANDARD.encode(format!("{username}:{password}"));
            Some(Header::secret("Authorization", format!("Basic {both}"), "Basic "))
        }
        Auth::Bearer { token } => Some(Header::secret("Authorization", format!("Bearer {token}"), "Bearer ")),
    }
}

/// The headers of Standard Webhooks. A message that is sent again has the same id; one that says something else, or by
/// another request, has another.
fn signed(call: &Call, job: &Job<'_>, configuration: &Configuration) -> Vec<Header> {
    let Some(key) = configuration.signing_secret.as_deref().and_then(sign::key) else { return Vec::new() };
    let (body, time) = (call.text(), job.now.timestamp());
    let what = format!("{} {} {} {} {body}", job.target.id, job.call.request, call.method, call.url);
    let id = format!("msg_{}", digest::of(what.as_bytes()).get(..32).unwrap_or_default());
    let Some(signature) = sign::signature(&key, &id, time, &body) else { return Vec::new() };
    vec![
        Header::varies("webhook-id", id),
        Header::varies("webhook-timestamp", time),
        // Of a call that is only planned, it would let whoever sees it make the call.
        Header::secret("webhook-signature", signature, sign::VERSION),
    ]
}
