use super::*;

const LEASE: Duration = Duration::from_secs(2);
const LONG: Duration = Duration::from_secs(60);

fn held(fence: i64) -> leases::Held {
    leases::Held { id: RequestId(1), fence }
}

#[tokio::test]
async fn work_ends_with_its_lease_and_goes_on_when_it_is_renewed() {
    let leases = Leases::new(LEASE);
    let lease = leases.hold(held(1), Instant::now());
    assert_eq!(lease.within(LONG, std::future::pending::<()>()).await, Err(Cut::Lease));

    let lease = leases.hold(held(2), Instant::now());
    let outlives = async {
        leases.renewed(&[held(2)], &[held(2)], Instant::now() + LONG);
        tokio::time::sleep(LEASE).await;
    };
    assert_eq!(lease.within(LONG, outlives).await, Ok(()));
    assert_eq!(lease.within(LEASE / 10, std::future::pending::<()>()).await, Err(Cut::Limit));
}

#[tokio::test]
async fn what_a_renewal_does_not_give_back_and_what_is_held_anew_is_lost_at_once() {
    let leases = Leases::new(LONG);
    let lost = leases.hold(held(1), Instant::now());
    leases.renewed(&[held(1)], &[], Instant::now());
    assert!(lost.is_over());
    let replaced = leases.hold(held(2), Instant::now());
    let newer = leases.hold(held(3), Instant::now());
    assert!(replaced.is_over() && !newer.is_over());
    leases.renewed(&[held(2)], &[], Instant::now());
    assert!(!newer.is_over(), "the renewal was about an older number");
}

#[tokio::test]
async fn who_wakes_up_late_does_nothing() {
    let leases = Leases::new(LEASE);
    // As after a stop: the claim was asked for a long time ago.
    let asked = Instant::now().checked_sub(LEASE).expect("a moment");
    let lease = leases.hold(held(1), asked);
    leases.renewed(&[held(1)], &[held(1)], Instant::now());
    let mut called = false;
    let cut = lease.within(LONG, async { called = true }).await;
    assert_eq!((cut, called), (Err(Cut::Lease), false), "not even if a renewal came through");
}
