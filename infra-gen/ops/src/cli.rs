//! The arguments.

use clap::{Args, Parser, Subcommand};

use crate::{
    Exit, Problem,
    aws::Aws,
    connections::Connections,
    console::Console,
    deploy::{self, Deploy},
    destroy::{self, Destroy},
    doctor::{self, Doctor},
    events::Events,
    lag::Lag,
    logs::Logs,
    redrive::Redrive,
    rotate::Rotate,
    smoke::{self, Smoke},
    status,
    target::{Target, Where},
};

/// Runs the system in an AWS account: deploys it, and looks after it.
#[derive(Debug, Parser)]
#[command(name = "ops", version, after_help = Exit::HELP, disable_help_subcommand = true, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build, preview, deploy and check it
    Deploy(Deploy),
    /// Delete it, after telling what is lost
    Destroy(Destroy),
    /// Tell whether it is deployed and well, and where its endpoints are
    Status(Status),
    /// Look for what is wrong, and say how to mend it
    Doctor(Doctor),
    /// Send a synthetic event through, and see it applied
    Smoke(Smoke),
    /// Print what functions wrote, and go on with it
    Logs(Logs),
    /// Tell how far consumers are behind
    Lag(Lag),
    /// Tell what happened to a customer
    Events(Events),
    /// Tell who is connected
    Connections(Connections),
    /// Put quarantined records back
    Redrive(Redrive),
    /// Change passwords and keys
    RotateSecrets(Rotate),
}

#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) at: Where,
}

impl Command {
    /// Which environment it is for.
    pub(crate) fn at(&self) -> &Where {
        match self {
            Self::Deploy(deploy) => &deploy.at,
            Self::Destroy(destroy) => &destroy.at,
            Self::Status(status) => &status.at,
            Self::Doctor(doctor) => &doctor.at,
            Self::Smoke(smoke) => &smoke.at,
            Self::Logs(logs) => &logs.at,
            Self::Lag(lag) => &lag.at,
            Self::Events(events) => &events.at,
            Self::Connections(connections) => &connections.at,
            Self::Redrive(redrive) => &redrive.at,
            Self::RotateSecrets(rotate) => &rotate.at,
        }
    }

    /// Does it.
    pub(crate) async fn run(&self, console: &mut Console) -> Result<Exit, Problem> {
        let at = self.at();
        let target = Target::read(at, console.colours())?;
        let aws = Aws::load(at.local).await?;
        match self {
            Self::Deploy(args) => deploy::run(args, &target, &aws, console).await,
            Self::Destroy(args) => destroy::run(args, &target, &aws, console).await,
            Self::Status(_) => status::run(&target, &aws, at.json, console).await,
            Self::Doctor(doctor) => doctor::run(&target, &aws, doctor, console).await,
            Self::Smoke(smoke) => smoke::run(&target, &aws, smoke, console).await,
            Self::Logs(logs) => logs.run(&target, &aws, console).await,
            Self::Lag(lag) => lag.run(&target, &aws, console).await,
            Self::Events(events) => events.run(&target, &aws, console).await,
            Self::Connections(connections) => connections.run(&target, &aws, console).await,
            Self::Redrive(redrive) => redrive.run(&target, &aws, console).await,
            Self::RotateSecrets(rotate) => rotate.run(&target, &aws, console).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
