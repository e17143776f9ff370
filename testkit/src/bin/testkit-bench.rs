//! Measures the speed of Cohort; `cargo xtask bench` builds and runs it.

use clap::Parser;

#[tokio::main]
async fn main() {
    testkit::bench::run(testkit::bench::Plan::parse()).await;
}
