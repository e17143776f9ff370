//! What else is at a target, as a test says.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use futures::future::BoxFuture;
use proto::registry::v1::SubjectState;
use provisioning_service::{
    connector::{Beside, Member, Members},
    domain::{outcome::ConnectorError, subject::Kind},
};

/// What a target has, as a test says: groups by key, and the pages of their members' keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) groups: Arc<Mutex<BTreeMap<String, i64>>>,
    pub(crate) members: Arc<Mutex<BTreeMap<i64, Vec<String>>>>,
    /// Whose keys are.
    pub(crate) named: Arc<Mutex<BTreeMap<String, i64>>>,
    /// And of their owners' keys.
    pub(crate) owners: Arc<Mutex<BTreeMap<i64, Vec<String>>>>,
    pub(crate) listed: Arc<AtomicUsize>,
    /// How long pages are; two if that is nothing.
    pub(crate) pages: Arc<AtomicUsize>,
    /// Whether a group is called what it is asked about, for those who ask one after the other; the last answer stays.
    pub(crate) called: Arc<Mutex<VecDeque<bool>>>,
    /// The keys of those that are to be changed still.
    pub(crate) moving: Arc<Mutex<BTreeSet<String>>>,
    /// What is true of people, for those who ask.
    pub(crate) states: Arc<Mutex<BTreeMap<i64, SubjectState>>>,
    /// What somebody else does while members are listed the next time.
    pub(crate) meanwhile: Meanwhile,
    /// What somebody else does when members were listed the next time, before whoever asked does anything with that.
    pub(crate) afterwards: Meanwhile,
    /// What somebody else does after it was found out what is true of people the next time, before whoever asked is told.
    pub(crate) told: Meanwhile,
}

#[derive(Clone, Default)]
pub(crate) struct Meanwhile(pub Arc<Mutex<Option<BoxFuture<'static, ()>>>>);

impl std::fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meanwhile")
    }
}

impl World {
    fn page(&self, of: &Mutex<BTreeMap<i64, Vec<String>>>, group: i64, after: i64) -> Members {
        let all = of.lock().unwrap().get(&group).cloned().unwrap_or_default();
        let (begin, long) = (usize::try_from(after).unwrap(), self.pages.load(Ordering::SeqCst).max(2));
        let page = all.iter().zip(1..).skip(begin).take(long);
        let people = page.map(|(key, co_person_id)| Member { co_person_id, key: key.clone() }).collect();
        let next = i64::try_from(begin + long).unwrap();
        Members { people, next: (all.len() > begin + long).then_some(next) }
    }
}

#[async_trait]
impl Beside for World {
    async fn groups(&self, keys: Vec<String>) -> Result<BTreeMap<String, i64>, ConnectorError> {
        let groups = self.groups.lock().unwrap();
        Ok(keys.into_iter().filter_map(|key| groups.get(&key).map(|id| (key.clone(), *id))).collect())
    }

    async fn whose(&self, _: Kind, key: &str) -> Result<Option<i64>, ConnectorError> {
        Ok(self.named.lock().unwrap().get(key).copied())
    }

    async fn is_called(&self, _: i64, _: &str) -> Result<bool, ConnectorError> {
        let mut called = self.called.lock().unwrap();
        let said = called.front().copied().unwrap_or(true);
        if called.len() > 1 {
            called.pop_front();
        }
        Ok(said)
    }

    async fn is_moving(&self, key: &str) -> Result<bool, ConnectorError> {
        Ok(self.moving.lock().unwrap().contains(key))
    }

    async fn members(&self, group: i64, after: i64) -> Result<Members, ConnectorError> {
        self.listed.fetch_add(1, Ordering::SeqCst);
        let meanwhile = self.meanwhile.0.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        let page = self.page(&self.members, group, after);
        let afterwards = self.afterwards.0.lock().unwrap().take();
        if let Some(afterwards) = afterwards {
            afterwards.await;
        }
        Ok(page)
    }

    async fn owners(&self, group: i64, after: i64) -> Result<Members, ConnectorError> {
        self.listed.fetch_add(1, Ordering::SeqCst);
        Ok(self.page(&self.owners, group, after))
    }

    async fn people(&self, people: Vec<i64>) -> Result<Vec<SubjectState>, ConnectorError> {
        let states = {
            let states = self.states.lock().unwrap();
            people.iter().filter_map(|id| states.get(id).cloned()).collect()
        };
        let told = self.told.0.lock().unwrap().take();
        if let Some(told) = told {
            told.await;
        }
        Ok(states)
    }
}
