//! Each process in turn is stopped by SIGTERM and started again, under load, with another one of its service beside it: a
//! client that tries once more sees no request fail.

mod services {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    };
    use std::time::{Duration, Instant};

    use reqwest::{Client as Http, Method, StatusCode};
    use serde_json::{Value, json};
    use testkit::{
        client::http_client,
        deployment::{Deployment, Options, Shape},
    };

    use crate::first_minutes::{ended, log_target, people, person};

    const CLIENTS: usize = 4;

    /// What a client does, and what came of it.
    struct Load {
        http: Http,
        api: String,
        credentials: (String, String),
        stop: AtomicBool,
        done: AtomicUsize,
        tried_again: AtomicUsize,
    }

    impl Load {
        /// Sends a request, and once more if there was no answer or the answer was 503; waits for one that is under way.
        async fn send(&self, method: Method, path: &str, body: &Value, key: &str) -> Value {
            let mut last = false;
            loop {
                let (user, password) = &self.credentials;
                let request = self.http.request(method.clone(), format!("{}{path}", self.api));
                let request = request.basic_auth(user, Some(password)).header("Idempotency-Key", key);
                let request = if method == Method::GET { request } else { request.json(body) };
                let wrong = match request.send().await {
                    Ok(answer) if answer.status().is_success() => match answer.bytes().await {
                        Ok(bytes) => {
                            self.done.fetch_add(1, Ordering::Relaxed);
                            return serde_json::from_slice(&bytes).unwrap();
                        }
                        Err(error) => format!("{error:?}"),
                    },
                    Ok(answer) => {
                        let (status, pause) = (answer.status(), answer.headers().get("Retry-After").cloned());
                        let said = answer.text().await.unwrap_or_default();
                        if last && status == StatusCode::CONFLICT && said.contains("Idempotency Key In Use") {
                            // What had no answer is still under way.
                            tokio::time::sleep(Duration::from_millis(100)).await;
                            continue;
                        }
                        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{method} {path}: {said}");
                        let pause = pause.and_then(|pause| pause.to_str().ok()?.parse().ok());
                        tokio::time::sleep(Duration::from_secs(pause.expect("503 has Retry-After"))).await;
                        said
                    }
                    Err(error) => {
                        // Other connections to the process that stopped may not have been seen to end yet.
                        tokio::time::sleep(Duration::from_millis(200)).await;
                        format!("{error:?}")
                    }
                };
                assert!(!last, "{method} {path} failed twice: {wrong}");
                self.tried_again.fetch_add(1, Ordering::Relaxed);
                last = true;
            }
        }

        /// Adds a role, reads it, and asks for provisioning, over and over. Gives the roles and the requests.
        async fn run(
            self: Arc<Self>,
            number: usize,
            person: String,
            cou: String,
            target: String,
        ) -> Vec<(String, String)> {
            let provision = format!("/co_provisioning_targets/provision/{target}/copersonid:{person}.json");
            let role = json!({ "CoPersonRoles": [{ "Version": "1.0", "Person": { "Type": "CO", "Id": person }, "CouId": cou, "Affiliation": "staff", "Status": "Active" }] });
            let mut accepted = Vec::new();
            let id = |answer: Value| answer["Id"].as_str().unwrap().to_owned();
            for turn in 0_usize.. {
                if self.stop.load(Ordering::Relaxed) {
                    break;
                }
                let key = |what: &str| format!("{number}-{turn}-{what}");
                let role = id(self.send(Method::POST, "/co_person_roles.json", &role, &key("role")).await);
                self.send(Method::GET, &format!("/co_person_roles/{role}.json"), &Value::Null, &key("view")).await;
                let request = id(self.send(Method::POST, &provision, &json!({}), &key("provision")).await);
                accepted.push((role, request));
            }
            accepted
        }

        /// Waits until more was done, so that each process is stopped, and serves again, under load.
        async fn more(&self) {
            let (start, deadline) = (self.done.load(Ordering::Relaxed), Instant::now() + crate::PATIENCE);
            while self.done.load(Ordering::Relaxed) < start + 10 * CLIENTS {
                assert!(Instant::now() < deadline, "the clients do not go on");
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_rolling_restart_fails_no_request_that_is_tried_once_more() {
        let options = Options { balanced: true, ..Options::default() };
        let deployment = Deployment::start(Shape::Services, options).await;
        for name in deployment.names() {
            deployment.start_another(&name);
        }
        deployment.wait_ready().await;
        let client = deployment.client();
        let (co, cou, first) = people(&client, "Rolling").await;
        let target = log_target(&client, &co, "A", "rolling.log").await;
        let load = Arc::new(Load {
            http: http_client(),
            api: deployment.base_url(),
            credentials: (deployment.username.clone(), deployment.key.clone()),
            stop: AtomicBool::new(false),
            done: AtomicUsize::new(0),
            tried_again: AtomicUsize::new(0),
        });
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            let somebody = match number {
                0 => first.clone(),
                _ => person(&client, &co, &format!("rolling-{number}@example.org")).await,
            };
            clients.push(tokio::spawn(Arc::clone(&load).run(number, somebody, cou.clone(), target.clone())));
        }
        for name in deployment.names() {
            load.more().await;
            assert_eq!(deployment.terminate(&name).await, Some(0), "{name} stops cleanly:\n{}", deployment.log(&name));
            load.more().await;
            deployment.start_again(&name);
            deployment.wait_ready_one(&name).await;
        }
        load.more().await;
        load.stop.store(true, Ordering::Relaxed);
        let mut accepted = Vec::new();
        for client in clients {
            accepted.extend(client.await.expect("no request fails twice"));
        }
        println!(
            "{} requests, {} of them tried again",
            load.done.load(Ordering::Relaxed),
            load.tried_again.load(Ordering::Relaxed)
        );
        for (role, request) in accepted {
            client.get(&format!("/co_person_roles/{role}.json")).await.expect_status(200);
            assert_ne!(ended(&client, &request).await["Status"], "Failed");
        }
    }
}
