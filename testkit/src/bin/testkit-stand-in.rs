//! Stands in for each program of a deployment in testkit's own tests: it listens where the environment says, is ready at
//! once, and answers every request with its environment.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

#[expect(clippy::disallowed_methods, reason = "showing its environment is its purpose")]
fn main() {
    let environment: BTreeMap<String, String> = std::env::vars().collect();
    println!("started as process {}", std::process::id());
    if environment.contains_key("REFUSE") {
        eprintln!("the configuration is bad");
        std::process::exit(64);
    }
    let listeners: Vec<_> = ["COHORT_LISTEN", "COHORT_GRPC_LISTEN", "COHORT_OPS_LISTEN"]
        .iter()
        .filter_map(|name| TcpListener::bind(environment.get(*name)?).ok())
        .map(|listener| {
            let body = serde_json::to_string(&environment).unwrap_or_default();
            thread::spawn(move || serve(&listener, &body))
        })
        .collect();
    for listener in listeners {
        let _ = listener.join();
    }
}

fn serve(listener: &TcpListener, body: &str) {
    for stream in listener.incoming().flatten() {
        let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
        let first = lines.next().unwrap_or_default();
        let authorization = lines.take_while(|line| !line.is_empty()).find(|line| line.starts_with("authorization: "));
        let reason = if first.contains("/health/") { "200 OK" } else { "201 Added" };
        let head = format!("content-length: {}\r\nconnection: close\r\nx-request: {first}", body.len());
        let head =
            format!("HTTP/1.1 {reason}\r\n{head}\r\nx-{}\r\n\r\n", authorization.unwrap_or("no: user".to_owned()));
        let _ = (&stream).write_all(format!("{head}{body}").as_bytes());
    }
}
