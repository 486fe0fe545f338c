//! Each mistake that `finish` reports.

use cfn::{
    Assume, Attr, Handle, Mapping, NestedStack, Parameter, Template, TemplateError, Val, aws, cloudformation,
    equals, iam, if_, kms, list, logs, map, not, only_if, or, quota, sns, sqs, ssm, sub,
};

fn mistakes(template: &Template) -> Vec<String> {
    match template.finish() {
        Ok(json) => panic!("no mistake in {json:#}"),
        Err(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
    }
}

fn with_topic(description: &str) -> Template {
    let mut t = Template::new(description);
    t.add("Topic", sns::Topic::new());
    t
}

#[test]
fn names_given_twice() {
    let mut t = with_topic("");
    t.add("Topic", sns::Topic::new());
    t.parameter("Topic", Parameter::text());
    t.output("Topic", "", aws::region());
    t.output("Topic", "", aws::region());
    assert_eq!(
        mistakes(&t),
        [
            "the name `Topic` is given twice, as resource and as resource: parameters and resources share one set of names; \
             conditions, mappings and outputs have one each; rename one",
            "the name `Topic` is given twice, as resource and as parameter: parameters and resources share one set of names; \
             conditions, mappings and outputs have one each; rename one",
            "the name `Topic` is given twice, as output and as output: parameters and resources share one set of names; \
             conditions, mappings and outputs have one each; rename one",
        ]
    );
}

#[test]
fn illegal_names() {
    let mut t = with_topic("");
    t.add("user-info", sns::Topic::new());
    t.add("", sns::Topic::new());
    t.add("x".repeat(256), sns::Topic::new());
    t.add("x".repeat(255), sns::Topic::new());
    let found = mistakes(&t);
    assert_eq!(found.len(), 3);
    assert_eq!(
        found[0],
        "the resource name `user-info` is illegal: only letters and digits (A-Z, a-z, 0-9) are allowed"
    );
    assert_eq!(found[1], "the resource name `` is illegal: it is empty");
    assert!(found[2].ends_with("is illegal: it has more than 255 characters"));
}

#[test]
fn a_handle_of_another_template() {
    let mut one = Template::new("the one");
    let key = one.add("Key", kms::Key::new());
    let on = one.condition("On", equals(aws::region(), "x"));
    let mut other = Template::new("the other");
    // A resource of the same name does not hide it.
    other.add("Key", kms::Key::new());
    let group = other.add("Logs", logs::LogGroup::new().kms_key_id(key.arn()));
    other.options(&group).depends_on(&key).condition(&on);
    other.options(&key).retain();
    let found = mistakes(&other);
    assert_eq!(found.len(), 4, "{found:#?}");
    assert_eq!(
        found[1],
        "Resources/Logs/KmsKeyId refers to the resource `Key` of another template (\"the one\"): pass it in by a \
         parameter of this template, which the parent fills from an output of the other"
    );
    assert!(found[0].starts_with("a change of options or properties refers to the resource `Key`"));
    assert!(
        found[2].starts_with("Resources/Logs/Condition refers to the condition `On` of another template")
    );
    assert!(
        found[3].starts_with("Resources/Logs/DependsOn refers to the resource `Key` of another template")
    );
}

#[test]
fn declared_and_never_added_or_otherwise() {
    let mut t = Template::new("");
    let role: Handle<iam::Role> = t.declare("Role");
    t.declare::<kms::Key>("Logs");
    t.add("Logs", logs::LogGroup::new().log_group_name(role.reference()));
    assert_eq!(
        mistakes(&t),
        [
            "`Logs` was declared as AWS::KMS::Key and added as AWS::Logs::LogGroup: make them agree",
            "Resources/Logs/LogGroupName refers to the resource `Role`, which this template does not have: add it, or \
             drop the reference",
        ]
    );
}

#[test]
fn circles() {
    let mut t = Template::new("");
    let b: Handle<sns::Topic> = t.declare("B");
    let c: Handle<sns::Topic> = t.declare("C");
    t.add("A", sns::Topic::new().display_name(b.topic_name()));
    t.add("B", sns::Topic::new().display_name(sub!("${c}!", c = c.topic_name())));
    t.add("C", sns::Topic::new());
    t.options(&c).depends_on(&b);
    let mut own = Template::new("");
    let me: Handle<sns::Topic> = own.declare("Me");
    own.add("Me", sns::Topic::new().display_name(me.topic_name()));
    assert_eq!(
        mistakes(&t),
        [
            "the resources depend on each other in a circle: B -> C -> B; break it, for instance with a separate rule, \
          policy or permission resource"
        ]
    );
    assert!(mistakes(&own)[0].contains("Me -> Me"));
}

#[test]
fn a_resource_that_may_be_absent() {
    let mut t = Template::new("");
    let environment = t.parameter("Environment", Parameter::text());
    let prod = t.condition("Prod", equals(environment.value(), "prod"));
    let test = t.condition("Test", equals(environment.value(), "test"));
    let either = t.condition("Either", or([&prod, &test]));
    let not_test = t.condition("NotTest", not(&test));
    let key = t.add("Key", kms::Key::new());
    t.options(&key).condition(&prod);

    let group = |arn: Attr<kms::key::Arn>| logs::LogGroup::new().kms_key_id(arn);
    t.add("Always", group(key.arn()));
    t.add("Chosen", group(only_if(&prod, key.arn())));
    t.add("ChosenWrongly", group(if_(&prod, "x".assume("test").as_attr(), key.arn())));
    for (name, condition) in [("InProd", &prod), ("InEither", &either), ("InNotTest", &not_test)] {
        let handle = t.add(name, group(key.arn()));
        t.options(&handle).condition(condition);
    }
    let both = t.condition("Both", cfn::and([&either, &not_test]));
    let handle = t.add("InBoth", group(key.arn()));
    t.options(&handle).condition(&both);
    let output = t.output("KeyArn", "", key.arn());
    let expected = [
        ("Outputs/KeyArn/Value", "something else"),
        ("Resources/Always/KmsKeyId", "something else"),
        ("Resources/ChosenWrongly/KmsKeyId/Fn::If else", "something else"),
        ("Resources/InEither/KmsKeyId", "`test`"),
        ("Resources/InNotTest/KmsKeyId", "something else"),
    ];
    let message = |(place, value): (&str, &str)| {
        format!(
            "{place} refers to the resource `Key`, which is there only if the condition `Prod` holds; but it may not \
             (Environment is {value}): give both the same condition, or choose with `if_(&Prod, ...)`"
        )
    };
    assert_eq!(mistakes(&t), expected.map(message));
    t.output_options(&output).condition(&prod);
    assert_eq!(mistakes(&t).len(), 4);
}

#[test]
fn allowed_values_settle_conditions() {
    let mut t = Template::new("");
    let environment = t.parameter("Environment", Parameter::text().allowed_values(["dev", "prod"]));
    let prod = t.condition("Prod", equals(environment.value(), "prod"));
    let dev = t.condition("Dev", equals("dev", environment.value()));
    let not_dev = t.condition("NotDev", not(&dev));
    let key = t.add("Key", kms::Key::new());
    t.options(&key).condition(&prod);
    let group = t.add("Logs", logs::LogGroup::new().kms_key_id(key.arn()));
    t.options(&group).condition(&not_dev);
    t.finish().expect("not dev is prod");
}

#[test]
fn resources_cannot_be_in_conditions_or_export_names() {
    let mut t = with_topic("");
    let topic: Handle<sns::Topic> = t.declare("Topic");
    t.condition("On", equals(topic.topic_name(), "x"));
    let output = t.output("Name", "", topic.topic_name());
    t.output_options(&output).export(topic.topic_name());
    let found = mistakes(&t);
    assert_eq!(found.len(), 2);
    assert!(
        found[0].starts_with("Conditions/On/Fn::Equals/0: the resource `Topic` cannot be referred to here")
    );
    assert!(found[1].starts_with("Outputs/Name/Export: the resource `Topic` cannot"));
}

#[test]
fn required_and_left_out() {
    let mut t = Template::new("");
    t.add(
        "Name",
        ssm::Parameter::new(ssm::ParameterRequired {
            r#type: ssm::parameter::TypeValue::String.into(),
            value: aws::no_value().into(),
        }),
    );
    assert_eq!(
        mistakes(&t),
        ["Resources/Name/Value is required, but is given AWS::NoValue: give it a value in every case"]
    );
}

#[test]
fn parameters() {
    let mut t = with_topic("");
    t.parameter("A", Parameter::number().default("x"));
    t.parameter("B", Parameter::text().allowed_values(["a"]).default("b"));
    t.parameter("C", Parameter::number().min_value(3).default(2));
    t.parameter("D", Parameter::text().min_length(3).default("ab"));
    t.parameter("E", Parameter::text().default("x".repeat(4_097)));
    t.parameter("F", Parameter::text().allowed_values([1]));
    t.parameter("G", Parameter::list().default(["a", "b"]));
    let vpc = t.parameter("H", Parameter::vpc_id());
    assert_eq!(vpc.name(), "H");
    let found = mistakes(&t);
    assert_eq!(
        found,
        [
            "Parameters/A: \"x\" is no value of the type Number",
            "Parameters/B: the default \"b\" is not one of the allowed values",
            "Parameters/C: the default is less or more than the parameter allows",
            "Parameters/D: the default is shorter or longer than the parameter allows",
            "Parameters/E: the default is longer than 4096 bytes",
            "Parameters/F: 1 is no value of the type String",
        ]
    );
}

#[test]
fn mappings() {
    let mut t = with_topic("");
    t.mapping("Empty", Mapping::new());
    t.mapping("Uneven", Mapping::new().row("a", [("x", 1.into())]).row("b", [("x", "1".into())]));
    t.mapping("Twice", Mapping::new().row("a", [("x", 1.into())]).row("a", [("x", 1.into())]));
    t.mapping("Keys", Mapping::new().row("us-east-1", [("a_b", 1.into())]));
    assert_eq!(
        mistakes(&t),
        [
            "Mappings/Empty: the mapping has no row",
            "Mappings/Uneven: the rows `a` and `b` have not the same cells of the same kinds",
            "Mappings/Twice: the row `a` is there twice",
            "Mappings/Keys: the key `a_b` is not made of letters, digits, `-` and `.`",
        ]
    );
}

#[test]
fn quotas() {
    let mut t = Template::new("x".repeat(quota::DESCRIPTION_BYTES + 1));
    for i in 0..=quota::RESOURCES {
        t.add(format!("Topic{i}"), sns::Topic::new().display_name("x".repeat(2_000)));
    }
    for i in 0..=quota::PARAMETERS {
        t.parameter(format!("P{i}"), Parameter::text());
        t.output(format!("O{i}"), "", aws::region());
        t.mapping(format!("M{i}"), Mapping::new().row("a", [("x", 1.into())]));
    }
    let bulk: cfn::Map<Val<String>> =
        map! { "a" => "{{resolve:ssm:x}}".repeat(quota::DYNAMIC_REFERENCES + 1) };
    t.add("Names", iam::Role::new(iam::PolicyDocument::raw(cfn::Json::from(bulk))));
    t.output("Long", "x".repeat(quota::OUTPUT_DESCRIPTION_BYTES + 1), aws::region());
    let found = mistakes(&t);
    let starts = [
        "the description of the output `Long` has 1025 bytes; CloudFormation allows 1024",
        "the template has 502 resources; CloudFormation allows 500",
        "the template has 201 parameters; CloudFormation allows 200",
        "the template has 202 outputs; CloudFormation allows 200",
        "the template has 201 mappings; CloudFormation allows 200",
        "the template has 61 dynamic references; CloudFormation allows 60",
        "the template's description has 1025 bytes; CloudFormation allows 1024",
        "the template has 1",
    ];
    assert_eq!(found.len(), starts.len(), "{found:#?}");
    for (found, start) in found.iter().zip(starts) {
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn an_empty_template() {
    assert_eq!(Template::new("").finish(), Err(vec![TemplateError::Empty]));
}

#[test]
fn lists_and_maps_that_cannot_grow() {
    let mut t = Template::new("");
    t.add(
        "A",
        sqs::Queue::new().tags([("a", "b")]).queue_name(cfn::join(",", cfn::split(",", "a").item("b"))),
    );
    t.add(
        "B",
        cfn::ssm::Parameter::new(ssm::ParameterRequired {
            r#type: ssm::parameter::TypeValue::String.into(),
            value: "x".into(),
        })
        .tags(map! { "a" => "x", "a" => "y" }),
    );
    assert_eq!(
        mistakes(&t),
        [
            "Resources/A/QueueName/Fn::Join/1: an item is added to a list that a function yields",
            "Resources/B/Tags: the name `a` is set twice",
        ]
    );
    let _: cfn::List<Val<String>> = list![];
}

// --- nested stacks ----------------------------------------------------------------------------------------------------

#[test]
fn nested_stacks() {
    let mut child = with_topic("the child");
    let needed = child.param_attr::<kms::key::Arn>("KeyArn", "");
    let list = child.parameter("Ids", Parameter::list().default(["a"]));
    let arn = child.output("Arn", "", needed.value());
    let ids = child.output("Ids", "", list.value());
    let mut stranger = with_topic("the stranger");
    let other = stranger.parameter("Other", Parameter::text());
    let foreign = stranger.output("Foreign", "", aws::region());

    let mut parent = Template::new("the parent");
    let key = parent.add("Key", kms::Key::new());
    let good = parent.nest(
        "Good",
        NestedStack::of(&child, "https://x")
            .pass(&needed, key.arn())
            .pass(&list, ["x", "y"])
            .timeout_in_minutes(30),
    );
    parent.output("Arn", "", good.output(&arn));
    parent.output("Ids", "", good.output(&ids));
    let again = parent.nest(
        "Again",
        NestedStack::of(&child, "https://x").pass(&needed, good.output(&arn)).pass(&list, good.output(&ids)),
    );
    let json = parent.finish().expect("a template");
    let properties = &json["Resources"]["Good"]["Properties"];
    assert_eq!(
        properties["Parameters"],
        serde_json::json!({
            "KeyArn": { "Fn::GetAtt": ["Key", "Arn"] },
            "Ids": { "Fn::Join": [",", ["x", "y"]] },
        })
    );
    assert_eq!(properties["TimeoutInMinutes"], 30);
    assert_eq!(json["Outputs"]["Ids"]["Value"], serde_json::json!({ "Fn::GetAtt": ["Good", "Outputs.Ids"] }));
    assert_eq!(
        json["Resources"]["Again"]["Properties"]["Parameters"]["Ids"],
        serde_json::json!({ "Fn::GetAtt": ["Good", "Outputs.Ids"] }),
        "a list passes as the string that it is"
    );

    parent.nest("Bad", NestedStack::of(&child, "https://x").pass(&other, "x"));
    parent.add("Reader", sns::Topic::new().display_name(again.output(&foreign)));
    parent.add("Loose", sns::Topic::new().display_name(again.output_named("Nothing")));
    assert_eq!(
        mistakes(&parent),
        [
            "Resources/Bad/Parameters/Other: the parameter `Other` belongs to another template (\"the stranger\")",
            "the nested stack `Bad` is not given the parameter `KeyArn`, which has no default: `.pass(&KeyArn, ...)`",
            "the nested stack `Bad` is given the parameter `Other`, which its template does not have",
            "Resources/Reader/DisplayName: the output `Foreign` belongs to the template \"the stranger\", which `Again` \
             is not made of",
            "Resources/Loose/DisplayName reads the attribute `Outputs.Nothing` of `Again` (AWS::CloudFormation::Stack), \
             which has only: Arn, Ids",
        ]
    );
}

#[test]
fn a_stack_whose_template_is_not_made_here() {
    let mut t = Template::new("");
    let stack = t.add("Stack", cloudformation::Stack::new().template_url("https://x"));
    t.output("X", "", stack.output_named("X"));
    t.finish().expect("a template");
}

#[test]
fn custom_resources() {
    let mut t = Template::new("");
    let token = "arn:aws:lambda:us-east-1:111122223333:function:maker".assume("made elsewhere");
    let good = t.add(
        "Good",
        cloudformation::CustomResource::new("Custom::Brokers", token.clone())
            .property("A", 1)
            .returns(["Brokers"]),
    );
    t.add("Reader", sns::Topic::new().display_name(good.get::<Val<String>>("Brokers")));
    let json = t.finish().expect("a template");
    assert_eq!(json["Resources"]["Good"]["Type"], "Custom::Brokers");
    assert_eq!(json["Resources"]["Good"]["Properties"]["A"], 1);

    t.add("Bad", cloudformation::CustomResource::new("Brokers", token));
    t.add("BadReader", sns::Topic::new().display_name(good.get::<Val<String>>("Borkers")));
    let found = mistakes(&t);
    assert_eq!(found.len(), 2);
    assert!(found[0].starts_with("Resources/Bad/ServiceToken: `Brokers` is no type of a custom resource"));
    assert_eq!(
        found[1],
        "Resources/BadReader/DisplayName reads the attribute `Borkers` of `Good` (Custom::Brokers), which has only: \
         Brokers"
    );
}
