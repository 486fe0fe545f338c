//! The arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::Exit;

/// One typed manifest in; infrastructure, code and documents out.
#[derive(Debug, Clone, Parser)]
#[command(name = "infra-gen", version, after_help = Exit::HELP, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Render the manifest into the output folder
    Synth(Synth),
    /// Tell whether the output folder is what the manifest gives; write nothing
    Check(Check),
    /// Print the JSON Schema of the manifest
    Schema,
    /// Print the resolved model as JSON
    Model(Model),
}

impl Command {
    /// Output is for a program, errors included.
    pub(crate) fn json(&self) -> bool {
        match self {
            Self::Synth(synth) => synth.json,
            Self::Check(check) => check.json,
            Self::Schema => false,
            Self::Model(model) => model.json,
        }
    }
}

/// Where the manifest is.
#[derive(Debug, Clone, Args)]
pub struct Manifest {
    /// The manifest
    #[arg(long, value_name = "FILE", default_value = Manifest::DEFAULT)]
    pub manifest: PathBuf,
}

impl Manifest {
    /// Where it is unless said otherwise.
    pub const DEFAULT: &str = "topics.yaml";
}

/// Where the output is.
#[derive(Debug, Clone, Args)]
pub struct Out {
    /// The output folder
    #[arg(long, value_name = "DIR", default_value = Out::DEFAULT)]
    pub out: PathBuf,
}

impl Out {
    /// Where it is unless said otherwise.
    pub const DEFAULT: &str = "generated";
}

/// `infra-gen synth`
#[derive(Debug, Clone, Args)]
#[command(after_help = Exit::HELP)]
pub struct Synth {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the command's help")]
    pub manifest: Manifest,
    #[command(flatten)]
    #[expect(missing_docs, reason = "as above")]
    pub out: Out,
    /// Write the cloud assembly here as well; the CDK toolkit says where in `CDK_OUTDIR`
    #[arg(long, value_name = "DIR")]
    pub assembly: Option<PathBuf>,
    /// Print one JSON object, for programs
    #[arg(long)]
    pub json: bool,
}

/// `infra-gen check`
#[derive(Debug, Clone, Args)]
#[command(after_help = Exit::HELP)]
pub struct Check {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the command's help")]
    pub manifest: Manifest,
    #[command(flatten)]
    #[expect(missing_docs, reason = "as above")]
    pub out: Out,
    /// Print one JSON object, for programs
    #[arg(long)]
    pub json: bool,
}

/// `infra-gen model`
#[derive(Debug, Clone, Args)]
#[command(after_help = Exit::HELP)]
pub struct Model {
    #[command(flatten)]
    #[expect(missing_docs, reason = "a comment here would become the command's help")]
    pub manifest: Manifest,
    /// Print errors as JSON too
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
