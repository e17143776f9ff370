//! One trace from the HTTP request through gRPC and the queue to the connector's call.

use serde_json::json;
use testkit::deployment::{Deployment, Options, Shape};

use crate::{
    first_minutes::{add, ended, people},
    sink::{HttpSink, TraceSink, describe},
};

pub(crate) async fn one_trace_reaches_from_the_request_to_the_connector(shape: Shape) {
    let (traces, receiver) = (TraceSink::start().await, HttpSink::start().await);
    let options = Options { otlp_endpoint: Some(traces.url.clone()), ..Options::default() };
    let deployment = Deployment::start(shape, options).await;
    let client = deployment.client();
    let (co, _, person) = people(&client, "Traced").await;
    let target = json!({
        "CoId": co, "Plugin": "ApiProvisioner", "Status": "M",
        "Configuration": { "ServerUrl": receiver.url, "Mode": "POST", "IdentifierType": "eppn", "AuthType": "None" }
    });
    let target = add(&client, "co_provisioning_targets", "CoProvisioningTargets", target).await;

    let trace_id = "0af7651916cd43dd8448eb211c80319c";
    let answer = reqwest_post(
        &deployment,
        &format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json"),
        trace_id,
    )
    .await;
    let id = answer["Id"].as_str().unwrap().to_owned();
    let ended = ended(&client, &id).await;
    assert_eq!((&ended["Status"], &ended["TraceId"]), (&json!("Succeeded"), &json!(trace_id)));

    let received = receiver.wait_for(1).await;
    assert_eq!((received[0].method.as_str(), received[0].path.as_str()), ("POST", "/"));
    assert!(String::from_utf8_lossy(&received[0].body).contains("Traced@example.org"));
    let sent = received[0].headers.get("traceparent").expect("the connector sends the trace on").to_str().unwrap();
    assert_eq!(sent.split('-').nth(1), Some(trace_id), "{sent}");

    let wanted = [
        "http",
        "grpc cohort.provisioning.v1.CoProvisioningTargets/Provision",
        "grpc cohort.registry.v1.Subjects/Resolve",
        "provision",
    ];
    let spans = traces
        .wait_for(trace_id, |spans| wanted.iter().all(|name| spans.iter().any(|span| describe(span) == *name)))
        .await;
    let parent_of = |name: &str| {
        let span = spans.iter().find(|span| describe(span) == name).unwrap();
        spans.iter().find(|parent| parent.span_id == span.parent_span_id).map(describe)
    };
    assert_eq!(parent_of("grpc cohort.provisioning.v1.CoProvisioningTargets/Provision").as_deref(), Some("http"));
}

pub(crate) async fn a_stranger_does_not_decide_what_is_traced(shape: Shape) {
    let traces = TraceSink::start().await;
    let environment = vec![("COHORT_OTLP_SAMPLE_RATIO".to_owned(), "0".to_owned())];
    let options = Options { otlp_endpoint: Some(traces.url.clone()), environment, ..Options::default() };
    let deployment = Deployment::start(shape, options).await;
    let client = deployment.client();
    let (co, _, person) = people(&client, "Untraced").await;
    let target = crate::first_minutes::log_target(&client, &co, "M", "untraced.log").await;
    let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
    let trace_id = "0af7651916cd43dd8448eb211c80319c";
    let id = reqwest_post(&deployment, &path, trace_id).await["Id"].as_str().unwrap().to_owned();
    assert_eq!(ended(&client, &id).await["TraceId"], trace_id, "the log has it also where no traces are sent");
    for name in deployment.names() {
        // What is to be sent is sent before a process ends.
        assert_eq!(deployment.terminate(&name).await, Some(0));
    }
    assert_eq!(traces.count(), 0);
}

/// Posts with a trace of the caller's own.
#[expect(clippy::disallowed_methods, reason = "the test kit's client sends no headers of the test's")]
async fn reqwest_post(deployment: &Deployment, path: &str, trace_id: &str) -> serde_json::Value {
    let client = reqwest::Client::builder().build().unwrap();
    let answer = client
        .post(format!("{}{path}", deployment.base_url()))
        .basic_auth(&deployment.username, Some(&deployment.key))
        .header("traceparent", format!("00-{trace_id}-b7ad6b7169203331-01"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 202);
    answer.json().await.unwrap()
}
