//! The HTTP client of connectors: one for the process, so that its connections are shared.

use std::time::Duration;

/// No client could be made.
#[derive(Debug, thiserror::Error)]
#[error("no HTTP client can be made")]
pub struct ClientError(#[from] reqwest::Error);

/// A client with time limits. It follows no redirects: they would carry data and passwords to where nobody configured.
///
/// # Errors
/// If the certificates of this machine cannot be read.
#[expect(clippy::disallowed_methods, reason = "this is the one constructor")]
pub fn client() -> Result<reqwest::Client, ClientError> {
    // A second installation in one process keeps the first.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Ok(reqwest::Client::builder()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(32)
        .user_agent(concat!("cohort/", env!("CARGO_PKG_VERSION")))
        .build()?)
}
