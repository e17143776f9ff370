//! Cohort as it is deployed: the real programs, in either shape.
//!
//! Guarantees that a test sees the same programs, started through the same environment, as an operator. Each program is a
//! process of its own that a test can kill and start again, with what it prints kept in a file. Nothing survives the test
//! process. When the test fails, the ends of all logs are printed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::balancer::Balancer;
use crate::certificates::Authority;
use crate::client::{Client, http_client};
use crate::folder::Folder;
use crate::ports::random;
use crate::postgres::Postgres;
use crate::process::{Process, Signal, tail};
use crate::rabbitmq::RabbitMq;

mod program;

pub(crate) use program::find as find_program_of_ours;
use program::{Backends, Program};

const READY_WITHIN: Duration = Duration::from_secs(180);

/// What services keep secrets with: 32 bytes in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

/// The two ways to run Cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One process `cohort` with its data in a folder.
    Standalone,
    /// The processes `gateway`, `person-role-service` and `provisioning-service` on PostgreSQL and RabbitMQ.
    Services,
}

/// What a test may choose about a deployment.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The PostgreSQL server to use instead of the shared one; it is the test's to kill.
    pub postgres: Option<Arc<Postgres>>,
    /// The RabbitMQ broker to use instead of the shared one; it is the test's to kill.
    pub rabbitmq: Option<Arc<RabbitMq>>,
    /// The addresses of the broker for person-role-service and provisioning-service, each with its own user, instead of one
    /// for both.
    pub broker_urls: Option<[String; 2]>,
    /// Who signs the certificates of the programs, by their names; without one they call each other in plain text. The API
    /// has the certificate `api`. A server above that takes TLS is reached with it.
    pub authority: Option<Arc<Authority>>,
    /// Where the programs send their traces.
    pub otlp_endpoint: Option<String>,
    /// Further variables for all programs; they win over those of the deployment.
    pub environment: Vec<(String, String)>,
    /// The folder of the programs, when it is not the one cargo builds into.
    pub programs: Option<PathBuf>,
    /// Whether a balancer stands before each of the services, so that [`Deployment::start_another`] shares its work.
    pub balanced: bool,
}

/// A running deployment; dropping it ends all its processes.
#[derive(Debug)]
pub struct Deployment {
    // In the order they are to be dropped.
    members: Mutex<BTreeMap<String, Member>>,
    /// The name of the API user that the deployment has from its start.
    pub username: String,
    /// The key of that API user.
    pub key: String,
    shape: Shape,
    options: Options,
    backends: Option<Backends>,
    /// By the names of the programs; empty where none were wished for.
    balancers: BTreeMap<&'static str, Balancer>,
    folder: Folder,
}

#[derive(Debug)]
struct Member {
    program: Program,
    process: Option<Process>,
}

impl Deployment {
    /// Starts all programs of a shape and waits until they are ready.
    pub async fn start(shape: Shape, options: Options) -> Self {
        let backends = match shape {
            Shape::Standalone => None,
            Shape::Services => Some(Backends::prepare(&options).await),
        };
        let mut balancers = BTreeMap::new();
        if options.balanced {
            for name in ["person-role-service", "provisioning-service", "gateway"] {
                balancers.insert(name, Balancer::start().await);
            }
        }
        let deployment = Self {
            members: Mutex::default(),
            username: "testkit".to_owned(),
            key: format!("{:016x}{:016x}", random(), random()),
            shape,
            options,
            backends,
            balancers,
            folder: Folder::new("deployment"),
        };
        std::fs::create_dir(deployment.data_folder()).expect("a folder can be made");
        if shape == Shape::Services {
            std::fs::write(deployment.key_file(), KEY).expect("a file can be written");
        }
        for program in Program::of(&deployment) {
            deployment.add(program);
        }
        deployment.wait_ready().await;
        deployment
    }

    /// Gives the shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Gives the URL of the API, which ends in `/registry`.
    pub fn base_url(&self) -> String {
        format!("{}/registry", self.root_url())
    }

    /// Gives the URL of the server, without a slash at the end.
    pub fn root_url(&self) -> String {
        let face = match self.shape {
            Shape::Standalone => "cohort",
            Shape::Services => "gateway",
        };
        self.with(face, |member| self.way_to(&member.program))
    }

    /// Gives the URL at which a program is called: that of its balancer, if there is one.
    fn way_to(&self, program: &Program) -> String {
        self.balancers.get(program.name()).map_or_else(|| program.url(), Balancer::url)
    }

    /// Gives a client of the API with the deployment's first API user.
    pub fn client(&self) -> Client {
        let client = Client::new(&self.base_url(), &self.username, &self.key);
        match &self.options.authority {
            Some(authority) => client.trusting(&authority.ca()),
            None => client,
        }
    }

    /// Gives the folder in which the deployment keeps its files; in both shapes the changelog files are under it.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Gives the file with the keys for secrets: in the single process it is made with the first secret.
    pub fn key_file(&self) -> PathBuf {
        match self.shape {
            Shape::Standalone => self.data_folder().join("secrets.key"),
            Shape::Services => self.folder.path().join("secrets.key"),
        }
    }

    /// Gives the URL that answers `/health/live`, `/health/ready` and `/metrics` for a process.
    pub fn ops_url(&self, name: &str) -> String {
        self.with(name, |member| member.program.ops_url())
    }

    /// Gives a variable of the environment that a process was started with.
    pub fn variable(&self, name: &str, variable: &str) -> Option<String> {
        self.with(name, |member| member.program.variable(variable).map(str::to_owned))
    }

    /// Gives the names of all processes, also of those that do not run.
    pub fn names(&self) -> Vec<String> {
        self.members().keys().cloned().collect()
    }

    /// Gives the pid of a process, or `None` while it does not run.
    pub fn pid(&self, name: &str) -> Option<u32> {
        self.with(name, |member| {
            let process = member.process.as_mut()?;
            process.ended().is_none().then(|| process.pid())
        })
    }

    /// Gives all that a process has printed, over all its starts.
    pub fn log(&self, name: &str) -> String {
        tail(&self.log_file(name), usize::MAX)
    }

    /// Kills a process with SIGKILL and waits until it is gone. Gives its exit code: 137 when it had not ended before.
    pub async fn kill(&self, name: &str) -> Option<i32> {
        self.end(name, Signal::Kill).await
    }

    /// Asks a process with SIGTERM to stop and waits until it has. Gives its exit code.
    pub async fn terminate(&self, name: &str) -> Option<i32> {
        self.end(name, Signal::Terminate).await
    }

    /// Sends SIGTERM to a process and does not wait, to see how it drains.
    pub fn begin_to_terminate(&self, name: &str) {
        self.with(name, |member| {
            if let Some(process) = &mut member.process {
                process.signal(Signal::Terminate);
            }
        });
    }

    /// Starts a process again on its old addresses, killing it first if it runs. Does not wait until it is ready.
    pub fn start_again(&self, name: &str) {
        let log = self.log_file(name);
        self.with(name, |member| {
            member.process = None;
            member.process = Some(member.program.start(&log));
        });
    }

    /// Takes the program of a process from another folder, from its next start on: that of another release. Those that are
    /// started like it are of that one, too.
    pub fn change_release(&self, name: &str, programs: Option<&Path>) {
        self.with(name, |member| member.program.take_from(programs));
    }

    /// Starts one more process like `name` on addresses of its own, and gives its name. Does not wait until it is ready.
    pub fn start_another(&self, name: &str) -> String {
        let number = self.names().iter().filter(|other| other.starts_with(name)).count() + 1;
        let another = self.with(name, |member| member.program.another(format!("{name}-{number}")));
        let name = another.name().to_owned();
        self.add(another);
        name
    }

    /// Waits until each process that was started is ready. One that ends meanwhile fails the test with its log.
    pub async fn wait_ready(&self) {
        for name in self.names() {
            self.wait_ready_one(&name).await;
        }
    }

    /// Waits until the process `name` is ready, or has been killed or terminated by the test.
    pub async fn wait_ready_one(&self, name: &str) {
        let http = http_client();
        let url = format!("{}/health/ready", self.ops_url(name));
        let deadline = Instant::now() + READY_WITHIN;
        loop {
            let (started, ended) = self.with(name, |member| match &mut member.process {
                Some(process) => (true, process.ended()),
                None => (false, None),
            });
            if !started {
                return;
            }
            let log = || tail(&self.log_file(name), 60);
            assert!(ended.is_none(), "{name} ended instead of being ready: {}\n{}", ended.unwrap_or_default(), log());
            if http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            assert!(Instant::now() < deadline, "{name} does not become ready at {url}:\n{}", log());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    async fn end(&self, name: &str, signal: Signal) -> Option<i32> {
        let process = self.with(name, |member| member.process.take());
        process.unwrap_or_else(|| panic!("{name} does not run")).end(signal).await.code()
    }

    fn add(&self, program: Program) {
        let name = program.name().to_owned();
        let balancer = self.balancers.iter().find(|(service, _)| name.starts_with(**service));
        if let (Some((_, balancer)), Some(port)) = (balancer, program.port()) {
            balancer.add(port);
        }
        let process = Some(program.start(&self.log_file(&name)));
        self.members().insert(name, Member { program, process });
    }

    fn log_file(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.log"))
    }

    fn members(&self) -> MutexGuard<'_, BTreeMap<String, Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, name: &str, act: impl FnOnce(&mut Member) -> T) -> T {
        let mut members = self.members();
        let member = members.get_mut(name);
        act(member.unwrap_or_else(|| panic!("the deployment has no process {name}")))
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for name in self.names() {
                let log: &Path = &self.log_file(&name);
                eprintln!("--- the end of what {name} printed ---\n{}", tail(log, 60));
            }
        }
    }
}
