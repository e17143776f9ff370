//! An auditor asks what each part may do at its servers, and whether it needs that (M10).

use std::{path::Path, process::Command, sync::Arc};

use serde_json::json;
use testkit::{
    deployment::{Deployment, Options, Shape},
    postgres::Postgres,
    rabbitmq::RabbitMq,
};

use crate::first_minutes::{ended, log_target, people};

mod services {
    use super::*;

    fn deploy() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy"))
    }

    /// Makes the secrets of a deployment in a folder, as its operator does, and gives one.
    fn secrets(folder: &Path) -> impl Fn(&str) -> String {
        for file in ["make-secrets.sh", "broker-definitions.json"] {
            std::fs::copy(deploy().join(file), folder.join(file)).unwrap();
        }
        // Twice: what is there stays.
        let folder = folder.to_owned();
        let made = || {
            let output = Command::new("bash").arg(folder.join("make-secrets.sh")).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            std::fs::read_to_string(folder.join("secrets/broker-definitions.json")).unwrap()
        };
        assert_eq!(made(), made());
        move |name| std::fs::read_to_string(folder.join("secrets").join(name)).unwrap().trim().to_owned()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_services_work_with_the_rights_that_they_are_given() {
        let folder = tempfile::tempdir().unwrap();
        let secret = secrets(folder.path());
        let rabbitmq = Arc::new(RabbitMq::start().await);
        rabbitmq.import(&secret("broker-definitions.json")).await;
        let url = |service: &str| {
            let password = secret(&format!("{service}-broker-password.txt"));
            assert!(secret(&format!("{service}-broker-url.txt")).contains(&format!("{service}-service:{password}@")));
            rabbitmq.url_of(&format!("{service}-service"), &password)
        };
        let options = Options {
            broker_urls: Some([url("person-role"), url("provisioning")]),
            rabbitmq: Some(Arc::clone(&rabbitmq)),
            environment: vec![("COHORT_BROKER_DECLARE".to_owned(), "false".to_owned())],
            ..Options::default()
        };
        let deployment = Deployment::start(Shape::Services, options).await;
        let client = deployment.client();
        let (co, _, person) = people(&client, "Rights").await;
        // By hand, which is told to the registry; and by a change, which is told by it.
        let target = log_target(&client, &co, "A", "people.log").await;
        let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
        let request = client.post(&path, &json!({})).await.expect_status(202).json();
        assert_eq!(ended(&client, request["Id"].as_str().unwrap()).await["Status"], "Succeeded");
        let history = format!("/history_records.json?copersonid={person}");
        let name = json!({ "Given": "Zelda", "Type": "official", "Person": { "Type": "CO", "Id": person } });
        crate::first_minutes::add(&client, "names", "Names", name).await;
        let began = std::time::Instant::now();
        loop {
            let told = client.get(&history).await.expect_status(200).text();
            if told.contains("PCPM") && told.contains("PCPA") {
                break;
            }
            assert!(began.elapsed() < crate::PATIENCE, "not told: {told}");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        for name in ["person-role-service", "provisioning-service"] {
            let log = deployment.log(name);
            assert!(!log.contains("ACCESS_REFUSED") && !log.contains("taken as it is"), "{name}: {log}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_service_owns_its_database_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let postgres = Postgres::shared().await;
        let (url, other) = (postgres.create_database("owned").await, postgres.create_database("other").await);
        let database = url.rsplit('/').next().unwrap();
        let user = format!("user_of_{database}");
        std::fs::write(folder.path().join("password"), "s3cret\n").unwrap();
        let output = Command::new("sh")
            .arg(deploy().join("postgres-user.sh"))
            .env("PATH", postgres.path_of_programs())
            .envs([("PGHOST", "127.0.0.1"), ("PGPORT", &postgres.port().to_string())])
            .envs([("POSTGRES_USER", "postgres"), ("POSTGRES_DB", database), ("COHORT_USER", &user)])
            .env("COHORT_PASSWORD_FILE", folder.path().join("password"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let own = url.replace("postgres@", &format!("{user}@"));
        for (sql, refused) in [
            ("CREATE TABLE t (n bigint); INSERT INTO t VALUES (1)", false),
            ("CREATE DATABASE more", true),
            ("CREATE ROLE more", true),
            ("SELECT pg_read_file('PG_VERSION')", true),
            ("COPY t FROM PROGRAM 'id'", true),
            ("SELECT passwd FROM pg_shadow", true),
        ] {
            let answer = postgres.try_query(&own, sql).await;
            let denied = |said: &String| said.contains("permission denied") || said.contains("must be superuser");
            assert_eq!(answer.as_ref().is_err_and(denied), refused, "{sql}: {answer:?}");
            assert!(refused || answer.is_ok(), "{sql}: {answer:?}");
        }
        // Others are kept out of a database that was made like this.
        let stranger = format!("stranger_to_{database}");
        postgres.query(&other, &format!("CREATE ROLE {stranger} LOGIN")).await;
        let answer = postgres.try_query(&url.replace("postgres@", &format!("{stranger}@")), "SELECT 1").await;
        assert!(answer.as_ref().is_err_and(|said| said.contains("permission denied for database")), "{answer:?}");
        // The service makes its tables with it, and works.
        let service = service_kit::database::Database::open(&own, 2).await.unwrap();
        service.migrate::<person_role_service::migration::Migrator>().await.unwrap();
        service.close().await;
    }
}
