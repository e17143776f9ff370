//! Packages of Python: each version once, in an environment of its own below the target folder.

use std::path::PathBuf;

use crate::Failure;
use crate::command::{command, run, target};

/// A package.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// What goes into the same environment.
    pub(crate) with: &'static [&'static str],
}

/// An AMQP client, for the consumer that docs/plugins.md shows.
const PIKA: Package = Package { name: "pika", version: "1.3.2", with: &[] };

impl Package {
    /// Installs it where it is missing; gives the folder of its programs.
    pub(crate) fn programs(self) -> Result<PathBuf, Failure> {
        let Self { name, version, with } = self;
        let folder = target().join("tools").join(format!("{name}-{version}"));
        let done = folder.join("done");
        if !done.is_file() {
            run(&mut command("python3", &["-m", "venv", &folder.to_string_lossy()]))?;
            let pip = folder.join("bin/pip");
            let what = format!("{name}=={version}");
            let install = ["install", "--quiet", "--disable-pip-version-check", &what];
            run(command(&pip.to_string_lossy(), &install).args(with))?;
            let written = std::fs::write(&done, "");
            written.map_err(|error| Failure::failed(format!("{} cannot be written: {error}.", done.display())))?;
        }
        Ok(folder.join("bin"))
    }
}

/// What the Python client is built with, and stands on; what checks its types.
const WHEELS: [&str; 2] = ["flit_core==4.2.0", "urllib3==2.8.0"];
const MYPY: Package = Package { name: "mypy", version: "2.4.1", with: &[] };

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
const SCIM2_SERVER: Package = Package { name: "scim2-server", version: "0.8.3", with: &[] };
const DJANGO_SCIM2: Package = Package { name: "django-scim2", version: "0.23.0", with: &[] };

/// What renders the Helm chart, and holds it against the schemas of Kubernetes.
const KUBERNETES_VALIDATE: Package = Package {
    name: "kubernetes-validate",
    version: "1.37.0",
    with: &["helm-python-sdk==0.2.2", "jsonschema==4.26.0", "PyYAML==6.0.4"],
};

/// What reads the compose file, and finds what is dangerous in it.
const COMPOSE_LINT: Package =
    Package { name: "compose-lint", version: "0.36.2", with: &["compose-spec==0.2.1", "PyYAML==6.0.4"] };

/// Makes requests from OpenAPI documents, and holds the answers against them.
const SCHEMATHESIS: Package = Package { name: "schemathesis", version: "4.32.5", with: &[] };

/// Installs what tests need.
pub(crate) fn servers() -> Result<(), Failure> {
    [PIKA, SCIM2_SERVER, DJANGO_SCIM2, KUBERNETES_VALIDATE, COMPOSE_LINT, SCHEMATHESIS]
        .iter()
        .try_for_each(|package| package.programs().map(|_| ()))
}
