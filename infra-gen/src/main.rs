//! The `infra-gen` program; see the library for what it does.

fn main() -> std::process::ExitCode {
    infra_gen::run(std::env::args_os())
}
