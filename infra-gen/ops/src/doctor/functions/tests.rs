use aws_sdk_lambda::operation::get_function_configuration::builders::GetFunctionConfigurationOutputBuilder;
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::{body::SdkBody, error::ErrorMetadata};
use model::{Model, Role};

use super::*;
use crate::doctor::Verdict;

fn model() -> Model {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../topics.yaml");
    manifest::read_file(std::path::Path::new(path)).expect("the manifest is good")
}

fn fault(status: u16, code: &str, message: &str) -> Fault {
    let error = ErrorMetadata::builder().code(code).message(message).build();
    let error =
        aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationError::generic(error);
    let response = HttpResponse::new(status.try_into().expect("a status"), SdkBody::empty());
    Fault::of(&SdkError::service_error(error, response))
}

fn ready() -> GetFunctionConfigurationOutputBuilder {
    GetFunctionConfigurationOutput::builder()
        .state(State::Active)
        .last_update_status(LastUpdateStatus::Successful)
}

fn in_vpc(subnets: &[&str], group: &str) -> GetFunctionConfigurationOutputBuilder {
    let config = VpcConfigResponse::builder()
        .vpc_id("vpc-0")
        .set_subnet_ids(Some(subnets.iter().map(|subnet| (*subnet).to_owned()).collect()))
        .security_group_ids(group)
        .build();
    ready().vpc_config(config.clone())
}

fn place() -> Place {
    Place {
        subnets: Some(["subnet-a".to_owned(), "subnet-b".to_owned()].into()),
        group: Some("sg-0producers".into()),
    }
}

/// What is wrong with this function as Lambda tells it.
fn judged(role: &Role, told: Result<GetFunctionConfigurationOutput, Fault>) -> (Check, Check) {
    let model = model();
    let functions = [Configured { function: model.function(role), name: "f".into(), told }];
    let target = Target::example("prod", false);
    (judge_states(&target, &functions), judge_network(&target, &functions, &place()))
}

fn producer() -> Role {
    Role::Producer("user-info-submitted".into())
}

fn consumer() -> Role {
    Role::Consumer("user-info-submitted".into())
}

#[test]
fn a_producer_in_the_templates_subnets_and_group_is_well() {
    let (states, network) =
        judged(&producer(), Ok(in_vpc(&["subnet-b", "subnet-a"], "sg-0producers").build()));
    assert_eq!((states.verdict(), network.verdict()), (Verdict::Ok, Verdict::Ok));
    assert_eq!(network.summary(), "1 producer in the VPC, 0 outside");
}

#[test]
fn a_producer_outside_the_vpc_does_not_reach_the_brokers() {
    // As Lambda tells of a function that was in a VPC once.
    let emptied = ready().vpc_config(VpcConfigResponse::builder().vpc_id("").build()).build();
    for told in [ready().build(), emptied] {
        let (_, network) = judged(&producer(), Ok(told));
        assert_eq!(network.summary(), "the function f is not in the VPC");
        assert_eq!(
            network.findings[0].help,
            ["aws lambda update-function-configuration --function-name f \
              --vpc-config SubnetIds=subnet-a,subnet-b,SecurityGroupIds=sg-0producers"]
        );
    }
}

#[test]
fn a_producer_of_another_group_or_subnet_is_told() {
    let (_, network) = judged(&producer(), Ok(in_vpc(&["subnet-a", "subnet-b"], "sg-other").build()));
    assert_eq!(network.summary(), "the function f has another security group than the template says");
    let (_, network) = judged(&producer(), Ok(in_vpc(&["subnet-c"], "sg-0producers").build()));
    assert_eq!(network.summary(), "the function f has other subnets than the template says");
}

#[test]
fn a_consumer_in_the_vpc_reaches_no_browser() {
    let (_, network) = judged(&consumer(), Ok(in_vpc(&["subnet-a"], "sg-0producers").build()));
    assert_eq!(network.verdict(), Verdict::Bad);
    assert!(network.findings[0].cause.contains("WebSocket"), "{network:?}");
}

#[test]
fn a_function_without_addresses_left_says_why_it_cannot_run() {
    let told = ready().state(State::Failed).state_reason("No free addresses in subnet-a").build();
    let (states, _) = judged(&producer(), Ok(told));
    assert_eq!(states.verdict(), Verdict::Bad);
    assert_eq!(states.findings[0].cause, "Lambda says: No free addresses in subnet-a");
}

#[test]
fn a_function_that_is_not_there_is_bad_and_one_that_may_not_be_seen_is_unknown() {
    let (states, _) = judged(&consumer(), Err(fault(404, "ResourceNotFoundException", "Function not found")));
    assert_eq!(states.verdict(), Verdict::Bad);
    let denied = "User is not authorized to perform: lambda:GetFunctionConfiguration";
    let (states, _) = judged(&consumer(), Err(fault(403, "AccessDeniedException", denied)));
    assert_eq!(states.verdict(), Verdict::Unknown);
    assert!(states.findings[0].cause.contains("lambda:GetFunctionConfiguration"), "{states:?}");
}

#[test]
fn a_template_that_cannot_be_read_leaves_the_network_unknown() {
    let model = model();
    let told = Ok(in_vpc(&["subnet-a"], "sg-0producers").build());
    let functions = [Configured { function: model.function(&producer()), name: "f".into(), told }];
    assert_eq!(
        judge_network(&Target::example("prod", false), &functions, &Place::default()).verdict(),
        Verdict::Unknown
    );
}
