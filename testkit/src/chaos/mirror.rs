//! Targets whose content is read when all is at rest, and held against the model.
//!
//! Guarantee: what is there is right without anybody's help, but for groups of a directory, which may still name people who are
//! gone; and those go, and what others take away or change comes back, by a comparison with repair, while all that is theirs stays. Mechanism: a server tells what it has as facts about people
//! (`tables`, `entries`), which make documents as those of the other targets. Failure: a sentence for each finding, which
//! counts as *wrong at the end*. They write no journal: order and overlap are judged at the others.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

pub(super) use self::{entries::Entries, tables::Tables};
use super::{api::Api, model, operate, payload};
use crate::proof::{
    journal::{End, Vector},
    rest::{Document, Rest},
    wrong,
};

mod entries;
mod others;
mod tables;
#[cfg(test)]
mod tests;

/// What the checker knows it by; findings tell its name.
const NUMBER: i64 = 0;

/// A target.
#[derive(Debug)]
pub(super) struct Mirror {
    server: Server,
    id: i64,
}

/// What stands behind it.
#[derive(Debug)]
pub(super) enum Server {
    /// A database, which goes down with the server on which everything stands.
    Tables(Tables),
    /// A directory.
    Entries(Entries),
}

/// What a server has.
#[derive(Debug, Default)]
struct Content {
    facts: Vec<Fact>,
    /// What is wrong of itself, whatever the registry says.
    wrong: Vec<String>,
    /// The same, but only a comparison mends it for sure: members of groups under names that they do not have any more.
    left_over: Vec<String>,
}

/// When content is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Nothing was repaired: what is left over in groups is told and not counted.
    Rest,
    /// After a comparison with repair.
    End,
}

/// Something that is said of a person: what it is, and its text.
#[derive(Debug)]
struct Fact {
    person: String,
    what: String,
    text: String,
}

impl Content {
    fn note(&mut self, person: &str, what: &str, text: &str) {
        let (person, what, text) = (person.to_owned(), what.to_owned(), text.to_owned());
        self.facts.push(Fact { person, what, text });
    }
}

impl Server {
    fn name(&self) -> &'static str {
        match self {
            Self::Tables(_) => "database",
            Self::Entries(_) => "directory",
        }
    }

    fn target(&self) -> (&'static str, Value) {
        match self {
            Self::Tables(tables) => ("SqlProvisioner", tables.configuration()),
            Self::Entries(entries) => ("LdapProvisioner", entries.configuration()),
        }
    }

    async fn spoil(&self) {
        match self {
            Self::Tables(tables) => tables.spoil().await,
            Self::Entries(entries) => entries.spoil().await,
        }
    }

    async fn content(&self) -> Content {
        match self {
            Self::Tables(tables) => tables.content().await,
            Self::Entries(entries) => entries.content().await,
        }
    }

    /// What there is to be of a person there.
    fn shown(&self, document: &Document) -> Document {
        let mut shown = Document { target: NUMBER, ..document.clone() };
        if let Self::Entries(_) = self {
            // A directory tells of groups, and neither of birthdays nor of COUs.
            let groups = document.text.split(", ").filter(|part| payload::is_automatic(part));
            shown.text = groups.collect::<Vec<_>>().join(", ");
        }
        shown
    }

    /// What is wrong there. `people` is how many belong there, also those without an identifier: they are in a database, which
    /// asks for none, and nowhere else.
    async fn wrong(&self, model: &[Document], people: usize, at: At) -> Vec<String> {
        let Content { facts, wrong: mut found, left_over } = self.content().await;
        match at {
            At::Rest => left_over.iter().for_each(|sentence| println!("until it is compared: {sentence}")),
            At::End => found.extend(left_over),
        }
        let mut documents = documents(&facts);
        println!("{} people in the {}, {} with a name for targets", documents.len(), self.name(), model.len());
        if let Self::Tables(_) = self {
            if documents.len() != people {
                found.push(format!("it has {} people, and {people} belong there", documents.len()));
            }
            documents.retain(|document| !document.key.is_empty());
        }
        let model = model.iter().map(|document| self.shown(document)).collect();
        found.extend(wrong::find(&Rest { model, documents, ..Rest::default() }));
        found.into_iter().map(|sentence| format!("the {}: {sentence}", self.name())).collect()
    }
}

impl Mirror {
    /// Adds the target, and asks for everything that is there already.
    pub(super) async fn add(api: &Api, co: i64, server: Server) -> Self {
        let (plugin, configuration) = server.target();
        let document = json!({ "CoId": co, "Description": server.name(), "Plugin": plugin, "Status": "AutomaticMode",
            "Configuration": configuration, "RetryInterval": 1, "MaxRetry": 10 });
        let document = operate::guarded(document, false);
        let (_, id) = api.add("target.add", Vec::new(), "co_provisioning_targets", document).await;
        let id = id.expect("a target can be added before anything fails");
        let everything = format!("co_provisioning_targets/provision/{id}/coid:{co}.json");
        api.ask("provision.co", Vec::new(), Method::POST, &everything, None).await;
        Self { server, id }
    }

    pub(super) fn id(&self) -> i64 {
        self.id
    }

    /// The directory, if it is one.
    pub(super) fn directory(&self) -> Option<&Entries> {
        match &self.server {
            Server::Entries(entries) => Some(entries),
            Server::Tables(_) => None,
        }
    }

    /// Compares it with the registry, and may have repaired what differs; gives whether that is known to have been accepted.
    pub(super) async fn compare(&self, api: &Api, repair: bool) -> bool {
        let path = format!("co_provisioning_targets/{}/compare.json", self.id);
        let wish: Value = json!({ "Repair": repair });
        api.ask("target.compare", Vec::new(), Method::POST, &path, Some(wish)).await.0 == End::Ok
    }
}

/// Lets somebody else change what is there, and has that repaired.
pub(super) async fn spoil_and_repair(mirrors: &[Mirror], api: &Api) {
    for mirror in mirrors {
        mirror.server.spoil().await;
        while !mirror.compare(api, true).await {}
    }
}

/// What is wrong at some, and stays so: dates come when everything else is at rest, too.
pub(super) async fn judge_at_rest(
    mirrors: &[Mirror],
    api: &Api,
    co: i64,
    settled: impl AsyncFn() -> Option<String>,
) -> Vec<String> {
    if judge(mirrors, api, co, At::Rest).await.is_empty() {
        return Vec::new();
    }
    settled().await;
    judge(mirrors, api, co, At::Rest).await
}

/// What is wrong at some when all was repaired.
pub(super) async fn judge_at_end(mirrors: &[Mirror], api: &Api, co: i64) -> Vec<String> {
    judge(mirrors, api, co, At::End).await
}

async fn judge(mirrors: &[Mirror], api: &Api, co: i64, at: At) -> Vec<String> {
    let model = model::read(api, co).await;
    let people = model::people(api, &format!("coid={co}")).await.len();
    let mut found = Vec::new();
    for mirror in mirrors {
        found.extend(mirror.server.wrong(&model, people, at).await);
    }
    found
}

/// The documents that facts make.
fn documents(facts: &[Fact]) -> Vec<Document> {
    let mut people = BTreeMap::<&str, Document>::new();
    for Fact { person, what, text } in facts {
        let none = || Document {
            target: NUMBER,
            key: String::new(),
            subject: String::new(),
            vector: Vector::new(),
            text: String::new(),
        };
        let document = people.entry(person).or_insert_with(none);
        match what.as_str() {
            "person" => {}
            "born" => payload::note(&mut document.text, &format!("born {text}")),
            "cou" => payload::note(&mut document.text, text),
            "group" if payload::is_automatic(text) => payload::note(&mut document.text, text),
            _ => show(document, text),
        }
        if let Some(subject) = payload::subject_of_key(text).filter(|_| what == "identifier") {
            (document.subject, document.key) = (subject.to_owned(), text.clone());
        }
    }
    people.into_values().collect()
}

/// Notes a field. What is no field, and one that is there twice, is in no model.
fn show(document: &mut Document, text: &str) {
    let Some((field, number)) = payload::field_of(text) else {
        return payload::note(&mut document.text, &format!("also {text:?}"));
    };
    if document.vector.insert(field, number).is_some() {
        payload::note(&mut document.text, &format!("another one beside {text}"));
    }
}
