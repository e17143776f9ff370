//! The servers that tests run against, PostgreSQL, MariaDB, RabbitMQ, OpenLDAP, 389 Directory Server and a mail server, a
//! browser, and what benchmarks and checks need
//! beside them.
//!
//! Where one is missing and we are root on Debian, its package is installed, and its service kept from starting: tests
//! start servers of their own. Otherwise one sentence says what to install.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::Failure;
use crate::command::{command, find, run};
use crate::{description, node, python, tools};

/// A program that must be there, and the package that brings it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    program: &'static str,
    /// Folders outside `PATH` where the program may be.
    folders: fn() -> Vec<PathBuf>,
    package: &'static str,
}

const POSTGRES: Need = Need { program: "initdb", folders: postgres_folders, package: "postgresql" };
const RABBITMQ: Need =
    Need { program: "rabbitmq-server", folders: || vec!["/usr/lib/rabbitmq/bin".into()], package: "rabbitmq-server" };
const ERLANG: Need = Need { program: "erl", folders: Vec::new, package: "erlang-base" };
const ERL_CALL: Need =
    Need { program: "erl_call", folders: || vec!["/usr/lib/erlang/bin".into()], package: "erlang-base" };
const SLAPD: Need = Need { program: "slapd", folders: || vec!["/usr/sbin".into()], package: "slapd" };
const LDAP_TOOLS: Need = Need { program: "ldapmodify", folders: Vec::new, package: "ldap-utils" };
const DIRSRV: Need = Need { program: "ns-slapd", folders: || vec!["/usr/sbin".into()], package: "389-ds-base" };
const MARIADB: Need = Need { program: "mariadbd", folders: || vec!["/usr/sbin".into()], package: "mariadb-server" };
const OPENSSL: Need = Need { program: "openssl", folders: Vec::new, package: "openssl" };
const MAIL: Need = Need { program: "aiosmtpd", folders: Vec::new, package: "python3-aiosmtpd" };
const PGBENCH: Need = Need { program: "pgbench", folders: postgres_folders, package: "postgresql" };
const WRK: Need = Need { program: "wrk", folders: Vec::new, package: "wrk" };
const PGREP: Need = Need { program: "pgrep", folders: Vec::new, package: "procps" };
const SQLITE: Need = Need { program: "sqlite3", folders: Vec::new, package: "sqlite3" };

const CHROMIUM: Need = Need { program: "chromium", folders: Vec::new, package: "chromium" };
const DRIVER: Need = Need { program: "chromedriver", folders: Vec::new, package: "chromium-driver" };
const NODEJS: Need = Need { program: "node", folders: Vec::new, package: "nodejs" };
const NPM: Need = Need { program: "npm", folders: Vec::new, package: "npm" };
const PROMTOOL: Need = Need { program: "promtool", folders: Vec::new, package: "prometheus" };
const SHELLCHECK: Need = Need { program: "shellcheck", folders: Vec::new, package: "shellcheck" };
const PYTHON: Need = Need { program: "python3", folders: Vec::new, package: "python3-venv" };

/// What tests need.
pub(crate) const SERVERS: [Need; 18] = [
    PGREP, POSTGRES, MARIADB, RABBITMQ, ERLANG, ERL_CALL, SLAPD, LDAP_TOOLS, DIRSRV, OPENSSL, MAIL, CHROMIUM, DRIVER,
    PROMTOOL, SHELLCHECK, PYTHON, NODEJS, NPM,
];
/// What checks the types for TypeScript, and lints.
pub(crate) const NODE: [Need; 2] = [NODEJS, NPM];
/// What tests, benchmarks and checks need.
pub(crate) const ALL: [Need; 21] = [
    PGREP, POSTGRES, PGBENCH, MARIADB, RABBITMQ, ERLANG, ERL_CALL, SLAPD, LDAP_TOOLS, DIRSRV, OPENSSL, MAIL, CHROMIUM,
    DRIVER, PROMTOOL, SHELLCHECK, PYTHON, NODEJS, NPM, WRK, SQLITE,
];

/// Installs whatever a chore may need.
pub(crate) fn everything() -> Result<(), Failure> {
    run_setup(&ALL)?;
    tools::ALL.iter().try_for_each(|tool| tool.program().map(|_| ()))?;
    packages()?;
    description::validator().map(|_| ())
}

/// Installs the packages of Python and Node.js that tests need.
pub(crate) fn packages() -> Result<(), Failure> {
    python::servers()?;
    python::client()?;
    node::packages().map(|_| ())
}

/// Installs what is missing, or says what to install.
pub(crate) fn run_setup(needs: &[Need]) -> Result<(), Failure> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    let root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let Some(apt) = find("apt-get", &[]).filter(|_| root) else {
        return Err(Failure::unavailable(format!("programs are missing; install: {packages}.")));
    };
    let apt = apt.to_string_lossy();
    let quiet = KeepServicesStopped::new()?;
    run(&mut command(&apt, &["update", "--quiet=2"]))?;
    let install = ["install", "--yes", "--quiet=2", "--no-install-recommends"];
    run(command(&apt, &install).args(&missing).env("DEBIAN_FRONTEND", "noninteractive"))?;
    drop(quiet);
    match self::missing(needs).as_slice() {
        [] => Ok(()),
        still => {
            Err(Failure::unavailable(format!("{} was installed, and its programs are not there.", still.join(" "))))
        }
    }
}

fn missing(needs: &[Need]) -> Vec<&'static str> {
    let missing = needs.iter().filter(|need| find(need.program, &(need.folders)()).is_none());
    let mut packages: Vec<&str> = missing.map(|need| need.package).collect();
    packages.dedup();
    packages
}

fn postgres_folders() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin")).collect()
}

/// Keeps Debian from starting the services of packages while it lives: by the file that Debian asks, unless the machine
/// has one of its own.
struct KeepServicesStopped {
    ours: bool,
}

const POLICY: &str = "/usr/sbin/policy-rc.d";

impl KeepServicesStopped {
    fn new() -> Result<Self, Failure> {
        let ours = !Path::new(POLICY).exists();
        if ours {
            fs::write(POLICY, "#!/bin/sh\nexit 101\n")
                .and_then(|()| fs::set_permissions(POLICY, fs::Permissions::from_mode(0o755)))
                .map_err(|error| Failure::failed(format!("{POLICY} cannot be written: {error}.")))?;
        }
        Ok(Self { ours })
    }
}

impl Drop for KeepServicesStopped {
    fn drop(&mut self) {
        if self.ours {
            let _ = fs::remove_file(POLICY);
        }
    }
}
