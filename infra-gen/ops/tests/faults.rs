//! What a user sees when AWS, the network or the environment is not as it should be: an exit code, what happened, and
//! how to mend it. Throttled calls and lost connections are tried again without a word.

mod support;

use std::process::Output;

use support::{Endpoint, Step, ops, refusal, said};

/// Credentials that an endpoint takes, and a Region.
const SIGNED_IN: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    ("AWS_REGION", "us-east-1"),
];

/// What CloudFormation says of a stack that is well.
fn well() -> String {
    "<DescribeStacksResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><DescribeStacksResult><Stacks>\
     <member><StackName>onboard-ai-dev</StackName><CreationTime>2026-11-23T12:00:00Z</CreationTime>\
     <StackStatus>UPDATE_COMPLETE</StackStatus><Outputs><member><OutputKey>WebSocketApiEndpoint</OutputKey>\
     <OutputValue>wss://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/dev</OutputValue></member></Outputs></member>\
     </Stacks></DescribeStacksResult></DescribeStacksResponse>"
        .to_owned()
}

/// What it says of a stack that isn't there, which ends `ops status` with its first answer.
fn not_there() -> Step {
    refusal(400, "ValidationError", "Stack with id onboard-ai-dev does not exist")
}

fn throttled() -> Step {
    refusal(400, "Throttling", "Rate exceeded")
}

/// `ops status` against an endpoint that plays these steps.
fn status(endpoint: &Endpoint) -> Output {
    ops(&["status"], &[&SIGNED_IN[..], &[("AWS_ENDPOINT_URL", &endpoint.url)]].concat())
}

/// The program ended like this, and said all of these.
fn ended(output: &Output, code: i32, words: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "no `{word}` in: {said}");
    }
    assert!(output.stdout.is_empty(), "an error is no data: {}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_throttled_call_is_made_again() {
    let endpoint = Endpoint::play(&[throttled(), throttled(), not_there()]);
    ended(
        &status(&endpoint),
        5,
        &["error: there is no stack onboard-ai-dev in us-east-1", "make deploy ENV=dev"],
    );
    assert_eq!(endpoint.seen().len(), 3);
}

#[test]
fn a_connection_lost_before_the_answer_or_in_the_middle_of_it_is_made_again() {
    let unwell = refusal(503, "ServiceUnavailable", "Try again");
    let endpoint = Endpoint::play(&[Step::Hang, Step::Cut(well()), unwell, not_there()]);
    ended(&status(&endpoint), 5, &["error: there is no stack onboard-ai-dev in us-east-1"]);
    let seen = endpoint.seen();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|body| body == &seen[0] && body.contains("Action=DescribeStacks")), "{seen:?}");
}

#[test]
fn who_is_throttled_for_good_is_told_so() {
    let endpoint = Endpoint::play(&[throttled()]);
    let variables =
        [&SIGNED_IN[..], &[("AWS_ENDPOINT_URL", &endpoint.url), ("AWS_MAX_ATTEMPTS", "2")]].concat();
    let output = ops(&["status"], &variables);
    ended(
        &output,
        1,
        &["can't look at the stack onboard-ai-dev", "AWS throttled it", "Rate exceeded", "help: "],
    );
    assert_eq!(endpoint.seen().len(), 2, "AWS_MAX_ATTEMPTS is heeded");
}

#[test]
fn a_wrong_endpoint_is_named_as_what_to_look_at() {
    let variables =
        [&SIGNED_IN[..], &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_MAX_ATTEMPTS", "2")]].concat();
    ended(
        &ops(&["status"], &variables),
        1,
        &["no answer", "Connection refused", "AWS_ENDPOINT_URL", "AWS_REGION"],
    );
}

#[test]
fn without_a_local_run_it_is_said_at_once_how_to_start_one() {
    let output = ops(&["status", "--local"], &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")]);
    ended(
        &output,
        1,
        &["the local run isn't at http://127.0.0.1:9", "start it: make dev", "AWS_ENDPOINT_URL"],
    );
    assert!(!said(&output).contains("AWS_REGION"), "it has none");
}

#[test]
fn expired_credentials_are_not_tried_again() {
    for code in ["ExpiredToken", "ExpiredTokenException"] {
        let said = "The security token included in the request is expired";
        let endpoint = Endpoint::play(&[refusal(403, code, said)]);
        ended(
            &status(&endpoint),
            2,
            &["the AWS credentials have expired", said, "sign in again", "goes on where it was"],
        );
        assert_eq!(endpoint.seen().len(), 1);
    }
}

#[test]
fn unknown_credentials_and_missing_permissions_are_told_apart() {
    let unknown = "The security token included in the request is invalid.";
    let endpoint = Endpoint::play(&[refusal(403, "InvalidClientTokenId", unknown)]);
    ended(
        &status(&endpoint),
        2,
        &[
            "AWS doesn't know these credentials",
            unknown,
            "aws sts get-caller-identity",
            "AWS_REGION",
            "switched on",
        ],
    );
    let denied =
        "User: arn:aws:iam::123456789012:user/jo is not authorized to perform: cloudformation:DescribeStacks";
    let endpoint = Endpoint::play(&[refusal(403, "AccessDenied", denied)]);
    ended(&status(&endpoint), 2, &["it isn't allowed", denied, "use a role that may"]);
    assert_eq!(endpoint.seen().len(), 1);
}

#[test]
fn without_credentials_nothing_is_sent() {
    let endpoint = Endpoint::play(&[Step::Hang]);
    let output = ops(&["status"], &[("AWS_REGION", "us-east-1"), ("AWS_ENDPOINT_URL", &endpoint.url)]);
    ended(&output, 2, &["there are no AWS credentials", "aws sso login"]);
    assert_eq!(endpoint.seen(), Vec::<String>::new());
}

#[test]
fn without_a_region_it_is_said_where_one_was_looked_for() {
    let output = ops(&["status"], &SIGNED_IN[..2]);
    ended(&output, 2, &["no AWS Region is set", "AWS_REGION", "aws configure set region"]);
}

#[test]
fn an_unknown_environment_gets_the_known_ones() {
    ended(
        &ops(&["status", "--env", "prd"], &SIGNED_IN),
        2,
        &["no environment `prd`", "did you mean `prod`?"],
    );
    let output = ops(&["status"], &[&SIGNED_IN[..], &[("ENV", "nope")]].concat());
    ended(&output, 2, &["no environment `nope`", "dev", "staging", "prod", "`environments` in topics.yaml"]);
}

#[test]
fn a_missing_manifest_is_named_with_its_folder() {
    let output = ops(&["status", "--manifest", "nowhere/topics.yaml"], &SIGNED_IN);
    ended(&output, 2, &["there is no nowhere/topics.yaml", "--manifest FILE"]);
}

#[test]
fn where_there_is_no_stack_the_region_is_told() {
    let endpoint =
        Endpoint::play(&[refusal(400, "ValidationError", "Stack with id onboard-ai-dev does not exist")]);
    let words = ["there is no stack onboard-ai-dev in us-east-1", "make deploy ENV=dev", "AWS_REGION"];
    ended(&status(&endpoint), 5, &words);
}

#[test]
fn programs_get_the_same_as_json() {
    let endpoint = Endpoint::play(&[refusal(403, "ExpiredToken", "The token is expired")]);
    let output =
        ops(&["status", "--json"], &[&SIGNED_IN[..], &[("AWS_ENDPOINT_URL", &endpoint.url)]].concat());
    assert_eq!((output.status.code(), said(&output).as_str()), (Some(2), ""));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    assert_eq!((&told["status"], &told["exit_code"]), (&"invalid".into(), &2.into()));
    assert!(told["notes"][0].as_str().is_some_and(|note| note.contains("The token is expired")), "{told}");
    assert!(told["help"][0].as_str().is_some_and(|help| help.contains("sign in again")), "{told}");
}
