//! What a page offers depends on what it is about, and on where this site has its traces.

use proto::provisioning::v1::{CoProvisioningTarget, Mode};

use super::{Browser, failing};
use crate::fake::House;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_is_offered_only_where_there_can_be_one() {
    let house = House::open();
    failing(&house);
    let browser = Browser::entered(&house).await;
    for (comparable, mode, offered, says) in [
        (Some(true), Mode::Manual, true, "Compare and repair"),
        (Some(false), Mode::Manual, false, "what a target of ApiProvisioner has cannot be read back"),
        (Some(true), Mode::Disabled, false, "when it is not disabled any more"),
        // A service of the version before does not say.
        (None, Mode::Manual, true, "Compare and repair"),
    ] {
        let plugin = Some("ApiProvisioner".to_owned());
        let (id, co_id, status) = (Some(4), Some(2), Some(mode.into()));
        let target = CoProvisioningTarget { id, co_id, plugin, comparable, status, ..CoProvisioningTarget::default() };
        *house.fake.0.target.lock().unwrap() = target;
        let page = browser.get("/console/targets/4").await.body;
        assert_eq!(page.contains("action=\"/console/targets/4/compare\""), offered, "{comparable:?} {mode:?}");
        assert!(page.contains(says), "{page}");
        assert!(page.contains("/console/targets/4/plan/coid:2"), "plans need no target that can be read");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_leads_to_where_it_can_be_seen() {
    let shown = async |url: &str, trace: Option<&str>| {
        let url = url.to_owned();
        let house = House::with(|settings| settings.console.trace_url = url.try_into().unwrap());
        failing(&house);
        house.fake.0.requests.lock().unwrap()[0].trace_id = trace.map(str::to_owned);
        Browser::entered(&house).await.get("/console/requests/9").await.body
    };
    let page = shown("https://tempo.example.org/trace/{trace_id}?x=1&y=2", Some(TRACE)).await;
    let link =
        format!("<a href=\"https://tempo.example.org/trace/{TRACE}?x=1&amp;y=2\" rel=\"noreferrer\">{TRACE}</a>");
    assert!(page.contains(&link), "{page}");
    let page = shown("", Some(TRACE)).await;
    assert!(page.contains(&format!("<dd class=\"words\">{TRACE}</dd>")), "{page}");
    assert!(!shown("https://tempo.example.org/trace/{trace_id}", None).await.contains("tempo"), "there is no trace");
}
