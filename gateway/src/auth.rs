//! Who asks: HTTP Basic, checked by the person-role-service and remembered for a short time (D13 to D15).
//!
//! Guarantee: a key that was changed, or a login that was suspended, through this gateway counts from its answer on;
//! through another one, after `auth.cache_seconds`. Validity dates and addresses are held against every request. What
//! failed is never remembered. However many wrong keys come, from wherever, a key that was right before, and one that the
//! service made, is answered at once.
//!
//! Mechanism: keys that were right once have turns of their own. Others are checked by their digests, which costs next
//! to nothing, many together; what is not known then is hashed, which is dear: for that each address and all together have a [`Budget`],
//! and beyond it is 429 (D62). Which of these a login is cannot be told from outside: who fails takes the whole way.
//! Failure: when the person-role-service is away, who is not remembered gets 503, not 401.

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
use tokio::sync::{Semaphore, SemaphorePermit};
use tonic::Code;

use crate::{
    auth::{
        budget::Budget,
        credentials::Credentials,
        failures::{Failures, Told},
        login::Login,
    },
    refusal::Problem,
    services::{Services, security_log},
    settings::AuthSettings,
};

pub mod budget;
pub mod credentials;
pub mod failures;
pub mod login;

/// How long a check waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it takes until somebody is told that too many keys were tried: who tries again at once keeps this process no
/// busier than who waits.
const REFUSAL: Duration = Duration::from_secs(1);

/// How long a key that was right is known as such when it is not used.
const PROVEN: Duration = Duration::from_secs(24 * 3600);

/// Knows who asks.
#[derive(Debug)]
pub struct Authenticator {
    services: Services,
    clock: Clock,
    remembered: Option<Cache<[u8; 32], Arc<Login>>>,
    /// Keys that were right once.
    proven: Cache<[u8; 32], ()>,
    turns: Turns,
    budget: Budget,
    salt: [u8; 32],
    generation: AtomicU64,
    failures: Failures,
}

/// Who may be checked by hashing now.
#[derive(Debug)]
struct Turns {
    proven: Semaphore,
    others: Semaphore,
}

/// The credentials that a request brings.
fn credentials(request: &HttpRequest) -> Result<Credentials, Problem> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.and_then(Credentials::read).ok_or(Problem::Nobody)
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
        let checks = settings.concurrent_checks.max(1);
        Self {
            services,
            clock,
            remembered,
            proven: Cache::builder().max_capacity(settings.cache_entries).time_to_idle(PROVEN).build(),
            turns: Turns { proven: Semaphore::new(checks), others: Semaphore::new(checks) },
            budget: Budget::new(settings.attempts_per_address, settings.attempts),
            salt: rand::random(),
            generation: AtomicU64::new(0),
            failures: Failures::default(),
        }
    }

    /// Finds who asks, from an address.
    ///
    /// # Errors
    /// 401 if that is nobody (D13), 429 if too many keys were tried (D62), 503 if it cannot be known at the moment.
    pub async fn authenticate(&self, request: &HttpRequest, address: Option<IpAddr>) -> Result<Caller, Problem> {
        self.log_in(&credentials(request)?, address).await
    }

    /// Finds who asks in a request that was let in before.
    ///
    /// # Errors
    /// As [`Authenticator::authenticate`].
    pub async fn authenticate_again(&self, request: &HttpRequest, address: Option<IpAddr>) -> Result<Caller, Problem> {
        self.look_again(&credentials(request)?, address).await
    }

    /// Finds whose credentials these are.
    ///
    /// # Errors
    /// As [`Authenticator::authenticate`].
    pub async fn log_in(&self, credentials: &Credentials, address: Option<IpAddr>) -> Result<Caller, Problem> {
        let admitted = self.look_again(credentials, address).await;
        if matches!(admitted, Err(Problem::Nobody)) {
            self.tell_of_failure(&credentials.username, address).await;
        }
        admitted
    }

    /// The same for credentials that were right before: that they are so no more is nobody's attempt.
    ///
    /// # Errors
    /// As [`Authenticator::authenticate`].
    pub async fn look_again(&self, credentials: &Credentials, address: Option<IpAddr>) -> Result<Caller, Problem> {
        self.login(credentials, address).await.and_then(|login| self.admit(&login, address))
    }

    /// Has a login that failed written down (D60), with those that were only counted.
    async fn tell_of_failure(&self, username: &str, address: Option<IpAddr>) {
        for Told { username, address, attempts } in self.failures.count(username, address, self.clock.now().timestamp())
        {
            let address = address.map(|address| address.to_canonical().to_string()).unwrap_or_default();
            security_log::login_failed(&self.services, FailedLogin { username, address, attempts }).await;
        }
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

    async fn login(&self, credentials: &Credentials, address: Option<IpAddr>) -> Result<Arc<Login>, Problem> {
        let Some(remembered) = &self.remembered else { return self.check(credentials, address).await };
        let key = self.digest(credentials, self.generation.load(Ordering::SeqCst));
        if let Some(login) = remembered.get(&key).await {
            return Ok(login);
        }
        remembered.try_get_with(key, self.check(credentials, address)).await.map_err(|problem| (*problem).clone())
    }

    /// What credentials are found by; nobody can make one from outside of this process.
    fn digest(&self, credentials: &Credentials, generation: u64) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(generation.to_be_bytes());
        hash.update((credentials.username.len() as u64).to_be_bytes());
        hash.update(credentials.username.as_bytes());
        hash.update(credentials.key.as_bytes());
        hash.finalize().into()
    }

    async fn check(&self, credentials: &Credentials, address: Option<IpAddr>) -> Result<Arc<Login>, Problem> {
        let proof = self.digest(credentials, u64::MAX);
        if self.proven.get(&proof).await.is_some() {
            let _turn = turn(&self.turns.proven).await?;
            let checked = self.verify(credentials).await;
            if matches!(checked, Err(Problem::Nobody)) {
                self.proven.invalidate(&proof).await;
            }
            return checked;
        }
        let login = match self.services.recognize(asked(credentials)).await? {
            Some(principal) => Arc::new(Login::of(principal)),
            None => self.check_within_budget(credentials, address).await?,
        };
        self.proven.insert(proof, ()).await;
        Ok(login)
    }

    async fn check_within_budget(
        &self,
        credentials: &Credentials,
        address: Option<IpAddr>,
    ) -> Result<Arc<Login>, Problem> {
        let now = self.clock.now().timestamp_millis();
        if let Err(seconds) = self.budget.take(address, now) {
            tokio::time::sleep(REFUSAL).await;
            return Err(Problem::TooMany { seconds });
        }
        let _turn = turn(&self.turns.others).await?;
        self.verify(credentials).await
    }

    async fn verify(&self, credentials: &Credentials) -> Result<Arc<Login>, Problem> {
        let message = asked(credentials).encode_to_vec();
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

fn asked(credentials: &Credentials) -> VerifyRequest {
    VerifyRequest { username: credentials.username.clone(), key: credentials.key.clone() }
}

/// Waits for a turn.
async fn turn(turns: &Semaphore) -> Result<SemaphorePermit<'_>, Problem> {
    match tokio::time::timeout(PATIENCE, turns.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) | Err(_) => Err(Problem::too_many()),
    }
}
