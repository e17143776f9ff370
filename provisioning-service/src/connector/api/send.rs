//! Calling the HTTP server of an `ApiProvisioner`: what goes with a call, `Retry-After`, and a newer `Cohort-Revision` in its
//! answer.

use reqwest::{Method, RequestBuilder, header::RETRY_AFTER};
use service_kit::telemetry;

use crate::{
    connector::{
        Job,
        api::{
            Call,
            configuration::Configuration,
            headers::{self, Header},
        },
        http::{self, Client, answer, broke},
        marks,
    },
    domain::outcome::ConnectorError,
};

/// Makes a call, with the trace of who asked and the number that tells it from older ones.
pub(super) async fn send(
    client: &Client,
    configuration: &Configuration,
    call: &Call,
    job: &Job<'_>,
) -> Result<(), ConnectorError> {
    let request = client.request(call.method.clone(), &call.url, configuration.ca_certificates.as_deref())?;
    let mut request = headers::of(call, job, configuration).into_iter().fold(request, with);
    if let Some(trace) = telemetry::traceparent() {
        request = request.header(telemetry::TRACEPARENT, trace);
    }
    if call.body.is_some() {
        request = request.body(call.text());
    }
    let response = http::send(request).await.map_err(|error| broke(error, true))?;
    let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
    let newer = text(marks::REVISION)
        .and_then(|text| text.trim().parse().ok())
        .filter(|there: &i64| *there > job.call.revision);
    let retry_after = text(RETRY_AFTER.as_str());
    let said = answer::Said { status: response.status(), retry_after, newer, words: None };
    answer::judge(&call.method, said, job.now)
}

fn with(request: RequestBuilder, header: Header) -> RequestBuilder {
    request.header(header.name, header.value)
}

/// Finds out whether the server answers at all.
pub(super) async fn reach(client: &Client, configuration: &Configuration) -> Result<(), ConnectorError> {
    let request =
        client.request(Method::HEAD, &configuration.collection(), configuration.ca_certificates.as_deref())?;
    let request = headers::authorization(configuration).into_iter().fold(request, with);
    request.send().await.map(|_answered| ()).map_err(|error| broke(error, false))
}
