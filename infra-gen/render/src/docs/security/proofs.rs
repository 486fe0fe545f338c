//! The tests behind each point of the checklist. `tests/security.rs` sees that they are there.

use serde::Serialize;

/// A test, or a script that is one.
#[derive(Serialize)]
pub(super) struct Proof {
    /// From the project's root.
    file: &'static str,
    /// The test in it; all of it, if empty.
    test: &'static str,
    /// What it shows.
    shows: &'static str,
}

const fn test(file: &'static str, test: &'static str, shows: &'static str) -> Proof {
    Proof { file, test, shows }
}

const fn script(file: &'static str, shows: &'static str) -> Proof {
    Proof { file, test: "", shows }
}

const TEMPLATES: &str = "infra-gen/render/tests/cloudformation.rs";
const CHECKLIST: &str = "infra-gen/render/tests/security.rs";
const KAFKA: &str = "local/tests/kafka_run.rs";

pub(super) const CREDENTIALS: &[Proof] = &[
    test(TEMPLATES, "every_function_is_sealed", "no password is in a function's variables"),
    test(CHECKLIST, "secrets_are_under_a_key_of_the_stack", "MSK takes them, and nobody chose a password"),
];
pub(super) const SCRAM: &[Proof] = &[
    test(CHECKLIST, "scram_over_tls_is_the_only_way_in", "of the cluster's template"),
    test(
        "handlers/publish/src/config.rs",
        "speaks_scram_over_tls_unless_it_is_told_otherwise",
        "of the client",
    ),
    test(KAFKA, "the_whole_journey_and_who_is_kept_out", "on a real Apache Kafka"),
];
pub(super) const TLS: &[Proof] = &[
    test(CHECKLIST, "scram_over_tls_is_the_only_way_in", "of the cluster's template"),
    test(CHECKLIST, "what_comes_without_tls_is_denied", "of channels and buckets"),
    test(KAFKA, "the_whole_journey_and_who_is_kept_out", "on a real Apache Kafka"),
];
pub(super) const KEYS: &[Proof] = &[
    test(CHECKLIST, "keys_are_rotated", "every key"),
    test(TEMPLATES, "every_function_is_sealed", "logs of functions are encrypted"),
];
pub(super) const ROLES: &[Proof] = &[
    test(
        TEMPLATES,
        "a_role_grants_no_wildcard_but_where_iam_has_nothing_narrower",
        "every statement of every role",
    ),
    test(TEMPLATES, "what_pushes_to_browsers_is_outside_the_vpc", "no role has both"),
];
pub(super) const GROUPS: &[Proof] = &[
    test(CHECKLIST, "brokers_are_reached_on_one_port_and_from_groups_alone", "every rule into a group"),
    script("tests/full/cfn-lint.sh", "the rules are well formed"),
];
pub(super) const CONNECTIONS: &[Proof] = &[
    test(CHECKLIST, "connections_expire_and_tables_are_encrypted", "of the table"),
    test("handlers/runtime/tests/all/connections.rs", "an_expired_item_counts_as_gone", "of the code"),
    test(
        "handlers/runtime/tests/all/authorizer.rs",
        "a_token_opens_the_websocket_for_its_customer_only",
        "of tokens",
    ),
    script("tests/full/emulator.sh", "a deployed connection is stored with its end, and removed"),
];
pub(super) const TABLES: &[Proof] = &[
    test(CHECKLIST, "connections_expire_and_tables_are_encrypted", "every table"),
    test(TEMPLATES, "what_holds_data_says_what_becomes_of_it", "what is retained"),
    script("tests/full/emulator.sh", "what is retained stays when a deployed stack goes"),
];
pub(super) const AUDIT: &[Proof] =
    &[test(CHECKLIST, "the_audit_trail_sees_every_table", "of the trail, its key and its bucket")];
pub(super) const ALARMS: &[Proof] = &[
    test(CHECKLIST, "every_alarm_tells_somebody_and_leads_to_its_section", "every alarm"),
    script("tests/full/emulator.sh", "deployed alarms have these actions, limits and dimensions"),
];
