//! The `infra-gen` program; see the library for what it does.

/// Halves the processor time of `synth`, most of which is allocation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    infra_gen::run(std::env::args_os())
}
