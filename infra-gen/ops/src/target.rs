//! Where a command works: one environment of the manifest.

use std::path::{Path, PathBuf};

use clap::Args;
use manifest::close::did_you_mean;
use model::{Environment, Function, Model, Secret, Table, Topic};

use crate::{Exit, Problem};

/// Which environment, of which manifest.
#[derive(Debug, Clone, Args)]
pub(crate) struct Where {
    /// The environment of the manifest
    #[arg(long, env = "ENV", default_value = "dev", value_name = "NAME")]
    pub(crate) env: String,
    /// The manifest
    #[arg(long, default_value = "topics.yaml", value_name = "FILE")]
    pub(crate) manifest: PathBuf,
    /// Work on the local run, `make dev`, and not on an account; on another port: `AWS_ENDPOINT_URL`
    #[arg(long)]
    pub(crate) local: bool,
    /// Print JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// One environment of the manifest, with the names that its resources have.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The whole system.
    pub(crate) model: Model,
    /// The one of its environments.
    pub(crate) environment: Environment,
    /// The project's folder.
    pub(crate) root: PathBuf,
    /// It is the local run.
    pub(crate) local: bool,
}

impl Target {
    /// Reads the manifest.
    ///
    /// # Errors
    /// A manifest with mistakes, all of them told; an environment that it doesn't have.
    pub(crate) fn read(at: &Where, colours: bool) -> Result<Self, Problem> {
        let path = &at.manifest;
        if !path.is_file() {
            let folder = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let folder = folder.parent().unwrap_or(&folder).display();
            return Err(Problem::bad_input(format!("there is no {} (looked in {folder})", path.display()))
                .help("run it in the project's folder, or say --manifest FILE"));
        }
        let model = manifest::read_file(path).map_err(|diagnostics| {
            Problem::new(Exit::BadInput, "the manifest has errors").note(diagnostics.render(colours))
        })?;
        let Some(environment) = model.environment(&at.env).cloned() else {
            let known = model.environments.iter().map(|environment| environment.name.as_str());
            return Err(Problem::bad_input(format!("the manifest has no environment `{}`", at.env))
                .help(did_you_mean(&at.env, "environments", known.clone()))
                .help(format!("or declare it under `environments` in {}", path.display())));
        };
        let root = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { model, environment, root: root.to_owned(), local: at.local })
    }

    /// What a person types to have this done here: `make logs FUNCTION=perform-kyc ENV=prod ARGS=--errors`. Without `ENV` it
    /// would happen to another environment than the one that is talked of.
    pub(crate) fn make(&self, command: &str, flags: &[&str]) -> String {
        // The local run is made anew with each start.
        if self.local && command == "deploy" {
            return "make dev".into();
        }
        let flags: Vec<&str> =
            self.local.then_some("--local").into_iter().chain(flags.iter().copied()).collect();
        let arguments = match flags.join(" ") {
            none if none.is_empty() => none,
            several if several.contains(' ') => format!(" ARGS=\"{several}\""),
            one => format!(" ARGS={one}"),
        };
        format!("make {command} ENV={}{arguments}", self.environment.name)
    }

    /// What puts back what was changed or deleted by hand: a deployment alone compares templates, and finds nothing to do.
    pub(crate) fn make_good(&self) -> String {
        self.make("deploy", &["--revert-drift"])
    }

    /// `onboard-ai-dev`.
    pub(crate) fn stack_name(&self) -> String {
        self.model.stack_name(&self.environment)
    }

    /// `onboard-ai-submit-user-info-dev`.
    pub(crate) fn function_name(&self, function: &Function) -> String {
        self.model.function_name(function, &self.environment)
    }

    /// `users-dev`.
    pub(crate) fn table_name(&self, table: &Table) -> String {
        self.model.table_name(table, &self.environment)
    }

    /// `AmazonMSK_onboard-ai-producer-dev`.
    pub(crate) fn secret_name(&self, secret: Secret) -> String {
        self.model.secret_name(secret, &self.environment)
    }

    /// The topic of this name, as a person may have written it.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn topic(&self, name: &str) -> Result<&Topic, Problem> {
        self.model.topic(name).ok_or_else(|| {
            let known = self.model.topics.iter().map(|topic| topic.name.name.as_str());
            Problem::bad_input(format!("there is no topic `{name}`"))
                .help(did_you_mean(name, "topics", known))
        })
    }

    /// The function of this name, with or without application and environment.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn function(&self, name: &str) -> Result<&Function, Problem> {
        let functions = &self.model.functions;
        let is = |function: &&Function| function.name.name == name || self.function_name(function) == name;
        functions.iter().find(is).ok_or_else(|| {
            let known = functions.iter().map(|function| function.name.name.as_str());
            Problem::bad_input(format!("there is no function `{name}`")).help(did_you_mean(
                name,
                "functions",
                known,
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Target {
        /// The repository's own manifest.
        pub(crate) fn example(env: &str, local: bool) -> Self {
            let manifest = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../topics.yaml")).to_owned();
            let at = Where { env: env.into(), manifest, local, json: false };
            Self::read(&at, false).expect("the manifest is good")
        }
    }

    #[test]
    fn what_is_to_be_typed_is_about_the_same_environment() {
        let target = Target::example("prod", false);
        assert_eq!(target.make("doctor", &[]), "make doctor ENV=prod");
        assert_eq!(target.make("deploy", &["--revert-drift"]), "make deploy ENV=prod ARGS=--revert-drift");
        let local = Target::example("prod", true);
        assert_eq!(local.make("doctor", &[]), "make doctor ENV=prod ARGS=--local");
        assert_eq!(
            local.make("logs FUNCTION=f", &["--errors"]),
            "make logs FUNCTION=f ENV=prod ARGS=\"--local --errors\""
        );
        assert_eq!(local.make("deploy", &["--revert-drift"]), "make dev");
    }
}
