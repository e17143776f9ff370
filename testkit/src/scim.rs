//! Throw-away SCIM servers: two implementations that have nothing in common but the standard.
//!
//! Guarantees a server on a free port of 127.0.0.1 with nothing in it, in a folder of its own, ended by its own pid. A server
//! that does not come up fails the test with its log.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::folder::Folder;
use crate::ports::free_port;
use crate::process::{Process, START_WITHIN, Signal, tail};
use crate::{certificates, python};

const SCIM2_SERVER: &str = "scim2-server-0.8.3";
const DJANGO_SCIM2: &str = "django-scim2-0.23.0";
const VERSIONS: &str = "import sys; from importlib.metadata import version; \
                        print(', '.join(f'{name} {version(name)}' for name in sys.argv[1:]))";

/// A SCIM server of its own.
#[derive(Debug)]
pub struct ScimServer {
    // In the order they are to be dropped.
    _process: Process,
    port: u16,
    package: &'static str,
    names: &'static [&'static str],
    folder: Folder,
}

impl ScimServer {
    /// The name to log in with to [`Self::django`].
    pub const NAME: &str = "scim";
    /// The token of [`Self::scim2_server`], and the password of [`Self::django`].
    pub const SECRET: &str = "scim-s3cret";

    /// Starts a server of scim2-server, which keeps what it has in memory. Its clients show a token.
    pub async fn scim2_server() -> Self {
        let (port, folder) = (free_port(), Folder::new("scim2-server"));
        let mut command = Command::new(python::interpreter(SCIM2_SERVER));
        command.args(["-c", "from scim2_server.testserver.cli import main; main()"]);
        command.args(["--port", &port.to_string(), "--bearer-token", Self::SECRET]);
        Self::start(command, port, folder, SCIM2_SERVER, &["scim2-server", "scim2-models"]).await
    }

    /// Starts a project of django-scim2 with a database in a file. Its clients log in. It knows no filter in the path of a
    /// PATCH, no tags, and of a user only some attributes.
    pub async fn django() -> Self {
        Self::django_with(&[]).await
    }

    /// The same with TLS alone.
    pub async fn django_with_tls() -> Self {
        Self::django_with(&["tls"]).await
    }

    async fn django_with(more: &[&str]) -> Self {
        let (port, folder) = (free_port(), Folder::new("django-scim2"));
        let app = folder.path().join("peer");
        fs::create_dir(&app).expect("a folder can be made");
        for (file, text) in [
            ("__init__.py", ""),
            ("models.py", include_str!("scim/models.py")),
            ("adapter.py", include_str!("scim/adapter.py")),
            ("site.py", include_str!("scim/site.py")),
            ("serve.py", include_str!("scim/serve.py")),
        ] {
            fs::write(app.join(file), text).expect("the project can be written");
        }
        certificates::make(folder.path());
        let mut command = Command::new(python::interpreter(DJANGO_SCIM2));
        command.args(["-m", "peer.serve", &port.to_string(), Self::NAME, Self::SECRET]).args(more);
        Self::start(command, port, folder, DJANGO_SCIM2, &["django-scim2", "Django"]).await
    }

    async fn start(
        mut command: Command,
        port: u16,
        folder: Folder,
        package: &'static str,
        names: &'static [&'static str],
    ) -> Self {
        let log = folder.path().join("log");
        command.current_dir(folder.path());
        let mut process = Process::start(&command, &log, Signal::Terminate);
        let deadline = Instant::now() + START_WITHIN;
        while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            let failed = process.ended().is_some() || Instant::now() > deadline;
            assert!(!failed, "{package} does not start:\n{}", tail(&log, 40));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { _process: process, port, package, names, folder }
    }

    /// Gives its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Gives what stands between the port and `/Users`.
    pub fn path(&self) -> &'static str {
        if self.package == SCIM2_SERVER { "/v2" } else { "/scim/v2" }
    }

    /// Gives the certificate of the certification authority of a server with TLS, in PEM.
    pub fn ca(&self) -> String {
        certificates::authority(self.folder.path())
    }

    /// Gives the versions of the server and of what it stands on.
    pub fn version(&self) -> String {
        let mut command = Command::new(python::interpreter(self.package));
        let output = command.args(["-c", VERSIONS]).args(self.names).output().expect("Python starts");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}
