//! Connections to directories: one for each target, kept, on which its calls go side by side.
//!
//! Failure: a connection on which an answer did not come in time, or that was closed, is not used again.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex as Lock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, StdStream};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio::{net::TcpStream, sync::Mutex};

use crate::{
    connector::{
        dialer::Dialer,
        ldap::{
            answer,
            configuration::Configuration,
            op::{self, Change, Op},
            planned::Written,
        },
    },
    domain::{outcome::ConnectorError, target::Target},
};

/// To connect, TLS included.
const CONNECT: Duration = Duration::from_secs(5);
/// For one answer: below the limit of a call, which is below that of the lease.
pub(super) const ANSWER: Duration = Duration::from_secs(10);

type Slot = Arc<Mutex<Option<Directory>>>;

/// The connections of this process.
#[derive(Debug)]
pub(super) struct Connections {
    dialer: Dialer,
    by_target: Lock<HashMap<i64, Slot>>,
}

/// A directory that we are logged in to.
#[derive(Clone)]
pub(super) struct Directory {
    pub(super) ldap: Ldap,
    configuration: Arc<Configuration>,
    broken: Arc<AtomicBool>,
    /// Where changes go instead of to the directory.
    pub(super) written: Option<Written>,
}

impl std::fmt::Debug for Directory {
    /// Leaves the configuration out: it holds secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").field("broken", &self.broken).finish_non_exhaustive()
    }
}

impl Connections {
    pub(super) fn new(dialer: Dialer) -> Self {
        Self { dialer, by_target: Lock::default() }
    }

    /// A connection of its own.
    pub(super) async fn open(&self, wanted: &Configuration) -> Result<Directory, ConnectorError> {
        Directory::open(wanted, &self.dialer).await
    }

    /// The connection of a target; a new one if there is none, it is broken, or its configuration has changed.
    pub(super) async fn of(&self, target: &Target, wanted: &Configuration) -> Result<Directory, ConnectorError> {
        let slot = {
            let mut slots = self.by_target.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(target.id).or_default())
        };
        let mut slot = slot.lock().await;
        if let Some(open) = slot.as_mut().filter(|open| open.is_of(wanted))
            && !open.is_broken()
        {
            return Ok(open.clone());
        }
        *slot = None;
        Ok(slot.insert(self.open(wanted).await?).clone())
    }
}

impl Directory {
    /// Connects and logs in.
    async fn open(configuration: &Configuration, dialer: &Dialer) -> Result<Self, ConnectorError> {
        let mut settings = LdapConnSettings::new().set_conn_timeout(CONNECT).set_starttls(configuration.start_tls);
        if configuration.start_tls || configuration.server_url.starts_with("ldaps:") {
            // A second installation in one process keeps the first.
            let _installed = rustls::crypto::ring::default_provider().install_default();
            if let Some(pem) = &configuration.ca_certificates {
                settings = settings.set_config(trusting(pem)?);
            }
        }
        let stream = StdStream::Tcp(connect(configuration, dialer).await?);
        let settings = settings.set_std_stream(stream);
        let connected =
            tokio::time::timeout(CONNECT, LdapConnAsync::with_settings(settings, &configuration.server_url));
        let slow = |_| ConnectorError::retryable("The directory did not take the connection in time.");
        let connected = connected.await.map_err(slow)?;
        let (connection, mut ldap) = connected.map_err(|error| answer::unreachable(&error))?;
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "a connection to a directory ended");
            }
        });
        let bound = ldap.with_timeout(ANSWER).simple_bind(&configuration.bind_dn, &configuration.password).await;
        let bound = bound.map_err(|error| answer::silence(&error, false))?;
        answer::judge(&bound, "let this server log in", &[])?;
        Ok(Self { ldap, configuration: Arc::new(configuration.clone()), broken: Arc::default(), written: None })
    }

    fn is_broken(&mut self) -> bool {
        self.broken.load(Ordering::Relaxed) || self.ldap.is_closed()
    }

    /// Does not use the connection again.
    pub(super) fn abandon(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    pub(super) fn silent(&self, error: &LdapError, writes: bool) -> ConnectorError {
        self.abandon();
        answer::silence(error, writes)
    }

    /// Whether it is what a configuration says.
    pub(super) fn is_of(&self, configuration: &Configuration) -> bool {
        *self.configuration == *configuration
    }

    /// Changes the directory, or writes the change down. Gives the code: 0, or one of those that are expected.
    pub(super) async fn send(&self, op: Op, expected: &[u32]) -> Result<u32, ConnectorError> {
        let Some(written) = &self.written else { return self.really(op, expected).await };
        let code = self.foresee(&op, expected).await?;
        if code == 0 {
            written.note(op);
        }
        Ok(code)
    }

    async fn really(&self, op: Op, expected: &[u32]) -> Result<u32, ConnectorError> {
        let (mut ldap, what) = (self.ldap.clone(), op.what());
        let ldap = ldap.with_timeout(ANSWER);
        let result = match op {
            Op::Add { dn, attributes } => ldap.add(&dn, op::sent(attributes)).await,
            Op::Modify { dn, changes } => ldap.modify(&dn, changes.into_iter().map(Change::sent).collect()).await,
            Op::Rename { dn, rdn, base } => ldap.modifydn(&dn, &rdn, true, Some(&base)).await,
            Op::Delete { dn } => ldap.delete(&dn).await,
        };
        answer::judge(&result.map_err(|error| self.silent(&error, true))?, what, expected)
    }

    /// The same directory, to which nothing is sent: changes are written down.
    pub(super) fn planning(&self) -> (Self, Written) {
        let written = Written::default();
        (Self { written: Some(written.clone()), ..self.clone() }, written)
    }

    /// Whether changes are written down and not sent.
    pub(super) fn plans(&self) -> bool {
        self.written.is_some()
    }
}

/// Connects to one of the addresses of a directory that the dialer allows.
async fn connect(configuration: &Configuration, dialer: &Dialer) -> Result<std::net::TcpStream, ConnectorError> {
    let away = || ConnectorError::retryable("The directory cannot be reached.");
    let url: reqwest::Url = configuration.server_url.parse().map_err(|_| away())?;
    let port = url.port().unwrap_or(if url.scheme() == "ldaps" { 636 } else { 389 });
    let addresses = dialer.resolve(url.host_str().unwrap_or("localhost"), port).await?;
    let connected = tokio::time::timeout(CONNECT, TcpStream::connect(addresses.as_slice())).await;
    let slow = |_| ConnectorError::retryable("The directory did not take the connection in time.");
    connected.map_err(slow)?.and_then(TcpStream::into_std).map_err(|_| away())
}

/// Trusts these certificates and no others.
fn trusting(pem: &str) -> Result<Arc<ClientConfig>, ConnectorError> {
    let wrong = || ConnectorError::permanent("The CaCertificates of the target cannot be used.");
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        roots.add(certificate.map_err(|_| wrong())?).map_err(|_| wrong())?;
    }
    Ok(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
}
