//! How much memory the pipeline has: the runner and its functions' processes, without a broker of its own.

use std::fs;

/// In MiB; pages that processes share count once. `None` where the system doesn't tell.
pub(super) fn pipeline() -> Option<f64> {
    let own = std::process::id();
    let mut kib = proportional(own)?;
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let is_function = || {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line.split(|byte| *byte == 0).any(|word| word == crate::functions::SUBCOMMAND.as_bytes())
        };
        // A process that has ended meanwhile has none.
        if parent(pid) == Some(own) && is_function() {
            kib += proportional(pid).unwrap_or(0);
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "memory sizes fit")]
    Some(kib as f64 / 1024.0)
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before may hold anything, so what follows its closing bracket counts.
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// Its share of every page, in KiB.
fn proportional(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}
