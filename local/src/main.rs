//! The local run's command line.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use local::{
    Banner, BrokerChoice, ExternalBroker, LocalError, Options, Ports, Run,
    aws::Delivery,
    bus::{Happening, Stage},
};
use serde_json::json;
use tokio::{
    runtime::Builder,
    signal::unix::{Signal, SignalKind, signal},
};

/// Of the processor time under load, a sixth would be the system's allocator's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The whole pipeline on one machine: no cloud account, no Docker.
#[derive(Debug, Parser)]
#[command(name = "local", version, after_help = LocalError::EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs everything until Ctrl-C.
    Dev(Box<Dev>),
    /// Sends a steady load through everything, and tells how long each part of it takes.
    Bench(Box<Bench>),
    /// Runs one function, as `dev` does for each of them; it asks `AWS_LAMBDA_RUNTIME_API` for its events.
    #[command(hide = true)]
    Function {
        /// Its name in the manifest.
        name: String,
    },
    /// Is the embedded broker of `dev` and `bench`, which tell it what to do.
    #[command(hide = true)]
    Broker,
}

/// A broker that is started here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// librdkafka's own, in memory.
    Embedded,
    /// A real Apache Kafka, which needs Java.
    Kafka,
    /// A variable that is set to nothing is not set.
    #[value(name = "", hide = true)]
    NotSaid,
}

fn started_here(kind: Option<Kind>) -> BrokerChoice {
    match kind {
        Some(Kind::Kafka) => BrokerChoice::Kafka,
        Some(Kind::Embedded | Kind::NotSaid) | None => BrokerChoice::Embedded,
    }
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
struct Dev {
    /// Environment of the manifest whose names and settings are used.
    #[arg(long, env = "ENV", default_value = "dev")]
    env: String,
    /// The manifest.
    #[arg(long, default_value = "topics.yaml")]
    manifest: PathBuf,
    /// Folder with the functions' own programs, as they are deployed [default: this program is all of them].
    #[arg(long)]
    functions: Option<PathBuf>,
    /// Keep tables and secrets in this folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Empty the data folder first.
    #[arg(long, requires = "data")]
    fresh: bool,
    /// Port of the HTTP API and the page [default: 4080, or a free one].
    #[arg(long)]
    http_port: Option<u16>,
    /// Port of the WebSocket API [default: 4081, or a free one].
    #[arg(long)]
    websocket_port: Option<u16>,
    /// Port of the AWS APIs [default: 4566, or a free one].
    #[arg(long)]
    aws_port: Option<u16>,
    /// Port of DynamoDB [default: 4082, or a free one].
    #[arg(long, conflicts_with = "dynamodb")]
    dynamodb_port: Option<u16>,
    /// Port of a real Kafka [default: a free one].
    #[arg(long)]
    kafka_port: Option<u16>,
    /// The broker [default: embedded].
    #[arg(long, env = "BROKER", value_enum)]
    broker: Option<Kind>,
    /// Use a Kafka cluster that runs already: `host:port,...`
    #[arg(long, env = "KAFKA_BROKERS", value_name = "SERVERS")]
    brokers: Option<String>,
    /// SCRAM-SHA-512 user there; plaintext without.
    #[arg(long, env = "KAFKA_USERNAME", requires = "kafka_password")]
    kafka_user: Option<String>,
    /// Its password.
    #[arg(long, env = "KAFKA_PASSWORD", hide_env_values = true, requires = "kafka_user")]
    kafka_password: Option<String>,
    /// PEM file with the certificate authority there.
    #[arg(long, env = "KAFKA_CA_FILE", requires = "kafka_user")]
    kafka_ca: Option<PathBuf>,
    /// Use a DynamoDB that runs already, at an http:// URL: one that doesn't check signatures, such as DynamoDB Local.
    #[arg(long, env = "AWS_ENDPOINT_URL_DYNAMODB", value_name = "URL")]
    dynamodb: Option<String>,
    /// Deliver notifications as well: post all to an http:// URL, or mail those for mail addresses through
    /// smtp://host:port.
    #[arg(long, value_name = "URL")]
    deliver: Option<Delivery>,
    /// Don't limit requests per second.
    #[arg(long)]
    no_throttle: bool,
    /// Don't open the page.
    #[arg(long)]
    no_open: bool,
    /// Print one JSON object a line: first the addresses, then everything that happens.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let ended = match Cli::parse().command {
        Command::Dev(dev) => on(Builder::new_multi_thread(), run(*dev)),
        Command::Bench(bench) => on(Builder::new_multi_thread(), measure(*bench)),
        // Its own program has one thread as well.
        Command::Function { name } => on(Builder::new_current_thread(), async move {
            local::functions::run(&name).await.map_err(LocalError::Function)
        }),
        Command::Broker => local::broker::serve(),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&format!("error: {error}"));
            error.exit_code().into()
        }
    }
}

fn on(mut builder: Builder, work: impl Future<Output = Result<(), LocalError>>) -> Result<(), LocalError> {
    let threads = |source| LocalError::File { path: "threads".into(), source };
    let runtime = builder.enable_all().build().map_err(threads)?;
    let ended = runtime.block_on(work);
    // A Kafka client that waits for brokers that are gone must not keep the program alive.
    runtime.shutdown_timeout(Duration::from_secs(2));
    ended
}

async fn run(dev: Dev) -> Result<(), LocalError> {
    let start = Instant::now();
    let (json, open) = (dev.json, !dev.no_open && !dev.json);
    let options = dev.options()?;
    // Before anything is started, so that nothing is left behind when it is stopped at once.
    let mut quit = Quit::new()?;
    let run = tokio::select! {
        run = Run::start(&options) => run?,
        () = quit.asked() => return Ok(()),
    };
    let examples = options.manifest.parent().unwrap_or(Path::new("")).join("generated/fixtures");
    let banner = Banner {
        examples: &examples,
        deployment: run.deployment(),
        embedded_broker: run.is_embedded(),
        client_files: run.client_files(),
        memory_tables: options.data.is_none() && options.dynamodb.is_none(),
        ready_millis: start.elapsed().as_millis(),
    };
    if json {
        say(&json!({ "ready": banner.json() }).to_string());
    } else {
        say(&banner.to_string());
    }
    if open {
        open_page(&format!("http://{}/", run.deployment().endpoints.http));
    }
    // What went wrong on the way up as well.
    let (past, mut happenings) = run.bus().watch(0);
    let tell = |happening: &Happening| {
        if json {
            say(&serde_json::to_string(happening).unwrap_or_default());
        } else if happening.stage == Stage::Notice {
            say_error(&format!("note: {}", happening.detail.as_deref().unwrap_or_default()));
        }
    };
    for happening in &past {
        tell(happening);
    }
    loop {
        tokio::select! {
            () = quit.asked() => break,
            // An error says that some were missed.
            happening = happenings.recv() => if let Ok(happening) = happening {
                tell(&happening);
            },
        }
    }
    if !json {
        say_error("stopping: what is under way is finished first; Ctrl-C again to stop at once");
    }
    tokio::select! {
        () = run.stop() => {}
        () = quit.asked() => {}
    }
    Ok(())
}

#[derive(Debug, Args)]
struct Bench {
    /// The broker [default: embedded].
    #[arg(long, env = "BROKER", value_enum)]
    broker: Option<Kind>,
    /// Events a second.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// How long they are sent.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// The manifest.
    #[arg(long, default_value = "topics.yaml")]
    manifest: PathBuf,
}

async fn measure(bench: Bench) -> Result<(), LocalError> {
    let options = Options {
        manifest: bench.manifest,
        program: own_program()?,
        broker: started_here(bench.broker),
        ports: Ports { http: Some(0), websocket: Some(0), aws: Some(0), dynamodb: Some(0), kafka: None },
        throttle: false,
        ..Options::default()
    };
    let plan = local::bench::Plan { rate: bench.rate, lasting: Duration::from_secs(bench.seconds) };
    let mut quit = Quit::new()?;
    let report = local::bench::run(&options, plan, async move { quit.asked().await }).await?;
    say(report.to_string().trim_end());
    match (report.refused(), report.lost()) {
        (0, 0) => Ok(()),
        (0, lost) => {
            Err(LocalError::Bench(format!("{lost} acknowledged events did not arrive within a minute")))
        }
        (refused, _) => Err(LocalError::Bench(format!("{refused} requests were refused, or not answered"))),
    }
}

fn own_program() -> Result<PathBuf, LocalError> {
    std::env::current_exe().map_err(|source| LocalError::File { path: "local".into(), source })
}

impl Dev {
    fn options(self) -> Result<Options, LocalError> {
        // A variable that is set to nothing is not set.
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let broker = match given(self.brokers) {
            Some(_) if self.broker.is_some_and(|kind| kind != Kind::NotSaid) => {
                let both = "--broker (or BROKER) starts a broker, and --brokers (or KAFKA_BROKERS) names one that runs: give one";
                return Err(LocalError::Options(both.into()));
            }
            Some(servers) => BrokerChoice::External(ExternalBroker {
                servers,
                user: given(self.kafka_user).zip(given(self.kafka_password)),
                ca: self.kafka_ca,
            }),
            None => started_here(self.broker),
        };
        Ok(Options {
            program: own_program()?,
            manifest: self.manifest,
            environment: given(Some(self.env)).unwrap_or_else(|| "dev".into()),
            functions: self.functions,
            data: self.data,
            fresh: self.fresh,
            ports: Ports {
                http: self.http_port,
                websocket: self.websocket_port,
                aws: self.aws_port,
                dynamodb: self.dynamodb_port,
                kafka: self.kafka_port,
            },
            broker,
            dynamodb: given(self.dynamodb),
            throttle: !self.no_throttle,
            deliver: self.deliver,
            ..Options::default()
        })
    }
}

/// Ctrl-C, SIGTERM, and the terminal's end.
struct Quit([Signal; 3]);

impl Quit {
    fn new() -> Result<Self, LocalError> {
        let failed = |source: io::Error| LocalError::File { path: "signals".into(), source };
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let [interrupt, terminate, hangup] = kinds.map(|kind| signal(kind).map_err(failed));
        Ok(Self([interrupt?, terminate?, hangup?]))
    }

    /// Returns each time that one of them comes.
    async fn asked(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

fn open_page(url: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    // A machine without a browser has the address in the banner.
    let _ = std::process::Command::new(program)
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
}

fn say(line: &str) {
    // Nothing can be done about an output that is gone.
    let _ = writeln!(io::stdout().lock(), "{line}");
}

fn say_error(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
