//! Failing the directory and the way to it, while somebody else writes there.

use std::{sync::Arc, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::Run;
use crate::{
    chaos::{fleet::LEASE, mirror::Entries, proxy::Fault},
    process::Signal,
};

/// Longer than a lease, and shorter than what is on its way may take to land.
const LONG: Duration = LEASE.saturating_add(Duration::from_secs(3));

/// Goes on until the load is over; then everything is whole.
pub(in crate::chaos) async fn run(run: Arc<Run>, seed: u64, pause: Duration) {
    let Some(directory) = run.mirrors.iter().find_map(|mirror| mirror.directory()) else { return };
    let mut random = StdRng::seed_from_u64(seed);
    for turn in random.random_range(0..6).. {
        tokio::time::sleep(pause.mul_f64(random.random_range(0.5..1.5))).await;
        if run.load.is_over() {
            return;
        }
        directory.mark().await;
        match turn % 6 {
            0 => kill(&run, directory).await,
            1 => cut(&run, directory, "cut what goes to", Fault::CutOut, LONG).await,
            2 => hold(&run, directory).await,
            3 => cut(&run, directory, "reset the way to", Fault::Reset, Duration::from_millis(300)).await,
            4 => cut(&run, directory, "cut what comes from", Fault::CutIn, LONG).await,
            _ => cut(&run, directory, "delay", Fault::Delay(Duration::from_millis(80)), Duration::from_secs(4)).await,
        }
    }
}

async fn kill(run: &Run, directory: &Entries) {
    run.note("kill", PLACE).await;
    directory.slapd.kill().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    directory.slapd.restart().await;
}

/// Lets it stand still: what is asked meanwhile takes effect when it goes on.
async fn hold(run: &Run, directory: &Entries) {
    run.note("hold", PLACE).await;
    directory.slapd.signal(Signal::Stop);
    tokio::time::sleep(LONG).await;
    directory.slapd.signal(Signal::Continue);
}

async fn cut(run: &Run, directory: &Entries, what: &str, fault: Fault, long: Duration) {
    run.note(what, PLACE).await;
    directory.way.set(fault);
    tokio::time::sleep(long).await;
    directory.way.set(Fault::None);
}

const PLACE: &str = "the directory";
