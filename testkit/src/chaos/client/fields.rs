//! What a client does to the records of a person.

use rand::seq::IndexedRandom;
use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use crate::{
    chaos::{
        api::{Api, Wishes},
        subject::{FIELDS, Field, Kind, Subject},
    },
    proof::journal::End,
};

impl Client {
    pub(super) async fn change(&mut self, at: usize) {
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

    pub(super) async fn add(&mut self, at: usize, field: &'static str) {
        self.load.begin();
        let role = self.role(field);
        let Some(subject) = self.subjects.get_mut(at) else { return };
        let Some(number) = next(subject, field) else { return };
        let (kind, wishes) = (Kind::of(field), subject.write(field, number, true));
        let document = subject.document(field, number, &role);
        let (end, id) = self.load.api.add(&format!("{}.add", kind.name()), wishes, kind.path(), document).await;
        settle(subject, field, end, |known| known.id = id);
    }

    pub(super) async fn edit(&mut self, at: usize, field: &'static str, what: &str, role: Value, shows: bool) {
        self.load.begin();
        let Some(subject) = self.subjects.get_mut(at) else { return };
        let Some(number) = next(subject, field) else { return };
        let wishes = subject.write(field, number, shows);
        put(&self.load.api, subject, field, number, what, &role, wishes).await;
    }

    pub(super) async fn delete(&mut self, at: usize, field: &'static str) {
        let Some(subject) = self.subjects.get_mut(at) else { return };
        let Some(id) = subject.fields.get(field).and_then(|known| known.id) else { return };
        let Some(number) = next(subject, field) else { return };
        self.load.begin();
        let (kind, wishes) = (Kind::of(field), subject.remove(field, number));
        let (name, path) = (format!("{}.delete", kind.name()), format!("{}/{id}.json", kind.path()));
        let (end, _) = self.load.api.ask(&name, wishes, Method::DELETE, &path, None).await;
        settle(subject, field, end, |known| known.id = None);
    }

    pub(super) async fn rename_key_twice(&mut self, at: usize) {
        for _ in 0..2 {
            self.edit(at, "key", "rename", json!({}), true).await;
        }
    }
}

/// Gives the next number of a field that may be written.
pub(super) fn next(subject: &mut Subject, field: &str) -> Option<u64> {
    let known = subject.fields.get_mut(field).filter(|known| !known.left_alone)?;
    known.number += 1;
    Some(known.number)
}

pub(super) async fn put(
    api: &Api,
    subject: &mut Subject,
    field: &'static str,
    number: u64,
    what: &str,
    role: &Value,
    wishes: Wishes,
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

fn settle(subject: &mut Subject, field: &str, end: End, done: impl FnOnce(&mut Field)) {
    let Some(known) = subject.fields.get_mut(field) else { return };
    match end {
        End::Ok => done(known),
        End::Fail => {}
        End::Unknown => known.left_alone = true,
    }
}
