//! How long somebody waits: pages of the console, and why somebody is or is not at a target, where there is much.
//!
//! A CO of many people is delivered once; its requests are then copied inside of the database until there are ten times as
//! many as people. Each page is asked for twenty times, one after the other, each time about somebody else; what counts is the
//! one that took longest.

use std::time::Instant;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};

use super::book::{Goal, Sample};
use super::loads::deliver;
use super::world::{Place, World};
use super::{Bench, attributes};
use crate::client::{Answer, Client};
use crate::deployment::Shape;

const TABLE: &str = "Waiting";
const VISITS: usize = 20;
const PAGE_MS: f64 = 100.0;
const EXPLAIN_MS: f64 = 50.0;
/// So many requests there are for each person.
const REQUESTS_EACH: usize = 10;

pub(super) async fn measure(bench: &mut Bench) {
    for (who, programs) in bench.contenders() {
        let world = World::start(Shape::Services, programs, &bench.servers).await;
        let people = bench.plan.growth().1;
        let place = world.settle("Many", 10, people, 1).await;
        world.tidy().await;
        let (subjects, seconds) = deliver(&world, &place).await;
        let sample = Sample { value: subjects as f64 / seconds, ..Sample::default() }.at_rest_after(world.rest().await);
        let what = format!("delivery of a CO of {people} people to a changelog");
        bench.book.note(TABLE, &what, who, Goal::Rate(4_000.0), sample);
        attributes::measure(bench, who, &world, &place).await;
        let failed = world.copy_requests(REQUESTS_EACH - 1).await;
        world.tidy_databases().await;
        let (explained, pages) = paths(&world, &place, &failed).await;
        let amount = format!("{} people, {} requests", thousands(people), thousands(people * REQUESTS_EACH));
        for (what, paths) in explained {
            let what = format!("explain, {what}: {amount}");
            waits(bench, (who, &what, EXPLAIN_MS), &world.client, &paths, None).await;
        }
        let console = Client::new(&world.deployment.root_url(), "", "").anonymous();
        let cookie = log_in(&console, &world).await;
        for (what, paths) in pages {
            let what = format!("console, {what}: {amount}");
            waits(bench, (who, &what, PAGE_MS), &console, &paths, Some(&cookie)).await;
        }
    }
}

/// What is asked for: its name, and a path for each of several visits.
type Asked = (&'static str, Vec<String>);

/// What is explained, and all pages.
async fn paths(world: &World, place: &Place, failed: &[(i64, i64)]) -> (Vec<Asked>, Vec<Asked>) {
    let every = (place.people.len() / VISITS).max(1);
    let people: Vec<i64> = place.people.iter().copied().step_by(every).take(VISITS).collect();
    let (failed, failing): (Vec<i64>, Vec<i64>) = failed.iter().take(VISITS).copied().unzip();
    let (target, group) = (place.target, world.largest_group().await);
    let outside = world.person_without_provisioning(place.co).await;
    let of = |ids: &[i64], path: &dyn Fn(i64) -> String| ids.iter().map(|id| path(*id)).collect::<Vec<_>>();
    let page = |ids: &[i64], path: &str| of(ids, &|id| format!("console{}", path.replace('#', &id.to_string())));
    let explain =
        |ids: &[i64], kind: &str| of(ids, &|id| format!("co_provisioning_targets/{target}/explain/{kind}:{id}.json"));
    let explained = vec![
        ("a person who is there", explain(&people, "copersonid")),
        ("a person of whom a request failed", explain(&failing, "copersonid")),
        ("a person who was never provisioned", explain(&[outside], "copersonid")),
        ("a group of many", explain(&[group], "cogroupid")),
    ];
    let pages = vec![
        ("Now", page(&[0], "")),
        ("people, nobody named", page(&[0], "/people")),
        ("people by number", page(&people, "/people?q=#")),
        ("people by mail", page(&people, "/people?q=#@example.org")),
        ("people by a part of an identifier", page(&people, "/people?q=#@")),
        ("people by a name that all have", page(&[0], "/people?q=Ada+Lovelace")),
        ("people by a name that nobody has", page(&[0], "/people?q=Babbage")),
        ("a person", page(&people, "/people/#")),
        ("a person of whom a request failed", page(&failing, "/people/#")),
        ("history of a person", page(&people, "/people/#/history")),
        ("groups", page(&[0], "/groups")),
        ("a group of many", page(&[group], "/groups/#")),
        ("a target", page(&[target], "/targets/#")),
        ("configuration of a target", page(&[target], "/targets/#/configuration")),
        ("plan for a person", page(&people, &format!("/targets/{target}/plan/copersonid:#"))),
        ("requests that failed", page(&[0], "/requests")),
        ("requests, all", page(&[0], "/requests?status=")),
        ("requests, the last ones", page(&failed, "/requests?status=Succeeded&after=#")),
        ("requests of a person", page(&people, "/requests?status=&copersonid=#")),
        (
            "requests of a person that failed",
            page(&people, &format!("/requests?coprovisioningtargetid={target}&copersonid=#")),
        ),
        ("requests of a COU", page(&place.cous, "/requests?status=&couid=#")),
        ("requests that are held: none", page(&[0], "/requests?status=Held")),
        ("a request", page(&failed, "/requests/#")),
        ("versions of a person", page(&people, "/records/co_people/#")),
        ("API users", page(&[0], "/users")),
        ("security log", page(&[0], "/log")),
    ];
    (explained, pages)
}

/// Logs in, and gives the cookie.
async fn log_in(console: &Client, world: &World) -> String {
    let request = console.request(Method::POST, "console/login").header("Sec-Fetch-Site", "same-origin");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let form = format!("username={}&key={}", world.deployment.username, world.deployment.key);
    let answer = request.body(form).send().await.expect("the console answers");
    let answer = Answer::of(answer).await.expect("the console answers").expect_status(303);
    let cookie = answer.headers.get(SET_COOKIE).and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    cookie.expect("who logs in gets a cookie").to_owned()
}

/// Asks for paths in turn, and notes how long that took. One more goes before, which opens connections.
async fn waits(
    bench: &mut Bench,
    (who, what, goal): (&str, &str, f64),
    client: &Client,
    paths: &[String],
    cookie: Option<&str>,
) {
    assert!(!paths.is_empty(), "there is nothing to ask for: {what}");
    let mut took = Vec::new();
    let mut bytes = 0;
    for path in paths.iter().cycle().take(VISITS + 1) {
        let mut request = client.request(Method::GET, path);
        if let Some(cookie) = cookie {
            request = request.header(COOKIE, cookie);
        }
        let began = Instant::now();
        let answer = request.send().await.expect("there is an answer");
        let answer = Answer::of(answer).await.expect("there is an answer");
        took.push(began.elapsed().as_secs_f64() * 1e3);
        bytes = bytes.max(answer.expect_status(200).body.len());
    }
    took.remove(0);
    took.sort_by(f64::total_cmp);
    let (middle, most) = (took.get(took.len() / 2).copied(), took.last().copied());
    let value = 1e3 / middle.unwrap_or(f64::NAN);
    let sample = Sample { value, p50_ms: middle, p99_ms: most, ..Sample::default() };
    bench.book.note(TABLE, &format!("{what}; {} kB", bytes.div_ceil(1000)), who, Goal::Within(goal), sample);
}

fn thousands(count: usize) -> String {
    match count / 1000 {
        0 => count.to_string(),
        more => format!("{},{:03}", thousands(more), count % 1000),
    }
}
