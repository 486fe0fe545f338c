//! The documents that helpers make: policies, keys, dashboards, configurations.

use cfn::cloudwatch::{DashboardBody, Metric, Widget};
use cfn::dynamodb::{Key, KeyAttribute, Projected, TableKeys};
use cfn::iam::{Action, Condition, PolicyDocument, Principal, Statement};
use cfn::{
    Assume, Json, Resource, Template, Val, apigatewayv2, aws, dynamodb, iam, lambda, list, msk, sns, sqs, sub,
};
use serde_json::{Value, json};

fn policy(document: PolicyDocument) -> Value {
    Json::from(document).to_json()
}

/// What `finish` says about a role with these policies.
fn complaints(trust: PolicyDocument, own: PolicyDocument) -> Vec<String> {
    let mut t = Template::new("");
    t.add(
        "Role",
        iam::Role::new(trust).policies([iam::role::Policy::new(iam::role::PolicyRequired {
            policy_name: "p".into(),
            policy_document: own.into(),
        })]),
    );
    t.finish().expect_err("a mistake").iter().map(ToString::to_string).collect()
}

fn trust() -> Statement {
    Statement::allow().by(Principal::service("lambda.amazonaws.com")).actions(["sts:AssumeRole"])
}

#[test]
fn policies() {
    let document = PolicyDocument::of([
        Statement::allow()
            .sid("Read")
            .actions(["s3:Get*", "s3:ListBucket"])
            .on(["a", "b"])
            .on(list![aws::region()])
            .when(Condition::string_equals("aws:SourceAccount", aws::account_id()))
            .when(Condition::new("StringEquals", "aws:PrincipalTag/x", ["1", "2"]))
            .when(Condition::bool("aws:SecureTransport", true))
            .when(Condition::null("aws:x", false))
            .when(Condition::numeric_at_most("s3:max-keys", 10)),
        Statement::deny().all_actions_but(["iam:*"]).on_any(),
    ]);
    assert_eq!(
        policy(document),
        json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Action": ["s3:Get*", "s3:ListBucket"],
                    "Resource": ["a", "b", { "Ref": "AWS::Region" }],
                    "Condition": {
                        "StringEquals": {
                            "aws:SourceAccount": { "Ref": "AWS::AccountId" },
                            "aws:PrincipalTag/x": ["1", "2"],
                        },
                        "Bool": { "aws:SecureTransport": "true" },
                        "Null": { "aws:x": "false" },
                        "NumericLessThanEquals": { "s3:max-keys": "10" },
                    },
                },
                { "Effect": "Deny", "NotAction": ["iam:*"], "Resource": ["*"] },
            ],
        })
    );
}

#[test]
fn principals() {
    let of = |statement: Statement| {
        policy(PolicyDocument::new().statement(statement.actions(["sqs:SendMessage"]).on_any()))["Statement"]
            [0]["Principal"]
            .clone()
    };
    assert_eq!(of(Statement::allow().by(Principal::service("a"))), json!({ "Service": "a" }));
    assert_eq!(
        of(Statement::allow()
            .by(Principal::service("a"))
            .by(Principal::service("b"))
            .by(Principal::account("111122223333"))),
        json!({
            "Service": ["a", "b"],
            "AWS": { "Fn::Sub": "arn:${AWS::Partition}:iam::111122223333:root" },
        })
    );
    assert_eq!(of(Statement::allow().by(Principal::any())), json!("*"));
    assert_eq!(of(Statement::allow().by(Principal::arn("x"))), json!({ "AWS": "x" }));
}

#[test]
fn mistakes_in_policies() {
    let work = || Statement::allow().actions(["sns:Publish"]).on_any();
    let good = PolicyDocument::of([work()]);
    let trusted = PolicyDocument::of([trust()]);
    assert_eq!(
        complaints(PolicyDocument::of([work().sid("NoOne")]), good.clone()),
        [
            "Resources/Role/AssumeRolePolicyDocument/Statement/0: the statement NoOne has no principal, which the policy of \
          a resource needs: `.by(Principal::...)`"
        ]
    );
    let own = |statement: Statement| {
        let found = complaints(trusted.clone(), PolicyDocument::of([statement]));
        assert_eq!(found.len(), 1, "{found:?}");
        let place = "Resources/Role/Policies/0/PolicyDocument/Statement/0";
        assert!(found[0].starts_with(place), "{}", found[0]);
        found[0][place.len()..].to_owned()
    };
    assert_eq!(
        own(work().by(Principal::any())),
        ": the statement without Sid has a principal, which the policy of an identity must not have"
    );
    assert_eq!(own(Statement::allow().on_any()), ": the statement without Sid has no action");
    assert_eq!(
        own(Statement::allow().actions(["sns:Publish"])),
        ": the statement without Sid has no resource: `.on([...])` or `.on_any()`"
    );
    assert_eq!(
        own(Statement::allow().actions(["sns.Publish"]).on_any()),
        "/Action/0: `sns.Publish` is no action: it has to be `service:Verb`, as `sns:Publish` or `s3:Get*`"
    );
    assert_eq!(own(work().sid("my-sid")), "/Sid: the Sid `my-sid` is not made of letters and digits");
    assert!(
        own(work().when(Condition::bool("a", true)).when(Condition::bool("a", false)))
            .starts_with("/Condition/Bool/a: the condition on `a` stands twice")
    );
    assert_eq!(
        complaints(trusted, PolicyDocument::new()),
        ["Resources/Role/Policies/0/PolicyDocument: the policy document has no statement"]
    );
}

#[test]
fn actions() {
    for good in
        ["*", "s3:*", "sns:Publish", "kafka-cluster:Connect", "s3:Get?bject", "execute-api:ManageConnections"]
    {
        assert!(Action::parse(good).is_ok(), "{good}");
    }
    for bad in ["", "sns", "sns:", ":Publish", "sns:publish", "SNS:Publish", "sns: Publish", "sns:Pub:lish"] {
        assert!(Action::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn keys_and_indexes() {
    let keys = TableKeys::new(Key::hash(KeyAttribute::text("id")).range(KeyAttribute::number("at")))
        .global_index("g", Key::hash(KeyAttribute::binary("blob")), Projected::All)
        .local_index("l", KeyAttribute::text("alpha"), Projected::Include(vec!["x".to_owned()]));
    let mut t = Template::new("");
    t.add("Table", keys.table());
    let json = t.finish().expect("a template");
    assert_eq!(
        json["Resources"]["Table"]["Properties"],
        json!({
            "AttributeDefinitions": [
                { "AttributeName": "alpha", "AttributeType": "S" },
                { "AttributeName": "at", "AttributeType": "N" },
                { "AttributeName": "blob", "AttributeType": "B" },
                { "AttributeName": "id", "AttributeType": "S" },
            ],
            "GlobalSecondaryIndexes": [{
                "IndexName": "g",
                "KeySchema": [{ "AttributeName": "blob", "KeyType": "HASH" }],
                "Projection": { "ProjectionType": "ALL" },
            }],
            "KeySchema": [
                { "AttributeName": "id", "KeyType": "HASH" },
                { "AttributeName": "at", "KeyType": "RANGE" },
            ],
            "LocalSecondaryIndexes": [{
                "IndexName": "l",
                "KeySchema": [
                    { "AttributeName": "id", "KeyType": "HASH" },
                    { "AttributeName": "alpha", "KeyType": "RANGE" },
                ],
                "Projection": { "NonKeyAttributes": ["x"], "ProjectionType": "INCLUDE" },
            }],
        })
    );
}

#[test]
fn a_key_attribute_of_two_types() {
    let keys = TableKeys::new(Key::hash(KeyAttribute::text("id"))).global_index(
        "g",
        Key::hash(KeyAttribute::number("id")),
        Projected::KeysOnly,
    );
    let mut t = Template::new("");
    let table: dynamodb::Table = keys.table();
    t.add("Table", table);
    assert_eq!(
        t.finish().expect_err("a mistake")[0].to_string(),
        "Resources/Table/AttributeDefinitions: the key attribute `id` is once of the type N and once of the type S"
    );
}

#[test]
fn dashboards() {
    let mut t = Template::new("");
    let topic = t.add("Topic", sns::Topic::new());
    let body = DashboardBody::new()
        .row(2, [Widget::text("# \"A\" costs ${x}")])
        .row(
            6,
            [
                Widget::metrics(
                    "Sent",
                    [
                        Metric::new("AWS/SNS", "Sent")
                            .dimension("TopicName", topic.topic_name())
                            .stat("Sum")
                            .id("m1")
                            .hidden(),
                        Metric::expression("m1*2").label("twice").right(),
                    ],
                )
                .period(60)
                .stat("Average")
                .stacked()
                .single_value()
                .line_at("limit", 1.5),
                Widget::alarms("Alarms", ["arn"]).width(4),
                Widget::logs("Errors", "SOURCE 'x' | fields @message"),
            ],
        )
        .to_val()
        .to_json();
    let text = body["Fn::Sub"].as_str().expect("an Fn::Sub of text alone");
    // With the placeholders taken as text it is JSON.
    let parsed: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(
        parsed,
        json!({ "widgets": [
            { "type": "text", "x": 0, "y": 0, "width": 24, "height": 2, "properties": { "markdown": "# \"A\" costs ${!x}" } },
            { "type": "metric", "x": 0, "y": 2, "width": 10, "height": 6, "properties": {
                "title": "Sent", "region": "${AWS::Region}", "view": "singleValue",
                "metrics": [
                    ["AWS/SNS", "Sent", "TopicName", "${Topic.TopicName}", { "stat": "Sum", "id": "m1", "visible": false }],
                    [{ "expression": "m1*2", "label": "twice", "yAxis": "right" }],
                ],
                "period": 60, "stat": "Average", "stacked": true,
                "annotations": { "horizontal": [{ "label": "limit", "value": 1.5 }] },
            } },
            { "type": "alarm", "x": 10, "y": 2, "width": 4, "height": 6, "properties": {
                "title": "Alarms", "alarms": ["arn"],
            } },
            { "type": "log", "x": 14, "y": 2, "width": 10, "height": 6, "properties": {
                "title": "Errors", "region": "${AWS::Region}", "view": "table", "query": "SOURCE 'x' | fields @message",
            } },
        ] })
    );
}

#[test]
fn a_row_that_is_too_wide() {
    let widget = || Widget::text("x").width(13);
    let mut t = Template::new("");
    t.add("Board", cfn::cloudwatch::Dashboard::new(DashboardBody::new().row(1, [widget(), widget()])));
    let found = t.finish().expect_err("a mistake");
    assert!(found[0].to_string().contains("need more than its 24 columns"), "{}", found[0]);
}

#[test]
fn configurations() {
    let properties = msk::ServerProperties::new().set("a.b", true).set("n", 3).set("r", aws::region());
    assert_eq!(properties.to_val().to_json(), json!({ "Fn::Sub": "a.b=true\nn=3\nr=${AWS::Region}\n" }));
    let config = msk::TopicConfig::new().set("min.insync.replicas", 2).set("preallocate", false);
    assert_eq!(
        config.to_val().to_json(),
        json!({ "Fn::Base64": r#"{"min.insync.replicas":"2","preallocate":"false"}"# })
    );
}

#[test]
fn apis_and_queues() {
    let mut t = Template::new("");
    let api = t.add("Api", apigatewayv2::Api::new().name("x").protocol_type("HTTP"));
    let dead = t.add("Dead", sqs::Queue::new());
    assert_eq!(
        api.execute_api_arn_of("*/$connect").to_json(),
        json!({
            "Fn::Sub": "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api.ApiId}/*/$connect"
        })
    );
    assert_eq!(
        sub!("https://${host}/x", host = api.host()).to_json(),
        json!({ "Fn::Sub": "https://${Api.ApiId}.execute-api.${AWS::Region}.${AWS::URLSuffix}/x" })
    );
    assert_eq!(
        Json::from(sqs::RedrivePolicy { dead_letter_queue: dead.arn(), max_receive_count: 3 }).to_json(),
        json!({ "deadLetterTargetArn": { "Fn::GetAtt": ["Dead", "Arn"] }, "maxReceiveCount": 3 })
    );
    let function: cfn::Handle<lambda::Function> = t.declare("F");
    assert_eq!(
        function.invocation_uri().to_json(),
        json!({
            "Fn::Sub":
                "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"
        })
    );
    let integration: cfn::Handle<apigatewayv2::Integration> = t.declare("I");
    assert_eq!(
        Val::from(integration.target()).to_json(),
        json!({ "Fn::Sub": "integrations/${I.IntegrationId}" })
    );
}

#[test]
fn tags_in_the_form_of_each_type() {
    let mut t = Template::new("");
    let tags = || [("App", Val::from("onboard-ai")), ("Region", aws::region())];
    t.add("List", sns::Topic::new().tags([("App", "other")]).tagged(tags()));
    t.add("Map", apigatewayv2::Api::new().tagged(tags()));
    t.add("None", msk::BatchScramSecret::new("x".assume("a test")).tagged(tags()));
    let json = t.finish().expect("a template");
    let of = |id: &str| json["Resources"][id]["Properties"]["Tags"].clone();
    assert_eq!(
        of("List"),
        json!([{ "Key": "App", "Value": "other" }, { "Key": "Region", "Value": { "Ref": "AWS::Region" } }])
    );
    assert_eq!(of("Map"), json!({ "App": "onboard-ai", "Region": { "Ref": "AWS::Region" } }));
    assert_eq!(of("None"), Value::Null);
}
