//! Calls of the API, with what was asked and how it ended in the journal.

use std::{
    path::Path,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};

use super::ledger::Ledger;
use crate::{
    client::{Answer, Client},
    proof::journal::{Client as Line, End, Wish},
};

/// How long a client waits before it takes the end for unknown.
const PATIENCE: Duration = Duration::from_secs(20);

/// What follows of a call, for subjects.
pub(super) type Wishes = Vec<(String, Wish)>;

/// The API, through all gateways in turn.
#[derive(Debug)]
pub(super) struct Api {
    clients: Vec<Client>,
    next: AtomicUsize,
    operations: AtomicU64,
    refused: AtomicU64,
    pub(super) ledger: Ledger<Line>,
}

impl Api {
    /// An API whose calls are journaled.
    pub(super) fn new(clients: Vec<Client>, journal: &Path) -> Self {
        let (next, operations, refused) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicU64::new(0));
        Self { clients, next, operations, refused, ledger: Ledger::open(journal) }
    }

    /// How many operations were begun.
    pub(super) fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    /// Asks for a change. Gives how it ended, and the id in the answer.
    pub(super) async fn ask(
        &self,
        name: &str,
        wishes: Wishes,
        method: Method,
        path: &str,
        document: Option<Value>,
    ) -> (End, Option<i64>) {
        let operation = self.operations.fetch_add(1, Ordering::Relaxed) + 1;
        self.ledger.write(Line::Asked { operation, name: name.to_owned(), wishes }).await;
        let answer = self.send(method.clone(), path, document).await;
        let end = match &answer {
            Some(answer) if answer.status < 300 => End::Ok,
            Some(answer) if answer.status < 500 => End::Fail,
            _ => End::Unknown,
        };
        if let (End::Fail, Some(answer)) = (end, &answer)
            && self.refused.fetch_add(1, Ordering::Relaxed) < 40
        {
            println!("refused: {name} {method} {path}: {} {}", answer.status, answer.text());
        }
        if end == End::Unknown {
            // Whoever asks on and on while nothing works spends the operations on that.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let id = answer.as_ref().filter(|_| end == End::Ok).and_then(id);
        let request = id.filter(|_| answer.is_some_and(|answer| answer.status == 202));
        self.ledger.write(Line::Answered { operation, end, request }).await;
        (end, id)
    }

    /// Adds a record.
    pub(super) async fn add(&self, name: &str, wishes: Wishes, path: &str, document: Value) -> (End, Option<i64>) {
        self.ask(name, wishes, Method::POST, &format!("{path}.json"), Some(document)).await
    }

    /// Reads a list; tries until it has it.
    pub(super) async fn list(&self, path: &str, query: &str) -> Vec<Value> {
        for _ in 0..200 {
            let answer = self.send(Method::GET, &format!("{path}.json?{query}"), None).await;
            if let Some(answer) = answer.filter(|answer| answer.status == 200) {
                let lists = answer.json();
                let list = lists.as_object().into_iter().flatten().find_map(|(_, value)| value.as_array().cloned());
                return list.unwrap_or_default();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("{path} cannot be read");
    }

    /// Reads a record; `None` if it cannot be read now.
    pub(super) async fn view(&self, path: &str) -> Option<Value> {
        let answer = self.send(Method::GET, path, None).await.filter(|answer| answer.status == 200)?;
        serde_json::from_slice(&answer.body).ok()
    }

    async fn send(&self, method: Method, path: &str, document: Option<Value>) -> Option<Answer> {
        let body = document.map(|mut document| {
            if let Some(document) = document.as_object_mut() {
                document.insert("Version".to_owned(), json!("1.0"));
            }
            ("application/json", document.to_string().into_bytes())
        });
        for _ in &self.clients {
            let client = self.clients.get(self.next.fetch_add(1, Ordering::Relaxed) % self.clients.len())?;
            let sent = client.try_send(method.clone(), path, body.clone());
            match tokio::time::timeout(PATIENCE, sent).await {
                // Nothing was asked yet: the next gateway serves as well.
                Ok(Err(error)) if error.is_connect() => {}
                other => return other.ok()?.ok(),
            }
        }
        None
    }
}

fn id(answer: &Answer) -> Option<i64> {
    let id = serde_json::from_slice::<Value>(&answer.body).ok()?.get("Id")?.clone();
    id.as_i64().or_else(|| id.as_str()?.parse().ok())
}
