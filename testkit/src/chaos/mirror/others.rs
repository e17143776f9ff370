//! What somebody else has in the directory and does to it: entries of its own, values in ours, and damage.

use std::collections::{BTreeMap, BTreeSet};

use super::entries::{GROUPS, PEOPLE};
use crate::ldif::Entry;

/// So many entries of people, and of groups, are damaged at most: what is damaged takes its time to be mended.
const DAMAGED: usize = 12;
/// Who it is: its person, and with an `s` its group, are called so.
const NAME: &str = "caretaker";

/// What is somebody else's and has to stay.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Whole entries.
    entries: Vec<Entry>,
    /// The entries of ours that have a mark, by what a directory numbers entries with, under whatever name.
    marked: BTreeSet<String>,
    /// Those of them that may not go any more.
    stay: BTreeSet<String>,
}

/// The entries that are somebody else's from the beginning.
pub(super) fn first() -> String {
    format!(
        "dn: uid={NAME},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {NAME}\ncn: {NAME}\nsn: {NAME}\ndescription: {NAME}\n\n\
         dn: cn={NAME}s,{GROUPS}\nobjectClass: groupOfNames\ncn: {NAME}s\nmember: uid={NAME},{PEOPLE}\n"
    )
}

/// Whether an entry is somebody else's.
pub(super) fn is_theirs(entry: &Entry) -> bool {
    entry.first("cn").strip_suffix('s').unwrap_or(entry.first("cn")) == NAME
}

fn number(entry: &Entry) -> &str {
    entry.first("entryUUID")
}

/// What is written into an entry of ours.
fn mark(entry: &Entry) -> String {
    format!("of the {NAME} since {}", number(entry))
}

fn is_marked(entry: &Entry) -> bool {
    entry.values("description").any(|value| value == mark(entry))
}

/// The changes that mark people who have no mark.
pub(super) fn marking<'a>(people: impl Iterator<Item = &'a Entry>) -> String {
    let unmarked = people.filter(|entry| !is_marked(entry));
    unmarked.map(|entry| changed(&entry.dn, "add", "description", &[&mark(entry)])).collect()
}

impl Others {
    /// Notes what is somebody else's: after they wrote it themselves, and never else.
    pub(super) fn wrote(&mut self, all: &[Entry]) {
        self.entries = all.iter().filter(|entry| is_theirs(entry)).cloned().collect();
    }

    /// Notes who is marked by now.
    pub(super) fn note(&mut self, all: &[Entry]) {
        self.marked.extend(all.iter().filter(|entry| is_marked(entry)).map(|entry| number(entry).to_owned()));
    }

    /// Notes that marked entries may not go any more: nothing in the registry changes.
    pub(super) fn stay(&mut self, all: &[Entry]) {
        self.stay =
            all.iter().map(|entry| number(entry).to_owned()).filter(|entry| self.marked.contains(entry)).collect();
    }

    /// What was to stay and did not. As long as an entry is there, so is what others wrote into it.
    pub(super) fn missed(&self, all: &[Entry]) -> Vec<String> {
        let changed = self.entries.iter().filter(|entry| !all.contains(entry));
        let changed = changed.map(|entry| format!("{} was not Cohort's, and is not as it was", entry.dn));
        let there: BTreeMap<&str, &Entry> = all.iter().map(|entry| (number(entry), entry)).collect();
        let rubbed = self.marked.iter().filter_map(|entry| there.get(entry.as_str()).filter(|entry| !is_marked(entry)));
        let rubbed = rubbed.map(|entry| format!("{} has lost what others wrote there", entry.dn));
        let gone = self.stay.iter().filter(|entry| !there.contains_key(entry.as_str()));
        let gone = gone.map(|entry| format!("the entry {entry} is gone with what others wrote there"));
        changed.chain(rubbed).chain(gone).collect()
    }
}

/// Damage: people and groups are deleted, values of ours are changed, taken away and added; and some of our people are made
/// members of the group that is not ours.
pub(super) fn damage(people: &[&Entry], groups: &[&Entry]) -> String {
    let mut ldif = String::new();
    for (turn, Entry { dn, .. }) in people.iter().enumerate().take(DAMAGED) {
        ldif += &match turn % 6 {
            0 => format!("dn: {dn}\nchangetype: delete\n\n"),
            1 => changed(dn, "replace", "givenName", &["spoilt"]),
            2 => changed(dn, "replace", "mail", &[]),
            3 => changed(dn, "add", "title", &["spoilt"]),
            4 => changed(dn, "add", "uid", &["second"]),
            _ => changed(&format!("cn={NAME}s,{GROUPS}"), "add", "member", &[dn]),
        };
    }
    for (turn, Entry { dn, .. }) in groups.iter().enumerate().take(DAMAGED) {
        ldif += &match turn % 3 {
            0 => format!("dn: {dn}\nchangetype: delete\n\n"),
            1 => changed(dn, "replace", "member", &[&format!("uid={NAME},{PEOPLE}")]),
            _ => String::new(),
        };
    }
    ldif
}

fn changed(dn: &str, how: &str, attribute: &str, values: &[&str]) -> String {
    let values: String = values.iter().map(|value| format!("{attribute}: {value}\n")).collect();
    format!("dn: {dn}\nchangetype: modify\n{how}: {attribute}\n{values}-\n\n")
}
