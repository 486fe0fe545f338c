//! A mail server that takes one message and keeps it: the few words of SMTP (RFC 5321) that a client waits for.

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

/// What a client said, line by line, in one session; the listener is on loopback.
pub async fn receive(listener: &TcpListener) -> Vec<String> {
    let (stream, _) = listener.accept().await.expect("a client comes");
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let (mut said, mut in_data) = (vec![], false);
    write.write_all(b"220 test\r\n").await.expect("it listens");
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match (in_data, line.as_str()) {
            (true, ".") => {
                in_data = false;
                "250 kept"
            }
            (true, _) => "",
            (false, "DATA") => {
                in_data = true;
                "354 go on"
            }
            (false, "QUIT") => "221 bye",
            (false, _) => "250 fine",
        };
        let is_last = answer.starts_with("221");
        said.push(line);
        if !answer.is_empty() {
            write.write_all(format!("{answer}\r\n").as_bytes()).await.expect("it listens");
        }
        if is_last || said.last().is_some_and(|line| line == ".") {
            break;
        }
    }
    said
}
