//! One function's sandboxes and the calls that wait for them.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::body::Bytes;
use model::Function;
use serde_json::json;
use tokio::{
    sync::{Notify, oneshot, watch},
    task::AbortHandle,
};

use super::{
    FunctionState, InvokeError, Outcome,
    process::{self, OwnLines},
    programs::Program,
};
use crate::{
    Deployment, Limits,
    bus::Bus,
    clock,
    deployment::{ACCOUNT, REGION},
    logs::Logs,
};

/// How long whoever asks for a call's log waits at a time for its last line.
const LOG_WAIT: Duration = Duration::from_millis(10);

/// Sandboxes that failed one after another before a new one waits a while.
const FAILURES: u32 = 3;

/// A call that waits for a sandbox.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) request_id: String,
    pub(super) payload: Bytes,
    pub(super) trace: Option<String>,
    pub(super) reply: oneshot::Sender<Outcome>,
}

/// What a sandbox is given.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) request_id: String,
    pub(super) deadline_ms: i64,
    pub(super) function_arn: String,
    pub(super) trace: Option<String>,
    pub(super) payload: Bytes,
}

/// How a call ended.
#[derive(Debug)]
pub(super) enum Finished {
    /// With an answer.
    Answer(Bytes),
    /// With the function's own error, as JSON.
    Error(Bytes),
}

impl Finished {
    /// An error that Lambda itself states.
    pub(super) fn failed(kind: &str, message: &str) -> Self {
        Self::Error(json!({ "errorType": kind, "errorMessage": message }).to_string().into())
    }
}

/// One function.
#[derive(Debug)]
pub(super) struct Pool {
    me: std::sync::Weak<Pool>,
    pub(super) name: String,
    pub(super) program: Program,
    pub(super) variables: BTreeMap<String, String>,
    pub(super) group: String,
    pub(super) logs: Logs,
    /// The Runtime API's address, up to the sandbox.
    pub(super) api: String,
    arn: String,
    timeout: Duration,
    memory_mib: u32,
    limits: Limits,
    bus: Bus,
    state: Mutex<State>,
    ready: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    next_id: u64,
    sandboxes: BTreeMap<u64, Sandbox>,
    /// The last used first, so that the others may rest.
    idle: Vec<u64>,
    waiting: VecDeque<Job>,
    reserved: Option<usize>,
    failures: u32,
    stopping: bool,
    invocations: u64,
    errors: u64,
    total: Duration,
    last_error: Option<String>,
}

#[derive(Debug)]
struct Sandbox {
    stream: Arc<str>,
    own: OwnLines,
    kill: Arc<Notify>,
    /// It asks for work.
    asking: Option<oneshot::Sender<Job>>,
    call: Option<Call>,
    /// It has asked for work once.
    started: Option<Duration>,
    born: Instant,
    init_error: Option<Bytes>,
    /// It took too long to ask, and was killed.
    late: bool,
    last_line: String,
}

#[derive(Debug)]
struct Call {
    request_id: String,
    reply: oneshot::Sender<Outcome>,
    began: Instant,
    timer: AbortHandle,
    init: Option<Duration>,
}

impl Pool {
    pub(super) fn new(
        deployment: &Deployment,
        function: &Function,
        program: Program,
        api: SocketAddr,
        limits: Limits,
        logs: Logs,
        bus: Bus,
    ) -> Arc<Self> {
        let name = deployment.function_name(function);
        let group = format!("/aws/lambda/{name}");
        logs.add_group(&group);
        let variables = environment(deployment, function, &name, &group);
        // With a scheme: the runtime's client takes a path in no other form.
        let api = format!("http://{api}/{name}");
        Arc::new_cyclic(|me| Self {
            me: me.clone(),
            program,
            variables,
            group,
            logs,
            api,
            arn: deployment.function_arn(&name),
            name,
            timeout: Duration::from_secs(function.timeout_seconds.into()),
            memory_mib: function.memory_mib,
            limits,
            bus,
            state: Mutex::default(),
            ready: watch::Sender::new(false),
        })
    }

    pub(super) fn warm(&self) {
        let mut state = self.lock();
        if state.sandboxes.is_empty() && !state.stopping {
            self.spawn(&mut state);
        }
    }

    pub(super) async fn ready(&self) {
        let mut ready = self.ready.subscribe();
        // The sender lives as long as the pool.
        let _ = ready.wait_for(|ready| *ready).await;
    }

    pub(super) fn reserved(&self) -> Option<usize> {
        self.lock().reserved
    }

    pub(super) fn reserve(&self, concurrency: Option<usize>) {
        self.lock().reserved = concurrency;
    }

    pub(super) fn state(&self, name: &str) -> FunctionState {
        let state = self.lock();
        FunctionState {
            name: name.to_owned(),
            sandboxes: state.sandboxes.len(),
            busy: state.waiting.len() + state.busy(),
            invocations: state.invocations,
            errors: state.errors,
            total_millis: u64::try_from(state.total.as_millis()).unwrap_or(u64::MAX),
            last_error: state.last_error.clone(),
        }
    }

    /// Gives the call to a sandbox, or makes it wait for one.
    pub(super) fn submit(&self, mut job: Job) -> Result<(), InvokeError> {
        let mut state = self.lock();
        if state.stopping {
            return Err(InvokeError::Stopping);
        }
        if state.reserved.is_some_and(|most| state.busy() + state.waiting.len() >= most) {
            return Err(InvokeError::Throttled);
        }
        while let Some(id) = state.idle.pop() {
            let Some(asking) = state.sandboxes.get_mut(&id).and_then(|sandbox| sandbox.asking.take()) else {
                continue;
            };
            match asking.send(job) {
                Ok(()) => return Ok(()),
                // It died while it waited.
                Err(back) => job = back,
            }
        }
        state.waiting.push_back(job);
        let starting = state
            .sandboxes
            .values()
            .filter(|sandbox| sandbox.started.is_none() && sandbox.call.is_none())
            .count();
        if starting < state.waiting.len() && state.sandboxes.len() < self.limits.sandboxes {
            self.spawn(&mut state);
        }
        Ok(())
    }

    /// The next call for a sandbox; `None` when the sandbox isn't known.
    pub(super) async fn next(&self, id: u64) -> Option<Work> {
        let asked = {
            let mut state = self.lock();
            let State { sandboxes, waiting, idle, failures, .. } = &mut *state;
            let sandbox = sandboxes.get_mut(&id)?;
            sandbox.started.get_or_insert_with(|| sandbox.born.elapsed());
            *failures = 0;
            self.ready.send_replace(true);
            if let Some(job) = waiting.pop_front() {
                return Some(self.begin(sandbox, id, job));
            }
            let (asking, asked) = oneshot::channel();
            sandbox.asking = Some(asking);
            idle.push(id);
            asked
        };
        let job = asked.await.ok()?;
        let mut state = self.lock();
        if let Some(sandbox) = state.sandboxes.get_mut(&id) {
            Some(self.begin(sandbox, id, job))
        } else {
            state.waiting.push_front(job);
            self.spawn(&mut state);
            None
        }
    }

    fn begin(&self, sandbox: &mut Sandbox, id: u64, job: Job) -> Work {
        let Job { request_id, payload, trace, reply } = job;
        let start = vec![format!("START RequestId: {request_id} Version: $LATEST")];
        if let Err(start) = sandbox.own.after_the_last(start) {
            self.write_all(&sandbox.stream, start);
        }
        let deadline = clock::millis() + i64::try_from(self.timeout.as_millis()).unwrap_or(i64::MAX / 2);
        let (me, timeout, late) = (self.me.clone(), self.timeout, request_id.clone());
        let timer = tokio::spawn(async move {
            tokio::time::sleep(timeout).await;
            if let Some(pool) = me.upgrade() {
                pool.timed_out(id, &late);
            }
        });
        // Only the first call of a sandbox reports its start.
        let init = if sandbox.call.is_none() { sandbox.started.replace(Duration::ZERO) } else { None };
        sandbox.call = Some(Call {
            request_id: request_id.clone(),
            reply,
            began: Instant::now(),
            timer: timer.abort_handle(),
            init: init.filter(|init| !init.is_zero()),
        });
        Work { request_id, deadline_ms: deadline, function_arn: self.arn.clone(), trace, payload }
    }

    /// Ends the call that a sandbox works on; `false` when it works on no such call.
    pub(super) fn finish(&self, id: u64, request_id: Option<&str>, finished: Finished) -> bool {
        let mut state = self.lock();
        let Some(sandbox) = state.sandboxes.get_mut(&id) else { return false };
        let matches =
            sandbox.call.as_ref().is_some_and(|call| request_id.is_none_or(|id| call.request_id == id));
        let Some(call) = sandbox.call.take_if(|_| matches) else { return false };
        call.timer.abort();
        let (stream, own) = (Arc::clone(&sandbox.stream), sandbox.own.clone());
        let took = call.began.elapsed();
        let (payload, error) = match finished {
            Finished::Answer(payload) => (payload, None),
            Finished::Error(payload) => (payload, Some("Unhandled".to_owned())),
        };
        state.invocations += 1;
        state.total += took;
        let Call { request_id, reply, init, .. } = call;
        let outcome = Outcome { request_id, payload, error, took };
        if !outcome.is_ok() {
            state.errors += 1;
            state.last_error = Some(outcome.error_line());
        }
        drop(state);
        let report = self.report(&outcome, init);
        let end = format!("END RequestId: {}", outcome.request_id);
        if let Err(lines) = own.after_what_is_written(vec![end, report]) {
            self.write_all(&stream, lines);
        }
        // Whoever asked may have gone.
        let _ = reply.send(outcome);
        true
    }

    fn report(&self, outcome: &Outcome, init: Option<Duration>) -> String {
        let millis = outcome.took.as_secs_f64() * 1000.0;
        let billed = millis.ceil();
        let mut report = format!(
            "REPORT RequestId: {}\tDuration: {millis:.2} ms\tBilled Duration: {billed:.0} ms\tMemory Size: {} MB",
            outcome.request_id, self.memory_mib
        );
        if let Some(init) = init {
            report = format!("{report}\tInit Duration: {:.2} ms", init.as_secs_f64() * 1000.0);
        }
        report
    }

    fn timed_out(&self, id: u64, request_id: &str) {
        let message = format!(
            "{} {request_id} Task timed out after {:.2} seconds",
            clock::iso(clock::millis()),
            self.timeout.as_secs_f64()
        );
        let (kill, stream) = {
            let state = self.lock();
            let Some(sandbox) = state.sandboxes.get(&id) else { return };
            if sandbox.call.as_ref().is_none_or(|call| call.request_id != request_id) {
                return;
            }
            (Arc::clone(&sandbox.kill), Arc::clone(&sandbox.stream))
        };
        self.logs.write(&self.group, &stream, message.clone());
        kill.notify_one();
        self.finish(id, Some(request_id), Finished::failed("Sandbox.Timedout", &message));
    }

    /// Lines of Lambda itself.
    pub(super) fn write_all(&self, stream: &Arc<str>, lines: Vec<String>) {
        for line in lines {
            self.logs.write(&self.group, stream, line);
        }
    }

    /// A line of a sandbox's output.
    pub(super) fn output(&self, id: u64, stream: &Arc<str>, line: &str) {
        self.logs.write(&self.group, stream, line.to_owned());
        let mut state = self.lock();
        let Some(sandbox) = state.sandboxes.get_mut(&id) else { return };
        if sandbox.started.is_none() {
            line.clone_into(&mut sandbox.last_line);
        }
    }

    /// The lines of a call that has ended, in one text.
    pub(super) async fn log(&self, request_id: &str) -> String {
        let report = format!("REPORT RequestId: {request_id}\t");
        let start = format!("START RequestId: {request_id} ");
        // They are dropped where others follow by the thousand.
        for _ in 0..100 {
            let lines = self.logs.events(&self.group, |_| true).unwrap_or_default();
            if let Some(last) = lines.iter().rposition(|line| line.message.starts_with(&report)) {
                let own = lines[..=last].iter().filter(|line| line.stream == lines[last].stream);
                let mut own: Vec<&str> = own.map(|line| line.message.as_str()).collect();
                own.drain(..own.iter().rposition(|line| line.starts_with(&start)).unwrap_or(0));
                return own.join("\n");
            }
            tokio::time::sleep(LOG_WAIT).await;
        }
        String::new()
    }

    pub(super) fn init_failed(&self, id: u64, error: Bytes) {
        if let Some(sandbox) = self.lock().sandboxes.get_mut(&id) {
            sandbox.init_error = Some(error);
        }
    }

    /// A sandbox's process is no more.
    pub(super) fn exited(&self, id: u64, how: &str) {
        let mut message = format!("Runtime exited with error: {how}");
        self.finish(id, None, Finished::failed("Runtime.ExitError", &message));
        let mut state = self.lock();
        let Some(sandbox) = state.sandboxes.remove(&id) else { return };
        if sandbox.late {
            message =
                format!("it did not ask for its first event within {} s", self.limits.init.as_secs_f64());
        }
        state.idle.retain(|idle| *idle != id);
        if state.stopping {
            return;
        }
        let never_worked = sandbox.started.is_none();
        self.logs.write(&self.group, &sandbox.stream, format!("{how}; the sandbox is gone"));
        if never_worked {
            state.failures += 1;
            let error = sandbox.init_error.unwrap_or_else(|| {
                json!({ "errorType": "Runtime.ExitError", "errorMessage": message }).to_string().into()
            });
            state.last_error = Some(String::from_utf8_lossy(&error).into_owned());
            self.bus.notice(format!("{} can't start: {message}: {}", self.name, sandbox.last_line));
            // Nobody waits for something that can't start; the other sandboxes take what waits.
            while state.sandboxes.is_empty()
                && let Some(job) = state.waiting.pop_front()
            {
                state.invocations += 1;
                state.errors += 1;
                let _ = job.reply.send(Outcome {
                    request_id: job.request_id,
                    payload: error.clone(),
                    error: Some("Unhandled".into()),
                    took: Duration::ZERO,
                });
            }
            self.ready.send_replace(true);
        } else {
            self.bus.notice(format!("{}: {message}; it is started again", self.name));
        }
        let none_is_left = state.sandboxes.is_empty() && state.failures < FAILURES;
        if none_is_left || (!state.waiting.is_empty() && !never_worked) {
            self.spawn(&mut state);
        }
    }

    fn spawn(&self, state: &mut State) {
        let Some(me) = self.me.upgrade() else { return };
        state.next_id += 1;
        let id = state.next_id;
        let sandbox: String = uuid::Uuid::new_v4().simple().to_string();
        let stream: Arc<str> =
            format!("{}/[$LATEST]{sandbox}", clock::written(clock::millis(), "%Y/%m/%d")).into();
        let kill = Arc::new(Notify::new());
        let (own, waiting) = OwnLines::new();
        state.sandboxes.insert(
            id,
            Sandbox {
                stream: Arc::clone(&stream),
                own,
                kill: Arc::clone(&kill),
                asking: None,
                call: None,
                started: None,
                born: Instant::now(),
                init_error: None,
                late: false,
                last_line: String::new(),
            },
        );
        tokio::spawn(process::run(me, id, stream, Arc::clone(&kill), waiting));
        let (me, init) = (self.me.clone(), self.limits.init);
        tokio::spawn(async move {
            tokio::time::sleep(init).await;
            let Some(pool) = me.upgrade() else { return };
            if let Some(sandbox) =
                pool.lock().sandboxes.get_mut(&id).filter(|sandbox| sandbox.started.is_none())
            {
                sandbox.late = true;
                kill.notify_one();
            }
        });
    }

    pub(super) async fn stop(&self) {
        let kills: Vec<_> = {
            let mut state = self.lock();
            state.stopping = true;
            state.waiting.clear();
            state.sandboxes.values().map(|sandbox| Arc::clone(&sandbox.kill)).collect()
        };
        for kill in kills {
            kill.notify_one();
        }
        while !self.lock().sandboxes.is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn busy(&self) -> usize {
        self.sandboxes.values().filter(|sandbox| sandbox.call.is_some()).count()
    }
}

/// What Lambda and the model tell the program, and nothing of this machine's own environment.
fn environment(
    deployment: &Deployment,
    function: &Function,
    name: &str,
    group: &str,
) -> BTreeMap<String, String> {
    let aws = deployment.aws_endpoint();
    let own = [
        ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mib.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".into()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".into()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", group.to_owned()),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON".into()),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO".into()),
        ("AWS_REGION", REGION.into()),
        ("AWS_DEFAULT_REGION", REGION.into()),
        ("AWS_ACCOUNT_ID", ACCOUNT.into()),
        ("AWS_ACCESS_KEY_ID", "local".into()),
        ("AWS_SECRET_ACCESS_KEY", "local".into()),
        ("AWS_SESSION_TOKEN", "local".into()),
        ("AWS_ENDPOINT_URL", aws.clone()),
        ("AWS_ENDPOINT_URL_DYNAMODB", aws.clone()),
        ("AWS_ENDPOINT_URL_SNS", aws.clone()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws),
        ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", deployment.management_endpoint()),
        ("_HANDLER", "bootstrap".into()),
        ("LANG", "en_US.UTF-8".into()),
        ("TZ", ":UTC".into()),
        ("PATH", "/usr/local/bin:/usr/bin:/bin".into()),
    ];
    let mut variables: BTreeMap<String, String> =
        own.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    variables.extend(deployment.variables(function));
    variables
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, path::Path};

    use model::{Model, Role};
    use tempfile::TempDir;

    use super::*;
    use crate::{Endpoints, bus::Stage, secrets::Secrets};

    const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

    fn model() -> Model {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../topics.yaml");
        manifest::read_file(&path).expect("the manifest is good")
    }

    /// A pool whose sandboxes run this script; its `$0` is a file that tells it what to do. The test itself asks for
    /// work, as their programs would.
    fn pool(script: &str, timeout_seconds: u32) -> (Arc<Pool>, Bus, TempDir) {
        limited(script, timeout_seconds, Limits::default())
    }

    fn limited(script: &str, timeout_seconds: u32, limits: Limits) -> (Arc<Pool>, Bus, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let order = folder.path().join("order").display().to_string();
        let model = model();
        let secrets = Secrets::open(&model, None).expect("they are made");
        let mut function = model.function(&Role::Authorizer).clone();
        function.timeout_seconds = timeout_seconds;
        let endpoints = Endpoints {
            http: NOWHERE,
            websocket: NOWHERE,
            aws: NOWHERE,
            dynamodb: String::new(),
            brokers: String::new(),
            broker_variables: vec![],
        };
        let environment = model.environments[0].clone();
        let deployment = Deployment { model, environment, endpoints, secrets };
        let program = Program { path: "/bin/sh".into(), arguments: vec!["-c".into(), script.into(), order] };
        let bus = Bus::default();
        let pool = Pool::new(&deployment, &function, program, NOWHERE, limits, Logs::default(), bus.clone());
        (pool, bus, folder)
    }

    fn order(folder: &TempDir) {
        std::fs::write(folder.path().join("order"), "").expect("the folder is there");
    }

    fn submit(pool: &Pool, request_id: &str) -> oneshot::Receiver<Outcome> {
        let (reply, answer) = oneshot::channel();
        let job = Job { request_id: request_id.into(), payload: Bytes::new(), trace: None, reply };
        pool.submit(job).expect("it takes calls");
        answer
    }

    async fn failure(answer: oneshot::Receiver<Outcome>) -> String {
        let outcome = answer.await.expect("it is answered");
        assert_eq!(outcome.error.as_deref(), Some("Unhandled"));
        outcome.error_line()
    }

    /// Until the runner says something with this in it.
    async fn notice(bus: &Bus, text: &str) {
        let (past, mut present) = bus.watch(0);
        let is_it = |happening: &crate::bus::Happening| {
            happening.stage == Stage::Notice
                && happening.detail.as_deref().is_some_and(|detail| detail.contains(text))
        };
        if past.iter().any(|happening| is_it(happening)) {
            return;
        }
        while !is_it(&present.recv().await.expect("the bus lives")) {}
    }

    /// Runs until it is told to end; the order is for one.
    const OBEYS: &str = r#"while [ ! -e "$0" ]; do sleep 0.01; done; rm "$0"; echo "no, thanks"; exit 3"#;

    #[tokio::test]
    async fn a_sandbox_that_fails_to_start_takes_nothing_from_those_that_work() {
        // The first one starts, and no other.
        let (pool, bus, folder) = pool(r#"mkdir "$0" || exit 1; exec sleep 1000"#, 60);
        let first = submit(&pool, "first");
        let work = pool.next(1).await.expect("it is known");
        assert_eq!(work.request_id, "first");
        while !folder.path().join("order").exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let second = submit(&pool, "second");
        notice(&bus, "can't start").await;
        assert_eq!(pool.state("").busy, 2, "the second waits on");
        assert!(pool.finish(1, Some("first"), Finished::Answer(Bytes::from_static(b"1"))));
        let work = pool.next(1).await.expect("it is known");
        assert_eq!(work.request_id, "second");
        assert!(pool.finish(1, Some("second"), Finished::Answer(Bytes::from_static(b"2"))));
        assert_eq!(first.await.expect("it is answered").payload, "1");
        assert_eq!(second.await.expect("it is answered").payload, "2");
        pool.stop().await;
    }

    #[tokio::test]
    async fn where_no_sandbox_can_start_nobody_waits() {
        let (pool, bus, _folder) = pool("echo broken; exit 1", 60);
        let answer = submit(&pool, "first");
        assert_eq!(failure(answer).await, "Runtime.ExitError: Runtime exited with error: exit status: 1");
        notice(&bus, "broken").await;
        pool.stop().await;
    }

    #[tokio::test]
    async fn a_program_that_never_asks_for_work_is_told_as_such() {
        let limits = Limits { init: Duration::from_millis(50), ..Limits::default() };
        let (pool, bus, _folder) = limited("exec sleep 1000", 60, limits);
        let answer = submit(&pool, "first");
        let why = "it did not ask for its first event within 0.05 s";
        assert_eq!(failure(answer).await, format!("Runtime.ExitError: {why}"));
        notice(&bus, why).await;
        pool.stop().await;
    }

    #[tokio::test]
    async fn a_program_that_says_why_it_cannot_start_is_quoted() {
        let (pool, _, folder) = pool(OBEYS, 60);
        let answer = submit(&pool, "first");
        let error = json!({ "errorType": "NoTopic", "errorMessage": "KAFKA_TOPIC is missing" });
        pool.init_failed(1, error.to_string().into());
        order(&folder);
        assert_eq!(failure(answer).await, "NoTopic: KAFKA_TOPIC is missing");
        pool.stop().await;
    }

    #[tokio::test]
    async fn a_crash_fails_its_call_and_another_sandbox_takes_the_next() {
        let (pool, bus, folder) = pool(OBEYS, 60);
        let answer = submit(&pool, "first");
        pool.next(1).await.expect("it is known");
        order(&folder);
        let outcome = answer.await.expect("it is answered");
        assert_eq!(outcome.error_line(), "Runtime.ExitError: Runtime exited with error: exit status: 3");
        let log = pool.log("first").await;
        let lines: Vec<&str> = log.lines().collect();
        assert!(
            matches!(lines[..], [start, "no, thanks", .., "END RequestId: first", report]
                if start.starts_with("START RequestId: first ")
                    && report.starts_with("REPORT RequestId: first\t")),
            "{log}"
        );
        notice(&bus, "it is started again").await;
        let next = submit(&pool, "second");
        pool.next(2).await.expect("it is known");
        assert!(pool.finish(2, Some("second"), Finished::Answer(Bytes::new())));
        assert!(next.await.expect("it is answered").is_ok());
        pool.stop().await;
    }

    #[tokio::test]
    async fn a_call_beyond_its_time_fails_and_its_sandbox_is_gone() {
        let (pool, bus, _folder) = pool("exec sleep 1000", 0);
        let answer = submit(&pool, "first");
        pool.next(1).await.expect("it is known");
        let error = failure(answer).await;
        assert!(
            error.starts_with("Sandbox.Timedout: ") && error.ends_with("Task timed out after 0.00 seconds"),
            "{error}"
        );
        notice(&bus, "signal: 9").await;
        assert!(!pool.finish(1, Some("first"), Finished::Answer(Bytes::new())), "the answer comes too late");
        pool.stop().await;
    }
}
