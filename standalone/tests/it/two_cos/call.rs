//! Requests that name records, and answers without what differs by chance.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value as Json, json};
use testkit::client::{Answer, Client};

use super::{
    description::{Operation, Slot},
    place::filled,
};

/// A request.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    body: Option<Json>,
}

impl Call {
    /// The request of an operation with the records of one CO, but for one slot, which names `id`. `further` goes into the query.
    /// None if it needs what nobody here has.
    pub(super) fn of(
        operation: &Operation,
        ids: &BTreeMap<String, i64>,
        marker: &str,
        odd: Option<(&Slot, i64)>,
        (format, further): (&str, &[(&str, &str)]),
    ) -> Option<Self> {
        let slots = operation.slots();
        let id = |slot: &Slot| match odd {
            Some((other, id)) if other == slot => id,
            _ => ids[slot.resource()],
        };
        let (mut path, mut query) = (operation.path.clone(), Vec::new());
        let is_odd = |slot: &Slot| odd.is_some_and(|(other, _)| other == slot);
        let subject = slots.iter().filter(|slot| matches!(slot, Slot::Subject(..)));
        let subject = subject.clone().find(|slot| is_odd(slot)).or(subject.clone().next());
        for slot in &slots {
            match slot {
                Slot::Id(_) => path = path.replace("{id}", &id(slot).to_string()),
                Slot::Subject(name, _) if Some(slot) == subject => {
                    path = path.replace("{subject}", &format!("{name}:{}", id(slot)));
                }
                Slot::Query(name, _) => {
                    let required =
                        operation.query.iter().any(|parameter| parameter.name == *name && parameter.required);
                    if is_odd(slot) || required {
                        query.push((name.as_str(), id(slot).to_string()));
                    }
                }
                Slot::Subject(..) | Slot::Field(..) | Slot::Person(..) => {}
            }
        }
        let known = |name: &str| query.iter().any(|(other, _)| *other == name);
        if operation.query.iter().any(|parameter| parameter.required && !known(&parameter.name)) {
            return None;
        }
        query.extend(further.iter().map(|(name, value)| (*name, (*value).to_owned())));
        if operation.formats {
            path.push_str(format);
        }
        if !query.is_empty() {
            let pairs: Vec<String> =
                query.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
            path = format!("{path}?{}", pairs.join("&"));
        }
        let mut body = filled(operation, ids, marker);
        if let (Some((slot, id)), Some(table), Some(body)) = (odd, operation.table, &mut body) {
            match slot {
                Slot::Field(name, _) => body[&table.plural][0][name] = json!(id),
                Slot::Person(kind, _) => body[&table.plural][0]["Person"] = json!({ "Type": kind, "Id": id }),
                Slot::Id(_) | Slot::Subject(..) | Slot::Query(..) => {}
            }
        }
        Some(Self { method: operation.method.clone(), path, body })
    }

    /// The same by another method.
    pub(super) fn by(&self, method: Method) -> Self {
        Self { method, ..self.clone() }
    }

    /// Sends it.
    pub(super) async fn send(&self, client: &Client, headers: &[(&'static str, &str)]) -> Answer {
        let mut request = client.request(self.method.clone(), &self.path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = &self.body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap_or_else(|error| panic!("{self:?} has no answer: {error:?}"));
        Answer::of(answer).await.unwrap_or_else(|error| panic!("{self:?} breaks off: {error:?}"))
    }
}

/// An answer as it must be for one id as for another: the ids are taken out, and what is of this one request.
pub(super) fn normal(answer: &Answer, ids: &[i64]) -> String {
    let headers =
        answer.headers.iter().filter(|(name, _)| !["date", "x-request-id", "content-length"].contains(&name.as_str()));
    let mut lines: Vec<String> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    lines.sort();
    let text = format!("{} {}\n{}\n{}", answer.status, answer.reason, lines.join("\n"), answer.text());
    let mut out = String::new();
    let mut digits = String::new();
    for letter in text.chars().chain(['\n']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let number = digits.parse().ok();
        out.push_str(if number.is_some_and(|number| ids.contains(&number)) { "<id>" } else { &digits });
        digits.clear();
        out.push(letter);
    }
    out
}
