//! `$connect`: remembers the connection.

use contract::Timestamp;
use serde_json::Value;

use super::{Connections, WebSocketEvent, status};
use crate::{Answer, Aws, Error, Fault, Function, Invocation, Settings, log, serve};

/// Runs `$connect` in Lambda.
pub async fn run() -> Result<(), Error> {
    let settings = Settings::from_process();
    log::start(&settings);
    serve(Connect::new(&settings)?).await
}

/// `$connect`.
#[derive(Debug, Clone)]
pub struct Connect {
    connections: Connections,
}

impl Connect {
    /// With the table that `settings` name.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        Ok(Self { connections: Connections::new(Aws::new(settings)?.dynamodb(), settings)? })
    }

    async fn handle(&self, event: WebSocketEvent) -> Result<Value, Fault> {
        // Only the authorizer says who it is. The query string is the caller's own word.
        let Some(customer_id) = event.customer_id() else {
            tracing::warn!("a connection came without a customer; is the authorizer on $connect?");
            return Ok(status(401));
        };
        let id = &event.request_context.connection_id;
        match self.connections.add(customer_id, id, Timestamp::now()).await {
            Ok(()) => Ok(status(200)),
            // API Gateway then refuses the connection, and the client tries again.
            Err(reason) => Err(Fault::Failed(reason)),
        }
    }
}

impl Function for Connect {
    fn call(&self, event: Value, _: Invocation) -> Answer<'_> {
        Box::pin(async move {
            let event =
                serde_json::from_value(event).map_err(|_| Fault::NotMyEvent("a WebSocket connection"))?;
            self.handle(event).await
        })
    }
}
