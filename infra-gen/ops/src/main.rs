//! The `ops` program; see the library for what it does.

fn main() -> std::process::ExitCode {
    ops::run(std::env::args_os())
}
