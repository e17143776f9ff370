//! Searches of one user.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, stream::FuturesUnordered};
use tokio::sync::Notify;

use crate::{
    client::{login, send},
    fake::House,
};

/// A search costs the databases much, however little it finds.
#[tokio::test(flavor = "multi_thread")]
async fn a_user_searches_only_so_much_at_once() {
    let house = House::open();
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    *house.fake.0.slow.lock().unwrap() = Some((begun, go_on.clone()));
    let search = "/co_people.json?search.identifier=nosuch&limit=1";
    let of = |username: &str, path: &'static str| {
        let (address, headers) = (house.address, login(username, "key"));
        tokio::spawn(async move { send(address, "GET", path, &headers, b"").await })
    };
    let mut running = FuturesUnordered::new();
    let paths = [search, "/co_people.json?given=Ada", "/co_people.json?SEARCH_mail=x&as_of=2026-01-01"];
    for path in paths.into_iter().cycle().take(17) {
        running.push(of("co_2.loader", path));
    }
    let refused = running.next().await.unwrap().unwrap();
    assert_eq!((refused.line(), refused.header("Retry-After")), ((429, "Too Many Requests"), Some("1")));
    // Nor by the console; others search, and this one reads.
    let entered = "username=co_2.loader&key=key";
    let form = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    let door = send(house.address, "POST", "/console/login", form, entered.as_bytes()).await;
    let cookie = door.header("set-cookie").and_then(|cookie| cookie.split(';').next()).unwrap();
    let looked = send(house.address, "GET", "/console/people?q=ada", &format!("Cookie: {cookie}\r\n"), b"").await;
    assert_eq!(looked.status, 429);
    running.push(of("co_2.other", search));
    assert_eq!(house.ask("GET", "/cous.json", "").await.status, 200);
    let wake = async {
        loop {
            go_on.notify_waiters();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let ended = async {
        while let Some(answer) = running.next().await {
            assert_eq!(answer.unwrap().status, 200);
        }
    };
    tokio::select! { () = ended => {}, () = wake => {} }
    *house.fake.0.slow.lock().unwrap() = None;
    assert_eq!(house.ask("GET", search, "").await.status, 200, "those have ended");
}
