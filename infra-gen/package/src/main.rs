//! The `package` program; see the library for what it does.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use package::{Builder, Package};

/// Builds every function for Lambda and zips it
#[derive(Debug, Parser)]
#[command(name = "package", version, max_term_width = 100)]
struct Cli {
    /// The manifest
    #[arg(long, value_name = "FILE", default_value = "topics.yaml")]
    manifest: PathBuf,
    /// Where the zips go
    #[arg(long, value_name = "DIR", default_value = "target/lambda")]
    out: PathBuf,
    /// Build with cargo-zigbuild, for Lambda's glibc
    #[arg(long)]
    zigbuild: bool,
    /// Print one JSON array, for programs
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let model = match manifest::read_file(&cli.manifest) {
        Ok(model) => model,
        Err(diagnostics) => {
            eprintln!("{}", diagnostics.render(false).trim_end());
            return ExitCode::from(2);
        }
    };
    let root = cli.manifest.parent().filter(|folder| !folder.as_os_str().is_empty());
    let builder = if cli.zigbuild { Builder::Zig } else { Builder::Cargo };
    let tell = |package: &Package| {
        if !cli.json {
            println!("{}", line(package));
        }
    };
    match package::package(&model, root.unwrap_or(Path::new(".")), &cli.out, builder, tell) {
        Ok(packages) if cli.json => match serde_json::to_string_pretty(&packages) {
            Ok(text) => println!("{text}"),
            Err(error) => {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        },
        Ok(packages) => {
            let bytes = packages.iter().map(|package| package.zip_bytes).sum();
            let glibc = packages.iter().map(|package| package.glibc).max();
            println!(
                "{} zips for {} in {}, {} in all; glibc {} or newer",
                packages.len(),
                model.architecture.as_str(),
                cli.out.display(),
                mebibytes(bytes),
                glibc.map_or_else(String::new, |glibc| glibc.to_string()),
            );
        }
        Err(error) => {
            eprintln!("error: {error}");
            if let Some(help) = error.help() {
                eprintln!("  help: {}", help.replace('\n', "\n        "));
            }
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn line(package: &Package) -> String {
    let Package { function, program_bytes, zip_bytes, .. } = package;
    format!("{function:<40} {:>9}   zip {:>9}", mebibytes(*program_bytes), mebibytes(*zip_bytes))
}

fn mebibytes(bytes: u64) -> String {
    let tenths = bytes * 10 / (1024 * 1024);
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
