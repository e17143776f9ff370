//! Load: `wrk` on the API, `pgbench` on the database that it stands on.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::world::World;
use crate::folder::Folder;
use crate::postgres::Postgres;

/// Sends what stands in the file, one request after the other, and prints what came of it.
const SCRIPT: &str = r#"
local requests, next = {}, 0
function init(arguments)
    local headers = { ["Authorization"] = "Basic " .. arguments[2], ["Content-Type"] = "application/json" }
    for line in io.lines(arguments[1]) do
        local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
        if body == "" then body = nil end
        requests[#requests + 1] = wrk.format(method, path, headers, body)
    end
end
function request()
    next = next % #requests + 1
    return requests[next]
end
function done(summary, latency, _)
    local errors = summary.errors
    io.write(string.format(
        '\nRESULT {"requests":%d,"micros":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
        summary.requests, summary.duration, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
"#;

/// What a load gave.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    /// Answers.
    pub(super) requests: u64,
    /// Answers in a second.
    pub(super) rate: f64,
    /// Half of the answers came within so many milliseconds.
    pub(super) p50_ms: f64,
    /// Ninety-nine of a hundred did within so many.
    pub(super) p99_ms: f64,
}

#[derive(Debug, Deserialize)]
struct Printed {
    requests: u64,
    micros: u64,
    refused: u64,
    broken: u64,
    p50: u64,
    p99: u64,
}

/// Sends `requests` (method, path and body, blanks between them) over and over. Fails unless each answer has `status`.
pub(super) async fn wrk(world: &World, requests: &[String], status: u16, connections: usize, seconds: u64) -> Load {
    assert!(!requests.is_empty(), "there is nothing to send");
    let folder = Folder::new("wrk");
    let (script, list) = (folder.path().join("load.lua"), folder.path().join("requests"));
    std::fs::write(&script, SCRIPT).expect("the script can be written");
    std::fs::write(&list, spread(requests)).expect("the requests can be written");
    let before = world.answers().await;
    let printed = run_wrk(world, &script, &list, connections, seconds).await;
    let after = world.answers().await;
    assert!(printed.refused == 0 && printed.broken == 0, "not every request was answered well: {printed:?}");
    for (code, count) in &after {
        let new = count - before.get(code).copied().unwrap_or(0);
        assert!(*code == status || new == 0, "{new} answers have the status {code} instead of {status}");
    }
    let wanted = after.get(&status).unwrap_or(&0) - before.get(&status).unwrap_or(&0);
    assert!(wanted >= printed.requests, "the server counts {wanted} answers, wrk {}", printed.requests);
    let milliseconds = |micros: u64| micros as f64 / 1e3;
    Load {
        requests: printed.requests,
        rate: printed.requests as f64 / (printed.micros as f64 / 1e6),
        p50_ms: milliseconds(printed.p50),
        p99_ms: milliseconds(printed.p99),
    }
}

/// Puts requests into an order in which neighbours are not about neighbours.
fn spread(requests: &[String]) -> String {
    const STRIDE: usize = 7_919;
    let count = requests.len();
    let stride = if count.is_multiple_of(STRIDE) { 1 } else { STRIDE };
    let order = (0..count).filter_map(|n| requests.get(n * stride % count));
    order.flat_map(|request| [request.as_str(), "\n"]).collect()
}

async fn run_wrk(world: &World, script: &Path, list: &Path, connections: usize, seconds: u64) -> Printed {
    let credentials = BASE64_STANDARD.encode(format!("{}:{}", world.deployment.username, world.deployment.key));
    let mut command = tokio::process::Command::new("wrk");
    command.args(["--threads", "1", "--timeout", "30s"]);
    command.args(["--connections", &connections.to_string(), "--duration", &format!("{seconds}s")]);
    command.arg("--script").arg(script).arg(world.deployment.root_url()).arg("--").arg(list).arg(credentials);
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output().await;
    let output = output.unwrap_or_else(|error| panic!("wrk does not start ({error}): run cargo xtask setup"));
    let text = String::from_utf8_lossy(&output.stdout);
    let result = text.lines().find_map(|line| line.strip_prefix("RESULT "));
    let result = result.and_then(|result| serde_json::from_str(result).ok());
    result.unwrap_or_else(|| panic!("wrk gave no result: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

/// The database of pgbench, on the same server as those of the services.
#[derive(Debug)]
pub(super) struct Pgbench {
    server: Arc<Postgres>,
    url: String,
}

impl Pgbench {
    /// Makes the database: a million accounts.
    pub(super) async fn prepare(server: &Arc<Postgres>) -> Self {
        let url = server.create_database("pgbench").await;
        server.pgbench(&["--initialize", "--quiet", "--scale", "10", &url]).await;
        Self { server: Arc::clone(server), url }
    }

    /// Gives the transactions in a second of one statement that reads.
    pub(super) async fn reads(&self, connections: usize, seconds: u64) -> f64 {
        self.run("--select-only", connections, seconds).await
    }

    /// Gives the transactions in a second of an update, a select and an insert.
    pub(super) async fn writes(&self, connections: usize, seconds: u64) -> f64 {
        self.run("--skip-some-updates", connections, seconds).await
    }

    async fn run(&self, kind: &str, connections: usize, seconds: u64) -> f64 {
        let (clients, time) = (format!("--client={connections}"), format!("--time={seconds}"));
        let text = self.server.pgbench(&[kind, "--protocol=prepared", "--no-vacuum", &clients, &time, &self.url]).await;
        assert!(text.contains("number of failed transactions: 0 "), "pgbench failed: {text}");
        let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        rate.unwrap_or_else(|| panic!("pgbench gave no rate: {text}"))
    }
}
