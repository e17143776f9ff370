//! The same with real databases and a real broker.

use std::{sync::Arc, time::Duration};

use messaging::{AmqpSettings, Broker};
use serde_json::json;
use service_kit::database::Database;
use testkit::{
    certificates::Authority,
    client::{Answer, Client},
    deployment::{Deployment, Options, Shape},
    postgres::Postgres,
    rabbitmq::RabbitMq,
};

use crate::first_minutes::{ended, log_target, people};

mod services {
    use super::*;

    /// Not long, and longer than a connection takes.
    const A_WHILE: Duration = Duration::from_secs(3);

    #[tokio::test(flavor = "multi_thread")]
    async fn all_that_the_parts_say_to_each_other_and_to_their_servers_is_encrypted() {
        let (postgres, rabbitmq) = tokio::join!(Postgres::start_with_tls(), RabbitMq::start_with_tls());
        let (postgres, rabbitmq, authority) = (Arc::new(postgres), Arc::new(rabbitmq), Arc::new(Authority::default()));
        let options = Options {
            postgres: Some(Arc::clone(&postgres)),
            rabbitmq: Some(Arc::clone(&rabbitmq)),
            authority: Some(Arc::clone(&authority)),
            ..Options::default()
        };
        let deployment = Deployment::start(Shape::Services, options).await;
        let client = deployment.client();
        assert!(deployment.base_url().starts_with("https://"));

        // Browsers of other machines are told to come by TLS only.
        let path = "/cos.json";
        let passed_on = client.request(reqwest::Method::GET, path).header("X-Forwarded-For", "192.0.2.1").send();
        let passed_on = Answer::of(passed_on.await.unwrap()).await.unwrap();
        assert_eq!(passed_on.header("strict-transport-security"), Some("max-age=31536000"));
        assert_eq!(client.get(path).await.header("strict-transport-security"), None, "this machine has other programs");

        // A change goes through every part: the API, both services, both databases, the broker.
        let (co, _, person) = people(&client, "Trusted").await;
        let target = log_target(&client, &co, "M", "people.log").await;
        let path = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
        let request = client.post(&path, &json!({})).await.expect_status(202).json();
        assert_eq!(ended(&client, request["Id"].as_str().unwrap()).await["Status"], "Succeeded");

        let counted = "SELECT count(*) FILTER (WHERE ssl), count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl \
                       JOIN pg_stat_activity USING (pid) WHERE datname ~ '^(personrole|provisioning)'";
        let counted = postgres.query(&postgres.url("postgres"), counted).await;
        assert!(counted.ends_with("|0") && !counted.starts_with("0|"), "connections with and without TLS: {counted}");

        let other = Authority::default();
        let stranger = Client::new(&deployment.base_url(), "x", "y").trusting(&other.ca());
        let answer = stranger.try_send(reqwest::Method::GET, "/cos.json", None).await;
        assert!(answer.is_err(), "another authority: {answer:?}");

        a_database_that_is_not_trusted_is_not_used(&postgres).await;
        a_broker_that_is_not_trusted_is_not_used(&rabbitmq).await;
    }

    async fn a_database_that_is_not_trusted_is_not_used(with_tls: &Postgres) {
        let ca = with_tls.ca_file().unwrap().display().to_string();
        let authority = Authority::default();
        let other = authority.ca().display().to_string();
        let without_tls = Postgres::shared().await;
        for (what, server, ca, expected) in [
            ("its own authority", with_tls, &ca, true),
            ("another authority", with_tls, &other, false),
            ("no TLS at all", &without_tls, &ca, false),
        ] {
            let database = Database::open_trusting(&server.url("postgres"), 1, ca).await.unwrap();
            assert_eq!(database.ping().await.is_ok(), expected, "{what}");
        }
        // Whose certificate is for another name than was called.
        let url = with_tls.url("postgres").replace("127.0.0.1", "127.0.0.2");
        assert!(Database::open_trusting(&url, 1, &ca).await.unwrap().ping().await.is_err());
        let refused = Database::open_trusting(&url, 1, "/nowhere").await.unwrap_err();
        assert!(refused.0.contains("database.ca"), "{refused}");
    }

    async fn a_broker_that_is_not_trusted_is_not_used(rabbitmq: &RabbitMq) {
        let url = rabbitmq.with_tls(&rabbitmq.amqp_url());
        let broker = |ca: &str| Broker::amqp(AmqpSettings::new(&url, "test").trusting(ca)).unwrap();
        let trusted = broker(&rabbitmq.ca_file().unwrap().display().to_string());
        assert!(tokio::time::timeout(crate::PATIENCE, trusted.wait_connected()).await.is_ok());
        let authority = Authority::default();
        let mistrusted = broker(&authority.ca().display().to_string());
        assert!(tokio::time::timeout(A_WHILE, mistrusted.wait_connected()).await.is_err());
    }
}
