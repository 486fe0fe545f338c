//! `ops deploy`: build, put, preview, ask, execute, follow, check.
//!
//! ```text
//! generated/ fresh? -> zips -> bucket -> change set -> preview -> gate -> yes? -> execute, followed -> checks
//! ```
//!
//! Up to the question nothing of the system is changed, and what was put for it is removed or found again.

mod ask;
mod bucket;
mod changeset;
mod deployed;
mod existing;
mod fresh;
mod gate;
mod parameters;
mod preview;
mod run;
mod state;
mod upload;
mod zips;

use std::path::PathBuf;

use clap::Args;

use crate::{Exit, exit::Detail, target::Where};
use gate::Allow;

pub(crate) use ask::confirm;
pub(crate) use bucket::own_name as own_bucket;
pub(crate) use deployed::{Resource, nested, resources, template};
pub(crate) use fresh::retained;
pub(crate) use run::run;
pub(crate) use state::judge;

/// What `deploy` takes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(after_help = Exit::HELP)]
pub(crate) struct Deploy {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Deploy without asking; what holds data still needs --allow
    #[arg(long)]
    yes: bool,
    /// Show what would happen, and leave what is deployed as it is; templates and zips are put into the bucket
    #[arg(long)]
    preview: bool,
    /// Permit what would be refused: Foundation/Cluster=replace; once for each
    #[arg(long, value_name = "RESOURCE=WHAT", value_parser = Allow::read)]
    allow: Vec<Allow>,
    /// Set a parameter of the root stack; those that aren't set stay as they are
    #[arg(long, value_name = "KEY=VALUE", value_parser = parameters::read)]
    parameter: Vec<(String, String)>,
    /// Deploy these zips, <function>.zip each, and build nothing
    #[arg(long, value_name = "DIR")]
    zips: Option<PathBuf>,
    /// Put back as well what was changed or deleted by hand, as far as CloudFormation can
    #[arg(long)]
    revert_drift: bool,
    /// Build with cargo-zigbuild, for Lambda's glibc
    #[arg(long, conflicts_with = "zips")]
    zigbuild: bool,
    /// Put templates and zips into this bucket; else into the one that the stack has, or one of its own
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// Put them into the bucket that `cdk bootstrap` made
    #[arg(long, conflicts_with = "bucket")]
    bootstrap_bucket: bool,
    /// Leave out what comes after it: SCRAM users, mappings, and a synthetic event sent through
    #[arg(long)]
    no_check: bool,
    /// The role that CloudFormation takes on
    #[arg(long, value_name = "ARN")]
    role: Option<String>,
    #[command(flatten)]
    detail: Detail,
}

/// `aws`, `aws-cn`, `aws-us-gov`: the start of every ARN in the Region.
pub(crate) fn partition(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "aws-cn"
    } else if region.starts_with("us-gov-") {
        "aws-us-gov"
    } else {
        "aws"
    }
}
