//! Java processes: the server, and tools that run once.

use std::{
    fs::File,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::process::{Child, ChildStdin, Command};

use super::Java;
use crate::LocalError;

/// The server's configuration.
pub(super) const CONFIG: &str = "server.properties";
/// What the server writes.
pub(super) const LOG: &str = "server.log";

/// Runs a program and ends it when standard input closes: that is when the runner ends, however it ends. A program
/// that doesn't end within twenty seconds is killed.
const GUARD: &str = r#"exec 3<&0
"$@" </dev/null 3<&- &
child=$!
( while read -r _; do :; done <&3
  kill "$child" 2>/dev/null
  left=100
  while [ "$left" -gt 0 ] && kill -0 "$child" 2>/dev/null; do sleep 0.2; left=$((left - 1)); done
  kill -9 "$child" 2>/dev/null ) &
exec 3<&-
wait "$child""#;

/// The running server.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    /// Closed to end it.
    life: Option<ChildStdin>,
}

impl Server {
    pub(super) fn start(java: &Java, folder: &Path) -> Result<Self, LocalError> {
        let path = folder.join(LOG);
        let log = File::options().create(true).append(true).open(&path).map_err(LocalError::file(&path))?;
        let errors = log.try_clone().map_err(LocalError::file(&path))?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", GUARD, "kafka"])
            .arg(&java.program)
            .args([
                "-Xms256m",
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                &java.classes,
            ])
            .arg(format!("-Dlog4j.configuration=file:{}", log_config(folder)?))
            .args(["kafka.Kafka"])
            .arg(folder.join(CONFIG))
            .stdin(Stdio::piped())
            .stdout(log)
            .stderr(errors);
        // Ctrl-C in the terminal is the runner's: it stops the server last.
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| LocalError::Kafka(error.to_string()))?;
        let life = child.stdin.take();
        Ok(Self { child, life })
    }

    /// How it ended, where it did.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Lets it close its files; what hasn't ended after `patience` is killed.
    pub(super) async fn stop(mut self, patience: Duration) {
        drop(self.life.take());
        let _ = tokio::time::timeout(patience, self.child.wait()).await;
    }
}

/// What was given up in the middle of a start, or of a stop, ends at once: its folder may be removed next.
impl Drop for Server {
    fn drop(&mut self) {
        if let Some(leader) = self.child.id() {
            // The guard leads a group of its own, with the server in it.
            let group = format!("-{leader}");
            let _ = std::process::Command::new("/bin/kill").args(["-KILL", "--", &group]).status();
        }
    }
}

fn log_config(folder: &Path) -> Result<String, LocalError> {
    let path = folder.join("log4j.properties");
    let text = "log4j.rootLogger=WARN, out\n\
                log4j.appender.out=org.apache.log4j.ConsoleAppender\n\
                log4j.appender.out.layout=org.apache.log4j.PatternLayout\n\
                log4j.appender.out.layout.ConversionPattern=%d %p %m (%c)%n\n";
    std::fs::write(&path, text).map_err(LocalError::file(&path))?;
    Ok(path.display().to_string())
}

/// Runs one of Kafka's commands to its end.
pub(super) async fn tool(java: &Java, class: &str, arguments: &[String]) -> Result<(), LocalError> {
    let output = Command::new(&java.program)
        .args(["-XX:TieredStopAtLevel=1", "-cp", &java.classes, class])
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| LocalError::Kafka(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    Err(LocalError::Kafka(format!("{class}: {}", end_of(&text))))
}

/// The end of the server's log, in one line.
pub(super) fn last_lines(folder: &Path) -> String {
    end_of(&std::fs::read(folder.join(LOG)).unwrap_or_default())
}

fn end_of(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.starts_with("SLF4J") && !line.starts_with("log4j")).collect();
    lines[lines.len().saturating_sub(5)..].join("; ")
}
