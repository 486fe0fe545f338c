//! `$disconnect`: forgets the connection. API Gateway tells of an end when it can, not always; the table's
//! expiry and the next push take care of the rest.

use serde_json::Value;

use super::{Connections, WebSocketEvent, status};
use crate::{Answer, Aws, Error, Fault, Function, Invocation, Settings, log, serve};

/// Runs `$disconnect` in Lambda.
pub async fn run() -> Result<(), Error> {
    let settings = Settings::from_process();
    log::start(&settings);
    serve(Disconnect::new(&settings)?).await
}

/// `$disconnect`.
#[derive(Debug, Clone)]
pub struct Disconnect {
    connections: Connections,
}

impl Disconnect {
    /// With the table that `settings` name.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        Ok(Self { connections: Connections::new(Aws::new(settings)?.dynamodb(), settings)? })
    }

    async fn handle(&self, event: WebSocketEvent) -> Result<Value, Fault> {
        if let Some(customer_id) = event.customer_id() {
            let id = &event.request_context.connection_id;
            self.connections.remove(customer_id, id).await.map_err(Fault::Failed)?;
        }
        Ok(status(200))
    }
}

impl Function for Disconnect {
    fn call(&self, event: Value, _: Invocation) -> Answer<'_> {
        Box::pin(async move {
            let event =
                serde_json::from_value(event).map_err(|_| Fault::NotMyEvent("a WebSocket connection"))?;
            self.handle(event).await
        })
    }
}
