//! The messages: for people that of `ApiProvisioner`, for all else the data of the changelog.

use messaging::Post;
use serde_json::{Map, Value as Json, json};
use service_kit::telemetry;

use crate::{
    connector::{
        Job,
        amqp::configuration::{Configuration, Content},
        api::message as person,
        changelog::line,
        marks,
        plan::{Protocol, Step},
    },
    domain::{eligibility::Work, subject::Kind},
};

/// Whether the subject is to be as the message says, or to be forgotten.
const ACTION: &str = "Cohort-Action";
const CONTENT_TYPE: &str = "application/json";

/// The message for a job.
pub(super) fn post(job: &Job<'_>, work: Work, configuration: &Configuration) -> Post {
    let trace = telemetry::traceparent().map(|trace| (telemetry::TRACEPARENT.to_owned(), trace.to_string()));
    Post {
        exchange: configuration.exchange.clone(),
        routing_key: routing_key(job, work, configuration),
        id: format!("{}-{}-{}", job.target.id, job.call.request, job.call.revision),
        content_type: CONTENT_TYPE.to_owned(),
        headers: headers(job, work).chain(trace).collect(),
        body: body(job, work, configuration.message).to_string().into_bytes(),
    }
}

/// The message for people to see.
pub(super) fn shown(job: &Job<'_>, work: Work, configuration: &Configuration) -> Step {
    let body = body(job, work, configuration.message);
    let text = |whole: bool| {
        let is_stable = |name: &str| !matches!(name, marks::REVISION | marks::REQUEST | marks::FENCE);
        let headers = headers(job, work).filter(|(name, _)| whole || is_stable(name));
        let headers: String = headers.map(|(name, value)| format!("{name}: {value}\n")).collect();
        let place =
            format!("exchange {}, routing key {}", configuration.exchange, routing_key(job, work, configuration));
        format!("{place}\ncontent-type: {CONTENT_TYPE}\n{headers}\n{body}")
    };
    Step { protocol: Protocol::Amqp, text: text(true), stable: Some(text(false)) }
}

fn action(work: Work) -> &'static str {
    match work {
        Work::Apply => "apply",
        Work::Remove => "remove",
    }
}

fn headers(job: &Job<'_>, work: Work) -> impl Iterator<Item = (String, String)> {
    let marks = marks::of(job).into_iter().map(|(name, value)| (name.to_owned(), value));
    marks.chain([(ACTION.to_owned(), action(work).to_owned())])
}

fn routing_key(job: &Job<'_>, work: Work, configuration: &Configuration) -> String {
    let key = configuration.routing_key.replace("{co}", &job.target.co_id.to_string());
    key.replace("{kind}", job.subject.kind.code()).replace("{action}", action(work))
}

fn body(job: &Job<'_>, work: Work, content: Content) -> Json {
    let id = job.subject.id.to_string();
    match (person::person_of(job.subject, job.state), work, content) {
        (Some(_), Work::Remove, _) => person::deleted(&id),
        (Some(person), Work::Apply, Content::Full) => person::full(person, &id),
        (Some(_), Work::Apply, Content::Pointer) => {
            json!({ "meta": { "version": "1.0.0", "objectType": "person" }, "person": { "meta": { "id": id } } })
        }
        (None, _, content) => other(job, work, content),
    }
}

/// Of subjects that are no people.
fn other(job: &Job<'_>, work: Work, content: Content) -> Json {
    let kind = match job.subject.kind {
        Kind::Person => "person",
        Kind::Group => "group",
        Kind::EmailList => "emailList",
        Kind::Service => "service",
        Kind::Cou => "cou",
        Kind::Co | Kind::Comparison => "co",
    };
    let mut meta = json!({ "version": "1.0.0", "objectType": kind });
    if let (Work::Remove, Some(meta)) = (work, meta.as_object_mut()) {
        meta.insert("deleted".to_owned(), Json::Bool(true));
    }
    let mut body = Map::from_iter([("meta".to_owned(), meta)]);
    // What is left of a subject that is removed is which it was; a pointer says no more.
    let all = match content {
        Content::Full => work,
        Content::Pointer => Work::Remove,
    };
    body.extend(line::data(job, all).into_map());
    Json::Object(body)
}
