//! What does a process use, as its kernel tells?

use std::time::Duration;

/// Bytes of memory of a process that are resident.
pub(crate) fn resident_bytes(pid: u32) -> u64 {
    field_of_status(pid, "VmRSS:") * 1024
}

/// The most bytes that ever were resident.
pub(crate) fn resident_bytes_peak(pid: u32) -> u64 {
    field_of_status(pid, "VmHWM:") * 1024
}

fn field_of_status(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a live process");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the field");
    line.trim().trim_end_matches("kB").trim().parse().expect("a number of kilobytes")
}

/// CPU time that a process has used in all its threads.
pub(crate) fn cpu_time(pid: u32) -> Duration {
    const TICKS_PER_SECOND: u64 = 100;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a live process");
    // The name is in parentheses and may hold anything; fields 14 and 15 are user and system time.
    let (_, rest) = stat.rsplit_once(')').expect("a name");
    let ticks: u64 =
        rest.split_whitespace().skip(11).take(2).map(|n| n.parse::<u64>().expect("ticks")).sum();
    Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND)
}
