//! One sandbox's process.

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::Command,
    sync::{Notify, mpsc},
};

use super::pool::Pool;

/// Longest line of a log event (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>).
const MOST_LINE: usize = 1024 * 1024;

/// Lambda's own lines of a sandbox's log, which stand between those of the program.
///
/// What the program wrote before it answered is in the pipe when the answer is here: who reads the pipe reads that first,
/// and then writes the lines that end the call.
#[derive(Debug, Clone)]
pub(super) struct OwnLines {
    sender: mpsc::UnboundedSender<Vec<String>>,
    waiting: Arc<AtomicUsize>,
}

impl OwnLines {
    /// The lines that wait are for [`run`].
    pub(super) fn new() -> (Self, Waiting) {
        let (sender, lines) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        (Self { sender, waiting: Arc::clone(&waiting) }, Waiting { lines, count: waiting })
    }

    /// To be written once all is read that the program has written by now.
    ///
    /// # Errors
    /// The lines, when nobody reads any more.
    pub(super) fn after_what_is_written(&self, lines: Vec<String>) -> Result<(), Vec<String>> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        self.sender.send(lines).map_err(|lines| lines.0)
    }

    /// To be written once those are that were given before.
    ///
    /// # Errors
    /// The lines, when there are none before them.
    pub(super) fn after_the_last(&self, lines: Vec<String>) -> Result<(), Vec<String>> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return Err(lines);
        }
        self.after_what_is_written(lines)
    }
}

/// Lines that wait until all is read that the program has written.
#[derive(Debug)]
pub(super) struct Waiting {
    lines: mpsc::UnboundedReceiver<Vec<String>>,
    count: Arc<AtomicUsize>,
}

/// Runs the program until it ends or is killed.
///
/// It has a process group of its own, so that Ctrl-C in the terminal reaches the runner alone, which then drains.
/// Should the runner itself be killed hard, the program's next request to the Runtime API fails, and it ends.
pub(super) async fn run(pool: Arc<Pool>, id: u64, stream: Arc<str>, kill: Arc<Notify>, waiting: Waiting) {
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
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            pool.exited(id, &format!("the program can't be started: {error}"));
            return;
        }
    };
    let out = child.stdout.take().map(|out| read(&pool, id, &stream, out, waiting));
    let err = child.stderr.take().map(|err| read(&pool, id, &stream, err, OwnLines::new().1));
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

/// Makes log lines of what the program writes, and of what waits for that.
fn read(
    pool: &Arc<Pool>,
    id: u64,
    stream: &Arc<str>,
    from: impl AsyncRead + Unpin + Send + 'static,
    Waiting { mut lines, count }: Waiting,
) -> tokio::task::JoinHandle<()> {
    let (pool, stream) = (Arc::clone(pool), Arc::clone(stream));
    tokio::spawn(async move {
        let mut written = BufReader::new(from).split(b'\n');
        let own = |lines: Vec<String>| {
            pool.write_all(&stream, lines);
            count.fetch_sub(1, Ordering::AcqRel);
        };
        loop {
            tokio::select! {
                biased;
                line = written.next_segment() => match line {
                    Ok(Some(mut line)) => {
                        line.truncate(MOST_LINE);
                        pool.output(id, &stream, String::from_utf8_lossy(&line).trim_end());
                    }
                    Ok(None) | Err(_) => break,
                },
                Some(lines) = lines.recv() => own(lines),
            }
        }
        // From here on they are written by whoever has them.
        lines.close();
        while let Some(lines) = lines.recv().await {
            own(lines);
        }
    })
}
