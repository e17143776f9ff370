//! The run in which everything fails: three processes of each service on PostgreSQL and RabbitMQ, killed, stopped and cut
//! off while clients write and targets fail.
//!
//! Guarantee: what the checker of [`crate::proof`] says of it rests on the journals of the clients and the targets and on
//! the API's records alone. Mechanism: clients put growing numbers into fields (`load`), targets keep what arrives
//! (`target`), faults come at named points (`points`) and at random (`faults`); when all is at rest, the two
//! journals, the API's records and the targets' documents are judged. Failure: a sentence for each finding.

use std::{
    collections::{BTreeMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::net::TcpStream;

use self::{
    api::Api,
    fleet::{Fleet, Service},
    load::{Load, Place},
    mirror::{Entries, Mirror, Server, Tables},
    target::Targets,
};
use crate::proof::{
    Evidence, Verdict, check,
    journal::{self, End},
};

mod api;
mod caller;
mod client;
mod evidence;
mod faults;
mod fleet;
mod group;
mod history;
mod ledger;
mod load;
mod mirror;
mod model;
mod operate;
mod payload;
mod points;
mod proxy;
mod settle;
mod subject;
mod target;
mod tend;

/// The target that takes every revision, the one that refuses older ones, and the one that is guarded.
const TARGETS: [i64; 3] = [1, 2, GUARDED];
const GUARDED: i64 = 3;

/// What a run is to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How many operations the clients do.
    pub operations: u64,
    /// How many times a process is killed or stopped.
    pub kills: u64,
    /// How many clients work at once.
    pub clients: usize,
    /// How many subjects each of them has at a time.
    pub subjects: usize,
    /// Decides what the clients and the faults do; the order of things among the processes is theirs.
    pub seed: u64,
    /// How long a server or a way to it is left in peace between faults.
    pub pause: Duration,
    /// How long everything may take to come to rest.
    pub rest_within: Duration,
    /// The folder of the programs, when it is not this program's.
    pub programs: Option<PathBuf>,
    /// Where the journals and logs are kept; without it they are removed.
    pub keep: Option<PathBuf>,
}

/// Runs, waits for rest, and judges. Tells on standard output how it goes.
pub async fn run(settings: Settings) -> Verdict {
    let began = Instant::now();
    let fleet = Arc::new(Fleet::start(settings.programs.as_deref()).await);
    let folder = fleet.folder.path().to_owned();
    let (clients, target) = (folder.join("client.jsonl"), folder.join("target.jsonl"));
    let targets = Targets::start(&target, HashSet::from([TARGETS[1]])).await;
    targets.expect_callers(fleet.pids(Service::Provisioning));
    let api = Arc::new(Api::new(fleet.clients(), &clients));
    let (mut place, mut numbers) = prepare(&api, &targets).await;
    let co = place.co;
    let guarded = numbers.iter().find(|(_, number)| **number == GUARDED).map(|(id, _)| *id).unwrap_or_default();
    let mirrors = mirrors(&api, &fleet, co).await;
    place.targets.extend(mirrors.iter().map(Mirror::id));
    println!("ready after {:.1} s; seed {}", began.elapsed().as_secs_f64(), settings.seed);

    let load = Arc::new(Load::new(Arc::clone(&api), place, settings.operations, settings.kills));
    let (working, first) = (Instant::now(), api.operations());
    targets.set_faulty(true);
    let run = Arc::new(faults::Run {
        fleet: Arc::clone(&fleet),
        targets: Arc::clone(&targets),
        mirrors: Arc::clone(&mirrors),
        load: Arc::clone(&load),
    });
    let faults = tokio::spawn(faults::of_processes(Arc::clone(&run), settings.seed, settings.kills));
    let directory = tokio::spawn(faults::directory::run(Arc::clone(&run), settings.seed, settings.pause));
    let servers = tokio::spawn(faults::of_servers(run, settings.seed, settings.pause));
    let tended = tokio::spawn(tend::run(Arc::clone(&load), Arc::clone(&targets), GUARDED + 1));
    let operated = tokio::spawn(operate::run(Arc::clone(&load), guarded, Arc::clone(&mirrors)));
    let clients_at_work: Vec<_> = (0..settings.clients)
        .map(|number| tokio::spawn(load::run(Arc::clone(&load), settings.seed + number as u64, settings.subjects)))
        .collect();
    for client in clients_at_work {
        client.await.expect("a client works to its end");
    }
    let (seconds, done) = (working.elapsed().as_secs_f64(), api.operations() - first);
    println!("{done} operations in {seconds:.1} s: {:.0} a second", done as f64 / seconds);
    numbers.extend(tended.await.expect("targets are tended to the end"));
    for faults in [faults, servers, directory] {
        faults.await.expect("faults go on to their end");
    }
    targets.set_faulty(false);
    for fallen in fleet.raise() {
        println!("{fallen}");
    }
    for member in &fleet.members {
        if !member.ready(Duration::from_secs(60)).await {
            println!("{} is not ready at the end:\n{}", member.name, member.tail());
        }
    }
    let settled = async || {
        let resting = Instant::now();
        let unrest = settle::settle(&fleet, &targets, settings.rest_within).await;
        println!("at rest after {:.1} s", resting.elapsed().as_secs_f64());
        unrest
    };
    let mut unrest: Vec<String> = settled().await.into_iter().collect();
    let mut wrong = mirror::judge_at_rest(&mirrors, &api, co, &settled).await;
    mirror::spoil_and_repair(&mirrors, &api).await;
    unrest.extend(settled().await);
    operated.abort();
    wrong.extend(mirror::judge_at_end(&mirrors, &api, co).await);
    let rest = settle::rest(&api, &fleet, &targets, co, &numbers).await;
    let mut verdict = judge(&clients, &target, &rest, &targets.refusing());
    verdict.lost.extend(unrest);
    verdict.wrong.extend(wrong);
    print!("{}", evidence::tell(&verdict, &clients, &target));
    if let Some(keep) = &settings.keep {
        keep_files(&folder, keep, &rest, &fleet);
    }
    verdict
}

fn judge(
    clients: &std::path::Path,
    target: &std::path::Path,
    rest: &crate::proof::rest::Rest,
    refusing: &HashSet<i64>,
) -> Verdict {
    let (client, target) = (journal::read(clients), journal::read(target));
    check(&Evidence { client: &client, target: &target, rest, refusing })
}

/// Makes the CO, its COUs and its targets; gives the number under which each target is known to itself.
async fn prepare(api: &Api, targets: &Targets) -> (Place, BTreeMap<i64, i64>) {
    let add = async |name: &str, path: &str, document: serde_json::Value| match api
        .add(name, Vec::new(), path, document)
        .await
    {
        (End::Ok, Some(id)) => id,
        (end, _) => panic!("{path} cannot be added before anything fails: {end:?}"),
    };
    let co = add("co.add", "cos", json!({ "Name": "Chaos", "Status": "Active" })).await;
    let mut cous = Vec::new();
    for name in ["Physics", "Chemistry", "Biology"] {
        cous.push(add("cou.add", "cous", json!({ "CoId": co, "Name": name })).await);
    }
    let mut numbers = BTreeMap::new();
    for number in TARGETS {
        let document = tend::record(co, number, targets);
        numbers.insert(add("target.add", "co_provisioning_targets", document).await, number);
    }
    let groups = api.list("co_groups", &format!("coid={co}")).await;
    let automatic = groups.iter().filter(|group| group.get("Auto").and_then(serde_json::Value::as_bool) == Some(true));
    let groups = automatic.filter_map(|group| group.get("Id")?.as_i64()).collect();
    (Place { co, cous, targets: numbers.keys().copied().collect(), groups }, numbers)
}

/// The targets that are read at the end.
async fn mirrors(api: &Api, fleet: &Fleet, co: i64) -> Arc<[Mirror]> {
    let tables = Server::Tables(Tables::make(&fleet.postgres).await);
    let entries = Server::Entries(Entries::start().await);
    [Mirror::add(api, co, tables).await, Mirror::add(api, co, entries).await].into()
}

fn keep_files(folder: &std::path::Path, keep: &std::path::Path, rest: &crate::proof::rest::Rest, fleet: &Fleet) {
    std::fs::create_dir_all(keep).expect("the folder can be made");
    for name in ["client.jsonl", "target.jsonl"] {
        std::fs::copy(folder.join(name), keep.join(name)).expect("the journal can be copied");
    }
    let rest = serde_json::to_string(rest).expect("it can be written");
    std::fs::write(keep.join("rest.json"), rest).expect("it can be written");
    for member in &fleet.members {
        std::fs::write(keep.join(format!("{}.log", member.name)), member.log()).expect("it can be written");
    }
    println!("journals and logs are in {}", keep.display());
}

/// Ends a connection with a reset.
fn reset(stream: TcpStream) {
    // Without lingering, closing is a reset.
    let _ = stream.set_zero_linger();
    drop(stream);
}

/// Gives the time of so many seconds from now, as the API takes it.
#[expect(clippy::disallowed_methods, reason = "the clients are outside of the programs, and have the machine's clock")]
fn in_some_seconds(seconds: i64) -> String {
    let time = chrono::Utc::now() + chrono::Duration::seconds(seconds);
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}
