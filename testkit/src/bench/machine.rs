//! The machine, and the file that the tables go into.

use std::path::Path;
use std::process::Command;

use super::plan::Plan;
use super::world::Servers;

const BEGIN: &str = "<!-- measured: begin; what is between here and the end is written by `cargo xtask bench` -->";
const END: &str = "<!-- measured: end -->";

/// Gives how many processes wanted to run lately: the first number of the load average.
pub(super) fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").expect("the load can be read");
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// Says on what, when, how long and with what load before was measured.
pub(super) async fn describe(plan: &Plan, servers: &Servers, load_before: &str) -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory =
        memory.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse().ok());
    let gibibytes = memory.unwrap_or(0.0) / 1024.0 / 1024.0;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let broker = servers.rabbitmq.eval(r#"io_lib:format("~s", [rabbit_misc:version()])."#).await;
    let broker: String = broker.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let rounds = plan.rounds();
    let mut lines = vec![
        format!(
            "{}, {cores} cores, {gibibytes:.0} GiB, Linux {}.",
            model.trim_start_matches([':', ' ', '\t']),
            kernel.trim()
        ),
        format!(
            "PostgreSQL {}, RabbitMQ {}, {}; everything on this machine, pgbench at scale 10 with prepared statements.",
            servers.postgres.version().await,
            broker.trim_matches('.'),
            output("wrk", &["-v"])
                .split(" Copyright")
                .next()
                .unwrap_or_default()
                .split(" [")
                .next()
                .unwrap_or_default(),
        ),
        format!(
            "{}, {rounds} round(s), {} seconds a load; shown are the median and, in brackets, least and most.",
            output("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
            plan.seconds()
        ),
        format!("Load average before: {load_before}. Above 0.5, others were at work and the figures are worth little."),
    ];
    if !plan.label.is_empty() {
        lines.push(format!("Programs: {}.", plan.label));
    }
    if let Some(other) = &plan.against {
        lines.push(format!("A is {}, B is {}.", plan.programs.display(), other.display()));
    }
    if plan.quick {
        lines.push("A quick run on little data: it shows that all works, and no speed.".to_owned());
    }
    lines.join("\n") + "\n"
}

/// Puts text between the markers of a file, and leaves all else as it is. Without text, looks whether that will work.
pub(super) fn put_between_markers(file: &Path, text: Option<&str>) {
    let shown = file.display();
    let old = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{shown} cannot be read: {error}"));
    let parts = old.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.unwrap_or_else(|| panic!("{shown} needs the lines {BEGIN} and {END}"));
    if let Some(text) = text {
        let new = format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", text.trim());
        std::fs::write(file, new).unwrap_or_else(|error| panic!("{shown} cannot be written: {error}"));
    }
}

/// Gives the first line that a program prints, whatever it thinks of its arguments.
fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program} does not start: {error}"));
    String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    #[test]
    fn what_is_outside_of_the_markers_stays() {
        let folder = Folder::new("markers");
        let file = folder.path().join("benchmarks.md");
        std::fs::write(&file, format!("before\n{BEGIN}\nold\n{END}\nwhat was tried\n")).unwrap();
        put_between_markers(&file, Some("new"));
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, format!("before\n{BEGIN}\n\nnew\n\n{END}\nwhat was tried\n"));
    }

    #[test]
    #[should_panic(expected = "needs the lines")]
    fn a_file_without_markers_is_refused_before_anything_is_measured() {
        let folder = Folder::new("markers");
        let file = folder.path().join("benchmarks.md");
        std::fs::write(&file, "what was tried\n").unwrap();
        put_between_markers(&file, None);
    }
}
