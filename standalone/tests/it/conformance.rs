//! The conformance cases.

use testkit::{
    conformance::{Kit, Selection, run},
    deployment::{Deployment, Options, Shape},
};

pub(crate) async fn the_conformance_cases_pass(shape: Shape) {
    let deployment = Deployment::start(shape, Options::default()).await;
    let kit = Kit::load().expect("the kit is whole");
    let report = run(&kit, &deployment.base_url(), &deployment.username, &deployment.key, &Selection::all(), 4).await;
    println!("{report}");
    assert!(report.is_good(), "{} scenarios failed: {:#?}", report.failed.len(), report.failed);
}
