//! A group, of which one client is the only writer, with members among that client's subjects.
//!
//! What a person is a member of is told by the group's name, so a group is a field of each of its members: its name says
//! `g7.12`, and whoever changes it puts the next number there. When the end of a change is unknown, the group is left
//! alone from then on.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::api::Wishes;
use crate::proof::journal::{End, Wish};

/// A group.
#[derive(Debug)]
pub(super) struct Group {
    /// The field that it is of its members.
    pub(super) field: String,
    pub(super) id: i64,
    number: u64,
    /// The number in its name.
    pub(super) shown: u64,
    pub(super) active: bool,
    pub(super) left_alone: bool,
    /// By the names of the subjects.
    pub(super) members: BTreeMap<String, Member>,
    /// Who has left since the name changed: who comes again must not show the same.
    left: HashSet<String>,
}

/// A membership.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) id: i64,
    /// It ends at a date that comes, or has come.
    pub(super) ends: bool,
}

impl Group {
    /// A group that was added just now.
    pub(super) fn new(field: String, id: i64) -> Self {
        let (members, left) = (BTreeMap::new(), HashSet::new());
        Self { field, id, number: 1, shown: 1, active: true, left_alone: false, members, left }
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// The record with a number in its name.
    pub(super) fn document(field: &str, co: i64, number: u64, status: &str) -> Value {
        json!({ "CoId": co, "Name": format!("{field}.{number}"), "Status": status })
    }

    /// The record of a membership.
    pub(super) fn membership(&self, person: i64, from: Value, through: Value) -> Value {
        json!({ "CoGroupId": self.id, "Person": { "Type": "CO", "Id": person }, "Member": true,
            "ValidFrom": from, "ValidThrough": through })
    }

    /// The wish that a subject shows it.
    pub(super) fn write(&self, subject: &str, number: u64) -> Wishes {
        vec![(subject.to_owned(), Wish::Write { field: self.field.clone(), number, shows: false })]
    }

    /// The wish that a subject shows it no more.
    pub(super) fn remove(&mut self, subject: &str) -> Wishes {
        let number = self.next();
        vec![(subject.to_owned(), Wish::Remove { field: self.field.clone(), number })]
    }

    /// The wishes that all members show a number, but those whose membership ends: they may, and then do no more.
    pub(super) fn write_all(&mut self, number: u64) -> Wishes {
        let members: Vec<_> = self.members.iter().map(|(subject, member)| (subject.clone(), member.ends)).collect();
        let wishes = |(subject, ends): &(String, bool)| match ends {
            false => self.write(subject, number),
            true => self.remove(subject),
        };
        members.iter().flat_map(wishes).collect()
    }

    /// The wishes that nobody shows it any more.
    pub(super) fn remove_all(&mut self) -> Wishes {
        let members: Vec<_> = self.members.keys().cloned().collect();
        members.iter().flat_map(|subject| self.remove(subject)).collect()
    }

    /// Whether a subject has left since the name changed.
    pub(super) fn was_left_by(&self, subject: &str) -> bool {
        self.left.contains(subject)
    }

    /// Notes that it has another name.
    pub(super) fn named(&mut self, number: u64) {
        self.shown = number;
        self.left.clear();
    }

    /// Notes that a subject is a member no more.
    pub(super) fn leave(&mut self, subject: &str) {
        self.forget(subject);
        self.left.insert(subject.to_owned());
    }

    /// Notes that a subject is gone.
    pub(super) fn forget(&mut self, subject: &str) {
        self.members.remove(subject);
    }

    /// Takes note of how a change ended; gives whether it was done.
    pub(super) fn settle(&mut self, end: End) -> bool {
        self.left_alone |= end == End::Unknown;
        end == End::Ok
    }
}
