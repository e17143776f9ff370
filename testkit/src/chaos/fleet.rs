//! Three processes of each service, each with ways of its own to the servers that it stands on.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{points::Points, proxy::Proxy};
use crate::{
    client::{Client, http_client},
    deployment::find_program_of_ours,
    folder::Folder,
    ports::{free_port, random},
    postgres::Postgres,
    process::{Process, Signal, tail},
    rabbitmq::RabbitMq,
};

/// How many processes there are of each service.
const EACH: usize = 3;

/// How long a request is held without word from its worker.
pub(super) const LEASE: Duration = Duration::from_secs(6);

/// How long a call whose end is not known may still take effect; the targets of the run are faster.
const LATE_EFFECT: Duration = Duration::from_secs(10);

/// How many milliseconds the clocks of a service's processes are ahead, in debug builds.
const AHEAD_MS: [i64; EACH] = [50, 0, -30_000];

/// The key of secrets, 32 bytes in base64.
const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Service {
    Gateway,
    PersonRole,
    Provisioning,
}

impl Service {
    /// Gives the name of its program.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::PersonRole => "person-role-service",
            Self::Provisioning => "provisioning-service",
        }
    }

    /// The points of its way at which it can be stopped or killed.
    pub(super) fn points(self) -> &'static [&'static str] {
        match self {
            Self::Gateway => &[],
            Self::PersonRole => &["after commit", "after confirm"],
            Self::Provisioning => &[
                "after confirm",
                "after claim",
                "before the call",
                "in the call",
                "after the call",
                "before the record",
            ],
        }
    }
}

/// A process of a service.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) service: Service,
    /// Its ways to the database and the broker.
    pub(super) ways: Vec<Arc<Proxy>>,
    ops: u16,
    log: PathBuf,
    program: PathBuf,
    environment: BTreeMap<String, String>,
    process: Mutex<Option<Process>>,
}

impl Member {
    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pid(&self) -> Option<u32> {
        self.process().as_ref().map(Process::pid)
    }

    pub(super) fn signal(&self, signal: Signal) {
        if let Some(process) = self.process().as_mut() {
            process.signal(signal);
        }
    }

    pub(super) async fn kill(&self) {
        let process = self.process().take();
        if let Some(process) = process {
            process.end(Signal::Kill).await;
        }
    }

    pub(super) fn start(&self) {
        let mut command = Command::new(&self.program);
        command.current_dir(self.log.parent().unwrap_or(Path::new("/")));
        command.envs(&self.environment);
        *self.process() = Some(Process::start(&command, &self.log, Signal::Kill));
    }

    /// Gives whether it became ready within the time.
    pub(super) async fn ready(&self, within: Duration) -> bool {
        let (http, deadline) = (http_client(), Instant::now() + within);
        let url = format!("http://127.0.0.1:{}/health/ready", self.ops);
        loop {
            let asked = http.get(&url).timeout(Duration::from_secs(2)).send().await;
            if asked.is_ok_and(|answer| answer.status() == 200) {
                return true;
            }
            if Instant::now() > deadline {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Gives the end of what it printed.
    pub(super) fn tail(&self) -> String {
        tail(&self.log, 40)
    }

    /// Gives all that it printed.
    pub(super) fn log(&self) -> String {
        tail(&self.log, usize::MAX)
    }

    fn ended(&self) -> bool {
        self.process().as_mut().is_some_and(|process| process.ended().is_some())
    }
}

/// All processes, and the servers that they stand on.
#[derive(Debug)]
pub(super) struct Fleet {
    // In the order they are to be dropped.
    pub(super) members: Vec<Arc<Member>>,
    pub(super) points: Points,
    pub(super) postgres: Arc<Postgres>,
    pub(super) rabbitmq: Arc<RabbitMq>,
    /// The registry's database and the provisioning service's, without a proxy.
    pub(super) databases: [String; 2],
    key: String,
    gateways: Vec<u16>,
    /// What stands before the processes of a service that others call.
    fronts: Vec<Arc<Proxy>>,
    pub(super) folder: Folder,
}

impl Fleet {
    /// Starts everything and waits until it is ready.
    pub(super) async fn start(programs: Option<&Path>) -> Self {
        let (postgres, rabbitmq) = tokio::join!(Postgres::start(), RabbitMq::start());
        let databases = [postgres.create_database("personrole").await, postgres.create_database("provisioning").await];
        let broker = rabbitmq.create_vhost("chaos").await;
        let folder = Folder::new("chaos");
        let points = folder.path().join("points");
        let mut fleet = Self {
            members: Vec::new(),
            points: Points::listen(&points),
            postgres: Arc::new(postgres),
            rabbitmq: Arc::new(rabbitmq),
            databases,
            key: format!("{:016x}{:016x}", random(), random()),
            gateways: Vec::new(),
            fronts: Vec::new(),
            folder,
        };
        let mut common = BTreeMap::from([
            ("COHORT_POINTS".to_owned(), points.display().to_string()),
            ("COHORT_BOOTSTRAP_USER".to_owned(), "chaos".to_owned()),
            ("COHORT_BOOTSTRAP_KEY".to_owned(), fleet.key.clone()),
            ("COHORT_LOG_FORMAT".to_owned(), "text".to_owned()),
            ("COHORT_AUTH_CACHE_SECONDS".to_owned(), "3600".to_owned()),
            ("COHORT_WORKER_LEASE_SECONDS".to_owned(), LEASE.as_secs().to_string()),
            ("COHORT_WORKER_LATE_EFFECT_SECONDS".to_owned(), LATE_EFFECT.as_secs().to_string()),
            ("RUST_BACKTRACE".to_owned(), "1".to_owned()),
        ]);
        for (service, url) in
            [(Service::PersonRole, "COHORT_PERSON_ROLE_URL"), (Service::Provisioning, "COHORT_PROVISIONING_URL")]
        {
            let front = Proxy::start(fleet.add(service, programs, &common, &broker).await).await;
            common.insert(url.to_owned(), format!("http://127.0.0.1:{}", front.port()));
            fleet.fronts.push(front);
        }
        fleet.gateways = fleet.add(Service::Gateway, programs, &common, &broker).await;
        for member in &fleet.members {
            assert!(member.ready(Duration::from_secs(60)).await, "{} is not ready:\n{}", member.name, member.tail());
        }
        fleet
    }

    /// Starts the processes of a service, and gives the ports that others call.
    async fn add(
        &mut self,
        service: Service,
        programs: Option<&Path>,
        common: &BTreeMap<String, String>,
        broker: &str,
    ) -> Vec<u16> {
        let mut ports = Vec::new();
        for (number, ahead) in (1..).zip(AHEAD_MS) {
            let (port, ops) = (free_port(), free_port());
            let name = format!("{}-{number}", service.name());
            let mut environment = common.clone();
            // In one service the clocks are behind where they are ahead in the others.
            let ahead = if service == Service::Provisioning { -ahead } else { ahead };
            environment.insert("COHORT_CLOCK_AHEAD_MS".to_owned(), ahead.to_string());
            let listen = if service == Service::Gateway { "COHORT_LISTEN" } else { "COHORT_GRPC_LISTEN" };
            environment.insert(listen.to_owned(), format!("127.0.0.1:{port}"));
            environment.insert("COHORT_OPS_LISTEN".to_owned(), format!("127.0.0.1:{ops}"));
            environment.insert("COHORT_DATA".to_owned(), self.folder.path().display().to_string());
            let mut ways = Vec::new();
            if service == Service::Provisioning {
                environment.insert("COHORT_EGRESS_ALLOW".to_owned(), "127.0.0.0/8".to_owned());
                environment.insert("COHORT_SECRETS_KEY".to_owned(), KEY.to_owned());
            }
            if service != Service::Gateway {
                let [registry, provisioning] = &self.databases;
                let database = if service == Service::PersonRole { registry } else { provisioning };
                for (name, url, real) in [
                    ("COHORT_DATABASE_URL", database.as_str(), self.postgres.port()),
                    ("COHORT_BROKER_URL", broker, self.rabbitmq.port()),
                ] {
                    let way = Proxy::start(vec![real]).await;
                    environment
                        .insert(name.to_owned(), url.replace(&format!(":{real}/"), &format!(":{}/", way.port())));
                    ways.push(way);
                }
            }
            let member = Member {
                log: self.folder.path().join(format!("{name}.log")),
                name,
                service,
                ways,
                ops,
                program: find_program_of_ours(service.name(), programs),
                environment,
                process: Mutex::default(),
            };
            member.start();
            self.members.push(Arc::new(member));
            ports.push(port);
        }
        ports
    }

    /// Gives the processes of a service.
    pub(super) fn of(&self, service: Service) -> Vec<Arc<Member>> {
        self.members.iter().filter(|member| member.service == service).cloned().collect()
    }

    /// Gives the pids of a service's processes.
    pub(super) fn pids(&self, service: Service) -> Vec<u32> {
        self.of(service).iter().filter_map(|member| member.pid()).collect()
    }

    /// Gives a client for each gateway.
    pub(super) fn clients(&self) -> Vec<Client> {
        let client = |port| Client::new(&format!("http://127.0.0.1:{port}/registry"), "chaos", &self.key);
        self.gateways.iter().map(client).collect()
    }

    /// Starts what has ended by itself, and gives the names; nothing should have.
    pub(super) fn raise(&self) -> Vec<String> {
        let fallen = self.members.iter().filter(|member| member.ended() || member.pid().is_none());
        let fallen = fallen.inspect(|member| member.start());
        fallen.map(|member| format!("{} had ended:\n{}", member.name, member.tail())).collect()
    }
}
