//! Lambda: calling functions and looking at them.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::StatusCode,
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use model::{Consumer, Function, Network, Role, Topic};
use serde_json::{Value, json};

use super::{
    Aws, Request,
    reply::{self, Fault},
};
use crate::{
    clock,
    deployment::{ACCOUNT, arn},
    functions::{InvokeError, MOST_PAYLOAD},
};

/// Bytes of log that an invocation's answer carries.
const TAIL: usize = 4 * 1024;

pub(super) async fn call(aws: &Arc<Aws>, rest: &[&str], date: &str, request: &Request) -> Response {
    match (request.method.as_str(), rest) {
        ("POST", [name, "invocations"]) => match invoke(aws, name, request).await {
            Ok(response) => response,
            Err(fault) => reply::rest(Err(fault)),
        },
        ("GET", [name, "concurrency"]) => reply::rest(find(aws, name).map(|function| {
            let name = aws.deployment.function_name(function);
            match aws.functions.reserved(&name) {
                Some(number) => json!({ "ReservedConcurrentExecutions": number }),
                None => json!({}),
            }
        })),
        ("PUT", [name, "concurrency"]) => reply::rest(reserve(aws, name, request)),
        ("DELETE", [name, "concurrency"]) => reply::rest(set_reserve(aws, name, None).map(|()| Value::Null)),
        ("GET", []) => {
            let functions = aws.deployment.model.functions.iter();
            let list: Vec<Value> = functions.map(|function| configuration(aws, function)).collect();
            reply::rest(Ok(json!({ "Functions": list })))
        }
        ("GET", [name]) => reply::rest(find(aws, name).map(|function| {
            json!({
                "Configuration": configuration(aws, function),
                "Code": { "RepositoryType": "local", "Location": "" },
            })
        })),
        ("GET", [name, "configuration"]) => {
            reply::rest(find(aws, name).map(|function| configuration(aws, function)))
        }
        (method, _) => {
            reply::rest(Err(Fault::missing(&format!("lambda {method} {} ({date})", request.uri.path()))))
        }
    }
}

async fn invoke(aws: &Arc<Aws>, name: &str, request: &Request) -> Result<Response, Fault> {
    let function = find(aws, name)?;
    if function.role == Role::BootstrapBrokers {
        let message =
            "CloudFormation alone calls this function; the local run sees to topics and users itself";
        return Err(Fault::new(400, "InvalidRequestContentException", message));
    }
    let name = aws.deployment.function_name(function);
    if let Some(version) = request.query().get("Qualifier").filter(|version| *version != "$LATEST") {
        let arn = aws.deployment.function_arn(&name);
        return Err(Fault::not_found(format!("Function not found: {arn}:{version}")));
    }
    if request.body.len() > MOST_PAYLOAD {
        let message = format!(
            "{} byte payload is too large for the RequestResponse invocation type",
            request.body.len()
        );
        return Err(Fault::new(413, "RequestTooLargeException", message));
    }
    let payload = if request.body.is_empty() { "{}".into() } else { request.body.clone() };
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(&payload) {
        let message = format!("Could not parse request body into json: {error}");
        return Err(Fault::new(400, "InvalidRequestContentException", message));
    }
    match request.header("x-amz-invocation-type") {
        Some("DryRun") => return Ok(empty(StatusCode::NO_CONTENT)),
        Some("Event") => {
            let aws = Arc::clone(aws);
            tokio::spawn(async move { later(&aws, &name, payload).await });
            return Ok(empty(StatusCode::ACCEPTED));
        }
        None | Some("RequestResponse") => {}
        Some(other) => {
            let message = format!("{other} is no invocation type: RequestResponse, Event or DryRun");
            return Err(Fault::new(400, "InvalidParameterValueException", message));
        }
    }
    let outcome = aws.functions.invoke(&name, payload).await.map_err(|error| fault(&error))?;
    let mut response = Response::builder()
        .header("content-type", "application/json")
        .header("x-amzn-requestid", &outcome.request_id)
        .header("x-amz-executed-version", "$LATEST");
    if let Some(error) = &outcome.error {
        response = response.header("x-amz-function-error", error);
    }
    if request.header("x-amz-log-type") == Some("Tail") {
        let log = aws.functions.log(&name, &outcome.request_id).await;
        let from = log.len().saturating_sub(TAIL);
        response = response.header("x-amz-log-result", STANDARD.encode(&log.as_bytes()[from..]));
    }
    Ok(response.body(Body::from(outcome.payload)).unwrap_or_default())
}

/// Calls a function for nobody who waits: twice more where it fails, and without end while it is throttled
/// (<https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>; there a retry waits a minute or
/// two, and six hours are the end).
async fn later(aws: &Aws, name: &str, payload: Bytes) {
    let mut attempts = 3;
    while attempts > 0 {
        match aws.functions.invoke(name, payload.clone()).await {
            Err(InvokeError::Throttled) => tokio::time::sleep(Duration::from_secs(1)).await,
            Ok(outcome) if !outcome.is_ok() => attempts -= 1,
            _ => return,
        }
    }
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

fn find<'a>(aws: &'a Aws, name: &str) -> Result<&'a Function, Fault> {
    aws.deployment.function(name).ok_or_else(|| {
        let arn = aws.deployment.function_arn(name);
        Fault::not_found(format!("Function not found: {arn}"))
    })
}

fn reserve(aws: &Aws, name: &str, request: &Request) -> Result<Value, Fault> {
    let asked = request.json()?["ReservedConcurrentExecutions"].as_u64();
    let number = asked.and_then(|number| usize::try_from(number).ok());
    let number = number.ok_or_else(|| Fault::invalid("ReservedConcurrentExecutions is missing"))?;
    set_reserve(aws, name, Some(number))?;
    Ok(json!({ "ReservedConcurrentExecutions": number }))
}

fn set_reserve(aws: &Aws, name: &str, number: Option<usize>) -> Result<(), Fault> {
    let name = aws.deployment.function_name(find(aws, name)?);
    aws.functions.reserve(&name, number).map_err(|error| fault(&error))
}

fn fault(error: &InvokeError) -> Fault {
    match error {
        InvokeError::NotFound(_) => Fault::not_found(error.to_string()),
        InvokeError::Throttled => Fault::new(429, "TooManyRequestsException", error.to_string()),
        InvokeError::Stopping => Fault::new(500, "ServiceException", error.to_string()),
    }
}

fn configuration(aws: &Aws, function: &Function) -> Value {
    let deployment = &aws.deployment;
    let name = deployment.function_name(function);
    let mut configuration = json!({
        "FunctionName": name,
        "FunctionArn": deployment.function_arn(&name),
        "Runtime": "provided.al2023",
        "Role": format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
        "Handler": "bootstrap",
        "CodeSize": 0,
        "Description": function.description,
        "Timeout": function.timeout_seconds,
        "MemorySize": function.memory_mib,
        "LastModified": clock::written(aws.started, "%Y-%m-%dT%H:%M:%S%.3f+0000"),
        "Version": "$LATEST",
        "Environment": { "Variables": deployment.variables(function) },
        "TracingConfig": { "Mode": "Active" },
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": [deployment.model.architecture.as_str()],
        "LoggingConfig": { "LogFormat": "JSON", "LogGroup": format!("/aws/lambda/{name}") },
    });
    if function.network == Network::Vpc {
        configuration["VpcConfig"] = json!({
            "VpcId": "vpc-local",
            "SubnetIds": ["subnet-local"],
            "SecurityGroupIds": ["sg-local"],
            "Ipv6AllowedForDualStack": false,
        });
    }
    configuration
}

/// The event source mappings, as `list-event-source-mappings` has them; those of one function where one is asked for.
pub(super) fn mappings(aws: &Aws, request: &Request) -> Result<Value, Fault> {
    let asked = match request.query().get("FunctionName") {
        Some(name) => Some(find(aws, name)?),
        None => None,
    };
    let consumers = aws.deployment.model.topics.iter().filter_map(|topic| consumer(aws, topic));
    let mappings: Vec<Value> = consumers
        .filter(|(_, _, function)| asked.is_none_or(|asked| asked.name == function.name))
        .map(|(topic, consumer, function)| configured(aws, topic, consumer, function))
        .collect();
    Ok(json!({ "EventSourceMappings": mappings }))
}

/// One of them by its UUID, as `get-event-source-mapping` has it.
pub(super) fn mapping(aws: &Aws, id: &str) -> Result<Value, Fault> {
    let mut consumers = aws.deployment.model.topics.iter().filter_map(|topic| consumer(aws, topic));
    let found = consumers.find(|(topic, ..)| crate::mapping::id(&topic.name.name) == id);
    let (topic, consumer, function) =
        found.ok_or_else(|| Fault::not_found(format!("The resource you requested does not exist: {id}")))?;
    Ok(configured(aws, topic, consumer, function))
}

fn consumer<'a>(aws: &'a Aws, topic: &'a Topic) -> Option<(&'a Topic, &'a Consumer, &'a Function)> {
    let consumer = topic.consumer.as_ref()?;
    let function = aws.deployment.model.function(&Role::Consumer(topic.name.name.clone()));
    Some((topic, consumer, function))
}

fn configured(aws: &Aws, topic: &Topic, consumer: &Consumer, function: &Function) -> Value {
    let deployment = &aws.deployment;
    let id = crate::mapping::id(&topic.name.name);
    json!({
        "UUID": id,
        "EventSourceMappingArn": arn("lambda", &format!("event-source-mapping:{id}")),
        "State": "Enabled",
        "EventSourceArn": deployment.cluster_arn(),
        "FunctionArn": deployment.function_arn(&deployment.function_name(function)),
        "Topics": [topic.name.name],
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": consumer.batch.size,
        "MaximumBatchingWindowInSeconds": consumer.batch.window_ms / 1000,
        "BisectBatchOnFunctionError": consumer.retry.bisect,
        "MaximumRetryAttempts": consumer.retry.attempts,
        "MaximumRecordAgeInSeconds": consumer.retry.max_age_seconds.map_or(-1, i64::from),
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "AmazonManagedKafkaEventSourceConfig": { "ConsumerGroupId": consumer.group },
        "DestinationConfig": {
            "OnFailure": { "Destination": format!("kafka://{}", deployment.model.cluster.dead_letter_topic) },
        },
    })
}
