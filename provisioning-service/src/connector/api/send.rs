//! Calling the server.

use std::error::Error as _;

use chrono::{DateTime, Utc};
use reqwest::{
    RequestBuilder,
    header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
};
use service_kit::telemetry;

use crate::{
    connector::api::{
        Call, answer,
        configuration::{Auth, Configuration},
    },
    domain::outcome::ConnectorError,
};

/// Makes a call, with the trace of who asked.
pub(super) async fn send(
    client: &reqwest::Client,
    configuration: &Configuration,
    call: &Call,
    now: DateTime<Utc>,
) -> Result<(), ConnectorError> {
    let mut request = authorized(client.request(call.method.clone(), &call.url), configuration)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json");
    if let Some(trace) = telemetry::traceparent() {
        request = request.header(telemetry::TRACEPARENT, trace);
    }
    if let Some(body) = &call.body {
        request = request.body(body.to_string());
    }
    let response = request.send().await.map_err(broke)?;
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    answer::judge(&call.method, response.status(), retry_after.as_deref(), now)
}

/// Finds out whether the server answers at all.
pub(super) async fn reach(client: &reqwest::Client, configuration: &Configuration) -> Result<(), ConnectorError> {
    let request = authorized(client.head(configuration.collection()), configuration);
    request.send().await.map(|_answered| ()).map_err(broke)
}

fn authorized(request: RequestBuilder, configuration: &Configuration) -> RequestBuilder {
    match configuration.auth() {
        Auth::None => request,
        Auth::Basic { username, password } => request.basic_auth(username, Some(password)),
        Auth::Bearer { token } => request.bearer_auth(token),
    }
}

fn broke(error: reqwest::Error) -> ConnectorError {
    let error = error.without_url();
    if error.is_builder() {
        return ConnectorError::permanent(format!("The call cannot be made: {error}."));
    }
    let mut cause = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        cause = inner.to_string();
        source = inner.source();
    }
    let what = if error.is_timeout() { "did not answer in time" } else { "cannot be reached" };
    ConnectorError::retryable(format!("The server {what}: {cause}."))
}
