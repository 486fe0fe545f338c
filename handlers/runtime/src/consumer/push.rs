//! Sends to a customer's connections.

use aws_sdk_apigatewaymanagement::{
    Client, error::ProvideErrorMetadata, operation::post_to_connection::PostToConnectionError,
    primitives::Blob,
};

use futures_util::{FutureExt, future::BoxFuture};

use super::{EffectError, Pushed};
use crate::{aws::describe, backoff::Backoff, websocket::Connections};

/// A message is at most this long
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html>).
const MOST_BYTES: usize = 128 * 1024;

/// Posts to connections, and forgets those that are gone.
#[derive(Debug, Clone)]
pub struct Sockets {
    client: Client,
    connections: Connections,
}

/// What became of one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Post {
    /// The connection took it.
    Delivered,
    /// The connection is no more.
    Gone,
    /// There are too many messages for the moment: for API Gateway, or for a client that doesn't read.
    Busy,
    /// The message is too long.
    Refused,
}

impl Sockets {
    /// Posts through this client to the connections of that table.
    pub fn new(client: Client, connections: Connections) -> Self {
        Self { client, connections }
    }

    /// The ids of each customer's connections; no customer comes twice.
    pub fn connections_of<'a>(
        &'a self,
        customers: &'a [&'a str],
    ) -> BoxFuture<'a, Result<Vec<Vec<String>>, EffectError>> {
        async move { self.connections.of_all(customers).await.map_err(EffectError::Again) }.boxed()
    }

    /// Sends `text` to every connection of the customer: to `known`, or to those that the table has.
    ///
    /// What a connection never takes is left for its client to fetch when it resumes. A fault of API Gateway itself
    /// makes the record come again; whether a connection that is too busy does is for the engine to say.
    pub fn push<'a>(
        &'a self,
        customer_id: &'a str,
        text: &'a str,
        known: Option<&'a [String]>,
    ) -> BoxFuture<'a, Result<Pushed, EffectError>> {
        async move {
            let found = match known {
                Some(_) => vec![],
                None => self.connections.of(customer_id).await.map_err(EffectError::Again)?,
            };
            let ids = known.unwrap_or(&found);
            let mut pushed = Pushed::default();
            let mut failed = None;
            let posts = ids.iter().map(|id| self.post(customer_id, id, text));
            for outcome in futures_util::future::join_all(posts).await {
                match outcome {
                    Ok(Post::Delivered) => pushed.delivered += 1,
                    Ok(Post::Busy) => pushed.busy += 1,
                    Ok(Post::Refused) => pushed.undelivered += 1,
                    Ok(Post::Gone) => {}
                    Err(error) => failed = Some(error),
                }
            }
            failed.map_or(Ok(pushed), Err)
        }
        .boxed()
    }

    /// Posts to one connection, and forgets it at once if it is gone: later, its client may have come and resumed.
    async fn post(&self, customer_id: &str, id: &str, text: &str) -> Result<Post, EffectError> {
        let outcome = post(&self.client, id, text).await;
        if let Ok(Post::Gone) = outcome
            && let Err(error) = self.connections.remove(customer_id, id).await
        {
            // The next push finds it gone again.
            tracing::warn!(error, "a connection that is gone could not be removed");
        }
        outcome
    }
}

/// Posts to one connection; again after a while where there are too many messages, beyond what the SDK tries.
pub(crate) async fn post(client: &Client, id: &str, text: &str) -> Result<Post, EffectError> {
    if text.len() > MOST_BYTES {
        tracing::error!(bytes = text.len(), "the message is longer than API Gateway takes");
        return Ok(Post::Refused);
    }
    let mut backoff = Backoff::new();
    loop {
        let request = client.post_to_connection().connection_id(id).data(Blob::new(text));
        let Err(error) = request.send().await else {
            return Ok(Post::Delivered);
        };
        match error.as_service_error() {
            Some(PostToConnectionError::GoneException(_)) => return Ok(Post::Gone),
            Some(PostToConnectionError::LimitExceededException(_)) => {
                if !backoff.wait().await {
                    tracing::warn!(code = error.code(), "a connection takes no more messages for now");
                    return Ok(Post::Busy);
                }
            }
            Some(PostToConnectionError::PayloadTooLargeException(_)) => {
                tracing::warn!(code = error.code(), "a connection does not take its message");
                return Ok(Post::Refused);
            }
            // An id that API Gateway never gave out.
            Some(service) if service.code() == Some("BadRequestException") => return Ok(Post::Gone),
            _ => return Err(EffectError::Again(describe(&error))),
        }
    }
}
