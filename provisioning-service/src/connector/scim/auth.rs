//! How this server shows who it is, and the tokens that it gets with client credentials (RFC 6749 §4.4).
//!
//! Guarantee: a token is got once and used until it runs out or is refused. Mechanism: one place for each set of
//! credentials; whoever comes while a token is got waits for it. Failure: what the token server says is told.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex as Lock, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proto::MASK;
use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER},
};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{
    connector::{
        digest,
        http::{Client, answer, broke, read},
        scim::configuration::{AuthType, Configuration},
    },
    domain::outcome::ConnectorError,
};

/// So much is read of what a token server says.
const LONGEST: usize = 64 << 10;
/// Tokens of so many clients are kept.
const KEPT: usize = 1000;
/// A token is not used any more so long before it runs out.
const EARLY: Duration = Duration::from_secs(10);

/// A token, and until when it may be used; as long as it is not refused, if that was not said.
#[derive(Clone)]
struct Token {
    text: String,
    until: Option<Instant>,
}

type Slot = Arc<Mutex<Option<Token>>>;

/// The tokens of this process.
#[derive(Default)]
pub(super) struct Tokens {
    by_client: Lock<HashMap<String, Slot>>,
}

impl std::fmt::Debug for Tokens {
    /// Leaves the tokens out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

/// What a token server answers with.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<f64>,
}

/// Why it gives none.
#[derive(Deserialize)]
struct Refused {
    error: String,
    error_description: Option<String>,
}

/// The value of `Authorization`. `refused` is one that the server did not take.
pub(super) async fn authorization(
    client: &Client,
    tokens: &Tokens,
    configuration: &Configuration,
    refused: Option<&str>,
    now: DateTime<Utc>,
) -> Result<String, ConnectorError> {
    Ok(match configuration.auth_type {
        AuthType::Bearer => format!("Bearer {}", configuration.token),
        AuthType::Basic => basic(&configuration.username, &configuration.password),
        AuthType::OAuth2 => tokens.of(client, configuration, refused, now).await?,
    })
}

/// How `Authorization` is shown to people.
pub(super) fn shown(configuration: &Configuration) -> String {
    let scheme = match configuration.auth_type {
        AuthType::Basic => "Basic",
        AuthType::Bearer | AuthType::OAuth2 => "Bearer",
    };
    format!("{scheme} {MASK}")
}

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

impl Tokens {
    async fn of(
        &self,
        client: &Client,
        configuration: &Configuration,
        refused: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<String, ConnectorError> {
        let slot = self.slot(configuration);
        let mut slot = slot.lock().await;
        let fits = |token: &&Token| {
            token.until.is_none_or(|until| Instant::now() < until) && refused != Some(token.text.as_str())
        };
        if let Some(token) = slot.as_ref().filter(fits) {
            return Ok(token.text.clone());
        }
        *slot = None;
        Ok(slot.insert(fetch(client, configuration, now).await?).text.clone())
    }

    fn slot(&self, configuration: &Configuration) -> Slot {
        let Configuration { token_url, client_id, client_secret, ca_certificates, .. } = configuration;
        let whose = format!("{:?}", (token_url, client_id, client_secret, ca_certificates));
        let mut slots = self.by_client.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= KEPT {
            slots.clear();
        }
        Arc::clone(slots.entry(digest::of(whose.as_bytes())).or_default())
    }
}

/// What a client logs in with where tokens are fetched (RFC 6749 §2.3.1), after `Basic`.
pub(super) fn of_client(configuration: &Configuration) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let login = basic(&encoded(&configuration.client_id), &encoded(&configuration.client_secret));
    login.trim_start_matches("Basic ").to_owned()
}

async fn fetch(client: &Client, configuration: &Configuration, now: DateTime<Utc>) -> Result<Token, ConnectorError> {
    let credentials = format!("Basic {}", of_client(configuration));
    let trusts = configuration.ca_certificates.as_deref();
    let request = client
        .request(Method::POST, &configuration.token_url, trusts)?
        .header(AUTHORIZATION, credentials)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials");
    // It changes nothing at the target.
    let response = request.send().await.map_err(|error| broke(error, false))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let said = read(response, LONGEST, false).await?;
    if !status.is_success() {
        let refused = serde_json::from_slice(&said).map(|Refused { error, error_description }| {
            configuration.discreet(&format!("{error} {}", error_description.unwrap_or_default()))
        });
        let words = format!("no token was granted. {}", refused.unwrap_or_default());
        let retry_after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let said = answer::Said { status, retry_after, newer: None, words: Some(words.as_str()) };
        answer::judge(&Method::GET, said, now)?;
    }
    let granted: Granted = serde_json::from_slice(&said)
        .map_err(|_| ConnectorError::retryable("The token server's answer holds no token."))?;
    let lives = granted.expires_in.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let until = lives.and_then(|lives| Instant::now().checked_add(lives.saturating_sub(EARLY)));
    Ok(Token { text: format!("Bearer {}", granted.access_token), until })
}
