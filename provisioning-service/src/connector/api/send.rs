//! Calling the server.

use std::error::Error as _;

use reqwest::{
    Method, RequestBuilder,
    header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
};
use service_kit::telemetry;

use crate::{
    connector::{
        Job,
        api::{
            Call, answer,
            configuration::{Auth, Configuration},
        },
        dialer::Forbidden,
        http::Client,
    },
    domain::outcome::ConnectorError,
};

/// Which subject a call is about: `CoPerson/10`.
const SUBJECT: &str = "Cohort-Subject";
/// Of a call: the revision of the subject. Of an answer that refuses: the newer one that the server has.
const REVISION: &str = "Cohort-Revision";
const REQUEST: &str = "Cohort-Request";
const FENCE: &str = "Cohort-Fence";

/// Makes a call, with the trace of who asked and the number that tells it from older ones.
pub(super) async fn send(
    client: &Client,
    configuration: &Configuration,
    call: &Call,
    job: &Job<'_>,
) -> Result<(), ConnectorError> {
    let mut request = authorized(client.request(call.method.clone(), &call.url)?, configuration)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json")
        .header(SUBJECT, format!("{}/{}", job.subject.kind.resource(), job.subject.id))
        .header(REVISION, job.call.revision)
        .header(REQUEST, job.call.request)
        .header(FENCE, job.call.fence);
    if let Some(trace) = telemetry::traceparent() {
        request = request.header(telemetry::TRACEPARENT, trace);
    }
    if let Some(body) = &call.body {
        request = request.body(body.to_string());
    }
    let response = request.send().await.map_err(broke)?;
    let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let newer =
        text(REVISION).and_then(|text| text.trim().parse().ok()).filter(|there: &i64| *there > job.call.revision);
    let said = answer::Said { status: response.status(), retry_after: text(RETRY_AFTER.as_str()), newer };
    answer::judge(&call.method, said, job.now)
}

/// Finds out whether the server answers at all.
pub(super) async fn reach(client: &Client, configuration: &Configuration) -> Result<(), ConnectorError> {
    let request = authorized(client.request(Method::HEAD, &configuration.collection())?, configuration);
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
        if inner.is::<Forbidden>() {
            return ConnectorError::permanent(format!("{inner}."));
        }
        cause = inner.to_string();
        source = inner.source();
    }
    if error.is_connect() {
        return ConnectorError::retryable(format!("The server cannot be reached: {cause}."));
    }
    let what = if error.is_timeout() { "did not answer in time" } else { "broke off" };
    ConnectorError::unknown(format!("The server {what}: {cause}."))
}
