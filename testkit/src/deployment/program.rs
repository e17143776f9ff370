//! The programs of a deployment and the environment each is started with.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::{Deployment, Options};
use crate::ports::free_port;
use crate::postgres::Postgres;
use crate::process::{Process, Signal};
use crate::rabbitmq::RabbitMq;

/// What the services stand on, new for each deployment.
#[derive(Debug)]
pub(super) struct Backends {
    // Kept alive as long as the deployment.
    _postgres: Arc<Postgres>,
    _rabbitmq: Arc<RabbitMq>,
    person_role_database: String,
    provisioning_database: String,
    brokers: [String; 2],
}

impl Backends {
    pub(super) async fn prepare(options: &Options) -> Self {
        let postgres = async {
            match &options.postgres {
                Some(server) => Arc::clone(server),
                None => Postgres::shared().await,
            }
        };
        let rabbitmq = async {
            match &options.rabbitmq {
                Some(broker) => Arc::clone(broker),
                None => RabbitMq::shared().await,
            }
        };
        let (postgres, rabbitmq) = tokio::join!(postgres, rabbitmq);
        Self {
            person_role_database: postgres.create_database("personrole").await,
            provisioning_database: postgres.create_database("provisioning").await,
            brokers: match (&options.broker_urls, rabbitmq.ca_file()) {
                (Some(urls), _) => urls.clone(),
                (None, Some(_)) => both(rabbitmq.with_tls(&rabbitmq.create_vhost("deployment").await)),
                (None, None) => both(rabbitmq.create_vhost("deployment").await),
            },
            _postgres: postgres,
            _rabbitmq: rabbitmq,
        }
    }
}

fn both(url: String) -> [String; 2] {
    [url.clone(), url]
}

/// Targets of tests are on this machine.
const NEAR: (&str, &str) = ("COHORT_EGRESS_ALLOW", "127.0.0.0/8");

/// A program, its addresses and its environment.
#[derive(Debug, Clone)]
pub(super) struct Program {
    name: String,
    file: PathBuf,
    /// Variables whose value is an address of its own, and the port. The first is the one others call.
    addresses: Vec<(&'static str, u16)>,
    environment: Vec<(String, String)>,
}

impl Program {
    /// Gives the programs of a deployment's shape.
    pub(super) fn of(deployment: &Deployment) -> Vec<Self> {
        let data = deployment.data_folder().display().to_string();
        let first_user = [("COHORT_BOOTSTRAP_USER", &*deployment.username), ("COHORT_BOOTSTRAP_KEY", &*deployment.key)];
        let Some(backends) = &deployment.backends else {
            let environment = [&first_user[..], &[("COHORT_DATA", &*data), NEAR]].concat();
            return vec![Self::new(deployment, "cohort", &["COHORT_LISTEN"], &environment)];
        };
        let [of_registry, of_provisioning] = backends.brokers.each_ref().map(|url| ("COHORT_BROKER_URL", &**url));
        let addresses = ["COHORT_GRPC_LISTEN", "COHORT_OPS_LISTEN"];

        let database = ("COHORT_DATABASE_URL", &*backends.person_role_database);
        let environment = [&first_user[..], &[database, of_registry]].concat();
        let person_role = Self::new(deployment, "person-role-service", &addresses, &environment);
        let person_role_url = person_role.called(deployment);
        let person_role_url = ("COHORT_PERSON_ROLE_URL", &*person_role_url);

        let database = ("COHORT_DATABASE_URL", &*backends.provisioning_database);
        let key = deployment.key_file().display().to_string();
        let key = ("COHORT_SECRETS_KEY_FILE", &*key);
        let environment = [database, of_provisioning, person_role_url, ("COHORT_DATA", &*data), NEAR, key];
        let provisioning = Self::new(deployment, "provisioning-service", &addresses, &environment);
        let provisioning_url = provisioning.called(deployment);

        let environment = [person_role_url, ("COHORT_PROVISIONING_URL", &*provisioning_url)];
        let gateway = Self::new(deployment, "gateway", &["COHORT_LISTEN", "COHORT_OPS_LISTEN"], &environment);
        vec![person_role, provisioning, gateway]
    }

    fn new(deployment: &Deployment, name: &str, addresses: &[&'static str], environment: &[(&str, &str)]) -> Self {
        let options = &deployment.options;
        let mut environment: Vec<(String, String)> =
            environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        environment.push(("COHORT_LOG_FORMAT".to_owned(), "text".to_owned()));
        if let Some(endpoint) = &options.otlp_endpoint {
            environment.push(("COHORT_OTLP_ENDPOINT".to_owned(), endpoint.clone()));
        }
        environment.push(("RUST_BACKTRACE".to_owned(), "1".to_owned()));
        environment.extend(certificates(options, name));
        environment.extend(options.environment.iter().cloned());
        Self {
            name: name.to_owned(),
            file: find(name, options.programs.as_deref()),
            addresses: addresses.iter().map(|variable| (*variable, free_port())).collect(),
            environment,
        }
    }

    /// Gives the same program with addresses of its own, under another name.
    pub(super) fn another(&self, name: String) -> Self {
        let addresses = self.addresses.iter().map(|(variable, _)| (*variable, free_port())).collect();
        Self { name, addresses, ..self.clone() }
    }

    /// Changes the folder that it is started from.
    pub(super) fn take_from(&mut self, programs: Option<&Path>) {
        if let Some(name) = self.file.file_name().and_then(|name| name.to_str()) {
            self.file = find(name, programs);
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The port on which others call it.
    pub(super) fn port(&self) -> Option<u16> {
        self.addresses.first().map(|(_, port)| *port)
    }

    pub(super) fn url(&self) -> String {
        let scheme = if self.variable("COHORT_HTTP_KEY").is_some() { "https" } else { "http" };
        self.addresses.first().map(|(_, port)| format!("{scheme}://127.0.0.1:{port}")).unwrap_or_default()
    }

    /// Where other programs call it.
    fn called(&self, deployment: &Deployment) -> String {
        match deployment.options.authority {
            Some(_) => deployment.way_to(self).replacen("http://", "https://", 1),
            None => deployment.way_to(self),
        }
    }

    pub(super) fn ops_url(&self) -> String {
        self.addresses.last().map(|(_, port)| format!("http://127.0.0.1:{port}")).unwrap_or_default()
    }

    pub(super) fn variable(&self, variable: &str) -> Option<&str> {
        self.environment.iter().rev().find(|(name, _)| name == variable).map(|(_, value)| value.as_str())
    }

    pub(super) fn start(&self, log: &Path) -> Process {
        let mut command = Command::new(&self.file);
        command.current_dir(log.parent().unwrap_or(Path::new("/")));
        for (variable, port) in &self.addresses {
            command.env(variable, format!("127.0.0.1:{port}"));
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        Process::start(&command, log, Signal::Kill)
    }
}

/// The variables that name the certificates of a program, and of those whose servers it uses.
fn certificates(options: &Options, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut add = |variable: &str, file: &Path| found.push((variable.to_owned(), file.display().to_string()));
    let service = name != "gateway" && name != "cohort";
    if let Some(authority) = &options.authority {
        let (part, api) = (authority.issue(name), authority.issue("api"));
        if name != "cohort" {
            add("COHORT_TLS_CA", &authority.ca());
            add("COHORT_TLS_CERTIFICATE", &part.certificate);
            add("COHORT_TLS_KEY", &part.key);
        }
        if !service {
            add("COHORT_HTTP_CERTIFICATE", &api.certificate);
            add("COHORT_HTTP_KEY", &api.key);
        }
    }
    if let Some(ca) = options.postgres.as_ref().and_then(|server| server.ca_file()).filter(|_| service) {
        add("COHORT_DATABASE_CA", &ca);
    }
    if let Some(ca) = options.rabbitmq.as_ref().and_then(|broker| broker.ca_file()).filter(|_| service) {
        add("COHORT_BROKER_CA", &ca);
    }
    found
}

/// Finds a program where cargo put it: beside this program's own file, or two folders above a test's, which is in `deps`.
pub(crate) fn find(name: &str, programs: Option<&Path>) -> PathBuf {
    let this = std::env::current_exe().expect("the test's own file is known");
    let beside = this.parent().expect("a file is in a folder");
    let built = if beside.ends_with("deps") { beside.parent().unwrap_or(beside) } else { beside };
    let file = programs.unwrap_or(built).join(name);
    assert!(file.is_file(), "{} is missing; build it first: cargo build --workspace --bins", file.display());
    file
}
