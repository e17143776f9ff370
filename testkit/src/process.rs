//! Processes that never outlive the test process.
//!
//! Guarantees that a started program is ended when its [`Process`] is dropped and when the test process is gone, also by
//! SIGKILL. The program's parent is a small shell that reads from a pipe whose writing end only the test process has: a
//! line is a signal to send to the program, the end of the file means that the test process is gone. Because the shell is
//! the parent and has not waited yet, the pid is always that of the program and never of a stranger. Both are in a process
//! group of their own, so that Ctrl-C reaches the test process alone; what the program has started and left behind in that
//! group, such as the browser of a driver, is killed when the program has ended.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

/// How long a server may take to start: machines are busy at times.
pub(crate) const START_WITHIN: Duration = Duration::from_secs(120);

const SUPERVISE: &str = r#"
last=$1
log=$2
shift 2
exec 3<&0 </dev/null 2>/dev/null
"$@" >>"$log" 2>&1 3<&- &
server=$!
echo "$server"
exec >/dev/null
(
    while read -r signal <&3; do kill -s "$signal" "$server"; done
    kill -s "$last" "$server"
    tries=0
    while [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
    kill -s KILL "$server"
) &
watch=$!
wait "$server"
status=$?
kill "$watch"
for left in $(pgrep -g "$$"); do [ "$left" = "$$" ] || kill -s KILL "$left"; done
exit "$status"
"#;

/// A signal that a test sends to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// SIGKILL: the process gets no chance to put anything in order.
    Kill,
    /// SIGTERM: the request to drain and stop.
    Terminate,
    /// SIGINT: Ctrl-C, and PostgreSQL's fast shutdown.
    Interrupt,
    /// SIGSTOP: the process stands still.
    Stop,
    /// SIGCONT: it goes on.
    Continue,
}

impl Signal {
    fn name(self) -> &'static str {
        match self {
            Self::Kill => "KILL",
            Self::Terminate => "TERM",
            Self::Interrupt => "INT",
            Self::Stop => "STOP",
            Self::Continue => "CONT",
        }
    }
}

/// A running program; dropping it ends the program.
#[derive(Debug)]
pub struct Process {
    shell: Child,
    orders: Option<ChildStdin>,
    pid: u32,
}

impl Process {
    /// Starts the program of `command` with its arguments and folder, and with its environment only: besides, it gets
    /// `PATH` alone. What it prints is appended to the file `log`. `last` is the signal it gets when the test process is
    /// gone or the [`Process`] is dropped; five seconds later it is killed.
    pub fn start(command: &Command, log: &Path, last: Signal) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", SUPERVISE, "sh", last.name()]).arg(log).arg(command.get_program()).args(command.get_args());
        shell.env_clear();
        shell.env("PATH", search_path());
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                shell.env(name, value);
            }
        }
        shell.current_dir(command.get_current_dir().unwrap_or(Path::new("/")));
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
        OpenOptions::new().create(true).append(true).open(log).expect("the log file can be written");
        let mut shell = shell.spawn().expect("sh starts");
        let orders = shell.stdin.take();
        let mut line = String::new();
        let output = shell.stdout.take().expect("standard output is a pipe");
        BufReader::new(output).read_line(&mut line).expect("the shell prints the pid");
        let pid = line.trim().parse().unwrap_or_else(|_| panic!("the shell printed {line:?} instead of a pid"));
        Self { shell, orders, pid }
    }

    /// Gives the pid of the program.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Sends a signal to the program; nothing happens when it has ended.
    pub fn signal(&mut self, signal: Signal) {
        if let Some(orders) = &mut self.orders {
            let _ = writeln!(orders, "{}", signal.name());
        }
    }

    /// Tells how the program ended, or `None` while it runs. A signal counts as 128 and its number.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.shell.try_wait().expect("a child can be waited for")
    }

    /// Waits until the program has ended.
    pub async fn wait(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Sends a signal and waits until the program has ended.
    pub async fn end(mut self, signal: Signal) -> ExitStatus {
        self.signal(signal);
        self.wait().await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.shell.wait();
    }
}

/// Gives the last lines of a log file.
pub(crate) fn tail(log: &Path, lines: usize) -> String {
    let text = String::from_utf8_lossy(&std::fs::read(log).unwrap_or_default()).into_owned();
    let skipped = text.lines().count().saturating_sub(lines);
    text.lines().skip(skipped).collect::<Vec<_>>().join("\n")
}

/// Finds a program: in the given folders first, then in `PATH`.
pub(crate) fn find_program(name: &str, folders: &[&str]) -> Option<std::path::PathBuf> {
    let path = search_path();
    let first = folders.iter().map(std::path::PathBuf::from);
    first.chain(std::env::split_paths(&path)).map(|folder| folder.join(name)).find(|file| file.is_file())
}

#[expect(clippy::disallowed_methods, reason = "where programs are is the machine's affair")]
fn search_path() -> std::ffi::OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// Tells which server of others a test stands on, also where the test passes: what the macros print is kept back then.
pub fn tell_peer(version: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("peer: {version}\n").as_bytes());
}
