use aws_sdk_lambda::types::AmazonManagedKafkaEventSourceConfig;
use model::Model;

use super::*;
use crate::doctor::Verdict;

const FUNCTION: &str = "onboard-ai-consumer-user-info-submitted-dev";

fn model() -> Model {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../topics.yaml");
    manifest::read_file(std::path::Path::new(path)).expect("the manifest is good")
}

/// As `ListEventSourceMappings` has a healthy one.
fn healthy() -> aws_sdk_lambda::types::builders::EventSourceMappingConfigurationBuilder {
    EventSourceMappingConfiguration::builder()
        .uuid("a1b2c3d4-5678-90ab-cdef-11111EXAMPLE")
        .batch_size(100)
        .bisect_batch_on_function_error(true)
        .maximum_retry_attempts(5)
        .topics("user-info-submitted")
        .function_arn(format!("arn:aws:lambda:us-east-1:123456789012:function:{FUNCTION}"))
        .amazon_managed_kafka_event_source_config(
            AmazonManagedKafkaEventSourceConfig::builder()
                .consumer_group_id("onboard-ai-consumer-user-info")
                .build(),
        )
        .state("Enabled")
        .state_transition_reason("USER_INITIATED")
        .last_processing_result("OK")
}

fn judged(found: &[EventSourceMappingConfiguration]) -> Vec<Finding> {
    let model = model();
    let topic = model.topic("user-info-submitted").expect("it is there");
    let target = Target::example("prod", false);
    judge(
        &target,
        Consumed { topic, consumer: topic.consumer.as_ref().expect("it has one") },
        FUNCTION,
        found,
    )
}

#[test]
fn an_enabled_mapping_as_the_manifest_has_it_is_well() {
    assert_eq!(judged(&[healthy().build()]), []);
    assert_eq!(judged(&[healthy().last_processing_result("No records processed").build()]), []);
}

#[test]
fn a_disabled_mapping_with_a_problem_is_bad_twice_over() {
    let mapping = healthy()
        .state("Disabled")
        .state_transition_reason("Connection error: cannot reach the cluster")
        .last_processing_result(
            "PROBLEM: Connection error. Please check your event source connection configuration.",
        )
        .build();
    let findings = judged(&[mapping]);
    assert_eq!(findings.len(), 2);
    assert!(findings.iter().all(|finding| finding.verdict == Verdict::Bad), "{findings:?}");
    assert_eq!(findings[0].cause, "Lambda says: Connection error: cannot reach the cluster");
    assert_eq!(
        findings[0].help,
        ["aws lambda update-event-source-mapping --uuid a1b2c3d4-5678-90ab-cdef-11111EXAMPLE --enabled"]
    );
    assert!(findings[1].help[0].contains("9096"), "{findings:?}");
}

#[test]
fn each_problem_has_its_own_cause() {
    let cause = |result: &str| judged(&[healthy().last_processing_result(result).build()])[0].cause.clone();
    assert!(cause("PROBLEM: SASL authentication failed").contains("user or password"));
    assert!(cause("PROBLEM: Cluster failed to authorize Lambda").contains("may not read"));
    assert!(cause("PROBLEM: Function call failed").contains("the function failed"));
    assert!(cause("PROBLEM: Lambda throttled the function").contains("concurrency"));
}

#[test]
fn a_mapping_on_its_way_passes() {
    for state in ["Creating", "Enabling", "Updating"] {
        let findings = judged(&[healthy().state(state).build()]);
        assert_eq!((findings.len(), findings[0].verdict, findings[0].passing), (1, Verdict::Warning, true));
    }
}

#[test]
fn a_mapping_that_was_deleted_by_hand_is_missed() {
    let findings = judged(&[]);
    assert_eq!(findings[0].verdict, Verdict::Bad);
    assert_eq!(findings[0].what, format!("{FUNCTION} has no event source mapping for user-info-submitted"));
}

#[test]
fn a_mapping_of_another_topic_is_no_mapping_of_this_one() {
    let mut other = healthy().build();
    other.topics = Some(vec!["kyc-verified".into()]);
    let verdicts: Vec<Verdict> = judged(&[other]).iter().map(|finding| finding.verdict).collect();
    assert_eq!(verdicts, [Verdict::Warning, Verdict::Bad]);
}

#[test]
fn what_was_changed_by_hand_is_told() {
    let findings = judged(&[healthy().batch_size(1).build()]);
    assert_eq!(findings[0].verdict, Verdict::Warning);
    assert!(findings[0].what.ends_with("the batch size is 1, not 100"), "{findings:?}");
    let command =
        "aws lambda update-event-source-mapping --uuid a1b2c3d4-5678-90ab-cdef-11111EXAMPLE --batch-size 100";
    assert!(findings[0].help[0].contains(command), "{findings:?}");
}

#[test]
fn a_function_is_known_by_its_arn_whatever_its_version() {
    let arn = "arn:aws:lambda:us-east-1:1:function:onboard-ai-consumer-a-dev";
    assert!(names(arn, "onboard-ai-consumer-a-dev"));
    assert!(names(&format!("{arn}:live"), "onboard-ai-consumer-a-dev"));
    assert!(!names(&format!("{arn}2"), "onboard-ai-consumer-a-dev"));
}
