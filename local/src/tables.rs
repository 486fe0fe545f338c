//! DynamoDB: the embedded one with the model's tables, or another that speaks its API.

use std::{path::Path, time::Duration};

use dynoxide::Database;
use serde_json::json;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{Deployment, LocalError, aws::Upstream, private};

/// The embedded database's server and its sweeper.
#[derive(Debug)]
pub(crate) struct Embedded {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Embedded {
    /// Serves a database in memory or in the folder.
    pub(crate) fn start(
        listener: TcpListener,
        folder: Option<&Path>,
        sweep: Duration,
    ) -> Result<Self, LocalError> {
        let failed = |error: dynoxide::DynoxideError| LocalError::Tables(error.to_string());
        let database = match folder {
            None => Database::memory().map_err(failed)?,
            Some(folder) => {
                let path = folder.join("tables.sqlite");
                // SQLite gives its other files the same permissions.
                private::open(&path)?;
                Database::new(&path.display().to_string()).map_err(failed)?
            }
        };
        let (stop, stopping) = watch::channel(false);
        let until = |mut stopping: watch::Receiver<bool>| async move {
            let _ = stopping.wait_for(|stop| *stop).await;
        };
        let serve =
            dynoxide::server::serve_with_shutdown(listener, database.clone(), until(stopping.clone()));
        let server = tokio::spawn(async move {
            let _ = serve.await;
        });
        let sweeper = tokio::spawn(async move {
            let stop = until(stopping);
            tokio::pin!(stop);
            loop {
                tokio::select! {
                    () = &mut stop => return,
                    () = tokio::time::sleep(sweep) => {}
                }
                let database = database.clone();
                // It holds SQLite's lock page by page.
                let _ = tokio::task::spawn_blocking(move || database.sweep_ttl()).await;
            }
        });
        Ok(Self { stop, tasks: vec![server, sweeper] })
    }

    pub(crate) async fn stop(self, patience: Duration) {
        self.stop.send_replace(true);
        for task in self.tasks {
            let abort = task.abort_handle();
            if tokio::time::timeout(patience, task).await.is_err() {
                abort.abort();
            }
        }
    }
}

/// Makes the model's tables where they aren't there.
pub(crate) async fn create(deployment: &Deployment, tables: &Upstream) -> Result<(), LocalError> {
    for table in &deployment.model.tables {
        let name = deployment.table_name(table);
        if tables.call("DescribeTable", &json!({ "TableName": name })).await.is_ok() {
            continue;
        }
        let failed = LocalError::Tables;
        tables.call("CreateTable", &table.create_request(&name)).await.map_err(failed)?;
        if let Some(ttl) = &table.ttl {
            let asked = json!({
                "TableName": name,
                "TimeToLiveSpecification": { "Enabled": true, "AttributeName": ttl.attribute },
            });
            wait_until_active(tables, &name).await?;
            tables.call("UpdateTimeToLive", &asked).await.map_err(failed)?;
        }
    }
    for table in &deployment.model.tables {
        wait_until_active(tables, &deployment.table_name(table)).await?;
    }
    Ok(())
}

async fn wait_until_active(tables: &Upstream, name: &str) -> Result<(), LocalError> {
    // A table is made within milliseconds here, and within seconds elsewhere.
    for _ in 0..600 {
        let told =
            tables.call("DescribeTable", &json!({ "TableName": name })).await.map_err(LocalError::Tables)?;
        if told["Table"]["TableStatus"] == "ACTIVE" {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(LocalError::Tables(format!("table {name} does not become ACTIVE")))
}
