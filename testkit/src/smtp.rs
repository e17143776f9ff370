//! Throw-away mail servers: aiosmtpd, which keeps what it takes in a folder.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use crate::folder::Folder;
use crate::ports::free_port;
use crate::process::{Process, START_WITHIN, Signal, find_program, tail};

/// A mail server of its own.
#[derive(Debug)]
pub struct MailServer {
    // In the order they are to be dropped.
    process: Option<Process>,
    port: u16,
    folder: Folder,
}

impl MailServer {
    /// Draws a port and a folder for a server that does not run yet.
    pub fn stopped() -> Self {
        Self { process: None, port: free_port(), folder: Folder::new("mail") }
    }

    /// Starts the server and waits until it takes mail.
    pub async fn start(&mut self) {
        let log = self.folder.path().join("log");
        let program = find_program("aiosmtpd", &[]).expect("aiosmtpd is installed: cargo xtask setup");
        let mut command = Command::new(program);
        command.args(["--nosetuid", "--listen", &format!("127.0.0.1:{}", self.port)]);
        command.args(["--class", "aiosmtpd.handlers.Mailbox"]).arg(self.folder.path().join("box"));
        self.process = Some(Process::start(&command, &log, Signal::Kill));
        let deadline = Instant::now() + START_WITHIN;
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            assert!(Instant::now() < deadline, "the mail server does not start:\n{}", tail(&log, 60));
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// Gives its URL.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Gives the mails that it has taken.
    pub fn mails(&self) -> Vec<String> {
        let new: PathBuf = self.folder.path().join("box").join("new");
        let files = std::fs::read_dir(new).into_iter().flatten().flatten();
        files.map(|file| std::fs::read_to_string(file.path()).expect("a mail can be read")).collect()
    }
}
