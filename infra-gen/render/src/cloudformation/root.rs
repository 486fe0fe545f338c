//! The root stack: parameters, one nested stack for each part, and the outputs that people ask for.
//!
//! There is one root template. Its `Environment` parameter chooses the nested templates, which are rendered for each
//! environment: `DeletionPolicy` takes no parameter, and the transform that would let it needs a capability more than
//! `create-stack` is usually given.

use std::collections::BTreeMap;

use cfn::{
    Assume, Attr, Handle, List, Lookup, Mapping, Param, Parameter, Template, Val, cloudformation::Stack, ec2,
    equals, if_, kms, msk, s3, secretsmanager, select, sub,
};
use model::{Function, Model, Role, Topic};

use super::child::{Child, Sibling, Wiring};
use super::{RenderedTemplate, Stacks, dashboard, topic};

/// Functions whose code comes in the one parameter `EdgeCode`, in its order.
const EDGE: [Role; 5] =
    [Role::Authorizer, Role::Connect, Role::Disconnect, Role::Default, Role::BootstrapBrokers];

/// The root stack's parameters.
pub(super) struct Parameters {
    pub(super) environment: Param<Val<String>>,
    /// The bucket that was named, or the one that `cdk bootstrap` made.
    pub(super) bucket: Attr<s3::bucket::BucketName>,
    pub(super) availability_zones: Param<Val<String>>,
    pub(super) existing_cluster: Param<Attr<msk::cluster::Arn>>,
    pub(super) existing_subnets: Param<List<Attr<ec2::subnet::SubnetId>>>,
    pub(super) existing_security_group: Param<Attr<ec2::security_group::GroupId>>,
    pub(super) existing_secret: Param<Attr<secretsmanager::secret::Id>>,
    pub(super) existing_secret_key: Param<Attr<kms::key::Arn>>,
    pub(super) topic_creation: Param<Val<String>>,
    pub(super) event_source_mappings: Param<Val<String>>,
    pub(super) api_gateway_logs: Param<Val<String>>,
    edge_code: Param<List<Val<String>>>,
    /// By the logical id of the topic's stack.
    topic_code: BTreeMap<String, Param<List<Val<String>>>>,
}

impl Parameters {
    fn add(template: &mut Template, model: &Model) -> Self {
        let names: Vec<&str> =
            model.environments.iter().map(|environment| environment.name.as_str()).collect();
        let environment = template.parameter(
            "Environment",
            Parameter::text()
                .description("Which of the manifest's environments this is.")
                .default(names[0])
                .allowed_values(names),
        );
        let artifacts = template.parameter(
            "ArtifactBucket",
            Parameter::text()
                .description("Bucket with templates and zips; empty is the one that `cdk bootstrap` made.")
                .default(""),
        );
        let bootstrapped = template.condition("UseBootstrapBucket", equals(artifacts.value(), ""));
        let bucket = if_(
            &bootstrapped,
            sub!("cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"),
            artifacts.value(),
        )
        .assume("whoever deploys names a bucket, or has bootstrapped the CDK")
        .as_attr();
        let mut choice = |name: &str, description: &str, values: [&str; 2]| {
            template.parameter(
                name,
                Parameter::text().description(description).default(values[0]).allowed_values(values),
            )
        };
        let topic_creation = choice(
            "TopicCreation",
            "`stack` makes the topics; `outside` takes them as given.",
            ["stack", "outside"],
        );
        let event_source_mappings = choice(
            "EventSourceMappings",
            "`create`, or `omit` where the platform has none for Kafka.",
            ["create", "omit"],
        );
        let api_gateway_logs = choice(
            "ApiGatewayLogs",
            "`set` the account's role for API logs; `leave` it where another stack has set it.",
            ["set", "leave"],
        );
        Self {
            environment,
            bucket,
            topic_creation,
            event_source_mappings,
            api_gateway_logs,
            availability_zones: template.parameter(
                "AvailabilityZones",
                Parameter::text()
                    .description(
                        "Zones of the new network, as `us-east-1a,us-east-1b`; empty takes the first.",
                    )
                    .default(""),
            ),
            existing_cluster: template.parameter(
                "ExistingClusterArn",
                Parameter::any()
                    .description("An MSK cluster to use, 3.6 or newer with SCRAM; empty makes one.")
                    .default(""),
            ),
            existing_subnets: template.parameter(
                "ExistingSubnetIds",
                Parameter::any()
                    .description(
                        "With an existing cluster: subnets that reach it, Secrets Manager and DynamoDB.",
                    )
                    .default(""),
            ),
            existing_security_group: template.parameter(
                "ExistingSecurityGroupId",
                Parameter::any()
                    .description("With an existing cluster: a security group that reaches it on 9096.")
                    .default(""),
            ),
            existing_secret: template.parameter(
                "ExistingSecretArn",
                Parameter::any()
                    .description("With an existing cluster: the secret of a SCRAM user associated with it.")
                    .default(""),
            ),
            existing_secret_key: template.parameter(
                "ExistingSecretKeyArn",
                Parameter::any()
                    .description("With an existing cluster: the KMS key of that secret.")
                    .default(""),
            ),
            edge_code: template.parameter(
                "EdgeCode",
                Parameter::list()
                    .description(
                        "Keys of the zips of authorizer, connect, disconnect, default, bootstrap-brokers.",
                    )
                    .default(zips(model, &edge_functions(model))),
            ),
            topic_code: model
                .topics
                .iter()
                .filter(|topic| has_code(topic))
                .map(|topic| {
                    let parameter = Parameter::list()
                        .description(format!(
                            "Keys of the zips of {}'s producer and consumer.",
                            topic.name.name
                        ))
                        .default(zips(model, &topic_functions(model, topic)));
                    (topic::logical_id(topic), template.parameter(topic_code(topic), parameter))
                })
                .collect(),
        }
    }

    /// The key of the zip of a function that belongs to no topic.
    pub(super) fn edge_code(&self, role: &Role) -> Val<String> {
        let index = EDGE.iter().position(|edge| edge == role).expect("it belongs to no topic");
        select(u32::try_from(index).unwrap_or(u32::MAX), self.edge_code.value())
    }

    /// The key of the zip of a topic's producer (0) or consumer (1).
    pub(super) fn topic_code(&self, stack: &str, index: u32) -> Val<String> {
        select(index, self.topic_code[stack].value())
    }
}

/// The root template's parameters, each with what the template has of it: `Type`, `Description` and the rest.
pub(crate) fn root_parameters(model: &Model) -> Vec<(String, serde_json::Value)> {
    let mut template = Template::new("");
    Parameters::add(&mut template, model);
    template.parameters().map(|(name, parameter)| (name.to_owned(), parameter)).collect()
}

/// The parameters that take keys of zips, each with its functions in order. Where a topic lacks its producer or
/// consumer there is `None`.
pub(crate) fn code_parameters(model: &Model) -> Vec<(String, Vec<Option<&Function>>)> {
    let topics = model.topics.iter().filter(|topic| has_code(topic));
    let topics = topics.map(|topic| (topic_code(topic), topic_functions(model, topic)));
    [("EdgeCode".to_owned(), edge_functions(model))].into_iter().chain(topics).collect()
}

fn has_code(topic: &Topic) -> bool {
    topic.producer.is_some() || topic.consumer.is_some()
}

fn topic_code(topic: &Topic) -> String {
    format!("{}Code", topic::logical_id(topic))
}

fn edge_functions(model: &Model) -> Vec<Option<&Function>> {
    EDGE.iter().map(|role| Some(model.function(role))).collect()
}

/// Always two, so that a topic without one of them has the other in its place.
fn topic_functions<'a>(model: &'a Model, topic: &Topic) -> Vec<Option<&'a Function>> {
    let name = &topic.name.name;
    let producer = topic.producer.as_ref().map(|_| model.function(&Role::Producer(name.clone())));
    let consumer = topic.consumer.as_ref().map(|_| model.function(&Role::Consumer(name.clone())));
    vec![producer, consumer]
}

/// The values of such a parameter; where a topic has no function, there is no key.
pub(crate) fn code_keys(functions: &[Option<&Function>], key: impl Fn(&Function) -> String) -> Vec<String> {
    functions.iter().map(|function| function.map_or_else(|| "none".into(), &key)).collect()
}

fn zips(model: &Model, functions: &[Option<&Function>]) -> Vec<String> {
    code_keys(functions, |function| model.zip_key(function))
}

/// Builds the root template. `stacks` are those of the first environment; all environments' have the same parameters and
/// outputs.
pub(super) fn build(model: &Model, stacks: &Stacks, nested: &[RenderedTemplate]) -> Template {
    let mut template = Template::new(format!("{}: {}", model.app.name, model.description));
    let parameters = Parameters::add(&mut template, model);
    let keys = template.mapping("Templates", object_keys(model, nested));
    let mut handles = BTreeMap::new();
    for (sibling, child) in [
        (Sibling::Foundation, &stacks.foundation),
        (Sibling::Data, &stacks.data),
        (Sibling::Edge, &stacks.edge),
    ] {
        let handle = nest(&mut template, child, &keys, &parameters, &handles);
        handles.insert(sibling, handle);
    }
    for child in &stacks.topics {
        nest(&mut template, child, &keys, &parameters, &handles);
    }
    let cluster_arn = handles[&Sibling::Foundation].output(&stacks.foundation_outputs.cluster_arn);
    dashboard::add(&mut template, model, &parameters, &cluster_arn);
    outputs(&mut template, stacks, &handles);
    template
}

fn nest(
    template: &mut Template,
    child: &Child,
    keys: &Lookup,
    parameters: &Parameters,
    stacks: &BTreeMap<Sibling, Handle<Stack>>,
) -> Handle<Stack> {
    let url = sub!(
        "https://${bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${key}",
        bucket = parameters.bucket.clone(),
        key = keys.text(parameters.environment.value(), &child.id)
    );
    child.nest(template, url, &Wiring { parameters, stacks })
}

/// Where each environment's templates are in the bucket. The names hold the templates' hashes, so a stack is updated
/// when its template has changed and only then.
fn object_keys(model: &Model, nested: &[RenderedTemplate]) -> Mapping {
    model.environments.iter().fold(Mapping::new(), |mapping, environment| {
        let own = nested.iter().filter(|template| template.environment.as_ref() == Some(&environment.name));
        mapping.row(
            environment.name.as_str(),
            own.map(|template| (template.id.clone(), template.object_key().into())),
        )
    })
}

fn outputs(template: &mut Template, stacks: &Stacks, handles: &BTreeMap<Sibling, Handle<Stack>>) {
    let (foundation, data, edge) =
        (&handles[&Sibling::Foundation], &handles[&Sibling::Data], &handles[&Sibling::Edge]);
    template.output(
        "KafkaBootstrapServers",
        "The brokers' SCRAM listeners.",
        foundation.output(&stacks.foundation_outputs.bootstrap_brokers),
    );
    template.output(
        "KafkaClusterArn",
        "The MSK cluster.",
        foundation.output(&stacks.foundation_outputs.cluster_arn),
    );
    template.output(
        "WebSocketApiEndpoint",
        "Where browsers connect.",
        edge.output(&stacks.edge_outputs.web_socket_endpoint),
    );
    template.output("HttpApiEndpoint", "Where requests go.", edge.output(&stacks.edge_outputs.http_endpoint));
    for (name, output) in stacks.data_outputs.names() {
        let pascal = &stacks.data.model.table(name).expect("it was made from the model").name.pascal;
        template.output(format!("{pascal}TableName"), "A table's name.", data.output(output));
    }
}
