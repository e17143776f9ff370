//! Memory of processes, as the kernel counts it.

use crate::deployment::Deployment;

/// What a process has in memory, in MiB.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory {
    /// The most that was resident since [`forget_peak`].
    pub(super) peak: f64,
    /// Resident now.
    pub(super) resident: f64,
    /// Its own share of what is resident now.
    pub(super) share: f64,
}

/// Reads the memory of all processes of a deployment. Fails when one does not run.
pub(super) fn of(deployment: &Deployment) -> Vec<(String, Memory)> {
    let read = |name: String| {
        let pid = deployment.pid(&name).unwrap_or_else(|| panic!("{name} does not run"));
        let memory = Memory {
            peak: field(pid, "status", "VmHWM:"),
            resident: field(pid, "status", "VmRSS:"),
            share: field(pid, "smaps_rollup", "Pss:"),
        };
        (name, memory)
    };
    deployment.names().into_iter().map(read).collect()
}

/// Lets the peaks of all processes begin at what is resident now.
pub(super) fn forget_peak(deployment: &Deployment) {
    for name in deployment.names() {
        let pid = deployment.pid(&name).unwrap_or_else(|| panic!("{name} does not run"));
        let written = std::fs::write(format!("/proc/{pid}/clear_refs"), "5");
        written.unwrap_or_else(|error| panic!("the peak of {name} cannot be forgotten: {error}"));
    }
}

fn field(pid: u32, file: &str, name: &str) -> f64 {
    let path = format!("/proc/{pid}/{file}");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path} cannot be read: {error}"));
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kibibytes.unwrap_or_else(|| panic!("{path} has no {name}")) / 1024.0
}
