//! The `verify` program; see the library for what it does.

fn main() -> std::process::ExitCode {
    verify::run(std::env::args_os())
}
