//! The HTTP clients of connectors: one for the process, so that its connections are shared, and one for each set of
//! certificates that a target trusts instead of those of this machine.

use std::{
    error::Error,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use reqwest::{Certificate, Method, RequestBuilder, Response, Url};

use crate::{
    connector::{
        dialer::{Dialer, Unreachable},
        limits::{ANSWER, CONNECT},
        timely,
    },
    domain::outcome::ConnectorError,
};

pub(super) mod answer;

/// So many sets of certificates have a client that is kept.
const KEPT: usize = 64;

/// No client could be made.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client can be made")]
pub struct ClientError(#[from] reqwest::Error);

/// Calls servers, wherever the dialer lets it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    client: reqwest::Client,
    dialer: Dialer,
    /// By the certificates that they trust, those that were used last at the end.
    trusting: Arc<Mutex<Vec<(String, reqwest::Client)>>>,
}

impl Client {
    /// A client with time limits. It follows no redirects: they would carry data and passwords to where nobody configured;
    /// and no proxy of the environment, behind which no address could be judged.
    ///
    /// # Errors
    /// If the certificates of this machine cannot be read.
    pub fn new(dialer: Dialer) -> Result<Self, ClientError> {
        // A second installation in one process keeps the first.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        Ok(Self { client: build(&dialer, None)?, dialer, trusting: Arc::default() })
    }

    /// A request to an address, at which these certificates are trusted (PEM), or those of this machine.
    ///
    /// # Errors
    /// If it is no address, or one that targets may not reach, or the certificates cannot be used.
    pub fn request(&self, method: Method, url: &str, trusts: Option<&str>) -> Result<RequestBuilder, ConnectorError> {
        let url: Url =
            url.parse().map_err(|error| ConnectorError::permanent(format!("The call cannot be made: {error}.")))?;
        self.dialer.judge(&url)?;
        let client = match trusts {
            Some(pem) => self.trusting(pem)?,
            None => self.client.clone(),
        };
        Ok(client.request(method, url))
    }

    fn trusting(&self, pem: &str) -> Result<reqwest::Client, ConnectorError> {
        let mut kept = self.trusting.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|(trusted, _)| trusted == pem).map(|at| kept.remove(at));
        let client = match known {
            Some((_, client)) => client,
            None => {
                let wrong = |_| ConnectorError::permanent("The CaCertificates of the target cannot be used.");
                let certificates = Certificate::from_pem_bundle(pem.as_bytes()).map_err(wrong)?;
                build(&self.dialer, Some(certificates)).map_err(wrong)?
            }
        };
        kept.push((pem.to_owned(), client.clone()));
        if kept.len() > KEPT {
            kept.remove(0);
        }
        Ok(client)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one constructor")]
fn build(dialer: &Dialer, trusts: Option<Vec<Certificate>>) -> Result<reqwest::Client, reqwest::Error> {
    let client = reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(dialer.clone()))
        .pool_max_idle_per_host(32)
        .user_agent(concat!("cohort/", env!("CARGO_PKG_VERSION")));
    match trusts {
        Some(certificates) => client.tls_certs_only(certificates).build(),
        None => client.build(),
    }
}

/// So often a call is made again that a server of HTTP/2 did not look at.
const UNSEEN: usize = 2;

/// Makes a call that changes something, as long as it may be made: what is not written by then is never sent. One that the
/// server says it has not looked at is made again, as the client does itself for calls that are not guarded.
///
/// # Errors
/// Those of the client.
pub(crate) async fn send(request: RequestBuilder) -> Result<Response, reqwest::Error> {
    let (client, request) = request.build_split();
    let mut request = request?;
    for _ in 0..UNSEEN {
        let again = request.try_clone();
        timely::guard(&mut request);
        match (client.execute(request).await, again) {
            (Err(error), Some(again)) if was_unseen(&error) => request = again,
            (result, _) => return result,
        }
    }
    timely::guard(&mut request);
    client.execute(request).await
}

/// Whether a server of HTTP/2 says that it has done nothing for a call (RFC 9113 §8.7): it was about to close the connection, or
/// had too many.
fn was_unseen(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<h2::Error>() {
            let closes = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
            let refuses = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            return error.is_remote() && (closes || refuses);
        }
        cause = inner.source();
    }
    false
}

/// Reads what a server says, up to so many bytes.
///
/// # Errors
/// A permanent one if there is more; as [`broke`] if it ends too early.
pub(super) async fn read(mut response: Response, most: usize, writes: bool) -> Result<Vec<u8>, ConnectorError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broke(error, writes))? {
        if body.len() + chunk.len() > most {
            return Err(ConnectorError::permanent(format!(
                "The server's answer is longer than {most} bytes; it was not read to its end."
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Whether an error is one of TLS, however often it was wrapped.
fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    error.is::<rustls::Error>() || wrapped.is_some_and(|inner| is_of_tls(inner))
}

/// Why there is no answer to a call that changes something, or reads only.
pub(super) fn broke(error: reqwest::Error, writes: bool) -> ConnectorError {
    let error = error.without_url();
    if error.is_builder() {
        return ConnectorError::permanent(format!("The call cannot be made: {error}."));
    }
    let mut cause = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(unreachable) = inner.downcast_ref::<Unreachable>() {
            return unreachable.clone().into();
        }
        if is_of_tls(inner) {
            return ConnectorError::retryable(format!("The server cannot be trusted: {inner}."));
        }
        cause = inner.to_string();
        source = inner.source();
    }
    if error.is_connect() {
        return ConnectorError::retryable(format!("The server cannot be reached: {cause}."));
    }
    let what = if error.is_timeout() { "did not answer in time" } else { "broke off" };
    let message = format!("The server {what}: {cause}.");
    if writes { ConnectorError::unknown(message) } else { ConnectorError::retryable(message) }
}

#[cfg(test)]
mod tests;
