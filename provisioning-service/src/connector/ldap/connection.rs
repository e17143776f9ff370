//! Connections to directories: one for each target, kept, on which its calls go side by side.
//!
//! Failure: a connection on which an answer did not come in time, or that was closed, is not used again.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex as Lock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, StdStream};
use tokio::sync::Mutex;

use crate::{
    connector::{
        dialer::Dialer,
        ldap::{
            answer, channel,
            configuration::Configuration,
            gate::{Gate, Room},
            op::{self, Change, Op},
            planned::Written,
        },
        limits::ANSWER,
    },
    domain::{ids::TargetId, outcome::ConnectorError, target::Target},
};

/// So many connections are kept.
const KEPT: usize = 256;
/// So long one is kept that nobody uses, as that of a target that was deleted.
const IDLE: Duration = Duration::from_secs(600);

type Slot = Arc<Mutex<Option<Directory>>>;

/// The connections of this process.
#[derive(Debug)]
pub(super) struct Connections {
    dialer: Dialer,
    by_target: Lock<HashMap<TargetId, Kept>>,
}

/// The connection of a target, and when it was asked for.
#[derive(Debug)]
struct Kept {
    slot: Slot,
    at: Instant,
}

/// A directory that we are logged in to.
#[derive(Clone)]
pub(super) struct Directory {
    pub(super) ldap: Ldap,
    configuration: Arc<Configuration>,
    broken: Arc<AtomicBool>,
    gate: Gate,
    /// Where changes go instead of to the directory.
    pub(super) written: Option<Written>,
    /// Whose turn it is to read page by page: a directory keeps one place with a connection.
    pub(super) paging: Arc<Mutex<()>>,
    /// It has not refused to write a name in other letters.
    pub(super) respells: Arc<AtomicBool>,
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
        let slot = self.slot(target.id, Instant::now());
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

impl Connections {
    /// Where the connection of a target is. Those that nobody uses go.
    fn slot(&self, target: TargetId, now: Instant) -> Slot {
        let mut all = self.by_target.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, kept| now.duration_since(kept.at) < IDLE);
        if all.len() >= KEPT && !all.contains_key(&target) {
            let longest = all.iter().min_by_key(|(_, kept)| kept.at).map(|(id, _)| *id);
            longest.and_then(|id| all.remove(&id));
        }
        let kept = all.entry(target).or_insert_with(|| Kept { slot: Slot::default(), at: now });
        kept.at = now;
        Arc::clone(&kept.slot)
    }
}

impl Directory {
    /// Connects and logs in.
    async fn open(configuration: &Configuration, dialer: &Dialer) -> Result<Self, ConnectorError> {
        let (stream, gate) = channel::open(configuration, dialer).await?;
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(stream));
        let connected = LdapConnAsync::with_settings(settings, "ldapi:///").await;
        let (connection, mut ldap) = connected.map_err(|error| answer::silence(&error, false, gate.refused()))?;
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "a connection to a directory ended");
            }
        });
        let bound = ldap.with_timeout(ANSWER).simple_bind(&configuration.bind_dn, &configuration.password).await;
        let bound = bound.map_err(|error| answer::silence(&error, false, gate.refused()))?;
        answer::judge(&bound, "let this server log in", &[])?;
        let (configuration, broken, paging) = (Arc::new(configuration.clone()), Arc::default(), Arc::default());
        let respells = Arc::new(AtomicBool::new(true));
        Ok(Self { ldap, configuration, broken, gate, written: None, paging, respells })
    }

    fn is_broken(&mut self) -> bool {
        self.broken.load(Ordering::Relaxed) || self.ldap.is_closed()
    }

    /// Lets answers be long, as long as it is kept.
    pub(super) fn room(&self) -> Room {
        self.gate.room()
    }

    /// Does not use the connection again.
    pub(super) fn abandon(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    pub(super) fn silent(&self, error: &LdapError, writes: bool) -> ConnectorError {
        self.abandon();
        answer::silence(error, writes, self.gate.refused())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_of_targets_that_nobody_uses_go() {
        let (connections, begin) = (Connections::new(Dialer::default()), Instant::now());
        let first = connections.slot(TargetId(1), begin);
        connections.slot(TargetId(2), begin + IDLE / 2);
        assert!(Arc::ptr_eq(&first, &connections.slot(TargetId(1), begin + IDLE / 2)), "one that is used stays");
        connections.slot(TargetId(1), begin + IDLE);
        connections.slot(TargetId(1), begin + IDLE + IDLE / 2);
        assert_eq!(connections.by_target.lock().unwrap().keys().collect::<Vec<_>>(), [&TargetId(1)]);
        for target in 0..1000 {
            connections
                .slot(TargetId(target), begin + IDLE * 2 + Duration::from_millis(u64::try_from(target).unwrap()));
        }
        let kept = connections.by_target.lock().unwrap();
        assert_eq!(
            (kept.len(), kept.contains_key(&TargetId(999)), kept.contains_key(&TargetId(0))),
            (KEPT, true, false)
        );
    }
}
