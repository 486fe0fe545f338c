//! All of the crate's means in one template.
use cfn::cloudformation::CustomResource;
use cfn::cloudwatch::{DashboardBody, Metric, Widget};
use cfn::dynamodb::{Key, KeyAttribute, Projected, TableKeys};
use cfn::iam::{Condition, PolicyDocument, Principal, Statement};
use cfn::{
    Assume, Attr, Builder, DeletionPolicy, List, Mapping, Parameter, Template, TemplateError, Val, and,
    apigatewayv2 as api, availability_zones, aws, base64, cidr, cloudtrail, cloudwatch, dynamic, dynamodb,
    ec2, equals, iam, if_, join, json, kms, lambda, list, logs, map, msk, not, only_if, or, s3,
    secretsmanager, select, sns, split, sqs, ssm, sub, text,
};

/// Where a custom resource finds the brokers.
enum BootstrapBrokers {}

impl cfn::Marker for BootstrapBrokers {
    const NAME: &'static str = "Custom::Brokers.BrokerString";
}

pub(crate) fn template() -> Result<serde_json::Value, Vec<TemplateError>> {
    let mut t = Template::new("Everything");
    t.metadata("Source", "topics.yaml");

    // Parameters, mappings, conditions.
    let environment =
        t.parameter("Environment", Parameter::text().allowed_values(["dev", "prod"]).default("dev"));
    let alarm_mail = t.parameter(
        "AlarmMail",
        Parameter::text()
            .allowed_pattern("^$|.+@.+")
            .default("")
            .description("Who hears of alarms")
            .max_length(200),
    );
    let memory = t.parameter("Memory", Parameter::number().default(256).min_value(128).max_value(10_240));
    let admins = t.parameter("Admins", Parameter::list().default(["a", "b"]));
    let secret_word = t.parameter("Word", Parameter::text().no_echo().min_length(8).default("changeme1"));
    let bucket_name = t.param_attr::<s3::bucket::BucketName>("CodeBucket", "Where the code lies");
    let more_subnets = t.parameter("MoreSubnets", Parameter::<List<Attr<ec2::subnet::SubnetId>>>::any());
    let sizes = t.mapping(
        "Sizes",
        Mapping::new()
            .row(
                "dev",
                [("Brokers", 2.into()), ("Instance", "kafka.t3.small".into()), ("Zones", ["a", "b"].into())],
            )
            .row(
                "prod",
                [
                    ("Brokers", 3.into()),
                    ("Instance", "kafka.m7g.large".into()),
                    ("Zones", ["a", "b", "c"].into()),
                ],
            ),
    );
    let prod = t.condition("IsProd", equals(environment.value(), "prod"));
    let mailed = t.condition("IsMailed", not(equals(alarm_mail.value(), "")));
    let loud = t.condition("IsLoud", and([&prod, &mailed]));
    let either = t.condition("IsEither", or([prod.clone().into(), not(&loud)]));

    // Network.
    let vpc = t.add("Vpc", ec2::VPC::new().cidr_block("10.0.0.0/16").enable_dns_support(true));
    let blocks = cidr(vpc.cidr_block(), 4, 8);
    let subnets: List<Attr<ec2::subnet::SubnetId>> = (0..2)
        .map(|i| {
            t.add(
                format!("Subnet{i}"),
                ec2::Subnet::new(vpc.vpc_id())
                    .cidr_block(select(i, &blocks))
                    .availability_zone(select(i, availability_zones()))
                    .tags([("Name", sub!("${AWS::StackName}-${i}", i = i))]),
            )
            .subnet_id()
        })
        .collect();
    let group = t.add(
        "Group",
        ec2::SecurityGroup::new("Clients of the brokers").vpc_id(vpc.vpc_id()).security_group_egress([
            ec2::security_group::Egress::new("-1").cidr_ip("0.0.0.0/0").description("anywhere"),
        ]),
    );
    t.add(
        "GroupIngress",
        ec2::SecurityGroupIngress::new("tcp")
            .group_id(group.group_id())
            .source_security_group_id(group.group_id())
            .from_port(9096)
            .to_port(9096),
    );
    t.add(
        "Endpoint",
        ec2::VPCEndpoint::new(vpc.vpc_id())
            .service_name(sub!("com.amazonaws.${AWS::Region}.secretsmanager"))
            .vpc_endpoint_type(ec2::vpc_endpoint::VpcEndpointType::Interface)
            .security_group_ids(list![group.group_id(), vpc.default_security_group()])
            .subnet_ids(&subnets)
            .private_dns_enabled(true),
    );

    // Keys and secrets.
    let role_to_come = t.declare::<iam::Role>("Role");
    t.add(
        "RoleName",
        ssm::Parameter::new(ssm::ParameterRequired {
            r#type: ssm::parameter::TypeValue::String.into(),
            value: role_to_come.reference().into(),
        }),
    );
    let key = t.add(
        "Key",
        kms::Key::new()
            .enable_key_rotation(true)
            .key_spec(kms::key::KeySpec::SymmetricDefault)
            .key_usage(kms::key::KeyUsage::raw("ENCRYPT_DECRYPT"))
            .pending_window_in_days(if_(&prod, Val::from(30), 7))
            .key_policy(PolicyDocument::of([
                Statement::allow().sid("Root").by(Principal::this_account()).actions(["kms:*"]).on_any(),
                Statement::allow()
                    .by(Principal::service(sub!("logs.${AWS::Region}.amazonaws.com")))
                    .by(Principal::service("sns.amazonaws.com"))
                    .actions(["kms:Decrypt", "kms:GenerateDataKey*"])
                    .on_any()
                    .when(Condition::string_equals("aws:SourceAccount", aws::account_id()))
                    .when(Condition::arn_like("aws:SourceArn", "arn:aws:logs:*")),
            ])),
    );
    t.options(&key).retain();
    t.add(
        "KeyAlias",
        kms::Alias::new(kms::AliasRequired {
            alias_name: sub!("alias/onboard-ai-${environment}", environment = environment.value()),
            target_key_id: key.key_id().into(),
        }),
    );
    let secret = t.add(
        "Secret",
        secretsmanager::Secret::new()
            .name(sub!("AmazonMSK_${environment}", environment = environment.value()))
            .kms_key_id(key.arn())
            .generate_secret_string(
                secretsmanager::secret::GenerateSecretString::new()
                    .secret_string_template(json!({ "username": "producer" }).into_text())
                    .generate_string_key("password")
                    .exclude_punctuation(true),
            ),
    );

    // The cluster.
    let configuration = t.add(
        "Configuration",
        msk::Configuration::new(msk::ConfigurationRequired {
            name: sub!("main-${environment}", environment = environment.value()),
            server_properties: msk::ServerProperties::new().set("auto.create.topics.enable", false).into(),
        }),
    );
    let broker_logs = t.add(
        "BrokerLogs",
        logs::LogGroup::new().retention_in_days(30).kms_key_id(key.arn()).log_group_name("/msk/main"),
    );
    t.options(&broker_logs).deletion_policy(DeletionPolicy::Delete).metadata("why", "logs may go");
    let cluster = t.add(
        "Cluster",
        msk::Cluster::new(msk::ClusterRequired {
            broker_node_group_info: msk::cluster::BrokerNodeGroupInfo::new(
                msk::cluster::BrokerNodeGroupInfoRequired {
                    client_subnets: if_(&prod, subnets.clone(), more_subnets.value()),
                    instance_type: sizes.text(environment.value(), "Instance"),
                },
            )
            .security_groups([group.group_id()])
            .into(),
            cluster_name: join("-", list!["main", environment.value()]),
            kafka_version: "3.9.x".into(),
            number_of_broker_nodes: sizes.number(environment.value(), "Brokers"),
        })
        .configuration_info(msk::cluster::ConfigurationInfo::new(msk::cluster::ConfigurationInfoRequired {
            arn: configuration.arn(),
            revision: configuration.latest_revision_revision(),
        }))
        .encryption_info(
            msk::cluster::EncryptionInfo::new()
                .encryption_at_rest(msk::cluster::EncryptionAtRest::new(key.arn()))
                .encryption_in_transit(
                    msk::cluster::EncryptionInTransit::new()
                        .in_cluster(true)
                        .client_broker(msk::cluster::ClientBroker::Tls),
                ),
        )
        .client_authentication(
            msk::cluster::ClientAuthentication::new()
                .sasl(msk::cluster::Sasl::new().scram(msk::cluster::Scram::new(true))),
        )
        .logging_info(msk::cluster::LoggingInfo::new(
            msk::cluster::BrokerLogs::new()
                .cloud_watch_logs(msk::cluster::CloudWatchLogs::new(true).log_group(broker_logs.reference())),
        ))
        .tags(map! { "environment" => environment.value(), "app" => "onboard-ai" }),
    );
    t.options(&cluster).retain();
    t.add("ClusterSecrets", msk::BatchScramSecret::new(cluster.arn()).secret_arn_list([secret.reference()]));
    let topic = t.add(
        "Topic",
        msk::Topic::new(msk::TopicRequired {
            cluster_arn: cluster.arn(),
            topic_name: "user-info-submitted".into(),
            partition_count: 6.into(),
            replication_factor: 3.into(),
        })
        .configs(msk::TopicConfig::new().set("retention.ms", 604_800_000).set("cleanup.policy", "delete")),
    );

    // Tables, queues, alerts.
    let table = t.add(
        "Events",
        TableKeys::new(Key::hash(KeyAttribute::text("customerId")).range(KeyAttribute::number("at")))
            .global_index("by-topic", Key::hash(KeyAttribute::text("topic")), Projected::KeysOnly)
            .local_index("by-id", KeyAttribute::text("id"), Projected::Include(vec!["topic".to_owned()]))
            .table()
            .billing_mode("PAY_PER_REQUEST")
            .time_to_live_specification(
                dynamodb::table::TimeToLiveSpecification::new(true).attribute_name("ttl"),
            )
            .stream_specification(dynamodb::table::StreamSpecification::new("NEW_IMAGE"))
            .sse_specification(
                dynamodb::table::SSESpecification::new(true).sse_type("KMS").kms_master_key_id(key.arn()),
            ),
    );
    let dead = t.add("DeadLetters", sqs::Queue::new().message_retention_period(1_209_600));
    let queue = t.add(
        "Queue",
        sqs::Queue::new()
            .redrive_policy(sqs::RedrivePolicy { dead_letter_queue: dead.arn(), max_receive_count: 5 })
            .kms_master_key_id("alias/aws/sqs".assume("the key that AWS manages")),
    );
    t.add(
        "QueuePolicy",
        sqs::QueuePolicy::new(sqs::QueuePolicyRequired {
            policy_document: PolicyDocument::of([Statement::deny()
                .by(Principal::any())
                .actions(["sqs:*"])
                .on([queue.arn()])
                .when(Condition::bool("aws:SecureTransport", false))])
            .into(),
            queues: [queue.queue_url(), dead.queue_url()].into(),
        }),
    );
    let alerts = t.add("Alerts", sns::Topic::new().kms_master_key_id(key.key_id()));
    let mail = t.add(
        "AlertMail",
        sns::Subscription::new(sns::SubscriptionRequired {
            protocol: "email".into(),
            topic_arn: alerts.topic_arn(),
        })
        .endpoint(alarm_mail.value()),
    );
    t.options(&mail).condition(&mailed);

    // Functions.
    let role = t.add(
        "Role",
        iam::Role::new(PolicyDocument::of([Statement::allow()
            .by(Principal::service("lambda.amazonaws.com"))
            .actions(["sts:AssumeRole"])]))
        .managed_policy_arns([iam::aws_managed_policy("service-role/AWSLambdaVPCAccessExecutionRole")])
        .policies([iam::role::Policy::new(iam::role::PolicyRequired {
            policy_name: "work".into(),
            policy_document: PolicyDocument::new()
                .statement(
                    Statement::allow()
                        .sid("Table")
                        .actions(["dynamodb:PutItem", "dynamodb:Query"])
                        .on(list![table.arn(), sub!("${table}/index/*", table = table.arn())]),
                )
                .statement(Statement::allow().actions(["kms:Decrypt"]).on([key.arn()]))
                .into(),
        })]),
    );
    assert_eq!(role.logical_id(), role_to_come.logical_id());
    t.modify(&key, |key| key.description(sub!("Of ${AWS::StackName}")));
    let function = t.add(
        "Consumer",
        lambda::Function::new(lambda::FunctionRequired {
            code: lambda::function::Code::new().s3_bucket(bucket_name.value()).s3_key("consumer.zip").into(),
            role: role.arn(),
        })
        .runtime("provided.al2023")
        .handler("bootstrap")
        .architectures(["arm64"])
        .memory_size(memory.value())
        .timeout(30)
        .reserved_concurrent_executions(only_if(&prod, Val::from(10)))
        .kms_key_arn(key.arn())
        .vpc_config(
            lambda::function::VpcConfig::new().subnet_ids(subnets).security_group_ids([group.group_id()]),
        )
        .environment(lambda::function::Environment::new().variables(map! {
            "TABLE" => table.reference(),
            "ADMIN" => select(0, admins.value()),
            "PARTS" => select(1, split(",", "x,y")),
            "WORD" => secret_word.value(),
            "TOPIC" => "user-info-submitted",
            "GREETING" => base64("hello"),
            "USER" => dynamic::secret(secret.reference(), "username"),
            "LEVEL" => if_(&loud, text("debug"), "info"),
            "PLACE" => aws::no_value(),
        }))
        .with(Some("x86"), |function, _| function.description("Consumes"))
        .when(false, |function| function.handler("never")),
    );
    t.options(&function).depends_on_all([topic.any(), alerts.any()]);
    t.add(
        "Mapping",
        lambda::EventSourceMapping::new(function.reference())
            .event_source_arn(cluster.arn())
            .topics(["user-info-submitted"])
            .starting_position("TRIM_HORIZON")
            .source_access_configurations([lambda::event_source_mapping::SourceAccessConfiguration::new()
                .r#type(lambda::event_source_mapping::SourceAccessConfigurationType::SaslScram512Auth)
                .uri(secret.reference())])
            .destination_config(
                lambda::event_source_mapping::DestinationConfig::new()
                    .on_failure(lambda::event_source_mapping::OnFailure::new().destination(dead.arn())),
            ),
    );
    t.add("Stream", lambda::EventSourceMapping::new(function.arn()).event_source_arn(table.stream_arn()));

    // The edge.
    let socket = t.add(
        "Socket",
        api::Api::new()
            .name("socket")
            .protocol_type("WEBSOCKET")
            .route_selection_expression("$request.body.action"),
    );
    let integration = t.add(
        "Integration",
        api::Integration::new(api::IntegrationRequired {
            api_id: socket.api_id(),
            integration_type: "AWS_PROXY".into(),
        })
        .integration_uri(function.invocation_uri()),
    );
    let route = t.add(
        "Connect",
        api::Route::new(api::RouteRequired { api_id: socket.api_id(), route_key: "$connect".into() })
            .target(integration.target()),
    );
    let access = t.add("AccessLogs", logs::LogGroup::new().retention_in_days(7));
    let stage = t.add(
        "Stage",
        api::Stage::new(api::StageRequired { api_id: socket.api_id(), stage_name: environment.value() })
            .auto_deploy(true)
            .access_log_settings(
                api::stage::AccessLogSettings::new()
                    .destination_arn(access.arn())
                    .format(api::access_log_format([("requestId", "$context.requestId")])),
            ),
    );
    t.options(&stage).depends_on(&route);
    t.add(
        "MayInvoke",
        lambda::Permission::new(lambda::PermissionRequired {
            action: "lambda:InvokeFunction".into(),
            function_name: function.arn().into(),
            principal: "apigateway.amazonaws.com".into(),
        })
        .source_arn(socket.execute_api_arn_of("*/$connect")),
    );

    // Watching.
    let alarm = t.add(
        "Errors",
        cloudwatch::Alarm::new()
            .comparison_operator("GreaterThanThreshold")
            .evaluation_periods(1)
            .namespace("AWS/Lambda")
            .metric_name("Errors")
            .statistic("Sum")
            .period(60)
            .threshold(0.5)
            .dimensions([("FunctionName", function.reference())])
            .alarm_actions([alerts.topic_arn()]),
    );
    t.add(
        "Dashboard",
        cloudwatch::Dashboard::new(
            DashboardBody::new().row(2, [Widget::text("# Onboarding \"live\"")]).row(
                6,
                [
                    Widget::metrics(
                        "Errors",
                        [
                            Metric::new("AWS/Lambda", "Errors")
                                .dimension("FunctionName", function.reference())
                                .stat("Sum")
                                .id("m1"),
                            Metric::expression("m1 * 2").label("twice"),
                        ],
                    )
                    .period(60)
                    .line_at("limit", 5),
                    Widget::alarms("Alarms", [alarm.arn()]).width(6),
                ],
            ),
        )
        .dashboard_name(aws::stack_name()),
    );
    let bucket = t.add(
        "Trails",
        s3::Bucket::new().versioning_configuration(s3::bucket::VersioningConfiguration::new(
            s3::bucket::VersioningConfigurationStatus::Enabled,
        )),
    );
    t.add(
        "Trail",
        cloudtrail::Trail::new(cloudtrail::TrailRequired {
            is_logging: true.into(),
            s3_bucket_name: bucket.reference(),
        })
        .kms_key_id(key.arn()),
    );
    t.add(
        "Name",
        ssm::Parameter::new(ssm::ParameterRequired {
            r#type: ssm::parameter::TypeValue::String.into(),
            value: aws::stack_name(),
        }),
    );

    // Custom resources, and what the specification does not have.
    let brokers = t.add(
        "Brokers",
        CustomResource::new("Custom::Brokers", function.arn())
            .property("ClusterArn", cluster.arn())
            .property("Options", json!({ "protocols": ["SASL_SSL", null], "retry": 3, "in": aws::region() }))
            .service_timeout(60)
            .returns(["BrokerString"]),
    );
    let broker_string: Attr<BootstrapBrokers> = brokers.get("BrokerString");
    t.add("Future", sns::Topic::new().raw_property("DisplayName", json!("future")));

    t.options(&brokers).condition(&either);
    let out = t.output("KafkaBootstrapServers", "Where the brokers are", broker_string);
    t.output_options(&out).condition(&either).export(sub!("${AWS::StackName}-brokers"));
    t.output(
        "Endpoint",
        "The WebSocket",
        sub!("wss://${host}/${stage}", host = socket.host(), stage = stage.reference()),
    );
    t.finish()
}

#[allow(dead_code)]
fn main() {
    if let Err(mistakes) = template() {
        panic!("{mistakes:#?}");
    }
}
