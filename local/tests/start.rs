//! How it starts, and why it doesn't: options, ports, data folders, programs.

mod support;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};
use support::Local;

/// What became of a start that is refused: its exit code and what it said.
fn refused(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    assert!(stdout.is_empty(), "it was never up: {}", String::from_utf8_lossy(&stdout));
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

#[test]
fn a_port_in_use_is_a_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = taken.local_addr().expect("it listens").port().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command
        .args(["dev", "--no-open", "--http-port", &port, "--manifest"])
        .arg(support::root().join("topics.yaml"));
    let (code, said) = refused(&mut command);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&port) && said.contains("--http-port") && said.contains("in use"), "{said}");
}

#[test]
fn bad_input_is_told_by_its_exit_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let bad = folder.path().join("bad.yaml");
    fs::write(&bad, "app: 7\n").expect("it is written");
    let bad = bad.to_str().expect("its name is text");
    for (arguments, told) in [
        (&["dev", "--manifest", bad][..], "5 errors; nothing was started"),
        (&["dev", "--manifest", "no-such-file.yaml"], "no-such-file.yaml"),
        (&["dev", "--env", "nowhere"], "it has dev, staging, prod"),
        (&["dev", "--broker", "rabbit"], "embedded, kafka"),
        (&["dev", "--broker=kafka", "--brokers=127.0.0.1:1"], "give one"),
        (&["dev", "--dynamodb", "https://dynamodb.us-east-1.amazonaws.com"], "http://"),
        (&["bench", "--rate", "0"], "--rate"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
        let (code, said) = refused(command.args(arguments).current_dir(support::root()));
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
}

#[test]
fn options_that_say_less_than_is_meant_are_refused() {
    for (arguments, told) in [
        (["--brokers=127.0.0.1:1", "--kafka-password=p"], "--kafka-user"),
        (["--brokers=127.0.0.1:1", "--kafka-ca=ca.pem"], "--kafka-user"),
        (["--brokers=127.0.0.1:1", "--kafka-user=u"], "--kafka-password"),
    ] {
        let (code, said) = refused(support::command().args(arguments));
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
}

#[test]
fn what_cannot_be_reached_is_told_with_the_option_that_names_it() {
    // Nobody listens on a port that was just let go.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}", free.local_addr().expect("it listens"));
    drop(free);
    let (code, said) = refused(support::command().env("AWS_ENDPOINT_URL_DYNAMODB", &url));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(&url) && said.contains("AWS_ENDPOINT_URL_DYNAMODB"), "{said}");
}

#[test]
fn variables_that_are_set_to_nothing_are_not_set() {
    let mut command = support::command();
    for name in ["BROKER", "ENV", "KAFKA_BROKERS", "AWS_ENDPOINT_URL_DYNAMODB"] {
        command.env(name, "");
    }
    let local = Local::run(&mut command);
    assert_eq!(local.ready["stack"], "onboard-ai-dev");
    assert_eq!(local.ready["embeddedBroker"], true);
    assert!(local.stop().success());
}

/// Programs for all functions but this one, whose program is the script.
fn programs(folder: &Path, broken: &str, script: &str) {
    let names = [producers::NAMES, consumers::NAMES, edge::NAMES].concat();
    assert!(names.contains(&broken));
    for name in names {
        let path = folder.join(name);
        let runs = format!("exec '{}' function {name}", env!("CARGO_BIN_EXE_local"));
        let script = if name == broken { script } else { &runs };
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("it is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_on_the_way_up_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    programs(folder.path(), "perform-kyc", "echo 'libfoo.so: cannot open' >&2; exit 127");
    let local = Local::start(&["--functions", folder.path().to_str().expect("its name is text")]);
    let body = json!({ "customerId": "c-1", "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 202, "the others work: {answer}");
    let (_, happened) = local.stop_and_tell();
    let notices = happened.iter().filter(|happening| happening["stage"] == "notice");
    let told = notices.filter_map(|notice| notice["detail"].as_str()).any(|detail| {
        detail.contains("onboard-ai-perform-kyc-dev can't start") && detail.contains("libfoo.so: cannot open")
    });
    assert!(told, "{happened:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_survive_a_restart_with_a_data_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = ["--data", folder.path().to_str().expect("its name is text")];
    let local = Local::start(&data);
    let body = json!({ "customerId": "c-1", "email": "a@example.com", "firstName": "Ada" });
    let (status, _) = local.step("/user-info", &body).await;
    assert_eq!(status, 202);
    local.until("it is applied", async |local| (!local.history("c-1").await.is_empty()).then_some(())).await;
    assert!(local.stop().success());
    let local = Local::start(&data);
    assert_eq!(local.rows("users-dev").await.len(), 1);
    assert!(local.stop().success());
    let local = Local::start(&[data.as_slice(), &["--fresh"]].concat());
    assert_eq!(local.rows("users-dev").await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_belongs_to_one_run_and_its_owner() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let data = ["--data", folder.path().to_str().expect("its name is text")];
    let local = Local::start(&data);
    let put = json!({ "TableName": "users-dev", "Item": { "customerId": { "S": "c-1" } } });
    let (status, answer) = local.aws("DynamoDB_20120810.PutItem", &put).await;
    assert_eq!(status, 200, "{answer}");
    for more in [&[][..], &["--fresh"]] {
        let (code, said) = refused(support::command().args(data).args(more));
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("is in use by another local run"), "{said}");
    }
    for file in fs::read_dir(folder.path()).expect("it is there") {
        let file = file.expect("it is readable");
        let mode = file.metadata().expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} is for its owner alone", file.path().display());
    }
    assert_eq!(local.rows("users-dev").await.len(), 1, "nothing was emptied");
    assert!(local.stop().success());
    let local = Local::start(&data);
    assert_eq!(local.rows("users-dev").await.len(), 1);
}
