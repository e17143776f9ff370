//! Processes and folders end with the test process, however it ends.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use testkit::{Folder, Process, Signal};

const PART: &str = "TESTKIT_DOOMED";

/// Runs the test `name` of this binary once more in a process that is killed as soon as the test has called
/// [`doomed`] there. Gives what the test said: pids to look for, and a folder.
pub(crate) fn kill_a_process_of(name: &str) -> (Vec<u32>, PathBuf) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(PART, "yes")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // The test runner prints the test's name on the same line.
    let said = lines.find(|line| line.contains("doomed ")).expect("the other process says what it started");
    let mut words = said.split("doomed ").nth(1).unwrap().split(' ');
    let folder = PathBuf::from(words.next().unwrap());
    let pids: Vec<u32> = words.map(|pid| pid.parse().unwrap()).collect();
    assert!(folder.is_dir());
    assert!(pids.iter().all(|pid| lives(*pid)), "all of {pids:?} run");
    child.kill().unwrap();
    child.wait().unwrap();
    (pids, folder)
}

/// Tells whether this process is the one to be killed.
#[expect(clippy::disallowed_methods, reason = "a test cannot be given arguments")]
pub(crate) fn is_doomed() -> bool {
    std::env::var_os(PART).is_some()
}

/// Says what was started, and waits for the end.
pub(crate) async fn doomed(folder: &Path, pids: &[u32]) {
    let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
    println!("doomed {} {}", folder.display(), pids.join(" "));
    std::future::pending().await
}

/// Waits until none of the processes runs and the folder is gone.
pub(crate) fn assert_gone(pids: &[u32], folder: &Path) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while pids.iter().any(|pid| lives(*pid)) || folder.exists() {
        assert!(Instant::now() < deadline, "{pids:?} or {} is still there", folder.display());
        std::thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn lives(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

fn sleeper(folder: &Folder) -> Process {
    Process::start(Command::new("sleep").arg("1000"), &folder.path().join("log"), Signal::Kill)
}

#[tokio::test]
async fn a_killed_test_process_takes_its_processes_and_folders_along() {
    if is_doomed() {
        let folder = Folder::new("doomed");
        let process = sleeper(&folder);
        doomed(folder.path(), &[process.pid()]).await;
    }
    let (pids, folder) = kill_a_process_of("process::a_killed_test_process_takes_its_processes_and_folders_along");
    assert_eq!(pids.len(), 1);
    assert_gone(&pids, &folder);
    assert_gone(&[], folder.parent().unwrap());
}

#[tokio::test]
async fn a_dropped_process_is_ended_and_a_dropped_folder_removed() {
    let folder = Folder::new("dropped");
    let path = folder.path().to_owned();
    let process = sleeper(&folder);
    let pid = process.pid();
    while fs::read_to_string(format!("/proc/{pid}/comm")).unwrap().trim() != "sleep" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(process);
    assert!(!lives(pid));
    drop(folder);
    assert!(!path.exists());
}

#[tokio::test]
async fn what_a_program_leaves_behind_goes_with_it() {
    let folder = Folder::new("left");
    let log = folder.path().join("log");
    let process =
        Process::start(Command::new("sh").args(["-c", "sleep 1000 & echo $! ready; wait"]), &log, Signal::Terminate);
    while !fs::read_to_string(&log).unwrap().contains("ready") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let left = fs::read_to_string(&log).unwrap().split(' ').next().unwrap().parse().unwrap();
    drop(process);
    assert_gone(&[left], &folder.path().join("nothing"));
}

#[tokio::test]
async fn a_signal_reaches_the_program_and_its_output_is_kept() {
    let folder = Folder::new("signal");
    let log = folder.path().join("log");
    let mut command = Command::new("sh");
    command.args(["-c", "trap 'echo $WORD; exit 3' TERM; echo ready; while :; do sleep 0.05; done"]).env("WORD", "bye");
    let process = Process::start(&command, &log, Signal::Kill);
    while !fs::read_to_string(&log).unwrap().contains("ready") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let status = process.end(Signal::Terminate).await;
    assert_eq!(status.code(), Some(3));
    assert_eq!(fs::read_to_string(&log).unwrap(), "ready\nbye\n");
}

#[tokio::test]
async fn a_killed_program_is_told_from_one_that_ended() {
    let folder = Folder::new("killed");
    let mut process = sleeper(&folder);
    assert!(process.ended().is_none());
    assert_eq!(process.end(Signal::Kill).await.code(), Some(128 + 9));
    let ended = Process::start(Command::new("sh").args(["-c", "exit 64"]), &folder.path().join("log"), Signal::Kill)
        .wait()
        .await;
    assert_eq!(ended.code(), Some(64));
}
