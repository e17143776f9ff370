//! What a client does to people themselves.

use std::time::Duration;

use rand::RngExt;
use reqwest::Method;
use serde_json::json;

use super::Client;
use crate::{chaos::subject::Subject, proof::journal::End};

impl Client {
    pub(super) async fn add_person(&mut self) {
        self.load.begin();
        let name = self.load.name("s");
        let document = json!({ "CoId": self.load.place.co, "Status": "Active" });
        let (End::Ok, Some(id)) = self.load.api.add("person.add", Vec::new(), "co_people", document).await else {
            return tokio::time::sleep(Duration::from_millis(50)).await;
        };
        let steady = self.below(2) == 0;
        self.subjects.push(Subject::new(name, id, steady));
        let at = self.subjects.len() - 1;
        for field in ["key", "n0", "r0"] {
            self.add(at, field).await;
        }
    }

    /// Takes a person away, after its roles: a person with roles is not deleted. The one that keeps it active goes last.
    pub(super) async fn delete_person(&mut self, at: usize) {
        for field in ["r1", "r2", "r0"] {
            if self.subjects.get(at).is_some_and(|subject| !subject.has_unknown_roles()) {
                self.delete(at, field).await;
            }
        }
        self.load.begin();
        let subject = self.subjects.swap_remove(at);
        // Whatever of it is unknown leaves it as it is.
        if subject.has_unknown_roles() {
            return;
        }
        let wishes = subject.fields.iter().flat_map(|(field, known)| subject.remove(field, known.number + 1)).collect();
        let path = format!("co_people/{}.json", subject.person);
        let (end, _) = self.load.api.ask("person.delete", wishes, Method::DELETE, &path, None).await;
        if end == End::Ok {
            self.groups.iter_mut().for_each(|group| group.forget(&subject.name));
        }
    }

    /// Edits the person itself. Its status follows from its roles, and is written as it is.
    pub(super) async fn edit_person(&mut self, at: usize) {
        let Some(subject) = self.subjects.get(at) else { return };
        let (api, co) = (&self.load.api, self.load.place.co);
        let path = format!("co_people/{}", subject.person);
        let Some(now) = api.list(&path, "").await.pop() else { return };
        self.load.begin();
        let born = format!("19{:02}-01-01", self.random.random_range(10..99));
        let document = json!({ "CoId": co, "Status": now.get("Status"), "DateOfBirth": born });
        api.ask("person.edit", Vec::new(), Method::PUT, &format!("{path}.json"), Some(document)).await;
    }
}
