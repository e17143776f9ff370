//! Throw-away PostgreSQL servers.
//!
//! Guarantees a real server with nothing in it, on a port of 127.0.0.1 of its own, that is gone with its folder when it is
//! dropped or when the test process is gone. `initdb` and `postgres` of the machine are used; as root, which PostgreSQL
//! refuses, they run as the user `postgres`, or as `nobody` where that one is missing. A server that does not come up
//! fails the test with its log.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use crate::certificates;
use crate::folder::Folder;
use crate::ports::free_port;
use crate::process::{Process, START_WITHIN, Signal, find_program, tail};

static SHARED: OnceCell<Arc<Postgres>> = OnceCell::const_new();

/// A PostgreSQL server of its own.
#[derive(Debug)]
pub struct Postgres {
    // Before the folder: what is declared first is dropped first.
    process: Mutex<Option<Process>>,
    programs: PathBuf,
    owner: Option<Owner>,
    port: u16,
    fast: bool,
    databases: AtomicUsize,
    folder: Folder,
}

/// The user the server runs as when the tests run as root.
#[derive(Debug, Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Postgres {
    /// Starts a server that writes as safely as in production.
    pub async fn start() -> Self {
        Self::launch(false).await
    }

    /// Starts a server that does not wait for the disk. It survives being killed, but not a power cut.
    pub async fn start_fast() -> Self {
        Self::launch(true).await
    }

    /// Starts a fast server that takes TLS too, with a certificate for 127.0.0.1 by an authority of its own.
    pub async fn start_with_tls() -> Self {
        let server = Self::prepared(true);
        certificates::make(server.folder.path());
        // PostgreSQL takes no key that others can read.
        let key = server.folder.path().join("server.key");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("permissions can be set");
        if let Some(owner) = server.owner {
            chown(&key, Some(owner.user), Some(owner.group)).expect("root can give a file away");
        }
        server.initialise().await;
        server.restart().await;
        server
    }

    /// Gives the certificate of its certification authority, in PEM.
    pub fn ca(&self) -> String {
        certificates::authority(self.folder.path())
    }

    /// Gives the file of that certificate, if the server takes TLS.
    pub fn ca_file(&self) -> Option<PathBuf> {
        Some(self.folder.path().join("ca.pem")).filter(|file| file.is_file())
    }

    /// Makes a user of a database who has to show a password, and may do everything there. Gives the URL without it.
    pub async fn create_user(&self, url: &str, name: &str, password: &str) -> String {
        let database = url.rsplit('/').next().unwrap_or_default();
        let sql = format!("CREATE USER {name} PASSWORD '{password}'; ALTER DATABASE {database} OWNER TO {name}");
        for sql in sql.split("; ") {
            self.query(url, sql).await;
        }
        let file = self.data().join("pg_hba.conf");
        let rules = fs::read_to_string(&file).expect("there are rules");
        let rules = format!("host {database} {name} 127.0.0.1/32 scram-sha-256\n{rules}");
        fs::write(&file, rules).expect("the rules can be written");
        self.query(url, "SELECT pg_reload_conf()").await;
        format!("postgres://{name}@127.0.0.1:{}/{database}", self.port)
    }

    /// Gives the one fast server that all tests of a test binary share. Each takes a database of its own from it.
    pub async fn shared() -> Arc<Self> {
        Arc::clone(SHARED.get_or_init(async || Arc::new(Self::start_fast().await)).await)
    }

    fn prepared(fast: bool) -> Self {
        Self {
            process: Mutex::new(None),
            programs: programs(),
            owner: owner(),
            port: free_port(),
            fast,
            databases: AtomicUsize::new(0),
            folder: Folder::new("postgres"),
        }
    }

    async fn launch(fast: bool) -> Self {
        let server = Self::prepared(fast);
        server.initialise().await;
        server.restart().await;
        server
    }

    /// Makes a new empty database whose name begins with `prefix`, and gives its URL.
    pub async fn create_database(&self, prefix: &str) -> String {
        let prefix: String = prefix.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let name = format!("{prefix}_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.query(&self.url("postgres"), &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        self.url(&name)
    }

    /// Runs SQL with `psql` in the database of `url`. Gives its rows as lines, the columns separated by `|`.
    pub async fn query(&self, url: &str, sql: &str) -> String {
        let mut psql = self.command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", sql]);
        run(psql.arg(url)).await
    }

    /// Runs SQL as [`Postgres::query`]; gives what the server says against it.
    pub async fn try_query(&self, url: &str, sql: &str) -> Result<String, String> {
        let mut psql = self.command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--command", sql]);
        psql.arg(url);
        let output = tokio::process::Command::from(psql).kill_on_drop(true).output().await.expect("psql starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    /// Gives where its programs are, before those of the system, as the variable `PATH` says it.
    pub fn path_of_programs(&self) -> String {
        format!("{}:/usr/bin:/bin", self.programs.display())
    }

    /// Gives all that is in the database of `url`, as `pg_dump` writes it.
    pub async fn dump(&self, url: &str) -> String {
        run(self.command("pg_dump").arg(url)).await
    }

    /// Runs `pgbench` with the given arguments, the last of which is the URL of a database. Gives what it prints.
    pub async fn pgbench(&self, arguments: &[&str]) -> String {
        run(self.command("pgbench").args(arguments)).await
    }

    /// Gives the version of the server.
    pub async fn version(&self) -> String {
        self.query(&self.url("postgres"), "SHOW server_version").await
    }

    /// Gives the URL of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Gives the port of 127.0.0.1 the server listens on, also while it is stopped.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Gives the pid of the postmaster, or `None` while the server is stopped.
    pub fn pid(&self) -> Option<u32> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Process::pid)
    }

    /// Stops the server as an administrator would: connections are ended, data is written.
    pub async fn stop(&self) {
        self.end(Signal::Interrupt).await;
    }

    /// Kills the postmaster with SIGKILL; its children notice and end on their own.
    pub async fn kill(&self) {
        self.end(Signal::Kill).await;
    }

    /// Starts the server again with the same data on the same port, after stopping it if it runs.
    pub async fn restart(&self) {
        self.stop().await;
        let deadline = Instant::now() + START_WITHIN;
        let mut process = self.spawn();
        while !self.accepts().await {
            // After a kill the postmaster refuses to start until the last child of the old one is gone.
            if process.ended().is_some() {
                process = self.spawn();
            }
            let log = self.folder.path().join("postgres.log");
            assert!(Instant::now() < deadline, "PostgreSQL does not start:\n{}", tail(&log, 40));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
    }

    async fn end(&self, signal: Signal) {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(process) = process {
            process.end(signal).await;
        }
    }

    async fn initialise(&self) {
        if let Some(owner) = self.owner {
            chown(self.folder.path(), Some(owner.user), Some(owner.group)).expect("root can give a folder away");
        }
        let mut initdb = self.command("initdb");
        initdb.arg("-D").arg(self.data());
        initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        run(&mut initdb).await;
    }

    fn spawn(&self) -> Process {
        let mut command = self.command("postgres");
        let mut set = |setting: &str| _ = command.args(["-c", setting]);
        set(&format!("port={}", self.port));
        set(&format!("unix_socket_directories={}", self.folder.path().display()));
        set("max_connections=400");
        let folder = self.folder.path();
        if folder.join("server.pem").is_file() {
            // The second is not in the certificate.
            set("listen_addresses=127.0.0.1,127.0.0.2");
            set("ssl=on");
            set(&format!("ssl_cert_file={}", folder.join("server.pem").display()));
            set(&format!("ssl_key_file={}", folder.join("server.key").display()));
        } else {
            set("listen_addresses=127.0.0.1");
        }
        if self.fast {
            set("fsync=off");
            set("synchronous_commit=off");
            set("full_page_writes=off");
        }
        command.arg("-D").arg(self.data());
        Process::start(&command, &self.folder.path().join("postgres.log"), Signal::Interrupt)
    }

    async fn accepts(&self) -> bool {
        let mut ready = self.command("pg_isready");
        ready.args(["--quiet", "--host=127.0.0.1", "--username=postgres"]).arg(format!("--port={}", self.port));
        tokio::process::Command::from(ready).status().await.is_ok_and(|status| status.success())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Prepares a command of PostgreSQL, as a user that PostgreSQL accepts.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match self.owner {
            None => Command::new(program),
            Some(owner) => {
                let mut command = Command::new("setpriv");
                command.arg(format!("--reuid={}", owner.user)).arg(format!("--regid={}", owner.group));
                command.args(["--clear-groups", "--"]).arg(program);
                command
            }
        };
        command.current_dir(self.folder.path());
        command
    }
}

async fn run(command: &mut Command) -> String {
    let shown = format!("{command:?}");
    let command = std::mem::replace(command, Command::new("false"));
    let output = tokio::process::Command::from(command).kill_on_drop(true).output().await;
    let output = output.unwrap_or_else(|error| panic!("{shown} does not start: {error}"));
    assert!(output.status.success(), "{shown} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

/// Finds the folder with `initdb`, `postgres` and `psql`: the newest version of Debian's, or where `initdb` really is.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    versions.sort();
    if let Some((_, folder)) = versions.pop() {
        return folder;
    }
    find_program("initdb", &[])
        .and_then(|file| Some(fs::canonicalize(file).ok()?.parent()?.to_owned()))
        .unwrap_or_else(|| panic!("PostgreSQL is missing; install it with: cargo xtask setup"))
}

fn owner() -> Option<Owner> {
    let root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    root.then(|| {
        let users = fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
        let find = |name: &str| {
            users.lines().find_map(|line| match line.split(':').collect::<Vec<_>>().as_slice() {
                [user, _, id, group, ..] if *user == name => {
                    Some(Owner { user: id.parse().ok()?, group: group.parse().ok()? })
                }
                _ => None,
            })
        };
        find("postgres").or_else(|| find("nobody")).expect("the user `postgres` or `nobody` exists")
    })
}
