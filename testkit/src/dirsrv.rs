//! Throw-away 389 Directory Servers.
//!
//! Guarantees a real directory with nothing in it but `dc=example,dc=org` and the organizational units that a test asks for,
//! on a port of 127.0.0.1, in a folder of its own. It is ended by its own pid. A server that does not come up fails the test
//! with its log. Its settings are Debian's template; the database is added over LDAP, as its own tools do.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::folder::Folder;
use crate::ports::free_port;
use crate::process::{Process, START_WITHIN, Signal, find_program, tail};
use crate::slapd::{self, Slapd};

const TEMPLATE: &str = "/usr/share/dirsrv/data/template-dse.ldif";
const CONFIGURATION: &str = "/etc/dirsrv";
/// Errors and what the server says of itself, and no more; it stays in the foreground.
const LEVEL: &str = "266354688";

/// A 389 Directory Server of its own. Names and password are those of [`Slapd`].
#[derive(Debug)]
pub struct Dirsrv {
    process: Mutex<Option<Process>>,
    port: u16,
    folder: Folder,
}

impl Dirsrv {
    /// Starts a directory with these organizational units, and waits until it answers.
    pub async fn start(units: &[&str]) -> Self {
        let server = Self { process: Mutex::new(None), port: free_port(), folder: Folder::new("dirsrv") };
        server.prepare();
        server.restart().await;
        let base = Slapd::BASE;
        let name = base.replace('=', "\\3D").replace(',', "\\2C");
        let database = format!(
            "dn: cn=userroot,cn=ldbm database,cn=plugins,cn=config\nobjectClass: extensibleObject\n\
             objectClass: nsBackendInstance\ncn: userroot\nnsslapd-suffix: {base}\n\n\
             dn: cn={name},cn=mapping tree,cn=config\nobjectClass: extensibleObject\nobjectClass: nsMappingTree\n\
             cn: {base}\nnsslapd-state: backend\nnsslapd-backend: userroot\n\n"
        );
        slapd::modify(&server.url(), &(database + &slapd::first(units)));
        server
    }

    /// Gives the address for plain connections.
    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// Gives the version that the server says it has.
    pub fn version(&self) -> String {
        let output = Command::new(program()).arg("-v").stdin(Stdio::null()).output().expect("ns-slapd starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().find(|line| line.contains("389-Directory")).unwrap_or_default().trim().to_owned()
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
        let log = self.path("dirsrv.log");
        let mut command = Command::new(program());
        command.arg("-D").arg(self.path("config")).arg("-i").arg(self.path("pid")).args(["-d", LEVEL]);
        command.current_dir(self.folder.path());
        let mut process = Process::start(&command, &log, Signal::Terminate);
        let deadline = Instant::now() + START_WITHIN;
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let failed = process.ended().is_some() || Instant::now() > deadline;
            assert!(!failed, "ns-slapd does not start:\n{}", tail(&log, 40));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn prepare(&self) {
        for folder in ["config/schema", "db", "lock", "tmp", "ldif", "bak", "run", "log"] {
            fs::create_dir_all(self.path(folder)).expect("a folder can be made");
        }
        for (from, to) in [
            ("config/slapd-collations.conf", "config/slapd-collations.conf"),
            ("config/certmap.conf", "config/certmap.conf"),
            ("schema/99user.ldif", "config/schema/99user.ldif"),
        ] {
            fs::copy(format!("{CONFIGURATION}/{from}"), self.path(to)).expect("its files can be copied");
        }
        let template = fs::read_to_string(TEMPLATE).unwrap_or_else(|_| missing());
        let mut settings = String::new();
        for entry in template.split("\n\n") {
            // By default names of people are ASCII, which not all are.
            let checked = entry.contains("cn=7-bit check");
            for line in entry.lines() {
                settings += &match line {
                    "nsslapd-pluginenabled: on" if checked => "nsslapd-pluginenabled: off".to_owned(),
                    line => self.filled(line),
                };
                settings.push('\n');
            }
            settings.push('\n');
        }
        fs::write(self.path("config/dse.ldif"), settings).expect("the settings can be written");
    }

    /// A line of the template with its word.
    fn filled(&self, line: &str) -> String {
        let mut parts = line.splitn(3, '%');
        let (Some(before), Some(word), Some(after)) = (parts.next(), parts.next(), parts.next()) else {
            return line.to_owned();
        };
        let folder = |name: &str| self.path(name).display().to_string();
        let value = match word {
            "schema_dir" => folder("config/schema"),
            "cert_dir" | "config_dir" => folder("config"),
            "lock_dir" => folder("lock"),
            "tmp_dir" => folder("tmp"),
            "ldif_dir" => folder("ldif"),
            "bak_dir" => folder("bak"),
            "run_dir" => folder("run"),
            "inst_dir" => folder(""),
            "log_dir" => folder("log"),
            "db_dir" | "db_home_dir" => folder("db"),
            "ldapi" => folder("run/socket"),
            "db_lib" => "bdb".to_owned(),
            "fqdn" => "localhost".to_owned(),
            "ds_port" => self.port.to_string(),
            "ds_user" => user(),
            "rootdn" => Slapd::ADMIN.to_owned(),
            "ds_passwd" => format!("{{CLEAR}}{}", Slapd::PASSWORD),
            "ldapi_enabled" | "ldapi_autobind" => "off".to_owned(),
            _ => String::new(),
        };
        format!("{before}{value}{after}")
    }
}

/// Who runs the tests.
fn user() -> String {
    let output = Command::new("id").arg("-un").stdin(Stdio::null()).output().expect("id starts");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn program() -> PathBuf {
    find_program("ns-slapd", &["/usr/sbin"]).unwrap_or_else(|| missing())
}

fn missing() -> ! {
    panic!("389 Directory Server is missing; install it with: cargo xtask setup")
}
