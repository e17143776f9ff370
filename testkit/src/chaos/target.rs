//! Targets that journal all that happens to them and fail as targets do: they answer late, wrongly or not at all, and take
//! effect whatever they answered.
//!
//! Guarantee: the journal's order is that of arrival and of application, and a line is on the disk before its call goes
//! on. A target is `/t/<number>/<key>`, by PUT and DELETE; what is there is forgotten only with the process, which is
//! never killed.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    net::Ipv4Addr,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::net::TcpListener;

use super::{
    caller,
    ledger::{Ledger, Place},
    payload,
};
use crate::proof::{
    journal::{Call, Content, Reply, Target as Line},
    rest::Document,
};

mod connection;
mod fault;
mod http;

/// The targets, and what they hold.
#[derive(Debug)]
pub(super) struct Targets {
    port: u16,
    ledger: Ledger<Line>,
    documents: Mutex<Documents>,
    calls: AtomicU64,
    /// Calls that wait for their answer, with the process that made them.
    lasting: Mutex<BTreeMap<u64, Option<u32>>>,
    /// Calls that were answered, or lost their caller, and have not taken effect yet.
    late: AtomicU64,
    callers: Mutex<Vec<u32>>,
    faulty: AtomicBool,
    refusing: HashSet<i64>,
    knows_revisions: AtomicBool,
}

#[derive(Debug, Default)]
struct Documents {
    there: BTreeMap<(i64, String), Document>,
    /// The newest revision of each subject that was taken.
    newest: HashMap<(i64, String), i64>,
}

impl Targets {
    /// Starts the targets; those of `refusing` refuse revisions that are older than what they have.
    pub(super) async fn start(journal: &Path, refusing: HashSet<i64>) -> Arc<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let targets = Arc::new(Self {
            port: listener.local_addr().expect("it is bound").port(),
            ledger: Ledger::open(journal),
            documents: Mutex::default(),
            calls: AtomicU64::new(0),
            lasting: Mutex::default(),
            late: AtomicU64::new(0),
            callers: Mutex::default(),
            faulty: AtomicBool::new(false),
            refusing,
            knows_revisions: AtomicBool::new(false),
        });
        let serving = Arc::clone(&targets);
        tokio::spawn(async move {
            loop {
                let Ok((stream, peer)) = listener.accept().await else { continue };
                tokio::spawn(connection::serve(Arc::clone(&serving), stream, peer.port()));
            }
        });
        targets
    }

    /// Gives the `ServerUrl` of a target.
    pub(super) fn url(&self, target: i64) -> String {
        format!("http://127.0.0.1:{}/t/{target}", self.port)
    }

    /// Says which processes may call.
    pub(super) fn expect_callers(&self, pids: Vec<u32>) {
        *lock(&self.callers) = pids;
    }

    /// Begins or ceases to fail.
    pub(super) fn set_faulty(&self, faulty: bool) {
        self.faulty.store(faulty, Ordering::Relaxed);
    }

    /// Whether no call lasts and none is still to take effect.
    pub(super) fn is_quiet(&self) -> bool {
        lock(&self.lasting).is_empty() && self.late.load(Ordering::SeqCst) == 0
    }

    /// How many calls have arrived.
    pub(super) fn arrived(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// How many calls of a process wait for their answer.
    pub(super) fn lasting_of(&self, pid: u32) -> usize {
        lock(&self.lasting).values().filter(|caller| **caller == Some(pid)).count()
    }

    /// Says that the calls which a process has open cannot end for it any more: it stands still, or is cut off.
    pub(super) async fn give_up(&self, pid: u32) {
        let open: Vec<u64> =
            lock(&self.lasting).iter().filter(|(_, caller)| **caller == Some(pid)).map(|(call, _)| *call).collect();
        for call in open {
            self.ledger.write(Line::GivenUp { call }).await;
        }
    }

    /// Gives the targets that refuse older revisions, as far as the calls say their revision.
    pub(super) fn refusing(&self) -> HashSet<i64> {
        if self.knows_revisions.load(Ordering::Relaxed) { self.refusing.clone() } else { HashSet::new() }
    }

    /// Gives all documents.
    pub(super) fn documents(&self) -> Vec<Document> {
        lock(&self.documents).there.values().cloned().collect()
    }

    fn caller(&self, port: u16) -> Option<u32> {
        caller::find(port, self.port, &lock(&self.callers))
    }

    /// Lets a call take effect, and gives its place in the journal; or the newer revision that the target has.
    fn apply(&self, call: &Call, text: &str) -> Result<Place, i64> {
        let mut documents = lock(&self.documents);
        let of = (call.target, call.subject.clone());
        if self.refusing.contains(&call.target)
            && call.revision > 0
            && let Some(newer) = documents.newest.get(&of).filter(|newest| **newest > call.revision)
        {
            return Err(*newer);
        }
        documents.newest.insert(of, call.revision);
        let place = (call.target, call.key.clone());
        match &call.content {
            Content::State(vector) => {
                let (target, key, subject, vector) =
                    (call.target, call.key.clone(), call.subject.clone(), vector.clone());
                documents.there.insert(place, Document { target, key, subject, vector, text: text.to_owned() });
            }
            Content::Removal => _ = documents.there.remove(&place),
        }
        // While the documents are locked: the order of the journal is theirs.
        Ok(self.ledger.put(Line::Applied { call: call.call }))
    }

    fn read(&self, request: &http::Request, fault: Option<&str>) -> Option<Call> {
        let (target, key) = request.path.strip_prefix("/t/")?.split_once('/')?;
        let number = |name: &str| request.header(name).and_then(|text| text.parse::<i64>().ok());
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let revision = number("cohort-revision");
        if revision.is_some() {
            self.knows_revisions.store(true, Ordering::Relaxed);
        }
        // Numbers that a call does not say are taken for its own, so that no two are the same.
        let own = -call.cast_signed();
        Some(Call {
            call,
            target: target.parse().ok()?,
            subject: payload::subject_of_key(key)?.to_owned(),
            key: key.to_owned(),
            revision: revision.unwrap_or(own),
            request: number("cohort-request").unwrap_or(own),
            fence: number("cohort-fence").unwrap_or(own),
            content: match request.method.as_str() {
                "PUT" => Content::State(payload::vector_of_message(&request.body)),
                "DELETE" => Content::Removal,
                _ => return None,
            },
            digest: payload::digest(&request.body),
            fault: fault.map(str::to_owned),
        })
    }

    async fn reply(&self, call: u64, reply: Reply) {
        self.ledger.write(Line::Replied { call, reply }).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
