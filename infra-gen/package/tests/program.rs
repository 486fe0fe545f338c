//! What is found in a program: in this test's own, and in copies of it that were made worse.

#![cfg(all(target_os = "linux", target_env = "gnu"))]

use memchr::memmem;
use model::Architecture;
use package::{Fault, Glibc, Program};

fn own() -> Vec<u8> {
    std::fs::read(std::env::current_exe().expect("it has a path")).expect("it can be read")
}

/// The program with other bytes in place of these, wherever they are.
fn with(mut program: Vec<u8>, bytes: &[u8], others: &[u8]) -> Vec<u8> {
    assert_eq!(bytes.len(), others.len());
    let places: Vec<usize> = memmem::find_iter(&program, bytes).collect();
    assert!(!places.is_empty(), "{} is nowhere", String::from_utf8_lossy(bytes));
    for place in places {
        program[place..place + bytes.len()].copy_from_slice(others);
    }
    program
}

fn read(program: &[u8]) -> Program {
    Program::read(program).expect("it is a program")
}

fn here() -> Architecture {
    if cfg!(target_arch = "aarch64") { Architecture::Arm64 } else { Architecture::X86_64 }
}

fn elsewhere() -> Architecture {
    if cfg!(target_arch = "aarch64") { Architecture::X86_64 } else { Architecture::Arm64 }
}

#[test]
fn a_program_tells_what_it_needs() {
    let program = read(&own());
    assert_eq!(program.architecture, Some(here()));
    assert!(program.libraries.iter().any(|library| library == "libc.so.6"), "{program:?}");
    assert!(program.glibc >= Glibc(2, 17), "Rust's own minimum: {program:?}");
    assert!(program.has_symbols, "nobody strips tests");
    // This test has both words in it, since it looks for them.
    assert!(program.has_kafka && program.has_openssl);
    let faults = program.faults(elsewhere(), false);
    for fault in [
        Fault::Processor(elsewhere()),
        Fault::Symbols,
        Fault::Ballast("librdkafka"),
        Fault::Ballast("OpenSSL"),
    ] {
        assert!(faults.contains(&fault), "{faults:?}");
    }
}

#[test]
fn a_glibc_that_lambda_does_not_have_is_a_fault_by_the_symbols_name() {
    let own = own();
    let newest = read(&own).glibc;
    let worse = read(&with(own, format!("GLIBC_{newest}\0").as_bytes(), b"GLIBC_2.99\0"));
    assert_eq!(worse.glibc, Glibc(2, 99));
    let faults = worse.faults(here(), true);
    let fault = faults.iter().find(|fault| matches!(fault, Fault::Glibc { .. })).expect("it is a fault");
    assert!(fault.to_string().starts_with("needs glibc 2.99, Lambda has 2.34 ("), "{fault}");
    assert!(fault.help().is_some_and(|help| help.contains("zigbuild")));
    assert!(!worse.too_new.is_empty());
}

#[test]
fn a_library_that_lambda_does_not_have_is_a_fault() {
    let worse = read(&with(own(), b"libc.so.6\0", b"libz.so.1\0"));
    let faults = worse.faults(here(), true);
    assert!(faults.contains(&Fault::Library("libz.so.1".into())), "{faults:?}");
}

#[test]
fn a_publisher_in_which_kafka_cannot_be_seen_is_a_fault() {
    let blind = read(&with(own(), b"librdkafka", b"libxxkafka"));
    assert!(!blind.has_kafka);
    assert!(blind.faults(here(), true).contains(&Fault::Unseen("librdkafka")));
    assert!(!blind.faults(here(), false).contains(&Fault::Ballast("librdkafka")));
}

#[test]
fn what_is_no_program_is_an_error() {
    for bytes in [&b""[..], b"#!/bin/sh\n", &own()[..100]] {
        assert!(Program::read(bytes).is_err());
    }
}
