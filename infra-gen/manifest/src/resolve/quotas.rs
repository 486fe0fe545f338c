//! Counts that AWS limits.

use std::collections::BTreeMap;

use model::{AlarmSource, Cluster, EnvValue, Environment, Model, Role, Topic, quota};

use super::Context;
use crate::{code::Code, diagnostic::Diagnostic};

/// `__consumer_offsets`, which every cluster has.
const INTERNAL_PARTITIONS: u64 = 50;
/// Parameters of the root template that are not a topic's.
const ROOT_PARAMETERS: usize = 20;
/// Most that a function's environment variables may take, in bytes
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const ENVIRONMENT_BYTES: usize = 4_096;

/// Longest inline policies of a role, in characters
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const POLICY: usize = 10_240;
/// What to do about more than one deployment takes.
const SPLIT: &str = "split the system into two apps with a manifest each; one can use the other's cluster, but in one \
                     account needs other names for its environments: the runtime's tables are told apart by those";

/// Partitions that MSK recommends for one broker at most, leaders and followers counted
/// (<https://docs.aws.amazon.com/msk/latest/developerguide/bestpractices.html#partitions-per-broker>).
fn partitions_per_broker(instance_type: &str) -> u64 {
    let least = u64::from(quota::PARTITIONS_PER_BROKER);
    match instance_type.rsplit('.').next() {
        Some("large" | "xlarge") => least,
        Some("2xlarge") => 2 * least,
        _ => 4 * least,
    }
}

pub(super) fn check_partitions(
    context: &mut Context<'_>,
    environments: &[Environment],
    cluster: &Cluster,
    topics: &[Topic],
) {
    let all = topics
        .iter()
        .map(|topic| u64::from(topic.partitions))
        .fold(INTERNAL_PARTITIONS + u64::from(cluster.dead_letter_partitions), u64::saturating_add);
    for environment in environments {
        let brokers = &environment.brokers;
        let copies = all.saturating_mul(u64::from(brokers.replication));
        let per_broker = partitions_per_broker(&brokers.instance_type);
        let most = u64::from(brokers.count) * per_broker;
        if copies <= most {
            continue;
        }
        let place = context.root.get("environments").get(&environment.name).get("brokers");
        context.push(
            Diagnostic::new(
                Code::PartitionBudget,
                place.get("count").span(),
                format!("{} brokers carry {most} partitions, and there are {copies}", brokers.count),
            )
            .label(format!("{per_broker} for each `{}`", brokers.instance_type))
            .note(format!(
                "{all} partitions in {} copies; the dead letters' and Kafka's own {INTERNAL_PARTITIONS} are among them",
                brokers.replication
            ))
            .help(format!(
                "lower `partitions`, use larger brokers, or write `count: {}`",
                copies.div_ceil(per_broker).next_multiple_of(u64::from(environment.zones.max(1)))
            )),
        );
    }
}

pub(super) fn check(context: &mut Context<'_>, model: &Model) {
    descriptions(context, model);
    pollers(context, model);
    routes(context, model);
    resources(context, model);
    stacks(context, model);
    variables(context, model);
    policies(context, model);
    alarms(context, model);
}

fn descriptions(context: &mut Context<'_>, model: &Model) {
    // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
    const TEMPLATE: usize = 1_024;
    // <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
    const FUNCTION: usize = 256;
    let length = model.description.len();
    // The root template's is `<app>: <description>`.
    let most = TEMPLATE - model.app.name.len() - 2;
    if length > most {
        let span = context.root.get("description").key();
        context.push(
            Diagnostic::new(Code::WrongLength, span, format!("the description has {length} bytes"))
                .label(format!("CloudFormation takes {most} after the app's name"))
                .help("keep it to a sentence or two; the rest belongs into a comment"),
        );
    }
    for function in &model.functions {
        let (topic, key) = match &function.role {
            Role::Producer(topic) => (topic, "producer"),
            Role::Consumer(topic) => (topic, "consumer"),
            _ => continue,
        };
        if function.description.len() > FUNCTION {
            let span = context.root.get("topics").get(topic).get(key).key();
            context.push(
                Diagnostic::new(
                    Code::NameTooLong,
                    span,
                    format!("this {key}'s handler and topic have too long names"),
                )
                .note(format!("Lambda describes the function by both, in at most {FUNCTION} characters"))
                .help("give it a shorter `handler`"),
            );
        }
    }
}

/// All pollers of a group share its units.
fn pollers(context: &mut Context<'_>, model: &Model) {
    let mut groups: BTreeMap<&str, u32> = BTreeMap::new();
    for topic in &model.topics {
        let Some(consumer) = &topic.consumer else { continue };
        let pollers = &consumer.pollers;
        let before = *groups.get(pollers.group.as_str()).unwrap_or(&0);
        let sum = before.saturating_add(pollers.max);
        groups.insert(&pollers.group, sum);
        // Said once, where the sum passes.
        if before <= quota::POLLERS_MAX && sum > quota::POLLERS_MAX {
            let place =
                context.root.get("topics").get(&topic.name.name).get("consumer").get("pollers").get("max");
            context.push(
                Diagnostic::new(
                    Code::Pollers,
                    place.span(),
                    format!("the consumers together have {sum} pollers at most"),
                )
                .label(format!("the sum passes {} here", quota::POLLERS_MAX))
                .note("Lambda gives that many to the hundred consumers that share a group of pollers")
                .help("lower `pollers.max` of consumers that need less"),
            );
        }
    }
}

fn routes(context: &mut Context<'_>, model: &Model) {
    let routes = model.topics.iter().filter(|topic| topic.producer.is_some()).count();
    let most = quota::HTTP_ROUTES;
    if routes > most {
        let span = context.root.get("topics").key();
        context.push(
            Diagnostic::new(
                Code::TooManyRoutes,
                span,
                format!("{routes} producers, and an HTTP API takes {most} routes"),
            )
            .help(SPLIT),
        );
    }
}

fn resources(context: &mut Context<'_>, model: &Model) {
    let topics = model.topics.len();
    let span = context.root.get("topics").key();
    let parameters = ROOT_PARAMETERS + topics;
    if parameters > quota::PARAMETERS {
        context.push(
            Diagnostic::new(
                Code::TooManyResources,
                span,
                format!(
                    "{topics} topics need {parameters} parameters, and CloudFormation takes {}",
                    quota::PARAMETERS
                ),
            )
            .note("the root stack has one parameter for each topic's code")
            .help(SPLIT),
        );
    }
    let subscribers: usize = model.channels.iter().map(|channel| channel.subscribers.len()).sum();
    let others = model.tables.len() + 2 * model.channels.len() + subscribers;
    let resources = quota::BASE_RESOURCES + quota::TOPIC_RESOURCES * topics + others;
    if resources > quota::OPERATION_RESOURCES {
        context.push(
            Diagnostic::new(
                Code::TooManyResources,
                span,
                format!(
                    "{topics} topics need some {resources} resources, and CloudFormation takes {} at a time",
                    quota::OPERATION_RESOURCES
                ),
            )
            .note(format!(
                "each topic has up to {}; all deployments have some {}, and tables and channels {others}",
                quota::TOPIC_RESOURCES,
                quota::BASE_RESOURCES
            ))
            .help(SPLIT),
        );
    }
}

/// What the stacks hold in which all tables, all channels and all environments are.
fn stacks(context: &mut Context<'_>, model: &Model) {
    let root = context.root;
    let mut stack = |span, what: String, (number, most): (usize, usize), note: &str, help: &str| {
        if number > most {
            let message = format!("{what}, and a template of CloudFormation takes {most}");
            context.push(
                Diagnostic::new(Code::TooManyResources, span, message)
                    .label(format!("{} too many", number - most))
                    .note(note)
                    .help(help),
            );
        }
    };
    let (tables, channels) = (model.tables.len(), model.channels.len());
    let outputs = quota::TABLE_OUTPUTS * tables;
    stack(
        root.get("tables").key(),
        format!("{tables} tables need {outputs} outputs"),
        (outputs, quota::OUTPUTS),
        "all tables are in one stack, the runtime's own among them, and each has two outputs",
        SPLIT,
    );
    let span = root.get("channels").key();
    let outputs = quota::FOUNDATION_OUTPUTS + channels;
    stack(
        span,
        format!("{channels} channels need {outputs} outputs"),
        (outputs, quota::OUTPUTS),
        "all channels are in one stack with the cluster, and each has an output",
        SPLIT,
    );
    let subscribers = |environment: &Environment| {
        let all = model.channels.iter().flat_map(|channel| &channel.subscribers);
        all.filter(|subscriber| subscriber.environments.contains(&environment.name)).count()
    };
    let most = model.environments.iter().map(subscribers).max().unwrap_or_default();
    let resources = quota::FOUNDATION_RESOURCES + 2 * channels + most;
    stack(
        span,
        format!("the channels and their {most} subscribers need some {resources} resources"),
        (resources, quota::RESOURCES),
        "all channels are in one stack with the cluster; each has two resources, and each subscriber has one",
        "take subscribers out: those behind a mailing list or a queue need one subscription together",
    );
}

fn variables(context: &mut Context<'_>, model: &Model) {
    // ARNs and lists of brokers are known only when they exist; the longest seen were shorter.
    const RESOLVED: usize = 200;
    let longest =
        model.environments.iter().map(|environment| environment.name.len()).max().unwrap_or_default();
    for function in &model.functions {
        let bytes: usize = function
            .environment
            .iter()
            .map(|variable| {
                variable.name.len()
                    + match &variable.value {
                        EnvValue::Text(text) => text.len(),
                        EnvValue::TableName(table) => table.len() + 1 + longest,
                        EnvValue::Environment | EnvValue::AuthMode => longest.max(5),
                        _ => RESOLVED,
                    }
            })
            .sum();
        if let Role::Producer(topic) = &function.role
            && bytes > ENVIRONMENT_BYTES
        {
            let span = context.root.get("topics").get(topic).get("producer").get("reads").key();
            context.push(
                Diagnostic::new(
                    Code::TooManyVariables,
                    span,
                    format!(
                        "the variables of `{}` have some {bytes} bytes, and Lambda takes {ENVIRONMENT_BYTES}",
                        function.name.name
                    ),
                )
                .note("each table that a function reads is told to it in a variable")
                .help("read fewer tables: their data may fit one table with a sort key"),
            );
        }
    }
}

/// The policy of a producer's role, which grows with the tables that it reads.
fn policies(context: &mut Context<'_>, model: &Model) {
    // With the longest partition and region. A test of the renderer holds it to what is rendered.
    const TABLE: &str = r#"{"Action":["dynamodb:GetItem","dynamodb:Query"],"Effect":"Allow","Resource":["arn:aws-us-gov:dynamodb:ap-northeast-1:123456789012:table/-"]},"#;
    let longest =
        model.environments.iter().map(|environment| environment.name.len()).max().unwrap_or_default();
    for topic in &model.topics {
        let Some(producer) = &topic.producer else { continue };
        let tables = producer.reads.iter().map(|table| TABLE.len() + table.len() + longest);
        let length = quota::PRODUCER_POLICY + tables.sum::<usize>();
        if length > POLICY {
            let span = context.root.get("topics").get(&topic.name.name).get("producer").get("reads").key();
            context.push(
                Diagnostic::new(
                    Code::PolicyTooLong,
                    span,
                    format!(
                        "the policy of `{}` has some {length} characters, and IAM takes {POLICY}",
                        producer.function.name
                    ),
                )
                .note("each table that a function reads is named in its role's policy")
                .help("read fewer tables: their data may fit one table with a sort key"),
            );
        }
    }
}

/// An alarm's name has the app's, the environment's and the topic's in it.
fn alarms(context: &mut Context<'_>, model: &Model) {
    // <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
    const ALARM: usize = 255;
    let Some(environment) = model.environments.iter().max_by_key(|environment| environment.name.len()) else {
        return;
    };
    for topic in &model.topics {
        let own = AlarmSource::Topic(topic.name.name.clone());
        let names = model.alarms.iter().filter(|alarm| alarm.source == own);
        let names = names.map(|alarm| model.alarm_name(alarm, environment));
        let Some(length) = names.map(|name| name.len()).max().filter(|length| *length > ALARM) else {
            continue;
        };
        let span = context.root.get("topics").get(&topic.name.name).key();
        context.push(
            Diagnostic::new(
                Code::NameTooLong,
                span,
                format!("the names of this topic's alarms have more than {ALARM} characters"),
            )
            .label(format!("{} too many", length - ALARM))
            .note("an alarm is called by the app, the environment and the topic")
            .help("shorten the topic's name"),
        );
    }
}
