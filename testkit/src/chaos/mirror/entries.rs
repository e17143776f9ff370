//! The entries of a directory that goes down by itself: a server of OpenLDAP, with one way to it for all processes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

use super::{
    Content,
    others::{self, Others},
};
use crate::{
    chaos::{payload, proxy::Proxy},
    ldif::{self, Entry},
    slapd::{self, Slapd},
};

/// What people stand below.
pub(super) const PEOPLE: &str = "ou=people,dc=example,dc=org";
/// What groups stand below.
pub(super) const GROUPS: &str = "ou=groups,dc=example,dc=org";
/// The attributes in which the fields of a person are, and what they tell.
const FIELDS: [(&str, &str); 6] = [
    ("uid", "identifier"),
    ("voPersonID", "identifier"),
    ("givenName", "name"),
    ("displayName", "name"),
    ("mail", "mail"),
    ("title", "role"),
];

/// The directory.
#[derive(Debug)]
pub(in crate::chaos) struct Entries {
    pub(in crate::chaos) slapd: Slapd,
    pub(in crate::chaos) way: Arc<Proxy>,
    others: Mutex<Others>,
}

impl Entries {
    /// Starts the server; somebody else has entries there already.
    pub(in crate::chaos) async fn start() -> Self {
        let slapd = Slapd::start(&["people", "groups"]).await;
        let way = Proxy::start(vec![slapd.port()]).await;
        let entries = Self { slapd, way, others: Mutex::default() };
        entries.ask(|url| slapd::modify(url, &others::first())).await;
        entries.note(|others, all| others.wrote(all)).await;
        entries
    }

    pub(super) fn configuration(&self) -> Value {
        let attribute = |name: &str, kind: &str| json!({ "Attribute": name, "Type": kind });
        let attributes = [
            attribute("cn", "official"),
            attribute("sn", "official"),
            attribute("givenName", "official"),
            attribute("displayName", "alternate"),
            attribute("mail", "official"),
            attribute("uid", payload::KEY_TYPE),
            attribute("voPersonID", "enterprise"),
            json!({ "Attribute": "title" }),
            json!({ "Attribute": "isMemberOf" }),
        ];
        json!({ "ServerUrl": format!("ldap://127.0.0.1:{}", self.way.port()), "BindDn": Slapd::ADMIN,
            "Password": Slapd::PASSWORD, "BaseDn": PEOPLE, "GroupBaseDn": GROUPS, "DnAttributeName": "uid",
            "DnIdentifierType": payload::KEY_TYPE, "Attributes": attributes, "AttributeOptions": true,
            "PersonObjectClasses": ["inetOrgPerson", "eduMember", "voPerson"] })
    }

    /// Lets somebody else write something into the entries of all people who are there now.
    pub(in crate::chaos) async fn mark(&self) {
        let all = self.read().await;
        let ldif = others::marking(ours(&all, PEOPLE));
        // Who is renamed or goes meanwhile gets no mark.
        self.ask(move |url| slapd::try_modify(url, &ldif)).await;
        self.note(|others, all| others.note(all)).await;
    }

    pub(super) async fn spoil(&self) {
        let all = self.read().await;
        let (people, groups): (Vec<_>, Vec<_>) = (ours(&all, PEOPLE).collect(), ours(&all, GROUPS).collect());
        let ldif = others::damage(&people, &groups);
        self.ask(move |url| slapd::modify(url, &ldif)).await;
        self.note(|others, all| others.wrote(all)).await;
        self.mark().await;
        self.note(|others, all| others.stay(all)).await;
    }

    pub(super) async fn content(&self) -> Content {
        let all = self.read().await;
        let mut content = Content::default();
        let keys: BTreeMap<&str, &str> = ours(&all, PEOPLE).map(|entry| (entry.dn.as_str(), entry.called())).collect();
        let mut members = BTreeMap::<&str, BTreeSet<&str>>::new();
        for group in ours(&all, GROUPS) {
            for member in group.values("member") {
                match keys.get(member) {
                    Some(key) => members.entry(key).or_default().extend(group.values("cn")),
                    None => content.left_over.push(format!("{} names {member}, who is not there", group.dn)),
                }
            }
        }
        for entry in ours(&all, PEOPLE) {
            person(&mut content, entry, &members.remove(entry.called()).unwrap_or_default());
        }
        content.wrong.extend(self.others.lock().unwrap_or_else(PoisonError::into_inner).missed(&all));
        content
    }

    async fn note(&self, noted: impl FnOnce(&mut Others, &[Entry])) {
        let all = self.read().await;
        noted(&mut self.others.lock().unwrap_or_else(PoisonError::into_inner), &all);
    }

    async fn read(&self) -> Vec<Entry> {
        ldif::read(&self.ask(|url| slapd::search_for(url, "(objectClass=*)", &["*", "entryUUID"])).await)
    }

    /// Has a tool do something, past the way that is cut now and then.
    async fn ask<T: Send + 'static>(&self, what: impl FnOnce(&str) -> T + Send + 'static) -> T {
        let url = self.slapd.url();
        tokio::task::spawn_blocking(move || what(&url)).await.expect("the tool ends")
    }
}

/// The entries below another one that are not somebody else's.
fn ours<'a>(all: &'a [Entry], base: &'a str) -> impl Iterator<Item = &'a Entry> {
    all.iter().filter(move |entry| entry.is_below(base) && !others::is_theirs(entry))
}

/// Notes what the entry of a person says, and the groups that name it.
fn person(content: &mut Content, entry: &Entry, groups: &BTreeSet<&str>) {
    let uid = entry.called();
    content.note(uid, "person", "");
    for (attribute, what) in FIELDS {
        for value in entry.values(attribute) {
            // A name is told in one piece, the given name first.
            content.note(uid, what, value.split(' ').next().unwrap_or(value));
        }
    }
    for group in groups {
        content.note(uid, "group", group);
    }
    let subject = payload::subject_of_key(uid).unwrap_or_default();
    let (given, told) = (entry.first("givenName"), |name| entry.values(name).collect::<Vec<_>>());
    // A person without a name is called by its identifier.
    let named = if given.is_empty() {
        [uid.to_owned(), uid.to_owned()]
    } else {
        [format!("{given} {subject}"), subject.to_owned()]
    };
    if [told("cn"), told("sn")] != named.each_ref().map(|name| vec![name.as_str()]) {
        content.wrong.push(format!("{uid} of {subject} is called {:?} {:?}", told("cn"), told("sn")));
    }
    let says: BTreeSet<&str> = entry.values("isMemberOf").collect();
    if says != *groups {
        content.wrong.push(format!("{uid} of {subject} says it is in {says:?}, and {groups:?} say so"));
    }
}
