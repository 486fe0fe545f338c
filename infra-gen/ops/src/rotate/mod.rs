//! `ops rotate-secrets`: new passwords for the SCRAM users, and a new key for connect tokens.
//!
//! Nothing is locked out meanwhile, and nothing is started anew:
//! - MSK takes a new password within ten minutes, and until then the old one; connections that are open stay
//!   (<https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-users.html>). A producer whose password is
//!   refused tries the secret's other version, so it gets in before and after. To make warm functions start anew would
//!   only give all of them a password that the brokers don't know yet.
//! - Lambda's pollers keep their connections. Whether they read a changed secret by themselves isn't documented, so
//!   `--wait` looks at each mapping when MSK has it. A mapping that is refused loses no record: it lags.
//! - A token names the version of its key, and the previous one is good until the next rotation. Browsers stay
//!   connected, and get a token of the new key when they renew theirs.
//!
//! So a second rotation before the first has reached everyone would lock out; it needs `--again`.

mod which;

use std::{io, io::IsTerminal as _, time::Duration};

use aws_smithy_types::DateTime;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    Exit, Problem,
    aws::{Aws, Told as _},
    console::Console,
    doctor::Site,
    smoke, status,
    target::{Target, Where},
};
use which::{MSK, Which};

/// Secrets that are changed.
#[derive(Debug, Args)]
#[command(after_help = Exit::HELP)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own on the command line")]
pub(crate) struct Rotate {
    #[command(flatten)]
    pub(crate) at: Where,
    /// Which; without it all three
    #[arg(value_name = "SECRET", value_enum)]
    secret: Option<Which>,
    /// Don't ask
    #[arg(long)]
    yes: bool,
    /// Even when the last change has not reached everyone yet
    #[arg(long)]
    again: bool,
    /// Stay until MSK has the new password, ten minutes, and look at the mappings then
    #[arg(long)]
    wait: bool,
    /// Send a synthetic event through at the end, as `ops smoke` does
    #[arg(long)]
    smoke: bool,
}

impl Rotate {
    /// Changes the secrets.
    pub(crate) async fn run(
        &self,
        target: &Target,
        aws: &Aws,
        console: &mut Console,
    ) -> Result<Exit, Problem> {
        let chosen: Vec<Which> = self.secret.map_or_else(|| Which::ALL.to_vec(), |which| vec![which]);
        for which in &chosen {
            self.check(*which, target, aws).await?;
        }
        let names: Vec<String> = chosen.iter().map(|which| target.secret_name(which.secret())).collect();
        if !self.yes {
            ask(&names.join(", "), target, console)?;
        }
        let mut changed = vec![];
        for (which, name) in chosen.iter().zip(&names) {
            let version = put(*which, name, aws).await.map_err(|problem| {
                changed.iter().fold(problem, |problem, (name, _)| problem.note(format!("{name} was changed")))
            })?;
            console.say(&format!("{name} was changed: {}", which.follows()));
            changed.push((name.clone(), version));
        }
        let mut troubles = vec![];
        let users = chosen.iter().any(|which| *which != Which::Token);
        if users && self.wait {
            // The local run has no MSK that would take its time.
            if !self.at.local {
                console.say("waiting ten minutes, until MSK has it; Ctrl-C loses nothing");
                tokio::time::sleep(MSK).await;
            }
            troubles = look(target, aws, console).await?;
        } else if users {
            console.say(&format!("in ten minutes, look at the mappings: {}", target.make("status", &[])));
        }
        if self.smoke {
            let site = Site::find(target, aws).await?.ok_or_else(|| status::not_there(target, aws))?;
            if let Err(problem) = smoke::send(&site, Duration::from_mins(1), false).await {
                troubles.push(problem.what.clone());
                console.say(&format!("the synthetic event did not come through: {}", problem.what));
            } else {
                console.say("a synthetic event went through");
            }
        }
        if self.at.json {
            let list: Vec<Value> =
                changed.iter().map(|(name, version)| json!({ "secret": name, "version": version })).collect();
            console.print(&format!("{:#}\n", json!({ "changed": list, "troubles": troubles })))?;
        } else {
            let lines: String =
                changed.iter().map(|(name, version)| format!("{name}  {version}\n")).collect();
            console.print(&lines)?;
        }
        Ok(if troubles.is_empty() { Exit::Done } else { Exit::Unwell })
    }

    /// Refuses what would lock out.
    async fn check(&self, which: Which, target: &Target, aws: &Aws) -> Result<(), Problem> {
        let name = target.secret_name(which.secret());
        let told = aws.secretsmanager().describe_secret().secret_id(&name).send().await.fault();
        let told = match told {
            Ok(told) => told,
            Err(fault) if fault.is("ResourceNotFoundException") => {
                return Err(Problem::bad_input(format!("there is no secret {name} in {}", aws.region()))
                    .note("a stack on an existing cluster has no SCRAM users of its own: their owner changes them")
                    .help(format!("look whether it is deployed: {}", target.make("status", &[]))));
            }
            Err(fault) => return Err(fault.problem(&format!("look at the secret {name}"))),
        };
        let stages =
            told.version_ids_to_stages().into_iter().flat_map(|versions| versions.values().flatten());
        let mut was_changed = false;
        for stage in stages {
            was_changed |= stage == "AWSPREVIOUS";
        }
        let at = told.last_changed_date().map_or(0, DateTime::secs);
        let ago = Timestamp::now().as_second().saturating_sub(at);
        let settles = i64::try_from(which.settles().as_secs()).unwrap_or(i64::MAX);
        if was_changed && ago < settles && !self.again {
            return Err(Problem::refused(format!("{name} was changed {} minutes ago", ago / 60))
                .note(which.recent())
                .help(format!("wait another {} minutes, or say --again", (settles - ago) / 60 + 1)));
        }
        Ok(())
    }
}

fn ask(names: &str, target: &Target, console: &mut Console) -> Result<(), Problem> {
    let nobody = || Problem::refused("nobody said yes; nothing was changed").help("say it beforehand: --yes");
    if !io::stdin().is_terminal() {
        return Err(nobody());
    }
    console.say(&format!("Change {names} of {}? Type yes:", target.environment.name));
    let mut answer = String::new();
    match io::stdin().read_line(&mut answer) {
        Ok(_) if answer.trim() == "yes" => Ok(()),
        _ => Err(nobody()),
    }
}

/// Puts a new value in the place of the old; the version's id. The value is shown nowhere.
async fn put(which: Which, name: &str, aws: &Aws) -> Result<String, Problem> {
    let (field, length) = which.field();
    let client = aws.secretsmanager();
    let random = client.get_random_password().password_length(length).exclude_punctuation(true);
    let random = random.send().await.told("have Secrets Manager make a password")?;
    let new = random.random_password().unwrap_or_default();
    let old =
        client.get_secret_value().secret_id(name).send().await.told(&format!("read the secret {name}"))?;
    let body = renewed(old.secret_string().unwrap_or_default(), field, new).ok_or_else(|| {
        Problem::failed(format!("the secret {name} is not what the template made it"))
            .note(format!("it should be a JSON object with `{field}`"))
    })?;
    let put = client.put_secret_value().secret_id(name).secret_string(body);
    let told = put.send().await.told(&format!("change the secret {name}"))?;
    Ok(told.version_id().unwrap_or_default().to_owned())
}

/// The secret's text with another value in this field; `None` when it has no such field, or there is no value.
fn renewed(text: &str, field: &str, value: &str) -> Option<String> {
    let mut body: Map<String, Value> = serde_json::from_str(text).ok()?;
    if value.is_empty() {
        return None;
    }
    *body.get_mut(field)? = value.into();
    Some(Value::Object(body).to_string())
}

/// Mappings that are not well.
async fn look(target: &Target, aws: &Aws, console: &mut Console) -> Result<Vec<String>, Problem> {
    let mut troubles = vec![];
    for topic in target.model.topics.iter().filter(|topic| topic.consumer.is_some()) {
        let name = &topic.name.name;
        let mapping = status::mapping(target, aws, name).await?;
        let result =
            mapping.as_ref().and_then(|mapping| mapping.last_processing_result()).unwrap_or_default();
        if status::is_trouble(result) {
            let id = mapping.as_ref().and_then(|mapping| mapping.uuid()).unwrap_or_default();
            console.say(&format!(
                "{name}: {result}\n  if it stays so, have the mapping connect anew; no record is lost:\n  \
                 aws lambda update-event-source-mapping --uuid {id} --no-enabled, and when it is Disabled --enabled"
            ));
            troubles.push(format!("{name}: {result}"));
        }
    }
    if troubles.is_empty() {
        console.say("every mapping is well");
    }
    Ok(troubles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_the_password_stays() {
        let old = r#"{"username":"onboard-ai-producer","password":"old"}"#;
        let new = renewed(old, "password", "new").expect("it has one");
        assert_eq!(new, r#"{"username":"onboard-ai-producer","password":"new"}"#);
        for (text, value) in [("", "new"), ("[]", "new"), ("{}", "new"), (old, "")] {
            assert_eq!(renewed(text, "password", value), None, "{text}");
        }
    }
}
