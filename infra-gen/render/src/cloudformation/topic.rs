//! A topic's stack: the topic, who publishes it, who applies it, and what watches them.

use cfn::lambda::event_source_mapping as esm;
use cfn::{Assume, Attr, Condition, Handle, apigatewayv2 as api, equals, if_, lambda, msk};
use model::{AlarmMetric, AlarmSource, Consumer, Environment, Model, Producer, Role, Secret, Topic};

use super::alarms;
use super::child::{Child, Sibling};
use super::edge::{Edge, permission};
use super::foundation::cluster_name;
use super::function::{self, Needs, Siblings, known};

/// Builds the stack.
pub(super) fn build<'a>(
    model: &'a Model,
    environment: &'a Environment,
    topic: &'a Topic,
    siblings: &Siblings,
    edge: &Edge,
) -> Child<'a> {
    let name = &topic.name;
    let description = format!("topic {}", name.name);
    let mut child = Child::new(model, environment, &logical_id(topic), &file_name(topic), &description)
        .of_topic(&name.name);
    let foundation = siblings.foundation;
    let cluster = child.import(Sibling::Foundation, &foundation.cluster_arn);
    let kafka_topic = add_topic(&mut child, topic, &cluster);
    let mut dimensions =
        alarms::Dimensions { cluster_name: Some(cluster_name(&cluster)), ..alarms::Dimensions::default() };
    let mut mapped = None;
    if let Some(producer) = &topic.producer {
        add_producer(&mut child, topic, producer, siblings, edge);
    }
    if let Some(consumer) = &topic.consumer {
        let mapping = add_consumer(&mut child, topic, consumer, siblings, &kafka_topic);
        dimensions.mapping_id = Some(mapping.handle.id().text());
        mapped = Some(mapping.condition);
    }
    if topic.producer.is_some() || topic.consumer.is_some() {
        let channel =
            child.import(Sibling::Foundation, &foundation.channels[&model.alarm_channel().name.name]);
        let own = AlarmSource::Topic(name.name.clone());
        alarms::add(
            &mut child,
            |source| *source == own,
            &dimensions,
            &channel,
            |metric| match metric {
                AlarmMetric::DeadLetters(_) => mapped.clone(),
                _ => None,
            },
        );
    }
    child
}

/// `UserInfoSubmittedTopic`: the stack's logical id in the root.
pub(crate) fn logical_id(topic: &Topic) -> String {
    format!("{}Topic", topic.name.pascal)
}

/// `topic-user-info-submitted`: the template's file, without its ending.
pub(crate) fn file_name(topic: &Topic) -> String {
    format!("topic-{}", topic.name.name)
}

/// The condition that stacks make topics, not whoever runs the cluster.
pub(super) fn creates_topics(child: &mut Child) -> Condition {
    let creation =
        child.root_value("TopicCreation", "`stack` makes topics, `outside` takes them as given.", |root| {
            root.topic_creation.value()
        });
    child.template.condition("CreateTopics", equals(creation, "stack"))
}

/// A topic's own settings.
pub(super) fn topic_configs(retention_ms: u64) -> msk::TopicConfig {
    msk::TopicConfig::new().set("cleanup.policy", "delete").set("retention.ms", retention_ms.to_string())
}

/// The topic, and whether this stack makes it.
struct KafkaTopic {
    handle: Handle<msk::Topic>,
    condition: Condition,
}

/// The mapping, and whether it is made.
struct Mapping {
    handle: Handle<lambda::EventSourceMapping>,
    condition: Condition,
}

fn add_topic(child: &mut Child, topic: &Topic, cluster: &Attr<msk::cluster::Arn>) -> KafkaTopic {
    let create = creates_topics(child);
    let handle = child.add(
        "Topic",
        msk::Topic::new(msk::TopicRequired {
            cluster_arn: cluster.clone(),
            partition_count: topic.partitions.into(),
            replication_factor: child.environment.brokers.replication.into(),
            topic_name: topic.name.name.as_str().into(),
        })
        .configs(topic_configs(topic.retention_ms)),
    );
    child.template.options(&handle).condition(&create);
    KafkaTopic { handle, condition: create }
}

fn add_producer(child: &mut Child, topic: &Topic, producer: &Producer, siblings: &Siblings, edge: &Edge) {
    let role = Role::Producer(topic.name.name.clone());
    let model = child.model;
    let function = model.function(&role);
    let needs = Needs::import(child, function, siblings);
    let stack = logical_id(topic);
    let code = child
        .root_value("ProducerCode", "Key of the producer's zip.", move |root| root.topic_code(&stack, 0));
    let handle = function::add(child, function, "Producer", &code, &needs);
    let http_api = child.import(Sibling::Edge, &edge.http_api);
    let integration = child.add(
        "ProducerIntegration",
        api::Integration::new(api::IntegrationRequired {
            api_id: http_api.clone(),
            integration_type: "AWS_PROXY".into(),
        })
        .integration_uri(handle.arn())
        .payload_format_version("2.0")
        .timeout_in_millis(producer.timeout_seconds * 1000),
    );
    let route_key = format!("{} {}", producer.method.as_str(), producer.path);
    let route = api::Route::new(api::RouteRequired {
        api_id: http_api.clone(),
        route_key: route_key.as_str().into(),
    })
    .target(integration.target());
    let route = if producer.open {
        route.authorization_type("NONE")
    } else {
        let authorizer = child.import(Sibling::Edge, &edge.http_authorizer);
        route.authorization_type("CUSTOM").authorizer_id(authorizer)
    };
    child.add("ProducerRoute", route);
    permission(
        child,
        "Producer",
        &handle,
        &http_api,
        &format!("*/{}{}", producer.method.as_str(), producer.path),
    );
}

fn add_consumer(
    child: &mut Child,
    topic: &Topic,
    consumer: &Consumer,
    siblings: &Siblings,
    kafka_topic: &KafkaTopic,
) -> Mapping {
    let role = Role::Consumer(topic.name.name.clone());
    let model = child.model;
    let function = model.function(&role);
    let needs = Needs::import(child, function, siblings);
    let stack = logical_id(topic);
    let code = child
        .root_value("ConsumerCode", "Key of the consumer's zip.", move |root| root.topic_code(&stack, 1));
    let handle = function::add(child, function, "Consumer", &code, &needs);
    let creation = child.root_value(
        "EventSourceMappings",
        "`create`, or `omit` where the platform has none for Kafka.",
        |root| root.event_source_mappings.value(),
    );
    let create = child.template.condition("CreateMapping", equals(creation, "create"));
    // CloudFormation can't change the group of a mapping, so another group is another mapping.
    let group = model::Ident::new(consumer.group.as_str());
    let resource = mapping(topic, consumer, &needs, model, &handle);
    // The mapping needs the topic, if there is one to wait for; a tag refers to it under the same condition.
    let arn = if_(&kafka_topic.condition, kafka_topic.handle.reference().text(), topic.name.name.as_str());
    let mapping = child.add_with_tags(&format!("{}Mapping", group.pascal), resource, [("KafkaTopic", arn)]);
    child.template.options(&mapping).condition(&create);
    Mapping { handle: mapping, condition: create }
}

fn mapping(
    topic: &Topic,
    consumer: &Consumer,
    needs: &Needs,
    model: &Model,
    function: &Handle<lambda::Function>,
) -> lambda::EventSourceMapping {
    let mapping = lambda::EventSourceMapping::new(function.arn())
        .event_source_arn(known(needs.cluster.as_ref()))
        .topics([topic.name.name.as_str()])
        // LATEST can miss what is published while the mapping is made
        // (https://docs.aws.amazon.com/lambda/latest/dg/kafka-starting-positions.html).
        .starting_position("TRIM_HORIZON")
        .batch_size(consumer.batch.size)
        .maximum_batching_window_in_seconds(
            i64::try_from(consumer.batch.window_ms / 1000).unwrap_or(i64::MAX),
        )
        .bisect_batch_on_function_error(consumer.retry.bisect)
        .maximum_retry_attempts(consumer.retry.attempts)
        .function_response_types(["ReportBatchItemFailures"])
        .amazon_managed_kafka_event_source_config(
            esm::AmazonManagedKafkaEventSourceConfig::new().consumer_group_id(consumer.group.as_str()),
        )
        .source_access_configurations([esm::SourceAccessConfiguration::new()
            .r#type(esm::SourceAccessConfigurationType::SaslScram512Auth)
            .uri(needs.secrets[&Secret::ConsumerCredentials].arn.text())])
        // Retries, halving, partial batches and a Kafka topic for failures exist in provisioned mode alone
        // (https://docs.aws.amazon.com/lambda/latest/dg/kafka-scaling-modes.html).
        .provisioned_poller_config(
            esm::ProvisionedPollerConfig::new()
                .minimum_pollers(consumer.pollers.min)
                .maximum_pollers(consumer.pollers.max)
                .poller_group_name(consumer.pollers.group.as_str()),
        )
        .destination_config(
            esm::DestinationConfig::new().on_failure(
                esm::OnFailure::new().destination(
                    format!("kafka://{}", model.cluster.dead_letter_topic)
                        .assume("a topic of the mapped cluster itself"),
                ),
            ),
        )
        .metrics_config(esm::MetricsConfig::new().metrics([
            esm::Metrics::EventCount,
            esm::Metrics::ErrorCount,
            esm::Metrics::KafkaMetrics,
        ]))
        .logging_config(esm::LoggingConfig::new().system_log_level(esm::SystemLogLevel::Warn));
    match consumer.retry.max_age_seconds {
        Some(seconds) => mapping.maximum_record_age_in_seconds(seconds),
        None => mapping,
    }
}
