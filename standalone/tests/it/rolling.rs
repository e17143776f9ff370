//! Each process in turn is stopped by SIGTERM and started again, under load, with another one of its service beside it: a
//! client that tries once more sees no request fail.

mod services {
    use testkit::deployment::{Deployment, Options, Shape};

    use crate::{
        first_minutes::{ended, log_target, people},
        load::Load,
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn a_rolling_restart_fails_no_request_that_is_tried_once_more() {
        let options = Options { balanced: true, ..Options::default() };
        let deployment = Deployment::start(Shape::Services, options).await;
        for name in deployment.names() {
            deployment.start_another(&name);
        }
        deployment.wait_ready().await;
        let client = deployment.client();
        let (co, cou, _) = people(&client, "Rolling").await;
        let target = log_target(&client, &co, "A", "rolling.log").await;
        let load = Load::begin(&deployment, &co, &cou, &target).await;
        for name in deployment.names() {
            load.more().await;
            assert_eq!(deployment.terminate(&name).await, Some(0), "{name} stops cleanly:\n{}", deployment.log(&name));
            load.more().await;
            deployment.start_again(&name);
            deployment.wait_ready_one(&name).await;
        }
        load.more().await;
        for accepted in load.end().await {
            client.get(&format!("/co_person_roles/{}.json", accepted.role)).await.expect_status(200);
            assert_ne!(ended(&client, &accepted.request).await["Status"], "Failed");
        }
    }
}
