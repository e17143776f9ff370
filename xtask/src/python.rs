//! Packages of Python: each version once, in an environment of its own below the target folder.

use std::path::PathBuf;

use crate::Failure;
use crate::command::{command, run, target};

/// A package.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

/// An AMQP client, for the consumer that docs/plugins.md shows.
const PIKA: Package = Package { name: "pika", version: "1.3.2" };

impl Package {
    /// Installs it where it is missing; gives the folder of its programs.
    pub(crate) fn programs(self) -> Result<PathBuf, Failure> {
        let Self { name, version } = self;
        let folder = target().join("tools").join(format!("{name}-{version}"));
        let done = folder.join("done");
        if !done.is_file() {
            run(&mut command("python3", &["-m", "venv", &folder.to_string_lossy()]))?;
            let pip = folder.join("bin/pip");
            let what = format!("{name}=={version}");
            run(&mut command(&pip.to_string_lossy(), &["install", "--quiet", "--disable-pip-version-check", &what]))?;
            let written = std::fs::write(&done, "");
            written.map_err(|error| Failure::failed(format!("{} cannot be written: {error}.", done.display())))?;
        }
        Ok(folder.join("bin"))
    }
}

/// What the Python client is built with, and stands on; what checks its types.
const WHEELS: [&str; 2] = ["flit_core==4.2.0", "urllib3==2.8.0"];
const MYPY: Package = Package { name: "mypy", version: "2.4.1" };

/// Installs what the tests of the Python client need, so that they need no network.
pub(crate) fn client() -> Result<(), Failure> {
    let pip = MYPY.programs()?.join("pip");
    let folder = target().join("tools").join(WHEELS.join("-").replace("==", "-"));
    if !folder.is_dir() {
        let download = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest"];
        run(command(&pip.to_string_lossy(), &download).arg(&folder).args(WHEELS))?;
    }
    Ok(())
}

/// Two SCIM servers that have nothing in common.
const SCIM2_SERVER: Package = Package { name: "scim2-server", version: "0.8.3" };
const DJANGO_SCIM2: Package = Package { name: "django-scim2", version: "0.23.0" };

/// Installs what tests need.
pub(crate) fn servers() -> Result<(), Failure> {
    [PIKA, SCIM2_SERVER, DJANGO_SCIM2].iter().try_for_each(|package| package.programs().map(|_| ()))
}
