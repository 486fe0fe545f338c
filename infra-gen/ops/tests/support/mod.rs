//! An endpoint of AWS's APIs that fails as it is told to, and the program as a user starts it.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Output},
    sync::{Arc, Mutex},
    thread,
};

/// What becomes of one request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// It is answered.
    Answer(u16, String),
    /// The connection is closed before the answer.
    Hang,
    /// The connection is closed in the middle of this answer.
    Cut(String),
}

/// Plays steps, one for each request, the last one for all that follow.
pub(crate) struct Endpoint {
    /// `http://127.0.0.1:12345`.
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    /// Listens until the test's process ends.
    pub(crate) fn play(steps: &[Step]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let seen = Arc::new(Mutex::new(vec![]));
        let (steps, requests) = (steps.to_vec(), Arc::clone(&seen));
        thread::spawn(move || {
            for stream in listener.incoming() {
                // That the program hangs up is its business; what it asked is in `requests`.
                drop(stream.and_then(|stream| one(stream, &steps, &requests)));
            }
        });
        Self { url, seen }
    }

    /// The bodies of the requests until now.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("nobody panicked").clone()
    }
}

/// One request on one connection.
fn one(mut stream: TcpStream, steps: &[Step], seen: &Mutex<Vec<String>>) -> io::Result<()> {
    let body = request(&mut stream)?;
    let step = {
        let mut seen = seen.lock().expect("nobody panicked");
        seen.push(body);
        &steps[(seen.len() - 1).min(steps.len() - 1)]
    };
    let (status, text, sent) = match step {
        Step::Hang => return Ok(()),
        Step::Answer(status, text) => (*status, text, text.len()),
        Step::Cut(text) => (200, text, text.len() / 2),
    };
    write!(stream, "HTTP/1.1 {status} .\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len())?;
    stream.write_all(&text.as_bytes()[..sent])
}

/// The body, which is never chunked.
fn request(stream: &mut TcpStream) -> io::Result<String> {
    let mut data = vec![];
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&data);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head
                .split_once("content-length: ")
                .map_or("0", |(_, rest)| rest.split("\r\n").next().unwrap_or_default());
            if body.len() >= length.parse().unwrap_or(0) {
                return Ok(body.to_owned());
            }
        }
        match stream.read(&mut part)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => data.extend_from_slice(&part[..length]),
        }
    }
}

/// An error as CloudFormation words it.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Step {
    Step::Answer(
        status,
        format!(
            "<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\">\
             <Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>d3b1f0a2-6c5e-4b0c-9a55-0f7d2c1c8b11</RequestId></ErrorResponse>"
        ),
    )
}

/// The program with these arguments and variables and no others.
pub(crate) fn ops(arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().expect("a folder can be made");
    Command::new(env!("CARGO_BIN_EXE_ops"))
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env_clear()
        // Neither this machine's credentials nor an instance's.
        .env("HOME", home.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied())
        .output()
        .expect("it runs")
}

/// What it told a person.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
