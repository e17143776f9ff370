//! What a client does to groups and their members.

use rand::seq::IndexedRandom;
use reqwest::Method;
use serde_json::{Value, json};

use super::Client;
use crate::{
    chaos::group::{Group, Member},
    proof::journal::End,
};

/// How many groups a client has at a time.
const WANTED: usize = 2;

impl Client {
    pub(super) async fn change_groups(&mut self) {
        let mine: Vec<usize> =
            (0..).zip(&self.groups).filter(|(_, group)| !group.left_alone).map(|(at, _)| at).collect();
        let Some(at) = mine.choose(&mut self.random).copied().filter(|_| mine.len() >= WANTED) else {
            return self.add_group().await;
        };
        let active = self.groups.get(at).is_some_and(|group| group.active);
        match self.below(20) {
            0 => self.delete_group(at).await,
            1..4 if active => self.suspend_group(at).await,
            1..10 if !active => self.name_group(at, "resume").await,
            4..8 => self.name_group(at, "rename").await,
            _ => self.change_membership(at).await,
        }
    }

    async fn add_group(&mut self) {
        self.load.begin();
        let field = self.load.name("g");
        let document = Group::document(&field, self.load.place.co, 1, "Active");
        if let (End::Ok, Some(id)) = self.load.api.add("group.add", Vec::new(), "co_groups", document).await {
            self.groups.push(Group::new(field, id));
        }
    }

    async fn delete_group(&mut self, at: usize) {
        self.load.begin();
        let Some(group) = self.groups.get_mut(at) else { return };
        let (wishes, path) = (group.remove_all(), format!("co_groups/{}.json", group.id));
        let (end, _) = self.load.api.ask("group.delete", wishes, Method::DELETE, &path, None).await;
        if group.settle(end) {
            self.groups.swap_remove(at);
        }
    }

    async fn suspend_group(&mut self, at: usize) {
        let Some(group) = self.groups.get_mut(at) else { return };
        self.load.begin();
        let (wishes, path) = (group.remove_all(), format!("co_groups/{}.json", group.id));
        let document = Group::document(&group.field, self.load.place.co, group.shown, "Suspended");
        let (end, _) = self.load.api.ask("group.suspend", wishes, Method::PUT, &path, Some(document)).await;
        if group.settle(end) {
            group.active = false;
        }
    }

    /// Gives a group its next name. A suspended one stays so, unless it is resumed.
    async fn name_group(&mut self, at: usize, what: &str) {
        let Some(group) = self.groups.get_mut(at) else { return };
        self.load.begin();
        let (number, path) = (group.next(), format!("co_groups/{}.json", group.id));
        let active = group.active || what == "resume";
        let wishes = if active { group.write_all(number) } else { Vec::new() };
        let status = if active { "Active" } else { "Suspended" };
        let document = Group::document(&group.field, self.load.place.co, number, status);
        let (end, _) = self.load.api.ask(&format!("group.{what}"), wishes, Method::PUT, &path, Some(document)).await;
        if group.settle(end) {
            group.active = active;
            group.named(number);
        }
    }

    /// Makes a steady subject a member, or does something to its membership.
    async fn change_membership(&mut self, at: usize) {
        let steady: Vec<_> = self.subjects.iter().filter(|subject| subject.is_steady()).collect();
        let Some(subject) = steady.choose(&mut self.random).copied() else { return };
        let (subject, person) = (subject.name.clone(), subject.person);
        if self.groups.get(at).is_some_and(|group| group.was_left_by(&subject)) {
            return self.name_group(at, "rename").await;
        }
        let member = self.groups.get(at).and_then(|group| group.members.get(&subject).copied());
        match member {
            None => self.join(at, subject, person).await,
            Some(Member { id, ends: false }) if self.below(3) == 0 => self.end(at, subject, person, id).await,
            Some(Member { id, .. }) => self.leave(at, subject, id).await,
        }
    }

    /// Makes a subject a member, at once or at a date that comes.
    async fn join(&mut self, at: usize, subject: String, person: i64) {
        let (what, from) = if self.below(3) == 0 { ("begin", json!(self.soon())) } else { ("add", Value::Null) };
        let Some(group) = self.groups.get_mut(at) else { return };
        self.load.begin();
        let document = group.membership(person, from, Value::Null);
        let wishes = if group.active { group.write(&subject, group.shown) } else { Vec::new() };
        let (end, id) = self.load.api.add(&format!("member.{what}"), wishes, "co_group_members", document).await;
        if group.settle(end) {
            group.members.extend(id.map(|id| (subject, Member { id, ends: false })));
        }
    }

    /// Gives a membership a date that comes, at which it ends.
    async fn end(&mut self, at: usize, subject: String, person: i64, id: i64) {
        let soon = self.soon();
        let Some(group) = self.groups.get_mut(at) else { return };
        self.load.begin();
        let document = group.membership(person, Value::Null, json!(soon));
        let (wishes, path) = (group.remove(&subject), format!("co_group_members/{id}.json"));
        let (end, _) = self.load.api.ask("member.end", wishes, Method::PUT, &path, Some(document)).await;
        if group.settle(end) {
            group.members.insert(subject, Member { id, ends: true });
        }
    }

    async fn leave(&mut self, at: usize, subject: String, id: i64) {
        let Some(group) = self.groups.get_mut(at) else { return };
        self.load.begin();
        let (wishes, path) = (group.remove(&subject), format!("co_group_members/{id}.json"));
        let (end, _) = self.load.api.ask("member.delete", wishes, Method::DELETE, &path, None).await;
        if group.settle(end) {
            group.leave(&subject);
        }
    }

    /// Has the members of an automatic group computed anew, or the groups of the CO made that are missing. Nothing may
    /// come of it.
    pub(super) async fn reconcile(&mut self) {
        self.load.begin();
        let whole = self.below(4) == 0;
        let (api, co) = (&self.load.api, self.load.place.co);
        let (name, method, path) = match self.load.place.groups.choose(&mut self.random) {
            Some(group) if !whole => ("group.reconcile", Method::POST, format!("co_groups/reconcile/{group}.json")),
            _ => ("groups.reconcile", Method::PUT, format!("co_groups/reconcile.json?coid={co}")),
        };
        api.ask(name, Vec::new(), method, &path, None).await;
    }
}
