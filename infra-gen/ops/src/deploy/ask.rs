//! Questions to the person at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use crate::Problem;

/// Asks; whether the answer is one of `yes`.
///
/// # Errors
/// Nobody is there to answer: `otherwise` says which flag answers instead.
pub(crate) async fn confirm(question: &str, yes: &[&str], otherwise: &str) -> Result<bool, Problem> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Problem::refused("nobody is there to say yes: this is no terminal")
            .note("nothing was changed")
            .help(otherwise));
    }
    let mut stderr = io::stderr();
    drop(write!(stderr, "{question} "));
    drop(stderr.flush());
    let mut answer = String::new();
    let read = tokio::task::spawn_blocking(move || io::stdin().lock().read_line(&mut answer).map(|_| answer));
    let answer = read.await.map_err(io::Error::other).flatten();
    let answer = answer.map_err(|error| Problem::failed(format!("can't read the answer: {error}")))?;
    Ok(yes.contains(&answer.trim()))
}
