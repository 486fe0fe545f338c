//! The tests behind each point of the checklist. `tests/security.rs` sees that they are there.

use serde::Serialize;

/// A test, or a script that is one.
#[derive(Serialize)]
pub(super) struct Proof {
    /// From the project's root.
    file: &'static str,
    /// The test or rule in it; all of it, if empty.
    test: &'static str,
    /// The script that runs it, if `make test` doesn't.
    by: &'static str,
    /// What it shows.
    shows: &'static str,
}

const fn test(file: &'static str, test: &'static str, shows: &'static str) -> Proof {
    Proof { file, test, by: "", shows }
}

const fn script(file: &'static str, shows: &'static str) -> Proof {
    Proof { file, test: "", by: "", shows }
}

/// A test that `make test` leaves out.
const fn kafka(test: &'static str, shows: &'static str) -> Proof {
    Proof { file: "local/tests/kafka_run.rs", test, by: "tests/full/kafka.sh", shows }
}

/// A rule of our own for CloudFormation Guard.
const fn rule(test: &'static str, shows: &'static str) -> Proof {
    Proof { file: "infra-gen/verify/rules/checklist.guard", test, by: GUARD, shows }
}

/// One for MSK.
const fn msk_rule(test: &'static str, shows: &'static str) -> Proof {
    Proof { file: "infra-gen/verify/rules/msk.guard", test, by: GUARD, shows }
}

const GUARD: &str = "tests/full/verify.sh";

const TEMPLATES: &str = "infra-gen/render/tests/cloudformation.rs";
const CHECKLIST: &str = "infra-gen/render/tests/security.rs";
const ROLES_OF_CODE: &str = "infra-gen/render/tests/proofs/iam.rs";
const CODE: &str = "infra-gen/render/tests/proofs/code.rs";

pub(super) const CREDENTIALS: &[Proof] = &[
    test(TEMPLATES, "every_function_is_sealed", "no password is in a function's variables"),
    test(CHECKLIST, "secrets_are_under_a_key_of_the_stack", "MSK takes them, and nobody chose a password"),
    rule("credentials_are_generated", "nobody wrote one into a template"),
    rule("credentials_have_a_key_of_their_own", "every secret"),
    rule("functions_hold_no_password", "every variable of every function"),
];
pub(super) const SCRAM: &[Proof] = &[
    test(CHECKLIST, "scram_over_tls_is_the_only_way_in", "of the cluster's template"),
    test(
        "handlers/publish/src/config.rs",
        "speaks_scram_over_tls_unless_it_is_told_otherwise",
        "of the client",
    ),
    kafka("the_whole_journey_and_who_is_kept_out", "on a real Apache Kafka"),
    msk_rule("msk_has_scram", "of the cluster"),
    msk_rule("msk_has_no_other_login", "neither certificates nor IAM"),
    rule("mappings_log_in_with_scram", "of Lambda's pollers"),
];
pub(super) const TLS: &[Proof] = &[
    test(CHECKLIST, "scram_over_tls_is_the_only_way_in", "of the cluster's template"),
    test(CHECKLIST, "what_comes_without_tls_is_denied", "of channels and buckets"),
    kafka("the_whole_journey_and_who_is_kept_out", "on a real Apache Kafka"),
    msk_rule("msk_clients_use_tls", "from clients to brokers"),
    msk_rule("msk_brokers_use_tls", "between brokers"),
    rule("buckets_take_tls_only", "every bucket"),
];
pub(super) const KEYS: &[Proof] = &[
    test(CHECKLIST, "keys_are_rotated", "every key"),
    test(TEMPLATES, "every_function_is_sealed", "logs of functions are encrypted"),
    msk_rule("msk_has_a_key_of_its_own", "the brokers' disks"),
    rule("keys_are_rotated", "every key"),
    rule("logs_are_encrypted", "every log group"),
    rule("channels_are_encrypted", "every channel"),
];
pub(super) const ROLES: &[Proof] = &[
    test(
        TEMPLATES,
        "a_role_grants_no_wildcard_but_where_iam_has_nothing_narrower",
        "every statement of every role",
    ),
    test(TEMPLATES, "what_pushes_to_browsers_is_outside_the_vpc", "no role has both"),
    test(
        ROLES_OF_CODE,
        "roles_allow_what_the_code_calls_and_nothing_besides",
        "every role, with what its program calls",
    ),
    test(ROLES_OF_CODE, "a_role_that_allows_too_much_or_too_little_is_found", "that this test can fail"),
    test(
        CODE,
        "every_call_is_declared_and_none_besides",
        "what the roles are computed from, with the sources",
    ),
    test(CODE, "each_program_reaches_the_calls_that_name_it", "which program makes which call"),
    rule("roles_name_their_actions", "every statement"),
    rule("roles_name_their_resources", "every statement"),
];
pub(super) const GROUPS: &[Proof] = &[
    test(CHECKLIST, "brokers_are_reached_on_one_port_and_from_groups_alone", "every rule into a group"),
    script("tests/full/cfn-lint.sh", "the rules are well formed"),
    rule("groups_let_nobody_in_from_outside", "every rule into a group"),
    rule("groups_name_one_port", "every rule into a group"),
    rule("groups_send_to_one_port", "every rule out of a group"),
    script("tests/full/emulator.sh", "deployed groups have these rules and no others"),
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
    rule("connections_expire", "of the table"),
];
pub(super) const TABLES: &[Proof] = &[
    test(CHECKLIST, "connections_expire_and_tables_are_encrypted", "every table"),
    test(TEMPLATES, "what_holds_data_says_what_becomes_of_it", "what is retained"),
    script("tests/full/emulator.sh", "what is retained stays when a deployed stack goes"),
    rule("tables_have_a_key_of_their_own", "every table"),
    rule("tables_can_be_restored", "every table"),
];
pub(super) const AUDIT: &[Proof] = &[
    test(CHECKLIST, "the_audit_trail_sees_every_table", "of the trail, its key and its bucket"),
    test(CHECKLIST, "brokers_network_and_apis_write_logs", "of the brokers, the network and both APIs"),
    rule("tables_are_audited", "every table"),
    rule("trails_can_be_trusted", "of the trail"),
    script("tests/full/emulator.sh", "the deployed trail is on, with its key and what it records"),
    msk_rule("msk_logs_its_brokers", "of the brokers"),
    rule("networks_are_logged", "of the network"),
    rule("stages_log_access", "of both APIs"),
];
pub(super) const ALARMS: &[Proof] = &[
    test(CHECKLIST, "every_alarm_tells_somebody_and_leads_to_its_section", "every alarm"),
    script("tests/full/emulator.sh", "deployed alarms have these actions, limits and dimensions"),
    rule("alarms_tell_somebody", "every alarm"),
    rule("mappings_have_alarms", "every consumer"),
    rule("clusters_have_alarms", "the cluster"),
];
