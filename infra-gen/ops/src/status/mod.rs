//! `ops status`: is it deployed, where are its endpoints, and is it well?

mod parts;

use aws_sdk_cloudformation::types::{Stack, StackStatus};
use serde_json::{Map, Value, json};

use crate::{
    Exit, Problem,
    aws::{Aws, Fault, Told as _},
    console::{BAD, Console, GOOD, styled},
    target::Target,
    text,
};
use parts::Part;
pub(crate) use parts::{is_trouble, mapping};

/// The root stack's output with the cluster's ARN.
const CLUSTER: &str = "KafkaClusterArn";

/// Tells the stacks' states and outputs, the functions, the mappings, and the alarms that are on.
pub(crate) async fn run(
    target: &Target,
    aws: &Aws,
    json: bool,
    console: &mut Console,
) -> Result<Exit, Problem> {
    let name = target.stack_name();
    let stack = root(target, aws).await?;
    let state = stack.stack_status().map_or("", |status| status.as_str());
    let outputs = outputs(&stack);
    let (nested, functions, mappings, alarms) = tokio::try_join!(
        parts::nested(aws, &name),
        parts::functions(target, aws),
        parts::mappings(target, aws),
        parts::alarms(target, aws)
    )?;
    let is_well = is_complete(state)
        && alarms.is_empty()
        && [&nested, &functions, &mappings].iter().all(|parts| parts.iter().all(|part| part.is_well));
    if json {
        let list = |parts: &[Part]| -> Value { parts.iter().map(Part::json).collect() };
        let outputs: Map<_, _> = outputs.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        let status = json!({
            "stack": name,
            "region": aws.region(),
            "status": state,
            "well": is_well,
            "outputs": outputs,
            "nested": list(&nested),
            "functions": list(&functions),
            "mappings": list(&mappings),
            "alarms": list(&alarms),
        });
        console.print(&format!("{status:#}\n"))?;
    } else {
        let lines = output_lines(&outputs);
        let style = if is_complete(state) { GOOD } else { BAD };
        let mut told = format!("{name} in {}: {}\n{lines}", aws.region(), styled(style, state));
        told.push_str(&group("nested stacks", &nested));
        told.push_str(&group("functions", &functions));
        told.push_str(&group("mappings", &mappings));
        told.push_str(&group("alarms that are on", &alarms));
        console.print(&told)?;
        if alarms.is_empty() {
            console.say("no alarm is on");
        }
    }
    Ok(if is_well { Exit::Done } else { Exit::Unwell })
}

fn group(title: &str, parts: &[Part]) -> String {
    let mut lines = vec![text::header(&[title])];
    lines.extend(parts.iter().map(Part::line));
    text::columns(&lines)
}

/// The root stack.
///
/// # Errors
/// There is none.
async fn root(target: &Target, aws: &Aws) -> Result<Stack, Problem> {
    deployed(target, aws).await?.ok_or_else(|| not_there(target, aws))
}

/// Nothing is deployed.
pub(crate) fn not_there(target: &Target, aws: &Aws) -> Problem {
    let name = target.stack_name();
    if target.local {
        return Problem::new(Exit::Unwell, format!("the local run has no stack {name}"))
            .help("start it for this environment: make dev ENV=".to_owned() + &target.environment.name);
    }
    Problem::new(Exit::Unwell, format!("there is no stack {name} in {}", aws.region()))
        .help(format!("deploy it: {}", target.make("deploy", &[])))
        .help("or look elsewhere: AWS_REGION and AWS_PROFILE say where")
}

/// The root stack, where something is deployed: without resources, as a preview leaves it, it is none.
pub(crate) async fn deployed(target: &Target, aws: &Aws) -> Result<Option<Stack>, Problem> {
    let stack = find(aws, &target.stack_name()).await?;
    Ok(stack.filter(|stack| stack.stack_status() != Some(&StackStatus::ReviewInProgress)))
}

/// The stack of this name, where there is one, if only one without resources.
pub(crate) async fn find(aws: &Aws, name: &str) -> Result<Option<Stack>, Problem> {
    look(aws, name).await.map_err(|fault| fault.problem(&format!("look at the stack {name}")))
}

/// As [`find`], for those who go on where they may not look.
pub(crate) async fn look(aws: &Aws, name: &str) -> Result<Option<Stack>, Fault> {
    let told = aws.cloudformation().describe_stacks().stack_name(name).send().await.fault();
    match told {
        Ok(told) => Ok(told.stacks.unwrap_or_default().into_iter().next()),
        // CloudFormation has no code of its own for it.
        Err(fault) if fault.is("ValidationError") && fault.message.contains("does not exist") => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The cluster that is used, made here or not.
pub(crate) async fn cluster_arn(target: &Target, aws: &Aws) -> Result<String, Problem> {
    let stack = root(target, aws).await?;
    cluster_of(&stack).ok_or_else(|| {
        Problem::new(Exit::Unwell, format!("the stack {} has no output {CLUSTER} yet", target.stack_name()))
            .help(format!("look how far it is: {}", target.make("status", &[])))
    })
}

/// The ARN of the cluster that a root stack uses, made there or not; none until it is complete.
pub(crate) fn cluster_of(stack: &Stack) -> Option<String> {
    outputs(stack).into_iter().find(|(key, _)| key == CLUSTER).map(|(_, value)| value)
}

/// A stack's outputs, in its order.
pub(crate) fn outputs(stack: &Stack) -> Vec<(String, String)> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    stack.outputs().iter().map(|output| (text(output.output_key()), text(output.output_value()))).collect()
}

/// One line each.
pub(crate) fn output_lines(outputs: &[(String, String)]) -> String {
    let width = outputs.iter().map(|(key, _)| key.len()).max().unwrap_or_default();
    outputs.iter().map(|(key, value)| format!("  {key:width$}  {value}\n")).collect()
}

fn is_complete(state: &str) -> bool {
    state.ends_with("_COMPLETE") && !state.contains("ROLLBACK")
}
