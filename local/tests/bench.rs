//! The bench as a user runs it, short: it loses nothing, and says what it found.

use std::process::Command;

#[test]
fn the_bench_loses_nothing_and_tells_every_figure() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let bench = Command::new(env!("CARGO_BIN_EXE_local"))
        .args(["bench", "--broker", "embedded", "--rate", "20", "--seconds", "2"])
        .current_dir(root)
        .output()
        .expect("it runs");
    let (out, err) = (String::from_utf8_lossy(&bench.stdout), String::from_utf8_lossy(&bench.stderr));
    assert!(bench.status.success(), "{out}{err}");
    assert!(out.contains("20 events/s for 2 s; sent 40, acknowledged 40, arrived 40\n"), "{out}");
    // The figures themselves are this machine's.
    for name in ["publish", "consume", "push", "end to end", "floor"] {
        let line = out.lines().find(|line| line.trim_start().starts_with(name));
        let figures: Vec<f64> =
            line.into_iter().flat_map(str::split_whitespace).filter_map(|word| word.parse().ok()).collect();
        assert!(matches!(figures[..], [p50, p99, most, ..] if p50 <= p99 && p99 <= most), "{name}: {out}");
    }
    for goal in
        ["ready in under 2 s", "end to end under", "over the floor", "no growing lag", "less than 400 MiB"]
    {
        assert!(
            out.lines().any(|line| line.trim_start().starts_with("goal: ") && line.contains(goal)),
            "{out}"
        );
    }
}
