use tokio::sync::Semaphore;

use super::*;

type Seen = Arc<Mutex<Vec<Vec<u32>>>>;

/// A batch whose pieces of work wait for permits, and what each of them took.
fn batch(flights: usize) -> (Batch<u32, u32>, Arc<Semaphore>, Seen) {
    let (gate, seen) = (Arc::new(Semaphore::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (of_gate, of_seen) = (Arc::clone(&gate), Arc::clone(&seen));
    let batch = Batch::in_crowds("test", 3, (flights, 2), move |items: Vec<u32>| {
        let (gate, seen) = (Arc::clone(&of_gate), Arc::clone(&of_seen));
        async move {
            seen.lock().unwrap().push(items.clone());
            gate.acquire().await.unwrap().forget();
            assert!(!items.contains(&13), "planted");
            items.iter().map(|item| item * 2).collect()
        }
    });
    (batch, gate, seen)
}

fn asked(batch: &Batch<u32, u32>, item: u32) -> tokio::task::JoinHandle<Result<u32, Lost>> {
    let batch = Batch(Arc::clone(&batch.0));
    tokio::spawn(async move { batch.ask(item).await })
}

async fn settled() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_arrives_meanwhile_goes_together_and_in_order() {
    let (batch, gate, seen) = batch(1);
    let first = asked(&batch, 0);
    settled().await;
    let others: Vec<_> = (1..=4).map(|item| asked(&batch, item)).collect();
    settled().await;
    gate.add_permits(3);
    assert_eq!(first.await.unwrap(), Ok(0));
    for (other, item) in others.into_iter().zip(1..) {
        assert_eq!(other.await.unwrap(), Ok(item * 2));
    }
    assert_eq!(*seen.lock().unwrap(), [vec![0], vec![1, 2, 3], vec![4]]);
}

#[tokio::test]
async fn who_asks_again_is_waited_for_and_goes_with_the_others() {
    let (gate, seen) = (Arc::new(Semaphore::new(0)), Arc::new(Mutex::new(Vec::new())));
    let (of_gate, of_seen) = (Arc::clone(&gate), Arc::clone(&seen));
    let batch: Batch<u32, u32> = Batch::in_rounds("test", 100, (2, 100), move |items: Vec<u32>| {
        of_seen.lock().unwrap().push(items.len());
        let gate = Arc::clone(&of_gate);
        async move {
            gate.acquire().await.unwrap().forget();
            items
        }
    });
    let twice = |item: u32| {
        let batch = Batch(Arc::clone(&batch.0));
        tokio::spawn(async move { (batch.ask(item).await, batch.ask(item).await) })
    };
    let first: Vec<_> = (0..4).map(twice).collect();
    settled().await;
    let second: Vec<_> = (4..8).map(twice).collect();
    settled().await;
    gate.add_permits(1);
    settled().await;
    assert_eq!(*seen.lock().unwrap(), [4, 8], "without waiting there would be four in each round for ever");
    // None of the first four comes a third time: the second four are not kept waiting for them.
    gate.add_permits(2);
    for one in first.into_iter().chain(second) {
        assert!(matches!(one.await.unwrap(), (Ok(_), Ok(_))));
    }
    assert_eq!(*seen.lock().unwrap(), [4, 8, 4]);
    // Who comes alone finds nobody who gathers, and waits for no clock.
    tokio::time::sleep(RETURN * 4).await;
    gate.add_permits(9);
    for _ in 0..9 {
        let alone = asked(&batch, 1);
        settled().await;
        assert!(alone.is_finished());
    }
}

#[tokio::test]
async fn who_no_longer_waits_is_left_out_and_the_rest_goes_on() {
    let (batch, gate, seen) = batch(1);
    let first = asked(&batch, 0);
    settled().await;
    let gone = asked(&batch, 1);
    settled().await;
    gone.abort();
    let last = asked(&batch, 2);
    settled().await;
    gate.add_permits(2);
    assert_eq!((first.await.unwrap(), last.await.unwrap()), (Ok(0), Ok(4)));
    assert_eq!(*seen.lock().unwrap(), [vec![0], vec![2]]);
}

#[tokio::test]
async fn work_that_panics_loses_only_its_own() {
    let (batch, gate, _) = batch(1);
    let bad = asked(&batch, 13);
    settled().await;
    let good = asked(&batch, 1);
    settled().await;
    gate.add_permits(9);
    assert_eq!((bad.await.unwrap(), good.await.unwrap()), (Err(Lost), Ok(2)));
    assert_eq!(batch.ask(5).await, Ok(10));
}

#[tokio::test]
async fn several_pieces_of_work_may_be_under_way_for_crowds() {
    let (batch, gate, seen) = batch(2);
    let mut all = Vec::new();
    let took = async |item: u32, all: &mut Vec<_>| {
        all.push(asked(&batch, item));
        settled().await;
        seen.lock().unwrap().clone()
    };
    assert_eq!(took(0, &mut all).await, [vec![0]]);
    assert_eq!(took(1, &mut all).await, [vec![0]], "one is no crowd");
    assert_eq!(took(2, &mut all).await, [vec![0], vec![1, 2]]);
    took(3, &mut all).await;
    gate.add_permits(1);
    settled().await;
    assert_eq!(seen.lock().unwrap().len(), 2, "the other one takes it");
    gate.add_permits(2);
    for one in all {
        one.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn work_that_hangs_holds_up_nobody_else_for_long() {
    let batch: Batch<u32, u32> = Batch::in_crowds("test", 3, (2, 3), move |items: Vec<u32>| async move {
        if items.contains(&0) {
            std::future::pending::<()>().await;
        }
        items
    });
    let hangs = asked(&batch, 0);
    settled().await;
    let began = tokio::time::Instant::now();
    assert_eq!(batch.ask(1).await, Ok(1));
    assert!(began.elapsed() >= OVERDUE, "one is no crowd");
    assert!(!hangs.is_finished());
}
