//! Throw-away MariaDB servers.
//!
//! Guarantees a real server with nothing in it, on a port of 127.0.0.1 and in a folder of its own, that takes TLS too, with
//! a certificate by a certification authority of its own. It does not wait for the disk. It is ended by its own pid. A
//! server that does not come up fails the test with its log.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::certificates;
use crate::folder::Folder;
use crate::ports::free_port;
use crate::process::{Process, START_WITHIN, Signal, find_program, tail};

/// A MariaDB server of its own.
#[derive(Debug)]
pub struct MariaDb {
    process: Mutex<Option<Process>>,
    port: u16,
    tls: bool,
    folder: Folder,
}

impl MariaDb {
    /// Starts a server, and waits until it takes connections.
    pub async fn start() -> Self {
        Self::launch(true).await
    }

    /// Starts a server that takes no TLS.
    pub async fn start_without_tls() -> Self {
        Self::launch(false).await
    }

    async fn launch(tls: bool) -> Self {
        let server = Self { process: Mutex::new(None), port: free_port(), tls, folder: Folder::new("mariadb") };
        certificates::make(server.folder.path());
        let mut install = Command::new(program("mariadb-install-db"));
        install.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        server.run(install.arg(format!("--datadir={}", server.data().display())).args(as_root()));
        server.restart().await;
        server
    }

    /// Makes a database, and a user who has to show a password and may do everything there. Gives the URL without it.
    pub fn create_database(&self, name: &str, user: &str, password: &str) -> String {
        self.query(&format!("CREATE DATABASE {name}"));
        self.query(&format!("CREATE USER IF NOT EXISTS {user}@'%' IDENTIFIED BY '{password}'"));
        self.query(&format!("GRANT ALL ON {name}.* TO {user}@'%'"));
        format!("mysql://{user}@127.0.0.1:{}/{name}", self.port)
    }

    /// Runs SQL as the administrator. Gives its rows as lines, the columns separated by tabs.
    pub fn query(&self, sql: &str) -> String {
        let mut client = Command::new(program("mariadb"));
        client.args(["--no-defaults", "--batch", "--skip-column-names", "--user=root"]);
        self.run(client.arg(format!("--socket={}", self.socket().display())).args(["--execute", sql]))
    }

    /// Gives the certificate of its certification authority, in PEM.
    pub fn ca(&self) -> String {
        certificates::authority(self.folder.path())
    }

    /// Gives the version that the server says it has.
    pub fn version(&self) -> String {
        self.query("SELECT version()")
    }

    /// Stops the server.
    pub async fn stop(&self) {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(process) = process {
            process.end(Signal::Terminate).await;
        }
    }

    /// Starts the server again with the same data on the same port, after stopping it if it runs.
    pub async fn restart(&self) {
        self.stop().await;
        let (folder, log) = (self.folder.path(), self.folder.path().join("mariadb.log"));
        let mut command = Command::new(program("mariadbd"));
        command.args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--performance-schema=OFF"]);
        command.args(["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--skip-log-bin"]);
        command.arg(format!("--port={}", self.port)).arg(format!("--datadir={}", self.data().display()));
        command.arg(format!("--socket={}", self.socket().display())).args(as_root());
        // Another server that starts takes away what it finds in a folder that they share.
        command.arg(format!("--tmpdir={}", folder.display()));
        command.arg(format!("--pid-file={}", folder.join("mariadb.pid").display()));
        if self.tls {
            for (option, file) in [("ca", "ca.pem"), ("cert", "server.pem"), ("key", "server.key")] {
                command.arg(format!("--ssl-{option}={}", folder.join(file).display()));
            }
        } else {
            command.arg("--skip-ssl");
        }
        let mut process = Process::start(command.current_dir(folder), &log, Signal::Terminate);
        let deadline = Instant::now() + START_WITHIN;
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let failed = process.ended().is_some() || Instant::now() > deadline;
            assert!(!failed, "MariaDB does not start:\n{}", tail(&log, 40));
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn run(&self, command: &mut Command) -> String {
        let output = command.stdin(Stdio::null()).output().expect("the program starts");
        assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }
}

/// MariaDB runs as root only if that is said.
fn as_root() -> Option<&'static str> {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0).then_some("--user=root")
}

fn program(name: &str) -> PathBuf {
    let found = find_program(name, &["/usr/sbin", "/usr/local/sbin"]);
    found.unwrap_or_else(|| panic!("MariaDB's {name} is missing; install it with: cargo xtask setup"))
}
