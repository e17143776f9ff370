//! Changes, told as the registry tells them.

use messaging::Message as Mail;
use prost::Message;
use proto::{
    events::v1::{Action, RegistryEvent},
    registry::v1::{Subject, SubjectKind},
};

use crate::rig::Rig;

impl Rig {
    /// Tells of a change; returns when it has been taken in.
    pub(crate) async fn change(&self, event_id: &str, co: i64, kind: SubjectKind, id: i64, action: Action) {
        self.tell(&self.event(event_id, co, Some(Subject { kind: kind.into(), id }), action)).await;
    }

    pub(crate) fn event(&self, event_id: &str, co_id: i64, subject: Option<Subject>, action: Action) -> RegistryEvent {
        RegistryEvent {
            event_id: event_id.to_owned(),
            co_id,
            subject,
            action: action.into(),
            occurred_at: Some(proto::time::moment(self.clock.now())),
            together: Vec::new(),
            erased: false,
            enrolled: false,
            traceparent: String::new(),
        }
    }

    pub(crate) async fn tell(&self, event: &RegistryEvent) {
        self.publish("co_person.updated.2", event.encode_to_vec()).await;
    }

    pub(crate) async fn publish(&self, routing_key: &str, body: Vec<u8>) {
        let mail =
            Mail { id: "test".to_owned(), routing_key: routing_key.to_owned(), headers: Vec::new(), body: body.into() };
        for result in self.broker.publish(vec![mail]).await {
            result.unwrap();
        }
    }
}
