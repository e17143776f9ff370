use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::*;

#[tokio::test]
async fn a_part_that_breaks_begins_anew_and_takes_no_other_along() {
    let (begun, stop) = (Arc::new(AtomicU32::new(0)), CancellationToken::new());
    let (counted, stopping) = (Arc::clone(&begun), stop.clone());
    let breaks = pausing(Duration::from_millis(50), "breaks", stop.clone(), move |stop| {
        let number = counted.fetch_add(1, Ordering::Relaxed);
        async move {
            match number {
                0 => panic!("planted"),
                1 => {}
                _ => stop.cancelled().await,
            }
        }
    });
    let other = keep("goes on", stop, move |_| {
        let (begun, stopping) = (Arc::clone(&begun), stopping.clone());
        async move {
            while begun.load(Ordering::Relaxed) < 3 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            stopping.cancel();
        }
    });
    let start = Instant::now();
    tokio::join!(breaks, other);
    assert!(start.elapsed() >= Duration::from_millis(150), "it does not begin anew without a pause");
}
