//! From release 0.1 to this one, on both databases: the programs of both work side by side, and all that the old ones took in is
//! there and is carried out.

use std::path::{Path, PathBuf};

mod file;
mod records;
mod rest;

/// The programs of release 0.1, where `cargo xtask upgrade` builds them.
fn former() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("release-0.1").join("target").join("debug")
}

mod services {
    use std::sync::Arc;

    use testkit::{
        deployment::{Deployment, Options, Shape},
        postgres::Postgres,
        rabbitmq::RabbitMq,
    };

    use super::{former, records::Records, rest::Site};
    use crate::load::Load;

    /// The order of docs/operations.md.
    const ORDER: [&str; 3] = ["person-role-service", "provisioning-service", "gateway"];

    /// Two processes of each service, of release 0.1.
    async fn site() -> Site {
        let (postgres, rabbitmq) = tokio::join!(Postgres::start_fast(), RabbitMq::start());
        let (postgres, rabbitmq) = (Arc::new(postgres), Arc::new(rabbitmq));
        let options = Options {
            balanced: true,
            programs: Some(former()),
            postgres: Some(Arc::clone(&postgres)),
            rabbitmq: Some(Arc::clone(&rabbitmq)),
            ..Options::default()
        };
        let deployment = Deployment::start(Shape::Services, options).await;
        for name in ORDER {
            deployment.start_another(name);
        }
        deployment.wait_ready().await;
        Site { deployment, postgres, rabbitmq }
    }

    async fn stop(deployment: &Deployment, name: &str) {
        assert_eq!(deployment.terminate(name).await, Some(0), "{name} stops cleanly:\n{}", deployment.log(name));
    }

    /// Each process is stopped, and then started as today's.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "it needs the programs of release 0.1: cargo xtask upgrade"]
    async fn processes_are_replaced_one_after_the_other() {
        let site = site().await;
        let deployment = &site.deployment;
        let records = Records::write(&deployment.client()).await;
        let load = Load::begin(deployment, &records.co, &records.cou, &records.target).await;
        for service in ORDER {
            for name in [service.to_owned(), format!("{service}-2")] {
                load.more().await;
                stop(deployment, &name).await;
                load.more().await;
                deployment.change_release(&name, None);
                deployment.start_again(&name);
                deployment.wait_ready_one(&name).await;
                load.more().await;
            }
        }
        load.more().await;
        site.comes_to_rest(&records, &load.end().await).await;
    }

    /// Today's processes are started beside the old ones, which are stopped a while later.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "it needs the programs of release 0.1: cargo xtask upgrade"]
    async fn processes_are_added_before_others_go() {
        let site = site().await;
        let deployment = &site.deployment;
        let records = Records::write(&deployment.client()).await;
        let load = Load::begin(deployment, &records.co, &records.cou, &records.target).await;
        for service in ORDER {
            load.more().await;
            deployment.change_release(service, None);
            for name in [deployment.start_another(service), deployment.start_another(service)] {
                deployment.wait_ready_one(&name).await;
                load.more().await;
            }
            for name in [service.to_owned(), format!("{service}-2")] {
                stop(deployment, &name).await;
                load.more().await;
            }
        }
        load.more().await;
        site.comes_to_rest(&records, &load.end().await).await;
    }
}
