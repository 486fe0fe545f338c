//! One sandbox's process.

use std::{process::Stdio, sync::Arc};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::Command,
    sync::Notify,
};

use super::pool::Pool;

/// Longest line of a log event (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>).
const MOST_LINE: usize = 1024 * 1024;

/// Runs the program until it ends or is killed.
///
/// It has a process group of its own, so that Ctrl-C in the terminal reaches the runner alone, which then drains.
/// Should the runner itself be killed hard, the program's next request to the Runtime API fails, and it ends.
pub(super) async fn run(pool: Arc<Pool>, id: u64, stream: Arc<str>, kill: Arc<Notify>) {
    let mut command = Command::new(&pool.program.path);
    command
        .args(&pool.program.arguments)
        .env_clear()
        .envs(&pool.variables)
        .env("AWS_LAMBDA_RUNTIME_API", format!("{}/{id}", pool.api))
        .env("AWS_LAMBDA_LOG_STREAM_NAME", stream.as_ref())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    // librdkafka's broker lets its connections be inherited. A program that has one keeps it open when the broker goes
    // down, and the clients at its other end wait in vain.
    close_fds::set_fds_cloexec(3, &[]);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            pool.exited(id, &format!("the program can't be started: {error}"));
            return;
        }
    };
    let out = child.stdout.take().map(|out| read(&pool, id, &stream, out));
    let err = child.stderr.take().map(|err| read(&pool, id, &stream, err));
    let ended = tokio::select! {
        ended = child.wait() => ended,
        () = kill.notified() => {
            // It may have ended by itself meanwhile.
            let _ = child.start_kill();
            child.wait().await
        }
    };
    for reader in [out, err].into_iter().flatten() {
        let _ = reader.await;
    }
    let how = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
    pool.exited(id, &how);
}

/// Makes log lines of what the program writes.
fn read(
    pool: &Arc<Pool>,
    id: u64,
    stream: &Arc<str>,
    from: impl AsyncRead + Unpin + Send + 'static,
) -> tokio::task::JoinHandle<()> {
    let (pool, stream) = (Arc::clone(pool), Arc::clone(stream));
    tokio::spawn(async move {
        let mut reader = BufReader::new(from);
        let mut line = Vec::new();
        loop {
            line.clear();
            match reader.read_until(b'\n', &mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            line.truncate(MOST_LINE);
            pool.output(id, &stream, String::from_utf8_lossy(&line).trim_end());
        }
    })
}
