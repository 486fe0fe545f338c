//! Sends to a customer's connections.

use aws_sdk_apigatewaymanagement::{
    Client, error::ProvideErrorMetadata, operation::post_to_connection::PostToConnectionError,
    primitives::Blob,
};

use futures_util::{FutureExt, future::BoxFuture};

use super::{EffectError, Pushed};
use crate::{aws::describe, websocket::Connections};

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
    /// The client doesn't read, or may not have so much.
    Refused,
}

impl Sockets {
    /// Posts through this client to the connections of that table.
    pub fn new(client: Client, connections: Connections) -> Self {
        Self { client, connections }
    }

    /// Sends `text` to every connection of the customer.
    ///
    /// A slow client must not hold up other customers: what its connection doesn't take is left for it to
    /// fetch when it resumes. Only a fault of API Gateway itself makes the record come again.
    pub fn push<'a>(
        &'a self,
        customer_id: &'a str,
        text: &'a str,
    ) -> BoxFuture<'a, Result<Pushed, EffectError>> {
        async move {
            let ids = self.connections.of(customer_id).await.map_err(EffectError::Again)?;
            let mut pushed = Pushed::default();
            let mut failed = None;
            let posts = ids.iter().map(|id| async move { (id, post(&self.client, id, text).await) });
            for (id, outcome) in futures_util::future::join_all(posts).await {
                match outcome {
                    Ok(Post::Delivered) => pushed.delivered += 1,
                    Ok(Post::Refused) => pushed.undelivered += 1,
                    Ok(Post::Gone) => {
                        if let Err(error) = self.connections.remove(customer_id, id).await {
                            // The next push finds it gone again.
                            tracing::warn!(error, "a connection that is gone could not be removed");
                        }
                    }
                    Err(error) => failed = Some(error),
                }
            }
            failed.map_or(Ok(pushed), Err)
        }
        .boxed()
    }
}

/// Posts to one connection. The SDK has tried again already where API Gateway was too busy.
pub(crate) async fn post(client: &Client, id: &str, text: &str) -> Result<Post, EffectError> {
    if text.len() > MOST_BYTES {
        tracing::error!(bytes = text.len(), "the message is longer than API Gateway takes");
        return Ok(Post::Refused);
    }
    let request = client.post_to_connection().connection_id(id).data(Blob::new(text));
    let Err(error) = request.send().await else {
        return Ok(Post::Delivered);
    };
    match error.as_service_error() {
        Some(PostToConnectionError::GoneException(_)) => Ok(Post::Gone),
        Some(
            PostToConnectionError::LimitExceededException(_)
            | PostToConnectionError::PayloadTooLargeException(_),
        ) => {
            tracing::warn!(code = error.code(), "a connection does not take its message");
            Ok(Post::Refused)
        }
        // An id that API Gateway never gave out.
        Some(service) if service.code() == Some("BadRequestException") => Ok(Post::Gone),
        _ => Err(EffectError::Again(describe(&error))),
    }
}
