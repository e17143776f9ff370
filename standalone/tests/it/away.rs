//! A database or broker that is away: 503 with `Retry-After`, health says so, and all heals without a restart.

mod services {
    use std::sync::Arc;

    use serde_json::json;
    use testkit::{
        client::Client,
        deployment::{Deployment, Options, Shape},
        postgres::Postgres,
        rabbitmq::RabbitMq,
    };

    use crate::first_minutes::{add, ended, log_target, people};

    /// Status and report of a process's readiness.
    async fn readiness(deployment: &Deployment, name: &str) -> (u16, serde_json::Value) {
        let answer = Client::new(&deployment.ops_url(name), "", "").get("/health/ready").await;
        (answer.status, answer.json())
    }

    async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let deadline = std::time::Instant::now() + crate::PATIENCE;
        while !holds().await {
            assert!(std::time::Instant::now() < deadline, "it was waited in vain until {what}");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_database_that_is_away_is_503_and_comes_back() {
        let postgres = Arc::new(Postgres::start().await);
        let options = Options { postgres: Some(postgres.clone()), ..Options::default() };
        let deployment = Deployment::start(Shape::Services, options).await;
        let client = deployment.client();
        let (_, _, person) = people(&client, "Away").await;
        postgres.kill().await;
        let answer = client.get(&format!("/co_people/{person}.json")).await;
        assert_eq!((answer.status, answer.header("Retry-After")), (503, Some("1")), "{}", answer.text());
        let role = json!({ "CoPersonRoles": [{ "Version": "1.0", "Person": { "Type": "CO", "Id": person }, "Affiliation": "staff", "Status": "Active" }] });
        assert_eq!(client.post("/co_person_roles.json", &role).await.status, 503);
        until("health says so", async || readiness(&deployment, "person-role-service").await.0 == 503).await;
        postgres.restart().await;
        until("it heals", async || client.get(&format!("/co_people/{person}.json")).await.status == 200).await;
        client.post("/co_person_roles.json", &role).await.expect_status(201);
        deployment.wait_ready().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn accepted_work_waits_for_a_broker_that_is_away() {
        let rabbitmq = Arc::new(RabbitMq::start().await);
        let options = Options { rabbitmq: Some(rabbitmq.clone()), ..Options::default() };
        let deployment = Deployment::start(Shape::Services, options).await;
        let client = deployment.client();
        let (co, cou, person) = people(&client, "Waiting").await;
        let target = log_target(&client, &co, "A", "waiting.log").await;
        rabbitmq.kill().await;
        // The API works without the broker, so the process stays ready; the report tells of it.
        let told = async || {
            let (status, report) = readiness(&deployment, "person-role-service").await;
            status == 200 && report["parts"]["broker"] != "ok"
        };
        until("health says so", told).await;
        let role = json!({ "Person": { "Type": "CO", "Id": person }, "CouId": cou, "Affiliation": "staff", "Title": "While Away", "Status": "Active" });
        add(&client, "co_person_roles", "CoPersonRoles", role).await;
        let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
        let request = client.post(&path, &json!({})).await.expect_status(202).json()["Id"].as_str().unwrap().to_owned();
        rabbitmq.restart().await;
        assert_eq!(ended(&client, &request).await["Status"], "Succeeded");
        until("the change is provisioned", async || {
            crate::first_minutes::lines(&deployment, "waiting.log")
                .iter()
                .any(|line| line.to_string().contains("While Away"))
        })
        .await;
        deployment.wait_ready().await;
    }
}
