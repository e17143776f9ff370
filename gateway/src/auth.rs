//! Who asks: HTTP Basic, checked by the person-role-service and remembered for a short time (D13 to D15).
//!
//! Guarantee: a key that was changed, or a login that was suspended, through this gateway counts from its answer on;
//! through another one, after `auth.cache_seconds`. Validity dates and addresses are held against every request. What
//! failed is never remembered, and no more than `auth.concurrent_checks` keys are checked at a time, because each check
//! is dear. Failure: when the person-role-service is away, who is not remembered gets 503, not 401.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::{HttpRequest, http::header};
use moka::future::Cache;
use prost::Message as _;
use proto::{
    audit::v1::FailedLogin,
    caller::Caller,
    refusal::Refusal,
    registry::v1::{Principal, VerifyRequest},
};
use service_kit::clock::Clock;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tonic::Code;

use crate::{
    auth::{credentials::Credentials, failures::Failures, login::Login},
    refusal::Problem,
    services::{Services, security_log},
    settings::AuthSettings,
};

pub mod credentials;
pub mod failures;
pub mod login;

/// How long a check waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Knows who asks.
#[derive(Debug)]
pub struct Authenticator {
    services: Services,
    clock: Clock,
    remembered: Option<Cache<[u8; 32], Arc<Login>>>,
    turns: Semaphore,
    salt: [u8; 32],
    generation: AtomicU64,
    failures: Failures,
}

impl Authenticator {
    /// An authenticator that remembers nobody yet.
    #[must_use]
    pub fn new(settings: &AuthSettings, services: Services, clock: Clock) -> Self {
        let remembered = (settings.cache_seconds > 0).then(|| {
            Cache::builder()
                .max_capacity(settings.cache_entries)
                .time_to_live(Duration::from_secs(settings.cache_seconds))
                .build()
        });
        Self {
            services,
            clock,
            remembered,
            turns: Semaphore::new(settings.concurrent_checks.max(1)),
            salt: rand::random(),
            generation: AtomicU64::new(0),
            failures: Failures::default(),
        }
    }

    /// Finds who asks.
    ///
    /// # Errors
    /// 401 if that is nobody (D13), 503 if it cannot be known at the moment.
    pub async fn authenticate(&self, request: &HttpRequest) -> Result<Caller, Problem> {
        let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let credentials = header.and_then(Credentials::read).ok_or(Problem::Nobody)?;
        let address = request.peer_addr().map(|peer| peer.ip());
        let admitted = self.login(&credentials).await.and_then(|login| self.admit(&login, address));
        if matches!(admitted, Err(Problem::Nobody)) {
            self.tell_of_failure(credentials.username, address).await;
        }
        admitted
    }

    /// Has a login that failed written down (D60), with those that were only counted.
    async fn tell_of_failure(&self, username: String, address: Option<IpAddr>) {
        let Some(attempts) = self.failures.count(&username, address, self.clock.now().timestamp()) else { return };
        let address = address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
        security_log::login_failed(&self.services, FailedLogin { username, address, attempts }).await;
    }

    /// Forgets who was remembered: an API user may have changed.
    ///
    /// The generation is part of what entries are found by. So a check that began before the change, and ends after it,
    /// is remembered where nobody looks any more.
    pub fn forget(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
    }

    fn admit(&self, login: &Login, address: Option<IpAddr>) -> Result<Caller, Problem> {
        match login.is_valid_at(self.clock.now().timestamp()) && login.may_come_from(address) {
            true => {
                let address = address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
                Ok(Caller { address, ..login.caller.clone() })
            }
            false => Err(Problem::Nobody),
        }
    }

    async fn login(&self, credentials: &Credentials) -> Result<Arc<Login>, Problem> {
        let Some(remembered) = &self.remembered else { return self.verify(credentials).await };
        let key = self.key(credentials);
        if let Some(login) = remembered.get(&key).await {
            return Ok(login);
        }
        remembered.try_get_with(key, self.verify(credentials)).await.map_err(|problem| (*problem).clone())
    }

    fn key(&self, credentials: &Credentials) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(self.generation.load(Ordering::SeqCst).to_be_bytes());
        hash.update((credentials.username.len() as u64).to_be_bytes());
        hash.update(credentials.username.as_bytes());
        hash.update(credentials.key.as_bytes());
        hash.finalize().into()
    }

    async fn verify(&self, credentials: &Credentials) -> Result<Arc<Login>, Problem> {
        let busy = || Refusal::Unavailable("Too many logins are being checked. Try again in a moment.".to_owned());
        let _turn = match tokio::time::timeout(PATIENCE, self.turns.acquire()).await {
            Ok(Ok(turn)) => turn,
            Ok(Err(_)) | Err(_) => return Err(busy().into()),
        };
        let message =
            VerifyRequest { username: credentials.username.clone(), key: credentials.key.clone() }.encode_to_vec();
        let answer = self
            .services
            .call_for_status("cohort.registry.v1.Authentication", "Verify", message.into(), &Caller::default())
            .await;
        let bytes = answer.map_err(|status| match (status.code(), Refusal::of_status(&status)) {
            (Code::Unauthenticated, _) => Problem::Nobody,
            (_, refusal) => {
                tracing::warn!(code = ?status.code(), reason = status.message(), "a login could not be checked");
                refusal.into()
            }
        })?;
        let principal = Principal::decode(bytes)
            .map_err(|_| Refusal::Failed("The answer to a login check could not be read.".to_owned()))?;
        Ok(Arc::new(Login::of(principal)))
    }
}
