//! The JSON of each intrinsic function.

use cfn::{
    Attr, Json, List, Map, Mapping, Parameter, Template, Val, and, availability_zones, aws, base64, cidr,
    dynamic, equals, if_, join, json as doc, kms, list, logs, map, not, only_if, or, select, sns, split, sub,
    text,
};
use serde_json::{Value, json};

fn key(template: &mut Template) -> cfn::Handle<kms::Key> {
    template.add("Key", kms::Key::new())
}

/// What a property becomes.
fn rendered(value: impl Into<Val<String>>) -> Value {
    value.into().to_json()
}

#[test]
fn literals() {
    assert_eq!(rendered("a"), json!("a"));
    assert_eq!(rendered(String::from("a")), json!("a"));
    assert_eq!(Val::<i64>::from(3).to_json(), json!(3));
    assert_eq!(Val::<i64>::from(3_u16).to_json(), json!(3));
    assert_eq!(Val::<f64>::from(3).to_json(), json!(3));
    assert_eq!(Val::<f64>::from(3.0).to_json(), json!(3));
    assert_eq!(Val::<f64>::from(0.5).to_json(), json!(0.5));
    assert_eq!(Val::<bool>::from(true).to_json(), json!(true));
}

#[test]
fn references() {
    let mut t = Template::new("");
    let key = key(&mut t);
    assert_eq!(rendered(key.reference()), json!({ "Ref": "Key" }));
    assert_eq!(rendered(key.arn()), json!({ "Fn::GetAtt": ["Key", "Arn"] }));
    let arn = key.arn();
    assert_eq!(rendered(&arn), rendered(arn.text()));
    assert_eq!(key.arn().resource_id(), Some(key.any()));
    let parameter = t.parameter("P", Parameter::text());
    assert_eq!(rendered(parameter.value()), json!({ "Ref": "P" }));
}

#[test]
fn pseudo_parameters() {
    for (value, name) in [
        (aws::region(), "AWS::Region"),
        (aws::account_id(), "AWS::AccountId"),
        (aws::partition(), "AWS::Partition"),
        (aws::url_suffix(), "AWS::URLSuffix"),
        (aws::stack_name(), "AWS::StackName"),
        (aws::stack_id(), "AWS::StackId"),
    ] {
        assert_eq!(value.to_json(), json!({ "Ref": name }));
    }
    assert_eq!(aws::notification_arns().to_json(), json!({ "Ref": "AWS::NotificationARNs" }));
    assert_eq!(rendered(aws::no_value()), json!({ "Ref": "AWS::NoValue" }));
}

#[test]
fn sub_takes_named_values_of_all_kinds() {
    let mut t = Template::new("");
    let key = key(&mut t);
    let name = t.parameter("Name", Parameter::text());
    let count = t.parameter("Count", Parameter::number());
    assert_eq!(
        sub!("${a}/${b}/${c}/${d}/${AWS::Region}", a = "x", b = 3, c = key.arn(), d = name.value()).to_json(),
        json!({ "Fn::Sub": "x/3/${Key.Arn}/${Name}/${AWS::Region}" })
    );
    assert_eq!(
        sub!("${a}", a = key.arn()).to_json(),
        json!({ "Fn::GetAtt": ["Key", "Arn"] }),
        "nothing around it"
    );
    assert_eq!(sub!("${n}", n = count.value()).to_json(), json!({ "Ref": "Count" }));
    assert_eq!(sub!("plain").to_json(), json!("plain"));
    let short = name.value();
    assert_eq!(sub!("a-${short}", short).to_json(), json!({ "Fn::Sub": "a-${Name}" }));
}

#[test]
fn sub_keeps_what_is_no_reference_in_a_map() {
    let mut t = Template::new("");
    let on = t.condition("On", equals(aws::region(), "eu-west-1"));
    let choice = if_(&on, text("a"), "b");
    let choice_json = choice.to_json();
    assert_eq!(
        sub!("x-${choice}", choice).to_json(),
        json!({ "Fn::Sub": ["x-${choice}", { "choice": choice_json.clone() }] })
    );
    // A name that is taken by a resource gets a number.
    let key = key(&mut t);
    assert_eq!(
        sub!("${Key}-${k}", Key = choice, k = key.reference()).to_json(),
        json!({ "Fn::Sub": ["${Key2}-${Key}", { "Key2": choice_json }] })
    );
}

#[test]
fn sub_nests_and_escapes() {
    let inner = sub!("in-${AWS::Region}");
    assert_eq!(sub!("${inner}-out", inner).to_json(), json!({ "Fn::Sub": "in-${AWS::Region}-out" }));
    assert_eq!(
        sub!("${!Literal}-${AWS::Region}").to_json(),
        json!({ "Fn::Sub": "${!Literal}-${AWS::Region}" })
    );
    assert_eq!(sub!("${!Literal}").to_json(), json!("${Literal}"), "without a function nothing is escaped");
    assert_eq!(
        sub!("${x}-${AWS::Region}", x = "${y}").to_json(),
        json!({ "Fn::Sub": "${!y}-${AWS::Region}" }),
        "a value is never a placeholder"
    );
}

/// What `finish` says about a value.
fn complaint(value: Val<String>) -> String {
    let mut t = Template::new("");
    t.add("Topic", sns::Topic::new().display_name(value));
    let mistakes = t.finish().expect_err("a mistake");
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    mistakes[0].to_string()
}

#[test]
fn sub_refuses_unknown_unused_and_unfinished_placeholders() {
    assert_eq!(
        complaint(sub!("arn:${p}", q = "x")),
        "Resources/Topic/DisplayName: the Fn::Sub text `arn:${p}` names `p`, which is no value given to it (q) and no \
         pseudo parameter; write `${!p}` for the text itself"
    );
    assert_eq!(
        complaint(sub!("arn", q = "x")),
        "Resources/Topic/DisplayName: the value `q` is given to the Fn::Sub text `arn`, which does not name it"
    );
    assert!(complaint(sub!("arn:${AWS::Regoin}")).contains("`AWS::Regoin`"));
    assert!(complaint(sub!("arn:${p", p = "x")).contains("without `}`"));
}

#[test]
fn join_split_select() {
    assert_eq!(join("-", ["a", "b"]).to_json(), json!({ "Fn::Join": ["-", ["a", "b"]] }));
    assert_eq!(join("-", ["a"]).to_json(), json!("a"));
    assert_eq!(split(",", aws::region()).to_json(), json!({ "Fn::Split": [",", { "Ref": "AWS::Region" }] }));
    assert_eq!(
        join(",", split(",", aws::region())).to_json(),
        json!({ "Ref": "AWS::Region" }),
        "there and back"
    );
    assert_eq!(
        join(";", split(",", aws::region())).to_json(),
        json!({ "Fn::Join": [";", { "Fn::Split": [",", { "Ref": "AWS::Region" }] }] })
    );
    let second: Val<String> = select(1, split(",", "a,b"));
    assert_eq!(second.to_json(), json!({ "Fn::Select": [1, { "Fn::Split": [",", "a,b"] }] }));
}

#[test]
fn lists_and_maps() {
    let mut t = Template::new("");
    let key = key(&mut t);
    let arns: List<Attr<kms::key::Arn>> = [key.arn()].into();
    assert_eq!(
        join(",", arns.text().item("x")).to_json()["Fn::Join"][1],
        json!([{ "Fn::GetAtt": ["Key", "Arn"] }, "x"])
    );
    let mixed: List<Val<String>> = list![key.arn(), "x", String::from("y")];
    assert_eq!(mixed.to_json(), json!([{ "Fn::GetAtt": ["Key", "Arn"] }, "x", "y"]));
    let from_iter: List<Val<i64>> = (1..3).collect();
    assert_eq!(from_iter.to_json(), json!([1, 2]));
    let members: Map<Val<String>> = map! { "b" => key.arn(), "a" => "x" };
    assert_eq!(members.to_json().to_string(), r#"{"b":{"Fn::GetAtt":["Key","Arn"]},"a":"x"}"#, "in order");
}

#[test]
fn conditions() {
    let mut t = Template::new("");
    let environment = t.parameter("Environment", Parameter::text());
    let prod = t.condition("Prod", equals(environment.value(), "prod"));
    let west = t.condition("West", equals(aws::region(), "us-west-2"));
    t.condition("Both", and([&prod, &west]));
    t.condition("Either", or([(&prod).into(), not(&west)]));
    t.condition("One", and([&prod]));
    key(&mut t);
    let json = t.finish().expect("a template");
    assert_eq!(
        json["Conditions"],
        json!({
            "Prod": { "Fn::Equals": [{ "Ref": "Environment" }, "prod"] },
            "West": { "Fn::Equals": [{ "Ref": "AWS::Region" }, "us-west-2"] },
            "Both": { "Fn::And": [{ "Condition": "Prod" }, { "Condition": "West" }] },
            "Either": { "Fn::Or": [{ "Condition": "Prod" }, { "Fn::Not": [{ "Condition": "West" }] }] },
            "One": { "Condition": "Prod" },
        })
    );
    assert_eq!(if_(&prod, text("a"), "b").to_json(), json!({ "Fn::If": ["Prod", "a", "b"] }));
    assert_eq!(
        only_if(&prod, Val::<i64>::from(3)).to_json(),
        json!({ "Fn::If": ["Prod", 3, { "Ref": "AWS::NoValue" }] })
    );
}

#[test]
fn mappings() {
    let mut t = Template::new("");
    let environment = t.parameter("Environment", Parameter::text());
    let sizes = t.mapping(
        "Sizes",
        Mapping::new()
            .row("dev", [("N", 1.into()), ("T", "a".into()), ("B", true.into()), ("L", ["x"].into())])
            .row("prod", [("T", "b".into()), ("N", 2.into()), ("B", false.into()), ("L", ["y", "z"].into())]),
    );
    let find = |cell: &str| json!({ "Fn::FindInMap": ["Sizes", { "Ref": "Environment" }, cell] });
    assert_eq!(sizes.number(environment.value(), "N").to_json(), find("N"));
    assert_eq!(sizes.text(environment.value(), "T").to_json(), find("T"));
    assert_eq!(sizes.flag(environment.value(), "B").to_json(), find("B"));
    assert_eq!(sizes.list(environment.value(), "L").to_json(), find("L"));
    assert_eq!(
        complaint(sizes.text("test", "T")),
        "Resources/Topic/DisplayName: the mapping `Sizes` has no row `test`"
    );
    assert_eq!(
        complaint(sizes.text("dev", "X")),
        "Resources/Topic/DisplayName: the mapping `Sizes` has no cell `X`"
    );
    assert_eq!(
        complaint(sizes.text("dev", "N")),
        "Resources/Topic/DisplayName: the cell `N` of the mapping `Sizes` holds a number, not text"
    );
}

#[test]
fn the_rest() {
    assert_eq!(base64("x").to_json(), json!({ "Fn::Base64": "x" }));
    assert_eq!(availability_zones().to_json(), json!({ "Fn::GetAZs": "" }));
    assert_eq!(cidr("10.0.0.0/16", 4, 8).to_json(), json!({ "Fn::Cidr": ["10.0.0.0/16", 4, 8] }));
}

#[test]
fn dynamic_references() {
    assert_eq!(
        dynamic::secret(aws::stack_name(), "password").to_json(),
        json!({ "Fn::Sub": "{{resolve:secretsmanager:${AWS::StackName}:SecretString:password}}" })
    );
    assert_eq!(dynamic::whole_secret("arn").to_json(), json!("{{resolve:secretsmanager:arn:SecretString}}"));
    assert_eq!(dynamic::ssm("/a/b").to_json(), json!("{{resolve:ssm:/a/b}}"));
}

#[test]
fn json_as_a_value_and_as_text() {
    let mut t = Template::new("");
    let key = key(&mut t);
    let count = t.parameter("Count", Parameter::number());
    let on = t.condition("On", equals(count.value(), 3));
    let document: Json = doc!({
        "arn": key.arn(),
        "count": count.value(),
        "none": null,
        "nested": { "list": [1, "two", [aws::region()], {}], "text": sub!("a\"${AWS::Region}") },
        "dollar": "${x}",
        "choice": if_(&on, text("yes"), "no"),
    });
    assert_eq!(document.to_json()["nested"]["list"][2][0], json!({ "Ref": "AWS::Region" }));
    let text = document.into_text().to_json();
    assert_eq!(
        text["Fn::Sub"][0],
        r#"{"arn":"${Key.Arn}","count":${Count},"none":null,"nested":{"list":[1,"two",["${AWS::Region}"],{}],"text":"a\"${AWS::Region}"},"dollar":"${!x}","choice":"${Value}"}"#
    );
    assert_eq!(text["Fn::Sub"][1], json!({ "Value": { "Fn::If": ["On", "yes", "no"] } }));
    assert_eq!(doc!({ "a": [1, true] }).into_text().to_json(), r#"{"a":[1,true]}"#, "constant");
}

#[test]
fn an_intrinsic_in_plain_json_is_refused() {
    let mut t = Template::new("");
    t.add("Topic", sns::Topic::new().archive_policy(json!({ "a": { "Fn::GetAtt": ["Key", "Arn"] } })));
    let mistakes = t.finish().expect_err("a mistake");
    assert!(
        mistakes[0].to_string().starts_with("Resources/Topic/ArchivePolicy/a: plain JSON holds"),
        "{}",
        mistakes[0]
    );
}

#[test]
fn enumerations_have_an_escape() {
    let mut t = Template::new("");
    let tier = t.parameter("Spec", Parameter::text());
    t.add("A", kms::Key::new().key_spec(kms::key::KeySpec::EccNistP256));
    t.add("B", kms::Key::new().key_spec(kms::key::KeySpec::raw("NEW")));
    t.add("C", kms::Key::new().key_spec(kms::key::KeySpec::raw(tier.value())));
    let json = t.finish().expect("a template");
    assert_eq!(json["Resources"]["A"]["Properties"]["KeySpec"], "ECC_NIST_P256");
    assert_eq!(json["Resources"]["B"]["Properties"]["KeySpec"], "NEW");
    assert_eq!(json["Resources"]["C"]["Properties"]["KeySpec"], json!({ "Ref": "Spec" }));
}

#[test]
fn only_listed_integers() {
    let mut t = Template::new("");
    t.add("Logs", logs::LogGroup::new().retention_in_days(15));
    let mistakes = t.finish().expect_err("a mistake");
    assert!(
        mistakes[0]
            .to_string()
            .starts_with("Resources/Logs/RetentionInDays: 15 is not one of 1, 3, 5, 7, 14, 30")
    );
}
