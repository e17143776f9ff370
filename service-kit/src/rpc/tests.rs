//! What is told of calls.

use bytes::Bytes;
use proto::caller::Caller;

use super::*;

#[tokio::test]
async fn callers_make_no_labels_of_metrics() {
    crate::health::collect_metrics();
    let channel = Channel::in_process(Routes::default());
    let path = http::uri::PathAndQuery::from_static("/made.up/ByTheCaller");
    let refused = call_raw(&channel, path, Bytes::new(), &Caller::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented);
    let metrics = crate::health::metrics_text();
    assert!(metrics.contains("method=\"unknown\"") && !metrics.contains("ByTheCaller"), "{metrics}");
}
