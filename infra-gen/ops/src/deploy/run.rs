//! The steps of a deployment, in their order.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use aws_sdk_cloudformation::types::Stack;
use changes::Assembly;
use serde_json::{Map, Value, json};

use super::{
    Deploy, ask, bucket,
    changeset::{self, ChangeSet, Wish},
    deployed, existing,
    fresh::Rendering,
    gate, parameters,
    preview::Preview,
    state::{self, Begin},
    upload, zips,
};
use crate::{
    Exit, Problem,
    after::{self, After, Patience},
    aws::{Aws, Told as _},
    console::{Console, GOOD, count, styled},
    stack::{Events, Following, Progress, follow, place},
    status,
    stop::{self, Phase},
    target::Target,
};

/// The states in which a deployment is done.
const DONE: [&str; 2] = ["CREATE_COMPLETE", "UPDATE_COMPLETE"];

/// What every step needs.
struct Run<'a> {
    args: &'a Deploy,
    target: &'a Target,
    aws: &'a Aws,
    /// `onboard-ai-dev`.
    name: String,
    /// What a person types to go on: `make deploy ENV=dev`.
    again: String,
    /// What Ctrl-C would leave behind now.
    phase: Cell<Phase>,
}

/// A stack with which nothing goes on any more.
struct Rest {
    stack: Option<Stack>,
    /// What is to be done with it.
    begin: Begin,
    /// An operation went on with it, was followed to its end, and ended well.
    joined: bool,
}

/// Deploys.
pub(crate) async fn run(
    args: &Deploy,
    target: &Target,
    aws: &Aws,
    console: &mut Console,
) -> Result<Exit, Problem> {
    if args.at.local {
        return Err(Problem::bad_input("the local run isn't deployed: it reads the manifest by itself")
            .help("start it: make dev"));
    }
    let again = target.make("deploy", &[]);
    let run = Run { args, target, aws, name: target.stack_name(), again, phase: Cell::default() };
    stop::unless(Box::pin(run.deploy(console)), || run.phase.get().stopped(target, &run.again)).await
}

impl Run<'_> {
    async fn deploy(&self, console: &mut Console) -> Result<Exit, Problem> {
        let rendering = Rendering::fresh(self.target)?;
        parameters::check(&self.args.parameter, &rendering.root)?;
        let identity = self.aws.identity().await?;
        console.say(&format!(
            "{} in {}, account {}, as {}",
            self.name,
            self.aws.region(),
            identity.account,
            identity.arn
        ));
        let Rest { stack, begin, joined } = self.rest(console).await?;
        let is_new = begin == Begin::Create;
        let old_stack = stack.as_ref().filter(|_| !is_new);
        let before = deployed::parameters(old_stack);
        existing::is_named_whole(&self.args.parameter, &before)?;
        existing::serves_no_other(self.aws, self.target, &self.args.parameter, &before, console).await?;
        let region = self.aws.region();
        parameters::check_zones(&self.args.parameter, &before, &self.target.environment, region)?;
        let folder = match &self.args.zips {
            Some(folder) => folder.clone(),
            None => zips::build(self.target, self.args.zigbuild, console).await?,
        };
        let zips = zips::find(self.target, &folder)?;
        let wanted = self.bucket(&before);
        let bucket = bucket::ready(self.aws, self.target, &identity, &wanted, console).await?;
        let put = upload::upload(self.aws, &bucket, &identity, &rendering.templates, &zips).await?;
        if put > 0 {
            console.say(&format!("put {} into the bucket {}", count(put, "file"), bucket.name));
        }
        let values =
            parameters::values(self.target, &bucket, &zips, &self.args.parameter, &before, &rendering.root);
        let tags = vec![
            ("Application".to_owned(), self.target.model.app.name.clone()),
            ("Environment".to_owned(), self.target.environment.name.clone()),
        ];
        let tagged = old_stack.is_some_and(|stack| is_tagged(stack, &tags));
        let wish = Wish {
            stack: self.name.clone(),
            template_url: self.aws.object_url(&bucket.name, &rendering.root_key),
            parameters: parameters::as_request(&values, &before),
            tags,
            create: is_new,
            exists: stack.is_some(),
            role: self.args.role.clone(),
            revert_drift: self.args.revert_drift,
        };
        self.phase.set(Phase::Prepared);
        let Some(set) = changeset::make(self.aws, wish, console).await? else {
            return self.unchanged(joined, old_stack, console).await;
        };
        let old = deployed::assembly(self.aws, &self.name, old_stack).await;
        let old = match old {
            Ok(old) => old.with_parameters(&self.name, &before),
            Err(problem) => return self.without(&set, problem, console).await,
        };
        let new = rendering.assembly.with_parameters(&self.name, &values);
        let preview = Preview::of(&self.name, &old, &new, &set.changes);
        // CloudFormation takes nested stacks that get another one's outputs for changed, whatever changes.
        if preview.is_empty() && !self.args.revert_drift && old.is_same(&new, &self.name) && tagged {
            changeset::discard(self.aws, &set.id, &self.name, console).await;
            return self.unchanged(joined, old_stack, console).await;
        }
        self.show(&preview, is_new, console);
        if let Err(problem) = self.permitted(&preview, &old, &new) {
            return self.without(&set, problem, console).await;
        }
        if self.args.preview {
            changeset::discard(self.aws, &set.id, &self.name, console).await;
            return Ok(Exit::Done);
        }
        if let Err(problem) = self.agreed(&identity.account).await {
            return self.without(&set, problem, console).await;
        }
        self.execute(&set, console).await
    }

    /// The stack once nothing goes on with it any more, and what is to be done with it.
    async fn rest(&self, console: &mut Console) -> Result<Rest, Problem> {
        let stack = status::find(self.aws, &self.name).await?;
        let begin = state::begin(self.target, stack.as_ref())?;
        if begin != Begin::Join {
            return Ok(Rest { stack, begin, joined: false });
        }
        self.phase.set(Phase::Going);
        let id = stack.as_ref().and_then(Stack::stack_id).unwrap_or_default().to_owned();
        console.say(&format!("{} is changing already; following it", self.name));
        let events = Events::of_last_operation(self.aws.cloudformation(), &id)
            .await
            .map_err(|fault| fault.problem("read the stack's events"))?;
        self.follow(&id, events, console).await?;
        self.phase.set(Phase::Before);
        let stack = status::find(self.aws, &self.name).await?;
        let begin = state::begin(self.target, stack.as_ref())?;
        Ok(Rest { stack, begin, joined: true })
    }

    fn bucket(&self, deployed: &BTreeMap<String, String>) -> bucket::Wanted {
        match &self.args.bucket {
            Some(name) => bucket::Wanted::Named(name.clone()),
            None if self.args.bootstrap_bucket => bucket::Wanted::Bootstrap,
            None => bucket::Wanted::Usual { deployed: deployed.get("ArtifactBucket").cloned() },
        }
    }

    /// Nothing is to be deployed. Whoever began what was followed did not come to its checks.
    async fn unchanged(
        &self,
        joined: bool,
        stack: Option<&Stack>,
        console: &mut Console,
    ) -> Result<Exit, Problem> {
        if joined && !self.args.preview {
            return self.finish(stack, console).await;
        }
        self.nothing(stack, console).await
    }

    async fn nothing(&self, stack: Option<&Stack>, console: &mut Console) -> Result<Exit, Problem> {
        if !self.args.preview {
            self.protect(stack).await?;
        }
        let outputs = stack.map(status::outputs).unwrap_or_default();
        if self.args.at.json {
            let line = json!({ "event": "done", "status": "unchanged", "stack": self.name, "outputs": by_name(&outputs) });
            console.print(&format!("{line}\n"))?;
        } else {
            console.say(&format!("{}: {} is as it should be", styled(GOOD, "nothing to do"), self.name));
            console.print(&status::output_lines(&outputs))?;
        }
        Ok(self.args.detail.nothing_to_do())
    }

    /// Protects the stack from deletion where the manifest says so and it isn't yet.
    async fn protect(&self, stack: Option<&Stack>) -> Result<(), Problem> {
        let is_protected = stack.and_then(Stack::enable_termination_protection) == Some(true);
        if !self.target.environment.deletion_protection || is_protected {
            return Ok(());
        }
        self.aws
            .cloudformation()
            .update_termination_protection()
            .stack_name(&self.name)
            .enable_termination_protection(true)
            .send()
            .await
            .told(&format!("protect {} from deletion", self.name))
            .map(drop)
    }

    fn show(&self, preview: &Preview, is_new: bool, console: &mut Console) {
        if self.args.at.json {
            let mut line = preview.json();
            line["event"] = "preview".into();
            line["stack"] = self.name.as_str().into();
            line["new"] = is_new.into();
            // A reader that has gone sees nothing of the rest either; the exit code tells.
            drop(console.data(&format!("{line}\n")));
        } else {
            console.say(&format!("\n{}", preview.text()));
        }
    }

    fn permitted(&self, preview: &Preview, old: &Assembly, new: &Assembly) -> Result<(), Problem> {
        let stops = gate::stops(&preview.rows, &preview.consequences, (old, new, &self.name));
        let places: BTreeSet<String> = [old, new]
            .iter()
            .flat_map(|assembly| assembly.resources(&self.name))
            .map(|(stack, id, ..)| place(&stack, &id))
            .collect();
        gate::pass(
            &stops,
            &self.args.allow,
            &places.into_iter().collect::<Vec<_>>(),
            &self.target.environment.name,
        )
    }

    async fn agreed(&self, account: &str) -> Result<(), Problem> {
        if self.args.yes {
            return Ok(());
        }
        let question =
            format!("deploy this to {} in {}, account {account}? [y/N]", self.name, self.aws.region());
        let flag = format!("say it beforehand: {}", self.target.make("deploy", &["--yes"]));
        if ask::confirm(&question, &["y", "Y", "yes", "Yes", "YES"], &flag).await? {
            return Ok(());
        }
        Err(Problem::refused("not deployed: the answer was no").note("nothing was changed"))
    }

    /// Ends without the change set.
    async fn without(
        &self,
        set: &ChangeSet,
        problem: Problem,
        console: &mut Console,
    ) -> Result<Exit, Problem> {
        changeset::discard(self.aws, &set.id, &self.name, console).await;
        Err(problem)
    }

    async fn execute(&self, set: &ChangeSet, console: &mut Console) -> Result<Exit, Problem> {
        let events = Events::from_now(self.aws.cloudformation(), &set.stack_id)
            .await
            .map_err(|fault| fault.problem("read the stack's events"))?;
        self.phase.set(Phase::Asked);
        changeset::execute(self.aws, set, &self.name).await?;
        self.phase.set(Phase::Going);
        let stack = self.follow(&set.stack_id, events, console).await?;
        self.finish(stack.as_ref(), console).await
    }

    async fn follow(
        &self,
        id: &str,
        events: Events,
        console: &mut Console,
    ) -> Result<Option<Stack>, Problem> {
        let following = Following { aws: self.aws, id, rejoin: &self.again };
        let mut progress = Progress::new(self.args.at.json);
        let ended = follow(&following, events, &mut progress, console).await?;
        state::judge(self.target, &ended, &DONE)?;
        Ok(ended.stack)
    }

    /// Tells what came of it, and sees whether it runs. The outputs are told whatever the rest comes to.
    async fn finish(&self, stack: Option<&Stack>, console: &mut Console) -> Result<Exit, Problem> {
        self.phase.set(Phase::Checking);
        let outputs = stack.map(status::outputs).unwrap_or_default();
        if !self.args.at.json {
            console.say(&format!("{}: {}", styled(GOOD, "deployed"), self.name));
            console.print(&status::output_lines(&outputs))?;
        }
        let after = self.after(stack, console).await;
        if self.args.at.json {
            let seen = after.as_ref().ok().and_then(Option::as_ref).map(After::to_json);
            let line = json!({
                "event": "done", "status": "deployed", "stack": self.name, "outputs": by_name(&outputs), "after": seen,
            });
            console.print(&format!("{line}\n"))?;
        }
        let Some(after) = after? else { return Ok(Exit::Done) };
        if !self.args.at.json {
            console.say(&format!("\n{}", after.text(self.target).trim_end()));
        }
        Ok(if after.is_well() { Exit::Done } else { Exit::Unwell })
    }

    /// Protects the stack, then looks whether what CloudFormation calls complete also runs: a SCRAM association may have
    /// failed silently, a mapping may not be enabled.
    async fn after(&self, stack: Option<&Stack>, console: &mut Console) -> Result<Option<After>, Problem> {
        self.protect(stack).await?;
        if self.args.no_check {
            return Ok(None);
        }
        after::check(self.target, self.aws, Patience::default(), console).await.map(Some)
    }
}

fn is_tagged(stack: &Stack, tags: &[(String, String)]) -> bool {
    let has = |(key, value): &(String, String)| {
        stack.tags().iter().any(|tag| tag.key() == Some(key) && tag.value() == Some(value))
    };
    stack.tags().len() == tags.len() && tags.iter().all(has)
}

fn by_name(outputs: &[(String, String)]) -> Map<String, Value> {
    outputs.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()
}
