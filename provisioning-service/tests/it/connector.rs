//! A connector that remembers what it was asked, and does what a test tells it to.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use proto::registry::v1::{SubjectState, subject_state::Data};
use provisioning_service::{
    connector::{
        Connector, Job, Keys,
        description::{Description, Key},
        plan::{Plan, Protocol, Step},
    },
    domain::{
        eligibility::Work,
        outcome::{Applied, ConnectorError},
        subject::{Kind, Subject},
        target::Target,
    },
};
use serde_json::Value as Json;
use tokio::sync::watch;

/// A call that was made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) target: i64,
    pub(crate) subject: Subject,
    pub(crate) work: Work,
    pub(crate) action: String,
    pub(crate) fills: bool,
    pub(crate) previous_key: Option<String>,
    pub(crate) former_keys: Vec<String>,
    pub(crate) revision: i64,
}

/// What a test sees and decides. Shared by all workers of a test.
#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) calls: Mutex<Vec<Call>>,
    /// The configurations with which calls were made.
    configurations: Mutex<Vec<(i64, Json)>>,
    fails: Mutex<HashMap<i64, ConnectorError>>,
    fails_once: Mutex<HashMap<i64, ConnectorError>>,
    held: Mutex<HashMap<i64, watch::Sender<bool>>>,
    running: Mutex<BTreeSet<(i64, Subject)>>,
    keys: Mutex<BTreeSet<(i64, String)>>,
    /// Groups of which calls for people leave something to be done.
    pub(crate) leaves: Mutex<Vec<i64>>,
    /// How often it was found out whether a target can be reached.
    pub(crate) checked: AtomicUsize,
    /// Targets tell keys for ever, so many at once.
    pub(crate) endless: AtomicUsize,
    /// Targets tell each key twice.
    pub(crate) tells_twice: AtomicBool,
    /// So many plans are made of what is older than what was given to the target meanwhile.
    pub(crate) newer: AtomicUsize,
    /// A library below it unwinds when keys are read, as at a row without the columns that were announced.
    pub(crate) breaks: AtomicBool,
    pub(crate) overlapped: AtomicBool,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            calls: Mutex::default(),
            configurations: Mutex::default(),
            fails: Mutex::default(),
            fails_once: Mutex::default(),
            held: Mutex::default(),
            running: Mutex::default(),
            keys: Mutex::default(),
            leaves: Mutex::default(),
            checked: AtomicUsize::new(0),
            endless: AtomicUsize::new(0),
            tells_twice: AtomicBool::new(false),
            newer: AtomicUsize::new(0),
            breaks: AtomicBool::new(false),
            overlapped: AtomicBool::new(false),
        }
    }
}

impl Control {
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Calls for a target fail from now on, or do not.
    pub(crate) fn fail(&self, target: i64, error: Option<ConnectorError>) {
        let mut fails = self.fails.lock().unwrap();
        match error {
            Some(error) => _ = fails.insert(target, error),
            None => _ = fails.remove(&target),
        }
    }

    /// The next call for a target that ends fails.
    pub(crate) fn fail_once(&self, target: i64, error: ConnectorError) {
        self.fails_once.lock().unwrap().insert(target, error);
    }

    /// No call is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.running.lock().unwrap().is_empty()
    }

    /// Calls for a target that begin from now on wait until they are let go.
    pub(crate) fn hold(&self, target: i64) {
        self.held.lock().unwrap().insert(target, watch::channel(false).0);
    }

    /// Lets calls go that wait.
    pub(crate) fn let_go(&self, target: i64) {
        if let Some(gate) = self.held.lock().unwrap().remove(&target) {
            gate.send_replace(true);
        }
    }

    /// What a target knows: the keys of all subjects.
    pub(crate) fn known(&self, target: i64) -> Vec<String> {
        let keys = self.keys.lock().unwrap();
        keys.iter().filter(|(of, _)| *of == target).map(|(_, key)| key.clone()).collect()
    }

    /// A target takes some keys away and makes another: also late.
    pub(crate) fn keys(&self, target: i64, former: &[String], current: Option<&str>) {
        let mut keys = self.keys.lock().unwrap();
        for former in former {
            keys.remove(&(target, former.clone()));
        }
        keys.extend(current.map(|key| (target, key.to_owned())));
    }

    /// The passwords with which a target was called.
    pub(crate) fn passwords(&self, target: i64) -> Vec<String> {
        let seen = self.configurations.lock().unwrap();
        let of_target = seen.iter().filter(|(id, _)| *id == target);
        of_target.map(|(_, told)| told["Password"].as_str().unwrap_or_default().to_owned()).collect()
    }

    async fn call(&self, job: &Job<'_>, work: Work) -> Result<Applied, ConnectorError> {
        let told: Json = DESCRIPTION.read(&job.target.configuration)?;
        self.configurations.lock().unwrap().push((job.target.id.0, told));
        let (target, subject) = (job.target.id, job.subject);
        self.calls.lock().unwrap().push(Call {
            target: target.0,
            subject,
            work,
            action: job.action.to_owned(),
            fills: job.fills(),
            previous_key: job.previous_key.map(str::to_owned),
            former_keys: job.former_keys.to_vec(),
            revision: job.state.revision,
        });
        if !self.running.lock().unwrap().insert((target.0, subject)) {
            self.overlapped.store(true, Ordering::SeqCst);
        }
        // A call that is cut off is over as well.
        let _over = Running(self, (target.0, subject));
        let gate = self.held.lock().unwrap().get(&target.0).map(watch::Sender::subscribe);
        if let Some(mut gate) = gate {
            let _let_go = gate.wait_for(|open| *open).await;
        } else {
            tokio::task::yield_now().await;
        }
        if let Some(error) = self.fails_once.lock().unwrap().remove(&target.0) {
            return Err(error);
        }
        if let Some(error) = self.fails.lock().unwrap().get(&target.0) {
            return Err(error.clone());
        }
        let key = key(job.state).filter(|_| work == Work::Apply);
        self.keys(target.0, job.former_keys, key.as_deref());
        let groups = match subject.kind {
            Kind::Person => self.leaves.lock().unwrap().clone(),
            _ => Vec::new(),
        };
        Ok(Applied { key, digest: None, groups })
    }
}

fn key(state: &SubjectState) -> Option<String> {
    match &state.data {
        Some(Data::Person(person)) => person.identifiers.first().and_then(|found| found.identifier.clone()),
        _ => None,
    }
}

/// A call that is under way.
struct Running<'a>(&'a Control, (i64, Subject));

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.lock().unwrap().remove(&self.1);
    }
}

static DESCRIPTION: Description =
    Description { plugin: "FakeProvisioner", keys: &[Key::text("Password", "its password").secret(&[])] };

/// The plugin that serves people only.
pub(crate) const PEOPLE_ONLY: &str = "PeopleProvisioner";

/// The connector.
#[derive(Debug)]
pub(crate) struct Fake {
    control: Arc<Control>,
    plugin: &'static str,
    serves: &'static [Kind],
}

impl Fake {
    pub(crate) fn of_everything(control: &Arc<Control>) -> Self {
        Self { control: Arc::clone(control), plugin: "FakeProvisioner", serves: &Kind::ORDER }
    }

    pub(crate) fn of_people(control: &Arc<Control>) -> Self {
        Self { control: Arc::clone(control), plugin: PEOPLE_ONLY, serves: &[Kind::Person] }
    }
}

#[async_trait]
impl Connector for Fake {
    fn plugin(&self) -> &'static str {
        self.plugin
    }

    fn serves(&self, _target: &Target) -> &'static [Kind] {
        self.serves
    }

    fn configuration(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn key(&self, _target: &Target, _subject: Subject, state: &SubjectState) -> Option<String> {
        key(state)
    }

    /// What differs: a key that is to be there, or is to go.
    async fn plan(&self, job: &Job<'_>, work: Work) -> Result<Plan, ConnectorError> {
        let less = |left: usize| left.checked_sub(1);
        if self.control.newer.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
            return Err(ConnectorError::Outdated { message: "It has a newer one.".to_owned() });
        }
        let known = self.control.known(job.target.id.0);
        let wanted = key(job.state).filter(|_| work == Work::Apply);
        let missing = wanted.iter().filter(|key| !known.contains(key)).map(|key| format!("+{key}"));
        let surplus = job.former_keys.iter().filter(|key| known.contains(key));
        let steps = missing.chain(surplus.clone().map(|key| format!("-{key}")));
        let steps = steps.map(|text| Step::new(Protocol::File, text)).collect();
        let there = wanted.iter().any(|key| known.contains(key)) || surplus.count() > 0;
        Ok(Plan { steps, there: Some(there) })
    }

    fn reads_back(&self) -> bool {
        self.serves.len() > 1
    }

    async fn keys(&self, target: &Target, kind: Kind, after: Option<String>) -> Result<Keys, ConnectorError> {
        assert!(!self.control.breaks.load(Ordering::SeqCst), "it breaks, as it was told to");
        if let many @ 1.. = self.control.endless.load(Ordering::SeqCst) {
            let first: usize = after.map_or(0, |after| after.parse().unwrap());
            let keys = (first..first + many).map(|key| format!("endless {key}")).collect();
            return Ok(Keys { keys, next: Some((first + many).to_string()) });
        }
        if let Some(error) = self.control.fails_once.lock().unwrap().remove(&target.id.0) {
            return Err(error);
        }
        let known = self.control.known(target.id.0);
        let after = after.unwrap_or_default();
        let keys: Vec<String> = known.into_iter().filter(|key| kind == Kind::Person && *key > after).take(2).collect();
        let next = if keys.len() == 2 { keys.last().cloned() } else { None };
        let times = if self.control.tells_twice.load(Ordering::SeqCst) { 2 } else { 1 };
        Ok(Keys { keys: std::iter::repeat_n(keys, times).flatten().collect(), next })
    }

    async fn apply(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.control.call(job, Work::Apply).await
    }

    async fn remove(&self, job: &Job<'_>) -> Result<Applied, ConnectorError> {
        self.control.call(job, Work::Remove).await
    }

    async fn check(&self, _target: &Target) -> Result<(), ConnectorError> {
        self.control.checked.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
