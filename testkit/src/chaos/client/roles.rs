//! What a client does to the roles of a person.

use serde_json::{Value, json};

use super::{
    Client,
    fields::{next, put},
};
use crate::chaos::subject::Kind;

impl Client {
    /// Moves a role to another COU, suspends it, resumes it, or gives it dates that come in seconds.
    pub(super) async fn change_role(&mut self, at: usize, field: &'static str) {
        let cou = json!({ "CouId": self.cou() });
        let what = self.below(5);
        let steady = field == "r0" && self.subjects.get(at).is_some_and(|subject| subject.steady);
        if what < 2 || steady {
            return self.edit(at, field, "move", cou, true).await;
        }
        self.load.begin();
        let soon = self.soon();
        let Some(subject) = self.subjects.get_mut(at) else { return };
        let Some(number) = next(subject, field) else { return };
        let active =
            |from: Value, through: Value| json!({ "Status": "Active", "ValidFrom": from, "ValidThrough": through });
        let (what, role, wishes, shown) = match what {
            2 => ("suspend", json!({ "Status": "Pending" }), subject.remove(field, number), number),
            3 => {
                // Until then it is gone; what it shows then is newer.
                let gone = subject.remove(field, number);
                let Some(shown) = next(subject, field) else { return };
                let wishes = [gone, subject.write(field, shown, true)].concat();
                ("begin", active(json!(soon), Value::Null), wishes, shown)
            }
            _ => {
                let shown = subject.write(field, number, true);
                let Some(after) = next(subject, field) else { return };
                let wishes = [shown, subject.remove(field, after)].concat();
                ("end", active(Value::Null, json!(soon)), wishes, number)
            }
        };
        put(&self.load.api, subject, field, shown, what, &role, wishes).await;
    }

    /// Where a new role is, and in which state.
    pub(super) fn role(&mut self, field: &str) -> Value {
        match Kind::of(field) {
            Kind::Role => json!({ "CouId": self.cou(), "Status": "Active" }),
            _ => json!({}),
        }
    }
}
