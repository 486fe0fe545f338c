//! Passes DynamoDB's traffic on, and notes when transactions were answered.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::Error;

/// The header that a transaction's request has.
const TRANSACTION: &[u8] = b"TransactWriteItems";

/// When transactions were answered.
pub(crate) type Commits = Arc<Mutex<Vec<Instant>>>;

/// Listens in front of `behind`.
pub(crate) async fn start(behind: SocketAddr, commits: Commits) -> Result<SocketAddr, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(Error::io("listen"))?;
    let address = listener.local_addr().map_err(Error::io("listen"))?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, behind, commits.clone()));
        }
    });
    Ok(address)
}

async fn pass(mut client: TcpStream, behind: SocketAddr, commits: Commits) {
    let Ok(mut server) = TcpStream::connect(behind).await else { return };
    // Small requests must not wait for more.
    if client.set_nodelay(true).is_err() || server.set_nodelay(true).is_err() {
        return;
    }
    let is_transaction = AtomicBool::new(false);
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let requests = copy(&mut from_client, &mut to_server, |chunk| {
        if chunk.windows(TRANSACTION.len()).any(|bytes| bytes == TRANSACTION) {
            is_transaction.store(true, Ordering::Release);
        }
    });
    let answers = copy(&mut from_server, &mut to_client, |_| {
        if is_transaction.swap(false, Ordering::AcqRel) {
            commits.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        }
    });
    tokio::select! { () = requests => {}, () = answers => {} }
}

/// Passes bytes on until either side ends.
async fn copy(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    mut look: impl FnMut(&[u8]),
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer).await {
            Ok(length) if length > 0 => {
                look(&buffer[..length]);
                if to.write_all(&buffer[..length]).await.is_err() {
                    return;
                }
            }
            _ => return,
        }
    }
}
