//! Simulated targets, and the connector to them: effects that land late or twice, lost answers, refusals, slowness.
//!
//! A call waits at its target until the scheduler lets it go on; everything that happens is in the journal.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Duration, Utc};
use provisioning_service::domain::outcome::ConnectorError;
use testkit::proof::{
    journal::{Call, Content, Reply, Target as Line, Vector},
    rest::Document,
};
use tokio::sync::oneshot;

use crate::sim::{beside::Effect, dice::Dice};

/// Effects land at most so many seconds after their call was lost.
const LATEST: u64 = 55;

/// What a target does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Usual,
    Unavailable,
    TimeoutAppliedLate,
    TimeoutNeverApplied,
    AppliedButGatewayTimeout,
    Reset,
    Twice,
}

impl Plan {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Usual => None,
            Self::Unavailable => Some("503"),
            Self::TimeoutAppliedLate => Some("timeout, applied late"),
            Self::TimeoutNeverApplied => Some("timeout, never applied"),
            Self::AppliedButGatewayTimeout => Some("504 but applied"),
            Self::Reset => Some("reset"),
            Self::Twice => Some("applied twice"),
        }
    }
}

/// What is asked for: what it writes, and what that is for a real connector.
#[derive(Clone, Debug)]
struct Asked {
    call: Call,
    text: String,
    effect: Option<Effect>,
}

#[derive(Debug)]
struct Open {
    asked: Asked,
    plan: Plan,
    applied: bool,
    answer: oneshot::Sender<Result<(), ConnectorError>>,
}

#[derive(Debug)]
struct Landing {
    at: DateTime<Utc>,
    asked: Asked,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) journal: Vec<Line>,
    pub(crate) documents: BTreeMap<(i64, String), Document>,
    /// How many calls in a thousand go wrong.
    pub(crate) faults: u64,
    /// Whether effects may land after their end could not be known any more.
    pub(crate) late: bool,
    /// Targets that refuse what is older than they have.
    pub(crate) refusing: BTreeSet<i64>,
    /// The request and number of the call that is made next.
    pub(crate) calling: (i64, i64),
    /// The call that arrived last, until it is asked for.
    pub(crate) arrived: Option<u64>,
    /// What others have there.
    foreign: BTreeSet<(i64, String)>,
    revisions: BTreeMap<(i64, String), i64>,
    open: BTreeMap<u64, Open>,
    landing: Vec<Landing>,
    /// What took effect and was not carried out elsewhere yet.
    effects: Vec<Effect>,
    calls: u64,
    now: DateTime<Utc>,
    dice: Dice,
}

/// The targets. Never killed.
#[derive(Clone, Debug)]
pub(crate) struct Targets(pub(crate) Arc<Mutex<State>>);

impl Targets {
    pub(crate) fn new(seed: u64, now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(State {
            journal: Vec::new(),
            documents: BTreeMap::new(),
            faults: 0,
            late: false,
            refusing: BTreeSet::new(),
            calling: (0, 0),
            arrived: None,
            foreign: BTreeSet::new(),
            revisions: BTreeMap::new(),
            open: BTreeMap::new(),
            landing: Vec::new(),
            effects: Vec::new(),
            calls: 0,
            now,
            dice: Dice::new(seed),
        })))
    }

    /// Whether a call has not been answered yet.
    pub(crate) fn has_open(&self, call: u64) -> bool {
        self.0.lock().unwrap().open.contains_key(&call)
    }

    /// Whether nothing is going on.
    pub(crate) fn is_quiet(&self) -> bool {
        let state = self.0.lock().unwrap();
        state.open.is_empty() && state.landing.is_empty()
    }

    /// Takes a call in; gives its number, and the way on which it is answered.
    pub(crate) fn open(
        &self,
        call: Call,
        text: String,
        effect: Option<Effect>,
    ) -> (u64, oneshot::Receiver<Result<(), ConnectorError>>) {
        let (answer, answered) = oneshot::channel();
        let mut state = self.0.lock().unwrap();
        let plan = state.plan();
        let (request, fence) = state.calling;
        let call = state.arrive(Call { request, fence, fault: plan.name().map(str::to_owned), ..call });
        let id = call.call;
        state.arrived = Some(id);
        state.open.insert(id, Open { asked: Asked { call, text, effect }, plan, applied: false, answer });
        (id, answered)
    }

    /// The caller of a call is gone. One that was answered is not there any more.
    pub(crate) fn abandon(&self, id: u64) {
        let mut state = self.0.lock().unwrap();
        let Some(open) = state.open.remove(&id) else { return };
        state.journal.push(Line::GivenUp { call: id });
        if !open.applied && state.late && state.dice.hits(500) {
            state.land_later(open.asked);
        }
    }

    /// From here on the others cannot know the end of a call: its caller has been silent for longer than its lease.
    pub(crate) fn give_up(&self, call: u64) {
        let mut state = self.0.lock().unwrap();
        if state.open.contains_key(&call) {
            state.journal.push(Line::GivenUp { call });
        }
    }

    /// What took effect since this was asked last.
    pub(crate) fn take_effects(&self) -> Vec<Effect> {
        std::mem::take(&mut self.0.lock().unwrap().effects)
    }

    /// Lets one call go on, and everything land whose time has come.
    pub(crate) fn step(&self, now: DateTime<Utc>) {
        let mut state = self.0.lock().unwrap();
        state.now = now;
        let (due, wait): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.landing).into_iter().partition(|landing| landing.at <= now);
        state.landing = wait;
        for landing in due {
            state.apply(&landing.asked);
        }
        let open: Vec<u64> = state.open.keys().copied().collect();
        if let Some(id) = state.dice.pick(&open).copied() {
            state.go_on(id);
        }
    }
}

impl State {
    /// Others put something there.
    pub(crate) fn put_foreign(&mut self, target: i64, key: String) {
        let (subject, vector, text) = ("others".to_owned(), Vector::new(), String::new());
        let document = Document { target, key: key.clone(), subject, vector, text };
        self.documents.insert((target, key.clone()), document);
        self.foreign.insert((target, key));
    }

    /// What is at the targets, without what others have there, none of which may be gone.
    pub(crate) fn ours(&self) -> Vec<Document> {
        let (foreign, ours): (Vec<_>, Vec<_>) =
            self.documents.iter().partition(|(place, _)| self.foreign.contains(*place));
        assert_eq!(foreign.len(), self.foreign.len(), "what others have was removed");
        ours.into_iter().map(|(_, document)| document.clone()).collect()
    }

    fn plan(&mut self) -> Plan {
        if !self.dice.hits(self.faults) {
            return Plan::Usual;
        }
        let plans: &[Plan] = if self.late {
            &[
                Plan::Unavailable,
                Plan::TimeoutNeverApplied,
                Plan::AppliedButGatewayTimeout,
                Plan::Reset,
                Plan::TimeoutAppliedLate,
                Plan::Twice,
            ]
        } else {
            &[Plan::Unavailable, Plan::TimeoutNeverApplied, Plan::AppliedButGatewayTimeout]
        };
        self.dice.pick(plans).copied().unwrap()
    }

    fn land_later(&mut self, asked: Asked) {
        let at = self.now + Duration::milliseconds(i64::try_from(self.dice.below(LATEST * 1000)).unwrap());
        self.landing.push(Landing { at, asked });
    }

    /// Does what the call asks for; gives whether it was taken.
    fn apply(&mut self, Asked { call, text, effect }: &Asked) -> bool {
        let revision = self.revisions.entry((call.target, call.subject.clone())).or_default();
        if self.refusing.contains(&call.target) && call.revision < *revision {
            return false;
        }
        *revision = call.revision.max(*revision);
        match &call.content {
            Content::State(vector) => {
                let document = Document {
                    target: call.target,
                    key: call.key.clone(),
                    subject: call.subject.clone(),
                    vector: vector.clone(),
                    text: text.clone(),
                };
                self.documents.insert((call.target, call.key.clone()), document);
            }
            Content::Removal => {
                self.documents.remove(&(call.target, call.key.clone()));
            }
        }
        self.journal.push(Line::Applied { call: call.call });
        self.effects.extend(effect.clone());
        true
    }

    fn go_on(&mut self, id: u64) {
        let Some(mut open) = self.open.remove(&id) else { return };
        let timeout = || Err(ConnectorError::unknown("The target did not answer in time."));
        let (reply, answer) = match open.plan {
            Plan::Usual | Plan::Twice | Plan::AppliedButGatewayTimeout if !open.applied => {
                open.applied = self.apply(&open.asked);
                if open.applied {
                    self.open.insert(id, open);
                    return;
                }
                (Reply::Refused, Err(ConnectorError::retryable("The target has a newer revision.")))
            }
            Plan::Usual => (Reply::Ok, Ok(())),
            Plan::Twice => (Reply::Ok, Ok(())),
            Plan::AppliedButGatewayTimeout => {
                (Reply::Unknown, Err(ConnectorError::unknown("The target answered 504.")))
            }
            Plan::Unavailable => (Reply::Refused, Err(ConnectorError::retryable("The target answered 503."))),
            Plan::TimeoutNeverApplied => (Reply::Unknown, timeout()),
            Plan::TimeoutAppliedLate => {
                self.land_later(open.asked.clone());
                (Reply::Unknown, timeout())
            }
            Plan::Reset => {
                if self.dice.hits(500) {
                    self.land_later(open.asked.clone());
                }
                (Reply::Unknown, Err(ConnectorError::unknown("The connection was reset.")))
            }
        };
        self.journal.push(Line::Replied { call: id, reply });
        if open.plan == Plan::Twice && reply == Reply::Ok {
            // Something between here and there sends it once more, at once: later, against a target that takes every
            // revision, no caller could know of it (docs/promises.md).
            let call = self.arrive(Call { fault: Some("second effect".to_owned()), ..open.asked.call });
            self.journal.push(Line::GivenUp { call: call.call });
            self.apply(&Asked { call, ..open.asked });
        }
        let _caller_gone = open.answer.send(answer);
    }

    fn arrive(&mut self, mut call: Call) -> Call {
        self.calls += 1;
        call.call = self.calls;
        self.journal.push(Line::Arrived(call.clone()));
        call
    }
}
