//! The clients in `clients`, as others would have them: installed into an empty environment, and run against a server.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use testkit::{
    Folder,
    deployment::{Deployment, Options, Shape},
    tools::tool,
};

use crate::first_minutes::{log_target, people};

/// A server, the id of a person in it, and the id of a target.
struct World {
    deployment: Deployment,
    person: String,
    target: String,
}

impl World {
    async fn new() -> Self {
        let deployment = Deployment::start(Shape::Standalone, Options::default()).await;
        let (co, _, person) = people(&deployment.client(), "Clients").await;
        let target = log_target(&deployment.client(), &co, "M", "people.log").await;
        Self { deployment, person, target }
    }

    /// Runs a program that finds the server by its environment; gives what it prints.
    async fn run(&self, program: &Path, arguments: &[&str], folder: &Path) -> String {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder);
        command
            .env("COHORT_CLIENT_URL", self.deployment.base_url())
            .env("COHORT_CLIENT_USER", &self.deployment.username);
        command.env("COHORT_CLIENT_KEY", &self.deployment.key).env("PYTHONDONTWRITEBYTECODE", "1");
        tokio::task::spawn_blocking(move || said(&mut command)).await.unwrap()
    }

    /// The example has added one role, and provisioned with it.
    async fn judge(&self, said: &str) {
        let path = format!("/co_person_roles.json?copersonid={}", self.person);
        let roles = self.deployment.client().get(&path).await.expect_status(200).json()["CoPersonRoles"].clone();
        assert_eq!(roles.as_array().unwrap().len(), 1, "{roles}");
        assert_eq!(said.trim(), format!("role {}, provisioning Succeeded", roles[0]["Id"]));
        let written = crate::first_minutes::lines(&self.deployment, "people.log");
        assert!(written.len() == 1 && written[0].to_string().contains("staff"), "{written:?}");
    }
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{command:?}: {out}\n{err}");
    out
}

fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("clients")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Needs packages of Python, which `cargo xtask setup` installs.
mod python_client {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn it_does_what_its_readme_says() {
        let (world, folder, client) = (World::new().await, Folder::new("python-client"), clients().join("python"));
        let python = folder.path().join("bin/python");
        world.run(Path::new("python3"), &["-m", "venv", text(folder.path())], &client).await;
        let wheels = tool("flit_core-4.2.0-urllib3-2.8.0");
        let install = ["-m", "pip", "install", "--quiet", "--no-index", "--find-links", text(&wheels), text(&client)];
        world.run(&python, &install, folder.path()).await;

        let example = client.join("example.py");
        let said = world.run(&python, &[text(&example), &world.person, &world.target], folder.path()).await;
        world.judge(&said).await;
        let ids = json!({ "person": world.person, "target": world.target }).to_string();
        world.run(&python, &[text(&client.join("tests/test_client.py")), &ids], folder.path()).await;
        world.run(&python, &[text(&client.join("tests/test_transport.py"))], folder.path()).await;

        let types =
            ["--strict", "--cache-dir=/dev/null", "--python-executable", text(&python), "example.py", "tests", "src"];
        let mypy = tool("mypy-2.4.1/bin/mypy");
        world.run(&mypy, &types, &client).await;
        let slip = folder.path().join("slip.py");
        let wrong = "import cohort_client\ncohort_client.Cohort().co_person_roles.add({\"Afiliation\": \"staff\"})\n";
        std::fs::write(&slip, wrong).unwrap();
        let output = Command::new(mypy).args(&types[..4]).arg(&slip).current_dir(folder.path()).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!output.status.success() && told.contains("Afiliation"), "{told}");
    }
}

/// Needs packages of Node.js, which `cargo xtask setup` installs.
mod typescript {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_types_are_fresh_and_the_example_works() {
        let (world, folder) = (World::new().await, Folder::new("typescript"));
        let place = |name: &str| folder.path().join(name);
        std::os::unix::fs::symlink(tool("node/node_modules"), place("node_modules")).unwrap();
        for file in ["cohort.d.ts", "example.ts", "generate.mjs", "package.json", "tsconfig.json"] {
            std::fs::copy(clients().join("typescript").join(file), place(file)).unwrap();
        }
        let document = clients().parent().unwrap().join("gateway/openapi/openapi.json");
        let node = Path::new("node");
        world.run(node, &["generate.mjs", text(&document), "fresh.d.ts"], folder.path()).await;
        let [fresh, committed] =
            ["fresh.d.ts", "cohort.d.ts"].map(|file| std::fs::read_to_string(place(file)).unwrap());
        assert!(
            fresh == committed,
            "clients/typescript/cohort.d.ts is stale: run `cargo xtask generate` and commit it"
        );

        let compiler = "node_modules/typescript/bin/tsc";
        world.run(node, &[compiler, "--noEmit", "--strict", "--project", "."], folder.path()).await;
        world.run(node, &[compiler, "--project", "."], folder.path()).await;
        let said = world.run(node, &["out/example.js", &world.person, &world.target], folder.path()).await;
        world.judge(&said).await;
    }
}
