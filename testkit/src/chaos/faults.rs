//! Killing, stopping and cutting, as the load goes on.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{
    fleet::{Fleet, LEASE, Member, Service},
    load::Load,
    mirror::Mirror,
    proxy::Fault,
    target::Targets,
};
use crate::{process::Signal, proof::journal::Client as Line};

pub(super) mod directory;

/// What the faults are thrown at.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) fleet: Arc<Fleet>,
    pub(super) targets: Arc<Targets>,
    pub(super) mirrors: Arc<[Mirror]>,
    pub(super) load: Arc<Load>,
}

impl Run {
    async fn note(&self, what: &str, point: &str) {
        self.load.api.ledger.write(Line::Fault { what: what.to_owned(), point: point.to_owned() }).await;
    }

    fn callers(&self) {
        self.targets.expect_callers(self.fleet.pids(Service::Provisioning));
    }

    async fn raise(&self, member: &Member) {
        member.start();
        self.callers();
        if !member.ready(Duration::from_secs(30)).await {
            println!("{} is not ready 30 s after its start:\n{}", member.name, member.tail());
        }
    }
}

/// Kills and stops processes, spread over the load, so many times.
pub(super) async fn of_processes(run: Arc<Run>, seed: u64, kills: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    for number in 1..=kills.cast_signed() {
        while run.load.left.load(Ordering::Relaxed) > run.load.due(number) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let service = match random.random_range(0..10) {
            0 => Service::Gateway,
            1..4 => Service::PersonRole,
            _ => Service::Provisioning,
        };
        let members = run.fleet.of(service);
        let Some(member) = members.choose(&mut random) else { return };
        let point = service.points().choose(&mut random).copied().unwrap_or_default();
        let pause = Duration::from_millis(random.random_range(0..1500));
        if random.random_range(0..3) == 0 {
            stop(&run, member, point).await;
        } else {
            kill(&run, member, point, pause).await;
        }
        run.load.killed.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits until a process is at a point, and gives where it is: a release build does not say, so any moment serves.
async fn at(run: &Run, member: &Member, point: &str) -> Option<(u32, String)> {
    let pid = member.pid()?;
    if !point.is_empty() && run.fleet.points.hold(pid, point, Duration::from_secs(3)).await {
        return Some((pid, point.to_owned()));
    }
    let place = match (member.service, run.targets.lasting_of(pid)) {
        (Service::Provisioning, 1..) => "at any moment, in calls",
        (Service::Provisioning, 0) => "at any moment, between calls",
        _ => "at any moment",
    };
    Some((pid, place.to_owned()))
}

async fn kill(run: &Run, member: &Member, point: &str, pause: Duration) {
    let Some((_, place)) = at(run, member, point).await else { return };
    member.kill().await;
    run.note(&format!("kill {}", member.service.name()), &place).await;
    tokio::time::sleep(pause).await;
    run.raise(member).await;
}

/// Lets a process stand still for longer than its lease.
async fn stop(run: &Run, member: &Member, point: &str) {
    let Some((pid, place)) = at(run, member, point).await else { return };
    member.signal(Signal::Stop);
    run.note(&format!("stop {}", member.service.name()), &place).await;
    // The lease may have been renewed just before or a third of it ago: from here on another one may take over.
    tokio::time::sleep(LEASE / 2).await;
    run.targets.give_up(pid).await;
    tokio::time::sleep(LEASE / 2 + Duration::from_secs(3)).await;
    member.signal(Signal::Continue);
    run.fleet.points.let_go(pid).await;
}

/// Fails the ways between processes and servers, and the servers, until the load is over.
pub(super) async fn of_servers(run: Arc<Run>, seed: u64, pause: Duration) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut number = random.random_range(0..8);
    while !run.load.is_over() {
        tokio::time::sleep(pause.mul_f64(random.random_range(0.5..1.5))).await;
        if run.load.is_over() {
            return;
        }
        let services = [Service::PersonRole, Service::Provisioning];
        let members: Vec<_> = services.into_iter().flat_map(|service| run.fleet.of(service)).collect();
        let Some(member) = members.choose(&mut random) else { return };
        number += 1;
        match number % 8 {
            0 => kill_the_broker(&run).await,
            1 => lose_a_queue(&run, &mut random).await,
            2 => kill_the_database(&run, member).await,
            3 => cut(&run, member, Fault::CutOut, &mut random).await,
            4 => cut(&run, member, Fault::CutIn, &mut random).await,
            5 => cut(&run, member, Fault::Delay(Duration::from_millis(80)), &mut random).await,
            _ => cut(&run, member, Fault::Reset, &mut random).await,
        }
    }
}

async fn cut(run: &Run, member: &Member, fault: Fault, random: &mut StdRng) {
    let which = random.random_range(0..member.ways.len());
    let Some(way) = member.ways.get(which) else { return };
    let (what, long) = match fault {
        Fault::CutOut => ("cut what it sends", LEASE + Duration::from_secs(3)),
        Fault::CutIn => ("cut what it receives", LEASE + Duration::from_secs(3)),
        Fault::Delay(_) => ("delay", Duration::from_secs(4)),
        Fault::Reset | Fault::None => ("reset", Duration::from_millis(300)),
    };
    let place = format!("{} - {}", member.service.name(), if which == 0 { "database" } else { "broker" });
    run.note(what, &place).await;
    way.set(fault);
    tokio::time::sleep(long / 2).await;
    // Cut off from its database, a worker cannot renew its leases.
    if let (Fault::CutOut | Fault::CutIn, Some(pid)) = (fault, member.pid())
        && member.service == Service::Provisioning
        && which == 0
    {
        run.targets.give_up(pid).await;
    }
    tokio::time::sleep(long / 2).await;
    way.set(Fault::None);
}

async fn kill_the_broker(run: &Run) {
    run.note("kill", "broker").await;
    run.fleet.rabbitmq.kill().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    run.fleet.rabbitmq.restart().await;
}

/// Deletes a queue with what is in it. What waits there was confirmed: the sender has forgotten it.
async fn lose_a_queue(run: &Run, random: &mut StdRng) {
    // Only wake-ups may be lost: the database is the truth of requests. Changes and outcomes live in their queue alone.
    let _ = random;
    let queue = "cohort.provisioning.requests";
    run.note("lose", queue).await;
    let answer = run
        .fleet
        .rabbitmq
        .eval(&format!(
            r#"[element(1, rabbit_amqqueue:delete(Q, false, false, <<"chaos">>)) || Q <- rabbit_amqqueue:list(), element(4, element(2, Q)) =:= <<"{queue}">>]."#
        ))
        .await;
    if !answer.contains("ok") {
        println!("the queue was not deleted: {answer}");
    }
}

/// Kills the database, and a process that then starts again while it is away.
async fn kill_the_database(run: &Run, member: &Member) {
    run.note("kill", "database").await;
    run.fleet.postgres.kill().await;
    run.note("restart while the database is away", member.service.name()).await;
    member.kill().await;
    member.start();
    run.callers();
    tokio::time::sleep(Duration::from_secs(1)).await;
    run.fleet.postgres.restart().await;
    if !member.ready(Duration::from_secs(30)).await {
        println!("{} is not ready 30 s after the database came back:\n{}", member.name, member.tail());
    }
}
