//! Folders that are gone when the test process is gone.
//!
//! Guarantees that nothing stays under the temporary folder, however the test process ends. All folders of a process are in
//! one, and a small shell holds the reading end of a pipe whose writing end only this process has: at its end, also by
//! SIGKILL, the shell reads the end of the file and removes the folder. Servers that die at the same moment may still
//! write, so it removes until nothing is left.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::ports::random;

const REMOVE_AT_THE_END: &str = r#"
cat >/dev/null
sleep 0.3
tries=0
while [ -e "$1" ] && [ "$tries" -lt 100 ]; do
    rm -rf "$1"
    sleep 0.1
    tries=$((tries + 1))
done
"#;

struct Root {
    path: PathBuf,
    /// Never read: its open pipe is what tells the shell that this process lives.
    _watch: Child,
}

static ROOT: OnceLock<Root> = OnceLock::new();
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A new folder of this test process; dropping it removes it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes an empty folder whose name begins with `name`. Every user may enter it: PostgreSQL does not run as root.
    pub fn new(name: &str) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = root().join(format!("{name}-{number}"));
        make(&path);
        Self { path }
    }

    /// Gives the path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now, the shell removes at the end of the process.
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn root() -> &'static Path {
    let root = ROOT.get_or_init(|| {
        let name = format!("cohort-test-{}-{:08x}", std::process::id(), random() >> 32);
        let path = std::env::temp_dir().join(name);
        make(&path);
        let watch = Command::new("sh")
            .args(["-c", REMOVE_AT_THE_END, "sh"])
            .arg(&path)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("sh starts");
        Root { path, _watch: watch }
    });
    &root.path
}

fn make(path: &Path) {
    fs::create_dir(path).unwrap_or_else(|error| panic!("the folder {} cannot be made: {error}", path.display()));
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions of a new folder can be set");
}
