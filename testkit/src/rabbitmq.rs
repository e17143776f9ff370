//! Throw-away RabbitMQ brokers.
//!
//! Guarantees a real broker with nothing in it that shares nothing with any other on the machine: its own node name, Erlang
//! cookie, port mapper (epmd), ports of 127.0.0.1 and folder, all gone when it is dropped or when the test process is gone.
//! Virtual hosts are made through `erl_call`, in milliseconds where `rabbitmqctl` takes seconds. A broker that does not
//! come up fails the test with its log.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;

use crate::certificates;
use crate::folder::Folder;
use crate::ports::{free_port, random};
use crate::process::{Process, START_WITHIN, Signal, find_program, tail};

static SHARED: OnceCell<Arc<RabbitMq>> = OnceCell::const_new();

/// A RabbitMQ broker of its own.
#[derive(Debug)]
pub struct RabbitMq {
    // In the order they are to be dropped.
    broker: Mutex<Option<Process>>,
    port_mapper: Process,
    node: String,
    cookie: String,
    port: u16,
    tls_port: u16,
    port_mapper_port: u16,
    distribution_port: u16,
    virtual_hosts: AtomicUsize,
    folder: Folder,
}

impl RabbitMq {
    /// Starts a broker and waits until it accepts AMQP connections.
    pub async fn start() -> Self {
        Self::launch(false).await
    }

    /// Starts a broker that takes TLS too, with a certificate for 127.0.0.1 by an authority of its own.
    pub async fn start_with_tls() -> Self {
        Self::launch(true).await
    }

    /// Gives the certificate of its certification authority, in PEM.
    pub fn ca(&self) -> String {
        certificates::authority(self.folder.path())
    }

    /// Gives the file of that certificate, if the broker takes TLS.
    pub fn ca_file(&self) -> Option<PathBuf> {
        Some(self.folder.path().join("ca.pem")).filter(|file| file.is_file())
    }

    /// Gives the same URL for TLS.
    pub fn with_tls(&self, url: &str) -> String {
        let url = url.replacen("amqp://", "amqps://", 1);
        url.replacen(&format!(":{}/", self.port), &format!(":{}/", self.tls_port), 1)
    }

    /// Gives the version that the broker says it has.
    pub async fn version(&self) -> String {
        let program = find_program("rabbitmqctl", &["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin"]);
        let program = program.unwrap_or_else(|| panic!("RabbitMQ is missing; install it with: cargo xtask setup"));
        let mut command = tokio::process::Command::new(program);
        command.arg("version").env("RABBITMQ_NODENAME", &self.node).env("HOME", self.home()).stdin(Stdio::null());
        let output = command.output().await.expect("rabbitmqctl starts");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Gives the port of 127.0.0.1 for TLS.
    pub fn tls_port(&self) -> u16 {
        self.tls_port
    }

    async fn launch(tls: bool) -> Self {
        let folder = Folder::new("rabbitmq");
        let port_mapper_port = free_port();
        let broker = Self {
            broker: Mutex::new(None),
            port_mapper: port_mapper(port_mapper_port, &folder),
            node: format!("cohort-{:08x}@localhost", random() >> 32),
            cookie: format!("{:016X}", random()),
            port: free_port(),
            tls_port: free_port(),
            port_mapper_port,
            distribution_port: free_port(),
            virtual_hosts: AtomicUsize::new(0),
            folder,
        };
        if tls {
            certificates::make(broker.folder.path());
        }
        broker.prepare();
        broker.restart().await;
        broker
    }

    /// Gives the one broker that all tests of a test binary share. Each takes a virtual host of its own from it.
    pub async fn shared() -> Arc<Self> {
        Arc::clone(SHARED.get_or_init(async || Arc::new(Self::start().await)).await)
    }

    /// Gives the URL of the default virtual host.
    pub fn amqp_url(&self) -> String {
        self.url("%2f")
    }

    /// Makes a new empty virtual host whose name begins with `prefix`, and gives its URL.
    pub async fn create_vhost(&self, prefix: &str) -> String {
        let prefix: String = prefix.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let name = format!("{prefix}-{}", self.virtual_hosts.fetch_add(1, Ordering::Relaxed));
        let answer = self
            .eval(&format!(
                r#"ok = rabbit_vhost:add(<<"{name}">>, <<"tests">>),
                ok = rabbit_auth_backend_internal:set_permissions(
                    <<"guest">>, <<"{name}">>, <<".*">>, <<".*">>, <<".*">>, <<"tests">>)."#
            ))
            .await;
        assert!(answer.contains("{ok, ok}"), "the virtual host {name} cannot be made: {answer}");
        self.url(&name)
    }

    /// Imports definitions of users, rights, exchanges and queues, in the JSON of RabbitMQ, as it does with a file at its start.
    pub async fn import(&self, definitions: &str) {
        let file = self.folder.path().join("definitions.json");
        fs::write(&file, definitions).expect("a file can be written");
        let read =
            format!(r#"{{ok, Json}} = file:read_file("{}"), rabbit_definitions:import_raw(Json)."#, file.display());
        let answer = self.eval(&read).await;
        assert_eq!(answer.trim(), "{ok, ok}", "the definitions cannot be imported");
    }

    /// Gives the URL of the default virtual host for a user.
    pub fn url_of(&self, user: &str, password: &str) -> String {
        self.amqp_url().replace("guest:guest", &format!("{user}:{password}"))
    }

    /// Counts the messages in all queues, those that were handed out and are not acknowledged among them. Queues count anew every
    /// few seconds.
    pub async fn queued(&self) -> u64 {
        let counted = "lists:sum([N || Q <- rabbit_amqqueue:list(), \
                       [{messages, N}] <- [rabbit_amqqueue:info(Q, [messages])]]).";
        let answer = self.eval(counted).await;
        let number = answer.trim().strip_prefix("{ok, ").and_then(|rest| rest.strip_suffix('}')?.parse().ok());
        number.unwrap_or_else(|| panic!("the broker does not count: {answer}"))
    }

    /// Evaluates Erlang expressions in the broker, for what AMQP cannot do; they end with a full stop. Gives the answer as
    /// `erl_call` prints it: `{ok, true}`. Answers of a few words only: binaries are printed as lists of numbers.
    pub async fn eval(&self, expressions: &str) -> String {
        let program = find_program("erl_call", &["/usr/lib/erlang/bin"])
            .unwrap_or_else(|| panic!("Erlang's erl_call is missing; install RabbitMQ with: cargo xtask setup"));
        let mut command = tokio::process::Command::new(program);
        // A name of its own for each call: the broker refuses a second connection from the same node.
        command.args(["-h", &format!("call-{:016x}", random())]);
        command.args(["-sname", &self.node, "-c", &self.cookie, "-e"]);
        command.env("ERL_EPMD_PORT", self.port_mapper_port.to_string());
        command.env("HOME", self.home()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().expect("erl_call starts");
        let mut input = child.stdin.take().expect("standard input is a pipe");
        // The full stop counts only before white space.
        input.write_all(format!("{expressions}\n").as_bytes()).await.expect("erl_call reads");
        drop(input);
        let output = child.wait_with_output().await.expect("erl_call ends");
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "erl_call failed: {answer}{}", String::from_utf8_lossy(&output.stderr));
        answer
    }

    /// Gives the port of 127.0.0.1 the broker listens on, also while it is stopped.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Gives the pid of the Erlang machine, or `None` while the broker is stopped.
    pub fn pid(&self) -> Option<u32> {
        self.broker.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(Process::pid)
    }

    /// Gives the pid of the broker's own port mapper.
    pub fn port_mapper_pid(&self) -> u32 {
        self.port_mapper.pid()
    }

    /// Gives the folder in which it keeps messages.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.path().join("mnesia")
    }

    /// Stops the broker as an administrator would.
    pub async fn stop(&self) {
        self.end(Signal::Terminate).await;
    }

    /// Kills the Erlang machine with SIGKILL.
    pub async fn kill(&self) {
        self.end(Signal::Kill).await;
    }

    /// Starts the broker again with the same data on the same port, after stopping it if it runs.
    pub async fn restart(&self) {
        self.stop().await;
        let log = self.folder.path().join("rabbitmq.log");
        let deadline = Instant::now() + START_WITHIN;
        let mut process = self.spawn(&log);
        while !self.accepts().await {
            let ended = process.ended().is_some();
            let failed = ended || Instant::now() > deadline;
            assert!(!failed, "RabbitMQ does not start:\n{}", tail(&log, 40));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        *self.broker.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
    }

    async fn end(&self, signal: Signal) {
        let process = self.broker.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(process) = process {
            process.end(signal).await;
        }
    }

    fn url(&self, virtual_host: &str) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/{virtual_host}", self.port)
    }

    fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn prepare(&self) {
        let cookie = self.home().join(".erlang.cookie");
        fs::create_dir(self.home()).expect("a folder can be made");
        fs::write(&cookie, &self.cookie).expect("the cookie can be written");
        fs::set_permissions(&cookie, fs::Permissions::from_mode(0o400)).expect("permissions can be set");
        let folder = self.folder.path();
        let tls = format!(
            "listeners.ssl.1 = 127.0.0.1:{}\nssl_options.cacertfile = {ca}\nssl_options.certfile = {certificate}\n\
             ssl_options.keyfile = {key}\nssl_options.verify = verify_none\n",
            self.tls_port,
            ca = folder.join("ca.pem").display(),
            certificate = folder.join("server.pem").display(),
            key = folder.join("server.key").display(),
        );
        let tls = if folder.join("server.pem").is_file() { tls } else { String::new() };
        let settings = format!(
            "listeners.tcp.1 = 127.0.0.1:{}\n\
             disk_free_limit.absolute = 1MB\n\
             log.console = true\n\
             log.console.level = info\n\
             log.file = false\n{tls}",
            self.port
        );
        fs::write(self.folder.path().join("rabbitmq.conf"), settings).expect("the settings can be written");
        fs::write(self.folder.path().join("enabled_plugins"), "[].").expect("the plugin list can be written");
    }

    fn spawn(&self, log: &Path) -> Process {
        let folder = self.folder.path();
        let mut command = Command::new(server_program());
        command.current_dir(folder);
        // So that the script becomes the Erlang machine, and the pid is the one to kill.
        command.env("RUNNING_UNDER_SYSTEMD", "true");
        command.env("HOME", self.home()).env("LANG", "C.UTF-8");
        command.env("RABBITMQ_NODENAME", &self.node);
        command.env("RABBITMQ_DIST_PORT", self.distribution_port.to_string());
        command.env("ERL_EPMD_PORT", self.port_mapper_port.to_string());
        command.env("RABBITMQ_CONF_ENV_FILE", folder.join("no-such-file"));
        command.env("RABBITMQ_CONFIG_FILE", folder.join("rabbitmq.conf"));
        command.env("RABBITMQ_ADVANCED_CONFIG_FILE", folder.join("no-such-file.config"));
        command.env("RABBITMQ_ENABLED_PLUGINS_FILE", folder.join("enabled_plugins"));
        command.env("RABBITMQ_MNESIA_BASE", folder.join("mnesia"));
        command.env("RABBITMQ_LOG_BASE", folder.join("log"));
        command.env("RABBITMQ_PID_FILE", folder.join("pid"));
        // Two schedulers are enough for tests, and +sbwt none keeps an idle broker from spinning.
        let arguments = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false +S 2:2 +sbwt none";
        command.env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", arguments);
        Process::start(&command, log, Signal::Kill)
    }

    /// Tells whether the broker answers the greeting of AMQP 0-9-1 with a method frame.
    async fn accepts(&self) -> bool {
        let greeting = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
            stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
            stream.read_u8().await
        };
        matches!(tokio::time::timeout(Duration::from_secs(5), greeting).await, Ok(Ok(1)))
    }
}

/// Starts a port mapper in the foreground, so that the broker does not leave one running behind the test's back.
fn port_mapper(port: u16, folder: &Folder) -> Process {
    let program = find_program("epmd", &["/usr/lib/erlang/bin"])
        .unwrap_or_else(|| panic!("Erlang is missing; install it with: cargo xtask setup"));
    let mut command = Command::new(program);
    command.args(["-address", "127.0.0.1", "-port", &port.to_string()]);
    Process::start(&command, &folder.path().join("epmd.log"), Signal::Kill)
}

/// Finds the server's own script. Debian's in `/usr/sbin` changes to the user `rabbitmq` and its folders: only in need.
fn server_program() -> PathBuf {
    find_program("rabbitmq-server", &["/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin"])
        .unwrap_or_else(|| panic!("RabbitMQ is missing; install it with: cargo xtask setup"))
}
