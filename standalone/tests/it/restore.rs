//! Backups: the scripts bring both databases back, the ledger names what the targets lack of the registry, and when all was
//! provisioned once, the targets have what the restored registry says.

mod services {
    use std::path::Path;
    use std::process::{Command, Output};
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use serde_json::json;
    use testkit::{
        client::Client,
        deployment::{Deployment, Options, Shape},
        postgres::Postgres,
    };

    use crate::first_minutes::{add, ended, lines, log_target, people};

    const SERVICES: [&str; 2] = ["person-role-service", "provisioning-service"];

    struct Site {
        postgres: Arc<Postgres>,
        deployment: Deployment,
        client: Client,
        co: String,
        target: String,
        role: String,
        person: String,
        mirror: String,
    }

    impl Site {
        async fn start() -> Self {
            let postgres = Arc::new(Postgres::start_fast().await);
            let options = Options { postgres: Some(Arc::clone(&postgres)), ..Options::default() };
            let deployment = Deployment::start(Shape::Services, options).await;
            let client = deployment.client();
            let (co, cou, person) = people(&client, "Restored").await;
            let target = log_target(&client, &co, "A", "restored.log").await;
            let of_server = postgres.url("postgres");
            postgres.query(&of_server, "CREATE DATABASE mirror").await;
            // It keeps the revisions that it was given.
            let mirror = json!({ "CoId": co, "Description": "Mirror", "Plugin": "SqlProvisioner", "Status": "A",
                "Configuration": { "Url": postgres.url("mirror"), "Tls": "Never" } });
            let mirror = add(&client, "co_provisioning_targets", "CoProvisioningTargets", mirror).await;
            let role = json!({ "Person": { "Type": "CO", "Id": person }, "CouId": cou, "Affiliation": "staff", "Title": "First", "Status": "Active" });
            let role = add(&client, "co_person_roles", "CoPersonRoles", role).await;
            Self { postgres, deployment, client, co, target, role, person, mirror }
        }

        fn url(&self, service: &str) -> String {
            self.deployment.variable(service, "COHORT_DATABASE_URL").unwrap()
        }

        /// The database of a service, saved or brought back by the script.
        fn script(&self, script: &str, arguments: [&str; 2]) {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy").join(script);
            let tools =
                std::fs::read_dir("/usr/lib/postgresql").unwrap().map(|version| version.unwrap().path().join("bin"));
            let path = std::env::join_paths(tools.chain(["/usr/bin".into(), "/bin".into()])).unwrap();
            let output = Command::new(file).args(arguments).env("PATH", path).output().unwrap();
            assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        }

        fn back_up(&self, service: &str, folder: &Path) {
            self.script("backup.sh", [&self.url(service), &folder.join(service).display().to_string()]);
        }

        /// Stops all, throws both databases away, and brings back what was saved.
        async fn lose_and_restore(&self, folder: &Path) {
            for name in self.deployment.names() {
                self.deployment.terminate(&name).await;
            }
            for service in SERVICES {
                let url = self.url(service);
                let name = url.rsplit('/').next().unwrap();
                let of_server = self.postgres.url("postgres");
                self.postgres.query(&of_server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
                self.postgres.query(&of_server, &format!("CREATE DATABASE {name}")).await;
                self.script("restore.sh", [&folder.join(service).display().to_string(), &url]);
            }
        }

        async fn start_again(&self) {
            for name in self.deployment.names() {
                self.deployment.start_again(&name);
            }
            self.deployment.wait_ready().await;
        }

        async fn entitle(&self, title: &str) {
            let viewed =
                self.client.get(&format!("/co_person_roles/{}.json", self.role)).await.expect_status(200).json();
            let mut role = viewed["CoPersonRoles"][0].clone();
            role["Title"] = json!(title);
            let document = json!({ "RequestType": "CoPersonRoles", "Version": "1.0", "CoPersonRoles": [role] });
            self.client.put(&format!("/co_person_roles/{}.json", self.role), &document).await.expect_status(200);
        }

        /// Waits until the target has the title, and the ledger has nothing that waits.
        async fn until_provisioned(&self, title: &str) {
            let deadline = Instant::now() + crate::PATIENCE;
            let has = || {
                let lines = lines(&self.deployment, "restored.log");
                let of_person =
                    |line: &&serde_json::Value| line["CoPerson"]["id"].to_string().trim_matches('"') == self.person;
                lines.iter().rev().find(of_person).is_some_and(|line| line.to_string().contains(title))
            };
            while !(has() && self.mirror_has(title).await && self.verify("ledger").status.success()) {
                assert!(Instant::now() < deadline, "the target has not got {title}: {:?}", self.verify("ledger"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }

        /// Whether the database that is a target has the title.
        async fn mirror_has(&self, title: &str) -> bool {
            let sql = format!("SELECT count(*) FROM sp_co_person_roles WHERE id = {} AND title = '{title}'", self.role);
            self.postgres.try_query(&self.postgres.url("mirror"), &sql).await.as_deref() == Ok("1")
        }

        /// `cohort ledger verify` or `cohort audit verify`.
        fn verify(&self, what: &str) -> Output {
            let [registry, provisioning] = SERVICES.map(|service| self.url(service));
            let mut command = Command::new(env!("CARGO_BIN_EXE_cohort"));
            command.args([what, "verify", "--registry", &registry, "--provisioning", &provisioning]);
            command.output().unwrap()
        }

        async fn provision_all(&self) {
            for target in [&self.target, &self.mirror] {
                let path = format!("/co_provisioning_targets/provision/{target}/coid:{}.json", self.co);
                let answer = self.client.post(&path, &json!({})).await.expect_status(202);
                assert_eq!(ended(&self.client, answer.json()["Id"].as_str().unwrap()).await["Status"], "Succeeded");
            }
        }

        /// That the ledger says of the person that it has to be provisioned.
        fn ledger_names_the_person(&self) {
            let output = self.verify("ledger");
            let said = String::from_utf8_lossy(&output.stdout);
            let person = format!("person {}", self.person);
            let named = said
                .lines()
                .any(|line| line.starts_with("WRONG") && line.contains(&person) && line.contains("Provision it."));
            assert!(!output.status.success() && named, "{said}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_lost_is_named_by_the_ledger_and_provisioned_again() {
        let site = Site::start().await;
        site.until_provisioned("First").await;
        let folder = tempfile::tempdir().unwrap();

        // The provisioning database is older than the registry: the targets are behind.
        site.back_up("provisioning-service", folder.path());
        site.entitle("Second").await;
        site.until_provisioned("Second").await;
        site.back_up("person-role-service", folder.path());
        site.lose_and_restore(folder.path()).await;
        site.start_again().await;
        site.ledger_names_the_person();
        site.provision_all().await;
        site.until_provisioned("Second").await;

        // The registry is older than the provisioning database: the targets are ahead.
        site.back_up("person-role-service", folder.path());
        site.entitle("Third").await;
        site.until_provisioned("Third").await;
        site.back_up("provisioning-service", folder.path());
        site.lose_and_restore(folder.path()).await;
        let newer = "UPDATE subject_revisions SET revision = revision + 1000000000 + (SELECT floor FROM revision_floor); \
                     UPDATE revision_floor SET floor = floor * 2 + 1000000000";
        site.postgres.query(&site.url("person-role-service"), newer).await;
        site.start_again().await;
        site.ledger_names_the_person();
        site.provision_all().await;
        site.until_provisioned("Second").await;

        // What is changed from now on goes its usual way.
        site.entitle("Fourth").await;
        site.until_provisioned("Fourth").await;
        let audit = site.verify("audit");
        assert!(audit.status.success(), "{}", String::from_utf8_lossy(&audit.stdout));
    }
}
