//! Throw-away OpenLDAP servers.
//!
//! Guarantees a real directory with nothing in it but `dc=example,dc=org` and the organizational units that a test asks for, on
//! two ports of 127.0.0.1 (plain, and TLS with a certificate by a certification authority of its own), in a folder of its
//! own. It is ended by its own pid. A server that does not come up fails the test with its log.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::certificates;
use crate::folder::Folder;
use crate::ports::free_port;
use crate::process::{Process, START_WITHIN, Signal, find_program, tail};
use crate::schema;

const SBIN: [&str; 2] = ["/usr/sbin", "/usr/local/sbin"];

/// An OpenLDAP server of its own.
#[derive(Debug)]
pub struct Slapd {
    process: Mutex<Option<Process>>,
    port: u16,
    tls_port: u16,
    folder: Folder,
}

impl Slapd {
    /// The entry above all others.
    pub const BASE: &str = "dc=example,dc=org";
    /// Who may do everything.
    pub const ADMIN: &str = "cn=admin,dc=example,dc=org";
    /// The password of [`Self::ADMIN`].
    pub const PASSWORD: &str = "slapd-s3cret";

    /// Starts a directory with these organizational units, and waits until it takes connections.
    pub async fn start(units: &[&str]) -> Self {
        let server =
            Self { process: Mutex::new(None), port: free_port(), tls_port: free_port(), folder: Folder::new("slapd") };
        certificates::make(server.folder.path());
        server.prepare(units);
        server.restart().await;
        server
    }

    /// Gives the address for plain connections, and for TLS that begins on them.
    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// Gives the address for TLS.
    pub fn tls_url(&self) -> String {
        format!("ldaps://127.0.0.1:{}", self.tls_port)
    }

    /// Gives the certificate of its certification authority, in PEM.
    pub fn ca(&self) -> String {
        certificates::authority(self.folder.path())
    }

    /// Gives the version that the server says it has.
    pub fn version(&self) -> String {
        let output = Command::new(program("slapd")).arg("-VV").stdin(Stdio::null()).output().expect("slapd starts");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        text.lines().find(|line| line.contains("OpenLDAP")).unwrap_or_default().trim().to_owned()
    }

    /// Stops the server.
    pub async fn stop(&self) {
        self.end(Signal::Terminate).await;
    }

    /// Kills the server with SIGKILL.
    pub async fn kill(&self) {
        self.end(Signal::Kill).await;
    }

    /// Sends the server a signal, if it runs.
    pub fn signal(&self, signal: Signal) {
        if let Some(process) = self.process.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            process.signal(signal);
        }
    }

    /// Gives the port for plain connections, also while it is stopped.
    pub fn port(&self) -> u16 {
        self.port
    }

    async fn end(&self, signal: Signal) {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(process) = process {
            process.end(signal).await;
        }
    }

    /// Starts the server again with the same data on the same ports, after stopping it if it runs.
    pub async fn restart(&self) {
        self.stop().await;
        let log = self.path("slapd.log");
        let mut command = Command::new(program("slapd"));
        command.args(["-d", "0", "-h", &format!("{}/ {}/", self.url(), self.tls_url()), "-f"]);
        command.arg(self.path("slapd.conf")).current_dir(self.folder.path());
        let mut process = Process::start(&command, &log, Signal::Terminate);
        let deadline = Instant::now() + START_WITHIN;
        while tokio::net::TcpStream::connect(("127.0.0.1", self.tls_port)).await.is_err() {
            let failed = process.ended().is_some() || Instant::now() > deadline;
            assert!(!failed, "slapd does not start:\n{}", tail(&log, 40));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn prepare(&self, units: &[&str]) {
        let data = self.path("data");
        fs::create_dir(&data).expect("a folder can be made");
        let schemas =
            ["core", "cosine", "inetorgperson", "nis"].map(|name| format!("include /etc/ldap/schema/{name}.schema\n"));
        let settings = format!(
            "{schemas}include {people}\nattributeoptions lang- role-\npidfile {pid}\nmodulepath /usr/lib/ldap\n\
             moduleload back_mdb\nmoduleload ppolicy\n\
             TLSCACertificateFile {ca}\nTLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}\n\
             database mdb\nsuffix \"{base}\"\nrootdn \"{admin}\"\nrootpw {password}\ndirectory {data}\n\
             maxsize 67108864\nindex objectClass,uid,member,uniqueMember eq\ndbnosync\noverlay ppolicy\n",
            schemas = schemas.concat(),
            people = self.path("people.schema").display(),
            pid = self.path("slapd.pid").display(),
            ca = self.path("ca.pem").display(),
            certificate = self.path("server.pem").display(),
            key = self.path("server.key").display(),
            base = Self::BASE,
            admin = Self::ADMIN,
            password = Self::PASSWORD,
            data = data.display(),
        );
        fs::write(self.path("people.schema"), schema::people()).expect("the schema can be written");
        fs::write(self.path("slapd.conf"), settings).expect("the settings can be written");
        fs::write(self.path("first.ldif"), first(units)).expect("the first entries can be written");
        let mut load = Command::new(program("slapadd"));
        self.run(load.arg("-f").arg(self.path("slapd.conf")).arg("-l").arg(self.path("first.ldif")));
    }

    fn run(&self, command: &mut Command) {
        let output = command.stdin(Stdio::null()).output().expect("the program starts");
        assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Gives the entry above all others, and organizational units below it, as LDIF.
pub(crate) fn first(units: &[&str]) -> String {
    let base = Slapd::BASE;
    let mut ldif = format!("dn: {base}\nobjectClass: domain\ndc: example\n\n");
    for unit in units {
        ldif += &format!("dn: ou={unit},{base}\nobjectClass: organizationalUnit\nou: {unit}\n\n");
    }
    ldif
}

/// Has OpenLDAP's own tool do what LDIF says, as the one who may do everything. Records without a change are added.
pub fn modify(url: &str, ldif: &str) {
    let output = try_modify(url, ldif);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ldapmodify failed: {said}\n{ldif}");
}

/// The same, record by record, also after one that is refused. Gives what the tool says of it.
pub(crate) fn try_modify(url: &str, ldif: &str) -> Output {
    let folder = Folder::new("ldif");
    let file = folder.path().join("changes.ldif");
    fs::write(&file, ldif).expect("the changes can be written");
    let mut tool = tool("ldapmodify", url);
    tool.args(["-c", "-a", "-f"]).arg(file);
    tool.output().expect("the program starts")
}

/// Has OpenLDAP's own tool search below [`Slapd::BASE`]. Gives what it finds, as LDIF.
pub fn search(url: &str, filter: &str) -> String {
    search_for(url, filter, &[])
}

/// The same; `attributes` says which are told, all that are not the server's own if there are none. Each is one line.
pub(crate) fn search_for(url: &str, filter: &str, attributes: &[&str]) -> String {
    search_below(url, Slapd::BASE, filter, attributes)
}

/// The same, below another entry.
#[must_use]
pub fn search_below(url: &str, base: &str, filter: &str, attributes: &[&str]) -> String {
    let mut tool = tool("ldapsearch", url);
    tool.args(["-LLL", "-o", "ldif-wrap=no", "-b", base, filter]).args(attributes);
    let output = tool.output().expect("the program starts");
    assert!(output.status.success(), "ldapsearch failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A tool of OpenLDAP that logs in as the one who may do everything.
fn tool(name: &str, url: &str) -> Command {
    let mut tool = Command::new(find_program(name, &[]).unwrap_or_else(|| missing(name)));
    tool.args(["-x", "-H", url, "-D", Slapd::ADMIN, "-w", Slapd::PASSWORD]).stdin(Stdio::null());
    tool
}

fn program(name: &str) -> PathBuf {
    find_program(name, &SBIN).unwrap_or_else(|| missing("OpenLDAP's server"))
}

fn missing(what: &str) -> ! {
    panic!("{what} is missing; install it with: cargo xtask setup")
}
