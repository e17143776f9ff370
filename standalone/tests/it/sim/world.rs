//! The scheduler: a seed chooses which process takes which step, what breaks, and how time passes.

use std::collections::HashSet;

use chrono::{DateTime, Duration, Utc};
use testkit::{
    proof::{self, Evidence, Verdict, journal},
    slapd::Slapd,
};

use crate::sim::{
    beside::{self, Server},
    broker::{Lines, Way, Weather},
    client::{Client, Fate},
    dice::Dice,
    entries::Entries,
    operator::Operator,
    rest,
    services::{Services, Store},
    switches::Switches,
    tables::Tables,
    target::Targets,
    worker::Memory,
};

/// How long a lease lasts, in seconds.
const LEASE: i64 = 20;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) verdict: Verdict,
    pub(crate) client: Vec<journal::Client>,
    pub(crate) target: Vec<journal::Target>,
}

pub(crate) struct Worker {
    pub(crate) memory: Memory,
    pub(crate) asleep_until: Option<DateTime<Utc>>,
    renew_at: DateTime<Utc>,
}

/// Everything of a run.
pub(crate) struct World {
    switches: Switches,
    pub(crate) dice: Dice,
    pub(crate) services: Services,
    pub(crate) lines: Lines,
    pub(crate) targets: Targets,
    servers: Vec<Box<dyn Server>>,
    pub(crate) client: Client,
    pub(crate) operator: Operator,
    pub(crate) workers: Vec<Worker>,
    /// For so many steps no time passes.
    moment: usize,
}

/// Runs a seed.
pub(crate) async fn run(seed: u64, switches: Switches, slapd: Option<&Slapd>) -> Run {
    let folder = super::folder();
    let mut dice = Dice::new(seed);
    let lines = Lines::new(dice.next());
    let targets = Targets::new(dice.next(), DateTime::default());
    let services = Services::build(folder.path(), &lines, &targets, &switches.offsets_ms).await;
    let begin = services.now();
    let workers = (0..services.provisioners.len())
        .map(|_| Worker { memory: Memory::default(), asleep_until: None, renew_at: begin })
        .collect();
    let (client, operator) = (Client::default(), Operator::default());
    let tables = switches.sql.then(|| Tables::new(folder.path().to_owned()));
    let entries = slapd.filter(|_| switches.ldap).map(|slapd| Entries::new(folder.path(), slapd));
    let servers = beside::servers(tables, entries);
    let mut world = World { switches, dice, services, lines, targets, servers, client, operator, workers, moment: 0 };
    world.client.dates = switches.dates;
    world.operator.guards = switches.engine;
    world.client.begin(&world.services).await;
    world.operator.add_target(&mut world.client, &world.services).await;
    world.operator.add_target(&mut world.client, &world.services).await;
    {
        let mut state = world.targets.0.lock().unwrap();
        (state.faults, state.late) = (switches.target_faults, switches.late_effects);
    }
    for _ in 0..switches.steps {
        world.step().await;
    }
    world.come_to_rest().await;
    let rest = rest::read(&world.services, &world.targets, &world.operator, world.client.co).await;
    let mut wrong = Vec::new();
    for server in &world.servers {
        wrong.extend(rest::wrong_in(server.as_ref(), &world.services, &world.operator, world.client.co).await);
    }
    let (client, target) = (world.client.journal, world.targets.0.lock().unwrap().journal.clone());
    let refusing: HashSet<i64> = HashSet::new();
    let evidence = Evidence { client: &client, target: &target, rest: &rest, refusing: &refusing };
    let mut verdict = proof::check(&evidence);
    verdict.wrong.extend(wrong);
    Run { verdict, client, target }
}

impl World {
    async fn step(&mut self) {
        let passes = self.passes();
        self.time_passes(i64::try_from(passes).unwrap()).await;
        if self.switches.drift && self.dice.hits(12) {
            self.drift();
        }
        match self.dice.below(100) {
            0..=11 => self.change().await,
            12..=16 => self.ask().await,
            17..=23 => self.relay(Store::Registry).await,
            24..=27 => self.relay(Store::Provisioning).await,
            28..=34 => self.hand_changes().await,
            35..=37 => self.hand_outcomes().await,
            38..=41 => self.sweep().await,
            42..=58 => self.targets_go_on().await,
            _ => self.work().await,
        }
    }

    /// Lets a call go on at a target, and what takes effect there take effect in the servers beside it.
    pub(crate) async fn targets_go_on(&mut self) {
        self.targets.step(self.services.now());
        let effects = self.targets.take_effects();
        if !self.servers.is_empty() {
            beside::carry_out(&self.servers, &self.services.provisioner(0, 0), effects).await;
        }
    }

    /// How many milliseconds pass before the next step. Now and then much happens in one moment, close to the full second
    /// at which dates come.
    fn passes(&mut self) -> u64 {
        if self.moment > 0 {
            self.moment -= 1;
            return 0;
        }
        match self.dice.below(1000) {
            0..=14 => 1000 + self.dice.below(10_000),
            15..=34 => {
                self.moment = 40;
                let into = u64::from(self.services.now().timestamp_subsec_millis());
                1000 - into + 960 + self.dice.below(80)
            }
            _ => self.dice.below(250),
        }
    }

    /// Time passes; whoever is awake renews its leases in time.
    pub(crate) async fn time_passes(&mut self, milliseconds: i64) {
        let mut left = milliseconds;
        while left > 0 {
            let some = left.min(2000);
            left -= some;
            self.services.clock.advance(Duration::milliseconds(some));
            let now = self.services.now();
            for place in 0..self.workers.len() {
                let worker = &mut self.workers[place];
                if worker.asleep_until.is_some_and(|until| until <= now) {
                    worker.asleep_until = None;
                }
                if worker.asleep_until.is_none() && worker.renew_at <= now {
                    worker.renew_at = now + Duration::seconds(LEASE / 3);
                    let app = self.services.provisioner(place, place);
                    self.workers[place].memory.renew(&app).await.unwrap();
                }
            }
        }
    }

    fn fate(&mut self) -> Fate {
        match self.dice.below(30) {
            0 if self.switches.kills => Fate::KilledBeforeCommit,
            1 if self.switches.kills => Fate::KilledAfterCommit,
            _ => Fate::Lives,
        }
    }

    async fn change(&mut self) {
        let fate = self.fate();
        self.client.fate = Some(fate);
        if fate == Fate::KilledBeforeCommit {
            self.services.strike(Store::Registry, "INSERT outbox").await;
            self.client.fault("kill", "registry, before the commit");
        } else if fate == Fate::KilledAfterCommit {
            self.client.fault("kill", "registry, after the commit");
        }
        self.client.change(&self.services, &mut self.dice).await;
        self.services.relent(Store::Registry).await;
        self.client.fate = None;
    }

    async fn ask(&mut self) {
        let fate = self.fate();
        self.client.fate = Some(fate);
        if fate == Fate::KilledBeforeCommit {
            self.services.strike(Store::Provisioning, "INSERT outbox").await;
            self.client.fault("kill", "provisioning, before the commit");
        } else if fate == Fate::KilledAfterCommit {
            self.client.fault("kill", "provisioning, after the commit");
        }
        self.operator.ask(&mut self.client, &self.services, &mut self.dice, &self.switches).await;
        self.services.relent(Store::Provisioning).await;
        self.client.fate = None;
    }

    async fn relay(&mut self, store: Store) {
        let weather = match self.dice.below(10) {
            0..=1 if self.switches.foul_broker => Weather::Foul,
            2 if self.switches.foul_broker => Weather::Gone,
            _ => Weather::Fair,
        };
        self.lines.becomes(weather);
        if weather == Weather::Gone {
            self.client.fault("broker", "lost");
        }
        let process = self.dice.place(self.services.registries.len());
        let killed = self.switches.kills && self.dice.hits(60);
        if killed {
            self.services.strike(store, "DELETE outbox").await;
            self.client.fault("kill", "relay, after the confirm");
        }
        // What fails stays in the outbox.
        let _killed = self.services.relay(store, process).await;
        self.services.relent(store).await;
        self.lines.becomes(Weather::Fair);
    }

    async fn hand_changes(&mut self) {
        let foul = self.switches.foul_broker;
        let mail = self.lines.hand_out(Way::Changes, !foul);
        let process = self.dice.place(self.services.provisioners.len());
        if mail.is_empty() || self.workers[process].asleep_until.is_some() {
            return;
        }
        let killed = self.switches.kills && self.dice.hits(60);
        if killed {
            self.services.strike(Store::Provisioning, "INSERT outbox").await;
            self.client.fault("kill", "changes, before the commit");
        }
        let taken = self.services.take_changes(process, &mail).await;
        self.services.relent(Store::Provisioning).await;
        if taken.is_ok() {
            self.lines.acknowledge(Way::Changes, &mail, if foul { 150 } else { 0 });
        }
    }

    async fn hand_outcomes(&mut self) {
        let foul = self.switches.foul_broker;
        let mail = self.lines.hand_out(Way::Outcomes, !foul);
        let process = self.dice.place(self.services.registries.len());
        if !mail.is_empty() && self.services.record_history(process, &mail).await.is_ok() {
            self.lines.acknowledge(Way::Outcomes, &mail, if foul { 150 } else { 0 });
        }
    }

    async fn sweep(&mut self) {
        let process = self.dice.place(self.services.registries.len());
        self.services.sweep(process).await.unwrap();
        self.services.settle(process).await.unwrap();
    }

    /// One worker takes a step, is killed, or stands still.
    async fn work(&mut self) {
        let place = self.dice.place(self.workers.len());
        if self.workers[place].asleep_until.is_some() {
            return;
        }
        let point = self.workers[place].memory.point();
        if self.switches.kills && self.dice.hits(20) {
            self.client.fault("kill", &format!("worker, {point}"));
            self.workers[place].memory = Memory::default();
            return;
        }
        if self.switches.pauses && self.dice.hits(15) {
            self.client.fault("pause", &format!("worker, {point}"));
            let seconds = i64::try_from(self.dice.below(30)).unwrap() + LEASE + 1;
            let until = self.services.now() + Duration::seconds(seconds);
            let worker = &mut self.workers[place];
            worker.asleep_until = Some(until);
            for call in worker.memory.calls() {
                self.targets.give_up(call);
            }
            return;
        }
        let registry = self.dice.place(self.services.registries.len());
        let app = self.services.provisioner(place, registry);
        let memory = &mut self.workers[place].memory;
        match self.dice.below(12) {
            0..=2 => {
                let limit = 1 + self.dice.place(4);
                memory.claim(&app, limit).await.unwrap();
            }
            3 => memory.take_over(&app, 4).await.unwrap(),
            4..=5 if memory.has_claimed() => memory.load(&app).await,
            6..=7 if memory.has_loaded() > 0 => {
                let task = self.dice.place(memory.has_loaded());
                memory.call(&app, &self.targets, task).await;
            }
            8..=9 if memory.has_answered(&self.targets) => memory.go_on(&app, &self.targets).await,
            _ if memory.has_finished() => self.record(place).await,
            _ => {}
        }
    }

    async fn record(&mut self, place: usize) {
        let killed = self.switches.kills && self.dice.hits(60);
        if killed {
            self.services.strike(Store::Provisioning, "INSERT outbox").await;
            self.client.fault("kill", "worker, in the record");
        }
        let app = self.services.provisioner(place, place);
        let _struck = self.workers[place].memory.record(&app).await;
        self.services.relent(Store::Provisioning).await;
        if killed {
            self.workers[place].memory = Memory::default();
        }
    }
}
