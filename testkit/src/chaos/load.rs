//! The clients: each has its own subjects, and does one thing after the other to them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    api::Api,
    subject::{FIELDS, Kind, Subject},
};
use crate::proof::journal::End;

/// Where the clients work.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) co: i64,
    pub(super) cous: Vec<i64>,
    pub(super) targets: Vec<i64>,
}

/// What all clients share.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) api: Arc<Api>,
    pub(super) place: Place,
    /// How many operations are to come.
    pub(super) left: AtomicI64,
    operations: i64,
    kills: i64,
    /// How many kills have been.
    pub(super) killed: AtomicI64,
    subjects: AtomicU64,
}

/// A client.
struct Client {
    load: Arc<Load>,
    random: StdRng,
    subjects: Vec<Subject>,
    /// Requests that were accepted lately.
    requests: Vec<i64>,
}

impl Load {
    pub(super) fn new(api: Arc<Api>, place: Place, operations: u64, kills: u64) -> Self {
        let (operations, kills) = (operations.cast_signed(), kills.cast_signed());
        let (left, killed, subjects) = (AtomicI64::new(operations), AtomicI64::new(0), AtomicU64::new(0));
        Self { api, place, left, operations, kills, killed, subjects }
    }

    /// How many operations are left when a kill is due; the kills are spread evenly.
    pub(super) fn due(&self, kill: i64) -> i64 {
        self.operations - self.operations * kill / (self.kills + 1)
    }

    /// Whether the clients are so far ahead of the kills that they would be done without them.
    fn is_ahead(&self) -> bool {
        self.left.load(Ordering::Relaxed) < self.due(self.killed.load(Ordering::Relaxed) + 2)
    }

    pub(super) fn is_over(&self) -> bool {
        self.left.load(Ordering::Relaxed) <= 0
    }
}

/// Works until all operations are done, on so many subjects at a time.
pub(super) async fn run(load: Arc<Load>, seed: u64, subjects: usize) {
    let mut client = Client { load, random: StdRng::seed_from_u64(seed), subjects: Vec::new(), requests: Vec::new() };
    let mut before = client.load.api.operations();
    while !client.load.is_over() {
        while client.load.is_ahead() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if client.subjects.len() < subjects {
            client.add_person().await;
        } else {
            client.act().await;
        }
        // Counted together: other clients' operations are in the difference, theirs count for themselves.
        let now = client.load.api.operations();
        if now == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        before = now;
    }
}

impl Client {
    fn below(&mut self, bound: usize) -> usize {
        self.random.random_range(0..bound)
    }

    /// Begins an operation: one less is to come.
    fn begin(&self) {
        self.load.left.fetch_sub(1, Ordering::Relaxed);
    }

    async fn add_person(&mut self) {
        self.begin();
        let name = format!("s{}", self.load.subjects.fetch_add(1, Ordering::Relaxed));
        let document = json!({ "CoId": self.load.place.co, "Status": "Active" });
        let (End::Ok, Some(id)) = self.load.api.add("person.add", Vec::new(), "co_people", document).await else {
            return tokio::time::sleep(Duration::from_millis(50)).await;
        };
        self.subjects.push(Subject::new(name, id));
        let at = self.subjects.len() - 1;
        for field in ["key", "n0", "r0"] {
            self.add(at, field).await;
        }
    }

    /// Does something to a subject, or with requests.
    async fn act(&mut self) {
        let at = self.below(self.subjects.len());
        if self.subjects.get(at).is_some_and(Subject::is_worn) {
            return self.delete_person(at).await;
        }
        match self.below(1000) {
            0..8 => self.delete_person(at).await,
            8..16 => self.edit_person(at).await,
            16..40 => self.rename_key_twice(at).await,
            40..90 => self.provision(at).await,
            90..93 => self.provision_many().await,
            93..103 => self.cancel_or_retry().await,
            _ => self.change(at).await,
        }
    }

    async fn change(&mut self, at: usize) {
        let Some(field) = FIELDS.choose(&mut self.random).copied() else { return };
        let Some(subject) = self.subjects.get(at) else { return };
        let Some(known) = subject.fields.get(field).filter(|known| !known.left_alone) else { return };
        let there = known.id.is_some();
        let stays = matches!(field, "key" | "n0" | "r0");
        match self.below(10) {
            _ if !there => self.add(at, field).await,
            0..2 if !stays => self.delete(at, field).await,
            2..6 if Kind::of(field) == Kind::Role => self.change_role(at, field).await,
            _ => self.edit(at, field, "edit", json!({}), true).await,
        }
    }

    async fn add(&mut self, at: usize, field: &'static str) {
        self.begin();
        let role = self.role(field);
        let Some(subject) = self.subjects.get_mut(at) else { return };
        let Some(number) = next(subject, field) else { return };
        let (kind, wishes) = (Kind::of(field), subject.write(field, number, true));
        let document = subject.document(field, number, &role);
        let (end, id) = self.load.api.add(&format!("{}.add", kind.name()), wishes, kind.path(), document).await;
        settle(subject, field, end, |known| known.id = id);
    }

    async fn edit(&mut self, at: usize, field: &'static str, what: &str, role: Value, shows: bool) {
        self.begin();
        let Some(subject) = self.subjects.get_mut(at) else { return };
        let Some(number) = next(subject, field) else { return };
        let wishes = subject.write(field, number, shows);
        put(&self.load.api, subject, field, number, what, &role, wishes).await;
    }

    async fn delete(&mut self, at: usize, field: &'static str) {
        let Some(subject) = self.subjects.get_mut(at) else { return };
        let Some(id) = subject.fields.get(field).and_then(|known| known.id) else { return };
        let Some(number) = next(subject, field) else { return };
        self.load.left.fetch_sub(1, Ordering::Relaxed);
        let (kind, wishes) = (Kind::of(field), subject.remove(field, number));
        let (name, path) = (format!("{}.delete", kind.name()), format!("{}/{id}.json", kind.path()));
        let (end, _) = self.load.api.ask(&name, wishes, Method::DELETE, &path, None).await;
        settle(subject, field, end, |known| known.id = None);
    }

    /// Moves a role to another COU, suspends it, resumes it, or gives it dates that come in seconds.
    async fn change_role(&mut self, at: usize, field: &'static str) {
        let cou = json!({ "CouId": self.cou() });
        let what = self.below(5);
        if what < 2 {
            return self.edit(at, field, "move", cou, true).await;
        }
        self.begin();
        let soon = super::in_some_seconds(self.random.random_range(1..4));
        let Some(subject) = self.subjects.get_mut(at) else { return };
        let Some(number) = next(subject, field) else { return };
        let active =
            |from: Value, through: Value| json!({ "Status": "Active", "ValidFrom": from, "ValidThrough": through });
        let (what, role, wishes) = match what {
            2 => ("suspend", json!({ "Status": "Pending" }), subject.remove(field, number)),
            3 => {
                // Until then it is gone; what it shows then is newer.
                let gone = subject.remove(field, number);
                let Some(number) = next(subject, field) else { return };
                let wishes = [gone, subject.write(field, number, true)].concat();
                ("begin", active(json!(soon), Value::Null), wishes)
            }
            _ => {
                let shown = subject.write(field, number, true);
                let Some(after) = next(subject, field) else { return };
                let wishes = [shown, subject.remove(field, after)].concat();
                ("end", active(Value::Null, json!(soon)), wishes)
            }
        };
        let shown =
            if what == "begin" { subject.fields.get(field).map_or(number, |known| known.number) } else { number };
        put(&self.load.api, subject, field, shown, what, &role, wishes).await;
    }

    async fn rename_key_twice(&mut self, at: usize) {
        for _ in 0..2 {
            self.edit(at, "key", "rename", json!({}), true).await;
        }
    }

    /// Takes a person away, after its roles: a person with roles is not deleted.
    async fn delete_person(&mut self, at: usize) {
        for field in ["r0", "r1", "r2"] {
            self.delete(at, field).await;
        }
        self.begin();
        let subject = self.subjects.swap_remove(at);
        // Whatever of it is unknown leaves it as it is.
        if subject.fields.iter().any(|(field, known)| known.left_alone && Kind::of(field) == Kind::Role) {
            return;
        }
        let wishes = subject.fields.iter().flat_map(|(field, known)| subject.remove(field, known.number + 1)).collect();
        let path = format!("co_people/{}.json", subject.person);
        self.load.api.ask("person.delete", wishes, Method::DELETE, &path, None).await;
    }

    /// Edits the person itself. Its status follows from its roles, and is written as it is.
    async fn edit_person(&mut self, at: usize) {
        let Some(subject) = self.subjects.get(at) else { return };
        let (api, co) = (&self.load.api, self.load.place.co);
        let path = format!("co_people/{}", subject.person);
        let Some(now) = api.list(&path, "").await.pop() else { return };
        self.load.left.fetch_sub(1, Ordering::Relaxed);
        let born = format!("19{:02}-01-01", self.random.random_range(10..99));
        let document = json!({ "CoId": co, "Status": now.get("Status"), "DateOfBirth": born });
        api.ask("person.edit", Vec::new(), Method::PUT, &format!("{path}.json"), Some(document)).await;
    }

    async fn provision(&mut self, at: usize) {
        self.begin();
        let Some(person) = self.subjects.get(at).map(|subject| subject.person) else { return };
        self.ask_for("provision.person", &format!("copersonid:{person}")).await;
    }

    async fn provision_many(&mut self) {
        self.begin();
        if self.below(4) == 0 {
            let co = self.load.place.co;
            self.ask_for("provision.co", &format!("coid:{co}")).await;
        } else {
            let cou = self.cou();
            self.ask_for("provision.cou", &format!("couid:{cou}")).await;
        }
    }

    async fn ask_for(&mut self, name: &str, subject: &str) {
        let Some(target) = self.load.place.targets.choose(&mut self.random) else { return };
        let path = format!("co_provisioning_targets/provision/{target}/{subject}.json");
        if let (End::Ok, Some(request)) = self.load.api.ask(name, Vec::new(), Method::POST, &path, None).await {
            self.requests.push(request);
        }
    }

    async fn cancel_or_retry(&mut self) {
        let Some(request) = self.requests.pop() else { return };
        self.begin();
        let path = format!("co_provisioning_requests/{request}");
        if self.below(2) == 0 {
            self.load.api.ask("request.cancel", Vec::new(), Method::DELETE, &format!("{path}.json"), None).await;
        } else {
            self.load.api.ask("request.retry", Vec::new(), Method::POST, &format!("{path}/retry.json"), None).await;
        }
    }

    fn cou(&mut self) -> i64 {
        self.load.place.cous.choose(&mut self.random).copied().unwrap_or_default()
    }

    /// Where a new role is, and in which state.
    fn role(&mut self, field: &str) -> Value {
        match Kind::of(field) {
            Kind::Role => json!({ "CouId": self.cou(), "Status": "Active" }),
            _ => json!({}),
        }
    }
}

/// Gives the next number of a field that may be written.
fn next(subject: &mut Subject, field: &str) -> Option<u64> {
    let known = subject.fields.get_mut(field).filter(|known| !known.left_alone)?;
    known.number += 1;
    Some(known.number)
}

async fn put(
    api: &Api,
    subject: &mut Subject,
    field: &'static str,
    number: u64,
    what: &str,
    role: &Value,
    wishes: super::api::Wishes,
) {
    let Some(id) = subject.fields.get(field).and_then(|known| known.id) else { return };
    let kind = Kind::of(field);
    // A role that is edited is there from now on, unless the edit says otherwise.
    let mut full = match kind {
        Kind::Role => json!({ "Status": "Active", "ValidFrom": null, "ValidThrough": null }),
        _ => json!({}),
    };
    if let (Some(full), Some(role)) = (full.as_object_mut(), role.as_object()) {
        full.extend(role.clone());
    }
    let document = subject.document(field, number, &full);
    let (name, path) = (format!("{}.{what}", kind.name()), format!("{}/{id}.json", kind.path()));
    let (end, _) = api.ask(&name, wishes, Method::PUT, &path, Some(document)).await;
    settle(subject, field, end, |_| ());
}

fn settle(subject: &mut Subject, field: &str, end: End, done: impl FnOnce(&mut super::subject::Field)) {
    let Some(known) = subject.fields.get_mut(field) else { return };
    match end {
        End::Ok => done(known),
        End::Fail => {}
        End::Unknown => known.left_alone = true,
    }
}
