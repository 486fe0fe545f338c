//! Starts everything in the order in which each part needs the others, and stops it in the opposite one.

use std::{
    fs::{File, TryLockError},
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::Router;
use futures_util::{FutureExt, future::BoxFuture};
use model::Secret;
use rdkafka::{ClientConfig, producer::FutureProducer};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    Deployment, Endpoints, LocalError, Options,
    aws::{self, Aws, Channels, Flow, Upstream},
    broker::Broker,
    bus::Bus,
    clock,
    console::{self, Console},
    edge::{self, Edge},
    functions::{Functions, Programs},
    logs::Logs,
    mapping::Mappings,
    offsets::{self, Places},
    options::{BrokerChoice, Limits},
    private,
    secrets::Secrets,
    tables, tap,
};

/// Ports that are tried first where none is given, so that addresses stay the same from run to run.
const USUAL: Ports = Ports { http: 4080, websocket: 4081, aws: 4566, dynamodb: 4082 };

struct Ports {
    http: u16,
    websocket: u16,
    aws: u16,
    dynamodb: u16,
}

/// A local run that is up.
pub struct Run {
    deployment: Arc<Deployment>,
    broker: Arc<Broker>,
    functions: Arc<Functions>,
    edge: Arc<Edge>,
    mappings: Mappings,
    tables: Option<tables::Embedded>,
    bus: Bus,
    limits: Limits,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    /// Of the data folder; let go with the run.
    _lock: Option<File>,
}

impl Run {
    /// Starts everything; returns when it is ready for requests.
    ///
    /// Boxed, so that it is compiled once in this crate and not in each program and test that calls it.
    pub fn start(options: &Options) -> BoxFuture<'_, Result<Self, LocalError>> {
        Self::start_all(options).boxed()
    }

    async fn start_all(options: &Options) -> Result<Self, LocalError> {
        let model = manifest::read_file(&options.manifest)
            .map_err(|error| LocalError::Manifest(error.with_outcome("nothing was started").to_string()))?;
        let environment = model.environment(&options.environment).cloned().ok_or_else(|| {
            let known: Vec<&str> =
                model.environments.iter().map(|environment| environment.name.as_str()).collect();
            LocalError::Environment { name: options.environment.clone(), known: known.join(", ") }
        })?;
        let data = options.data.as_deref();
        let lock = data.map(|folder| prepare(folder, options.fresh)).transpose()?;
        let secrets = Secrets::open(&model, data)?;
        if let BrokerChoice::External(external) = &options.broker
            && let Some((user, password)) = &external.user
        {
            secrets.set_credentials(user, password);
        }
        let ports = &options.ports;
        let http = listen("the HTTP API", "--http-port", ports.http, USUAL.http).await?;
        let websocket =
            listen("the WebSocket API", "--websocket-port", ports.websocket, USUAL.websocket).await?;
        let aws_api = listen("the AWS APIs", "--aws-port", ports.aws, USUAL.aws).await?;
        let runtime_api = listen("the Lambda Runtime API", "", Some(0), 0).await?;
        let bus = Bus::default();
        let (stop, stopping) = watch::channel(false);

        let (tables, tables_url) = if let Some(url) = &options.dynamodb {
            (None, url.clone())
        } else {
            let listener = listen("DynamoDB", "--dynamodb-port", ports.dynamodb, USUAL.dynamodb).await?;
            let url = format!("http://{}", address(&listener)?);
            (Some(tables::Embedded::start(listener, data, options.limits.sweep)?), url)
        };
        let upstream = Upstream::new(&tables_url).map_err(LocalError::Options)?;
        let broker = Arc::new(Broker::start(options, &model, &environment, &secrets).await?);
        let endpoints = Endpoints {
            http: address(&http)?,
            websocket: address(&websocket)?,
            aws: address(&aws_api)?,
            dynamodb: tables_url,
            brokers: broker.servers().to_owned(),
            broker_variables: broker.variables(),
        };
        let deployment = Arc::new(Deployment { model, environment, endpoints, secrets });
        tables::create(&deployment, &upstream).await.map_err(|error| match (&options.dynamodb, error) {
            (Some(url), LocalError::Tables(reason)) => LocalError::Tables(format!(
                "{reason}; --dynamodb or AWS_ENDPOINT_URL_DYNAMODB names the DynamoDB at {url}"
            )),
            (_, error) => error,
        })?;

        let logs = Logs::default();
        let functions = Functions::new(
            &deployment,
            &Programs::of(options),
            address(&runtime_api)?,
            &options.limits,
            &logs,
            &bus,
        )?;
        let channels =
            Channels::new(&deployment.model, &deployment.environment, options.deliver.as_ref(), &bus);
        let aws = Arc::new(Aws {
            deployment: Arc::clone(&deployment),
            functions: Arc::clone(&functions),
            logs,
            channels,
            tables: upstream,
            bus: bus.clone(),
            flow: OnceLock::new(),
            started: clock::millis(),
        });
        let edge = Edge::new(&deployment, &functions, &options.limits, options.throttle, &bus);
        // The functions need these until what is under way is done; then the tasks are aborted.
        let mut tasks = vec![
            serve(runtime_api, functions.router(), std::future::pending()),
            serve(aws_api, aws::router(Arc::clone(&aws)), std::future::pending()),
            serve(websocket, edge::websocket::router(Arc::clone(&edge)), std::future::pending()),
        ];
        functions.warm();

        let consumer = broker.client(&deployment.secrets, Secret::ConsumerCredentials);
        let observer = broker.observer(&deployment.secrets);
        let embedded = broker.is_embedded();
        let failed =
            |reason: String| LocalError::Broker { servers: deployment.endpoints.brokers.clone(), reason };
        // Asked before the mappings change it.
        let places = if embedded {
            Places::new(&deployment.model)
        } else {
            Places::ask(&deployment.model, observer.clone(), consumer.clone()).await.map_err(failed)?
        };
        let mappings =
            Mappings::start(&deployment, &functions, &consumer, &places, embedded, &options.limits, &bus)?;
        let (topics, task) =
            tap::start(&observer, embedded, &places, mappings.progress(), &bus, stopping.clone())
                .map_err(failed)?;
        tasks.push(task);
        // A key's partition is the one that the functions choose.
        let producer: FutureProducer = observer
            .clone()
            .set("partitioner", "murmur2_random")
            // Somebody waits for the answer.
            .set("message.timeout.ms", "5000")
            .create()
            .map_err(|error| failed(error.to_string()))?;
        let flow = Flow { topics, progress: mappings.progress() };
        // Set here alone, so it is not set already.
        let _ = aws.flow.set(flow.clone());
        let console = Arc::new(Console {
            run: uuid::Uuid::new_v4().simple().to_string(),
            aws,
            edge: Arc::clone(&edge),
            broker: Arc::clone(&broker),
            flow,
            producer,
            stopping: stopping.clone(),
        });
        tasks.push(tokio::spawn(supervise(Arc::clone(&broker), bus.clone(), stopping.clone())));
        let api = Router::new().fallback(edge::http::handle).with_state(Arc::clone(&edge));
        tasks.push(serve(http, console::router(console).merge(api), until(&stopping)));
        functions.ready().await;
        Ok(Self {
            deployment,
            broker,
            functions,
            edge,
            mappings,
            tables,
            bus,
            limits: options.limits.clone(),
            stop,
            tasks,
            _lock: lock,
        })
    }

    /// The model with its addresses.
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// The pipeline as it happens.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// The broker is librdkafka's own, and forgets.
    pub fn is_embedded(&self) -> bool {
        self.broker.is_embedded()
    }

    /// The configuration of a client that may see every topic.
    pub(crate) fn observer(&self) -> ClientConfig {
        self.broker.observer(&self.deployment.secrets)
    }

    /// Where people find how to reach the broker: for Kafka's own commands, and for kcat.
    pub fn client_files(&self) -> Option<[std::path::PathBuf; 2]> {
        self.broker.client_files()
    }

    /// Takes no more requests, finishes what is under way, and ends every process.
    pub fn stop(self) -> BoxFuture<'static, ()> {
        self.stop_all().boxed()
    }

    async fn stop_all(self) {
        let patience = self.limits.drain;
        self.stop.send_replace(true);
        self.drain(patience).await;
        self.mappings.stop(patience).await;
        self.edge.connections.close_all();
        // `$disconnect` of the connections that were just closed.
        let gone = async {
            while self.edge.connections.len() > 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let _ = tokio::time::timeout(patience.min(Duration::from_secs(2)), gone).await;
        self.functions.stop().await;
        if let Some(tables) = self.tables {
            tables.stop(Duration::from_secs(1)).await;
        }
        for task in self.tasks {
            task.abort();
        }
        // Time for a real Kafka to close its files.
        self.broker.stop(patience.max(Duration::from_secs(30))).await;
    }

    /// Waits until no call is under way and every record is done: the embedded broker forgets what isn't. A real one
    /// keeps it for the next run.
    async fn drain(&self, patience: Duration) {
        let idle = async || {
            while self.functions.state().iter().any(|function| function.busy > 0) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let done = async {
            idle().await;
            if !self.broker.is_embedded() {
                return;
            }
            let progress = self.mappings.progress();
            let ends = self.ends().await;
            let is_done = |(topic, partition, end): &(String, i32, i64)| {
                let committed = progress.get(topic).map(|progress| progress.numbers().committed);
                committed.is_none_or(|committed| committed.get(partition).copied().unwrap_or(0) >= *end)
            };
            while !ends.iter().all(is_done) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            idle().await;
        };
        let _ = tokio::time::timeout(patience, done).await;
    }

    async fn ends(&self) -> Vec<(String, i32, i64)> {
        let observer = self.observer();
        let topics = self.deployment.model.topics.iter();
        let partitions: Vec<(String, u32)> =
            topics.map(|topic| (topic.name.name.clone(), topic.partitions)).collect();
        tokio::task::spawn_blocking(move || offsets::ends(&observer, &partitions)).await.unwrap_or_default()
    }
}

/// Starts a broker of ours again when it dies.
async fn supervise(broker: Arc<Broker>, bus: Bus, stopping: watch::Receiver<bool>) {
    while !*stopping.borrow() {
        match broker.revive().await {
            Ok(None) => {}
            Ok(Some(how)) => {
                bus.notice(format!("Kafka ended by itself ({how}); it was started again with its data"));
            }
            Err(error) => bus.notice(format!("Kafka ended by itself, and can't be started again: {error}")),
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Makes the folder and takes it for this run, so that no other works on the same files, or empties them.
fn prepare(folder: &std::path::Path, fresh: bool) -> Result<File, LocalError> {
    // Its tables hold personal data, so nobody else looks in.
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(LocalError::file(folder))?;
    let path = folder.join("lock");
    let lock = private::open(&path)?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => LocalError::DataInUse(folder.to_owned()),
        TryLockError::Error(error) => LocalError::file(path)(error),
    })?;
    if fresh {
        // Only what a local run has written; the folder may hold other things.
        for name in ["tables.sqlite", "tables.sqlite-wal", "tables.sqlite-shm", "secrets.json", "kafka"] {
            let path = folder.join(name);
            let removed =
                if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            match removed {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(LocalError::file(path)(error));
                }
                _ => {}
            }
        }
    }
    Ok(lock)
}

async fn listen(
    what: &'static str,
    flag: &'static str,
    given: Option<u16>,
    usual: u16,
) -> Result<TcpListener, LocalError> {
    let bind = |port: u16| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let failed = |port: u16, source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => LocalError::PortInUse { port, what, flag },
        _ => LocalError::Listen { what, address: (Ipv4Addr::LOCALHOST, port).into(), source },
    };
    match given {
        Some(port) => bind(port).await.map_err(|error| failed(port, error)),
        None => match bind(usual).await {
            Ok(listener) => Ok(listener),
            Err(_) => bind(0).await.map_err(|error| failed(0, error)),
        },
    }
}

fn address(listener: &TcpListener) -> Result<SocketAddr, LocalError> {
    listener.local_addr().map_err(|source| LocalError::Listen {
        what: "a listener",
        address: (Ipv4Addr::LOCALHOST, 0).into(),
        source,
    })
}

fn until(stopping: &watch::Receiver<bool>) -> impl Future<Output = ()> + Send + 'static {
    let mut stopping = stopping.clone();
    async move {
        let _ = stopping.wait_for(|stop| *stop).await;
    }
}

fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> JoinHandle<()> {
    use axum::serve::ListenerExt;
    let listener = listener.tap_io(|stream| {
        // Small answers must not wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let _ = axum::serve(listener, service).with_graceful_shutdown(stop).await;
    })
}
