//! The HTTP client of connectors: one for the process, so that its connections are shared.

use std::{sync::Arc, time::Duration};

use reqwest::{Method, RequestBuilder, Url};

use crate::{connector::dialer::Dialer, domain::outcome::ConnectorError};

/// No client could be made.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client can be made")]
pub struct ClientError(#[from] reqwest::Error);

/// Calls servers, wherever the dialer lets it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    client: reqwest::Client,
    dialer: Dialer,
}

impl Client {
    /// A client with time limits. It follows no redirects: they would carry data and passwords to where nobody configured;
    /// and no proxy of the environment, behind which no address could be judged.
    ///
    /// # Errors
    /// If the certificates of this machine cannot be read.
    #[expect(clippy::disallowed_methods, reason = "this is the one constructor")]
    pub fn new(dialer: Dialer) -> Result<Self, ClientError> {
        // A second installation in one process keeps the first.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(dialer.clone()))
            .pool_max_idle_per_host(32)
            .user_agent(concat!("cohort/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, dialer })
    }

    /// A request to an address.
    ///
    /// # Errors
    /// If it is no address, or one that targets may not reach.
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, ConnectorError> {
        let url: Url =
            url.parse().map_err(|error| ConnectorError::permanent(format!("The call cannot be made: {error}.")))?;
        self.dialer.judge(&url)?;
        Ok(self.client.request(method, url))
    }
}
