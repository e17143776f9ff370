//! A deployment of services, with a stand-in for each program.

use std::sync::Arc;

use serde_json::Value;
use testkit::deployment::{Deployment, Options, Shape};
use testkit::{Postgres, RabbitMq};

use crate::deployment::stand_ins;

async fn environment(deployment: &Deployment, name: &str) -> Value {
    let client = testkit::Client::new(&deployment.ops_url(name), "", "");
    client.get("health/ready").await.json()
}

#[tokio::test]
async fn each_service_is_given_its_environment_and_servers_of_its_own() {
    let (_programs, options) = stand_ins();
    let services = Deployment::start(Shape::Services, options.clone()).await;
    assert_eq!(services.names(), ["gateway", "person-role-service", "provisioning-service"]);
    let gateway = services.client().get("cos.json").await.json();
    assert_eq!(gateway["COHORT_DATABASE_URL"], Value::Null);
    assert_eq!(gateway["COHORT_BROKER_URL"], Value::Null);
    let person_role = environment(&services, "person-role-service").await;
    let provisioning = environment(&services, "provisioning-service").await;
    let url = |service: &Value| format!("http://{}", service["COHORT_GRPC_LISTEN"].as_str().unwrap());
    assert_eq!(gateway["COHORT_PERSON_ROLE_URL"], url(&person_role));
    assert_eq!(gateway["COHORT_PROVISIONING_URL"], url(&provisioning));
    assert_eq!(provisioning["COHORT_PERSON_ROLE_URL"], url(&person_role));
    assert_eq!(provisioning["COHORT_DATA"], services.data_folder().display().to_string());
    assert_eq!(person_role["COHORT_BOOTSTRAP_KEY"], services.key);
    assert_eq!(person_role["COHORT_BROKER_URL"], provisioning["COHORT_BROKER_URL"]);
    assert_ne!(person_role["COHORT_DATABASE_URL"], provisioning["COHORT_DATABASE_URL"]);

    let others = Deployment::start(Shape::Services, options).await;
    for variable in ["COHORT_DATABASE_URL", "COHORT_BROKER_URL", "COHORT_GRPC_LISTEN"] {
        assert_ne!(environment(&others, "person-role-service").await[variable], person_role[variable]);
    }
}

#[tokio::test]
async fn one_more_of_a_service_shares_its_servers_and_not_its_addresses() {
    let (_programs, options) = stand_ins();
    let services = Deployment::start(Shape::Services, options).await;
    let another = services.start_another("provisioning-service");
    services.wait_ready().await;
    assert_eq!(another, "provisioning-service-2");
    let first = environment(&services, "provisioning-service").await;
    let second = environment(&services, &another).await;
    assert_eq!(first["COHORT_DATABASE_URL"], second["COHORT_DATABASE_URL"]);
    assert_ne!(first["COHORT_GRPC_LISTEN"], second["COHORT_GRPC_LISTEN"]);
    services.kill("provisioning-service").await;
    services.wait_ready().await;
    assert!(services.pid(&another).is_some());
}

#[tokio::test]
async fn servers_of_the_test_are_used_and_can_be_killed() {
    let (_programs, options) = stand_ins();
    let (postgres, rabbitmq) = tokio::join!(Postgres::start(), RabbitMq::start());
    let (postgres, rabbitmq) = (Arc::new(postgres), Arc::new(rabbitmq));
    let own = Options { postgres: Some(Arc::clone(&postgres)), rabbitmq: Some(Arc::clone(&rabbitmq)), ..options };
    let services = Deployment::start(Shape::Services, own).await;
    let database = services.variable("person-role-service", "COHORT_DATABASE_URL").unwrap();
    assert!(database.contains(&format!(":{}/", postgres.port())));
    let broker = services.variable("person-role-service", "COHORT_BROKER_URL").unwrap();
    assert!(broker.contains(&format!(":{}/", rabbitmq.port())));
    postgres.kill().await;
    postgres.restart().await;
    assert_eq!(postgres.query(&database, "SELECT 1").await, "1");
}
