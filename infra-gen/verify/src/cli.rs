//! The arguments.

use std::path::PathBuf;

use clap::Parser;

use crate::{Checker, Exit};

/// Other people's checkers over the rendered CloudFormation templates.
#[derive(Debug, Clone, Parser)]
#[command(name = "verify", version, after_help = Exit::HELP, max_term_width = 100)]
pub(crate) struct Cli {
    /// The folder of templates: every *.template.json in it and in its folders
    #[arg(long, value_name = "DIR", default_value = "generated/cloudformation")]
    pub(crate) templates: PathBuf,
    /// What findings are waived, with the reasons
    #[arg(long, value_name = "FILE", default_value = "infra-gen/verify/waivers.yaml")]
    pub(crate) waivers: PathBuf,
    /// These checkers alone; waivers of the others are then not asked for their use
    #[arg(long, value_name = "CHECKER,...", value_delimiter = ',')]
    pub(crate) only: Vec<Checker>,
    /// Where the checkers are installed, once [default: target/verify]
    #[arg(long, value_name = "DIR")]
    pub(crate) tools: Option<PathBuf>,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl Cli {
    /// The checkers to run, in the order of the table.
    pub(crate) fn checkers(&self) -> Vec<Checker> {
        let wanted = |checker: &Checker| self.only.is_empty() || self.only.contains(checker);
        Checker::ALL.iter().copied().filter(wanted).collect()
    }

    /// Beside what cargo builds.
    pub(crate) fn tools(&self) -> PathBuf {
        self.tools.clone().unwrap_or_else(|| {
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from).join("verify")
        })
    }
}
