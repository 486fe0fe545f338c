//! What the pipeline's processes take: the runner's own and its functions', without those of a broker.

use std::{fs, time::Duration};

/// Their memory in MiB; pages that processes share count once. `None` where the system doesn't tell.
pub(super) fn memory() -> Option<f64> {
    let own = proportional(std::process::id())?;
    // A process that has ended meanwhile has none.
    let kib = own + functions()?.filter_map(proportional).sum::<u64>();
    #[allow(clippy::cast_precision_loss, reason = "memory sizes fit")]
    Some(kib as f64 / 1024.0)
}

/// The processor time that they have taken so far. `None` where the system doesn't tell.
pub(super) fn processor() -> Option<Duration> {
    let ticks = ticks(std::process::id())? + functions()?.filter_map(ticks).sum::<u64>();
    #[allow(clippy::cast_precision_loss, reason = "a run of years fits")]
    Some(Duration::from_secs_f64(ticks as f64 / rustix::param::clock_ticks_per_second() as f64))
}

/// The functions' processes.
fn functions() -> Option<impl Iterator<Item = u32>> {
    let own = std::process::id();
    let is_function = move |pid: &u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let named = |word: &[u8]| word == crate::functions::SUBCOMMAND.as_bytes();
        stat(*pid, PARENT) == Some(own.into()) && line.split(|byte| *byte == 0).any(named)
    };
    let all = fs::read_dir("/proc").ok()?.flatten();
    Some(all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_function))
}

/// Places in `/proc/PID/stat`, counted from the state, as its manual page has them.
const PARENT: usize = 1;
const USER_TICKS: usize = 11;
const SYSTEM_TICKS: usize = 12;

fn stat(pid: u32, place: usize) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything, so what follows its closing bracket counts.
    stat.rsplit_once(") ")?.1.split(' ').nth(place)?.parse().ok()
}

fn ticks(pid: u32) -> Option<u64> {
    Some(stat(pid, USER_TICKS)? + stat(pid, SYSTEM_TICKS)?)
}

/// Its share of every page, in KiB.
fn proportional(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}
