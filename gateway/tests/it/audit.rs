//! What the gateway tells the security log of: logins that failed (D60).

use crate::{
    client::{login, send},
    fake::House,
};

const PATH: &str = "/co_person_roles.json";

#[tokio::test(flavor = "multi_thread")]
async fn failed_logins_are_told_and_a_flood_is_counted() {
    let house = House::open();
    let knock = async |user: &str, key: &str| send(house.address, "GET", PATH, &login(user, key), b"").await.status;
    for (user, key) in [("co_2.loader", "wrong"), ("co_2.loader", "wrong again"), ("co_2.expired", "key")] {
        assert_eq!(knock(user, key).await, 401);
    }
    assert_eq!(knock("co_2.loader", "key").await, 200);
    assert_eq!(send(house.address, "GET", PATH, "", b"").await.status, 401);
    let failed = house.fake.0.failed.lock().unwrap().clone();
    let told: Vec<_> = failed.iter().map(|failed| (failed.username.as_str(), failed.attempts)).collect();
    assert_eq!(told, [("co_2.loader", 1), ("co_2.expired", 1)], "no key at all is no login that failed");
    assert!(failed.iter().all(|failed| failed.address == "127.0.0.1"), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_cannot_be_written_changes_no_answer() {
    let house = House::open();
    *house.fake.0.refuse_failed.lock().unwrap() = true;
    assert_eq!(send(house.address, "GET", PATH, &login("co_2.loader", "wrong"), b"").await.status, 401);
}
