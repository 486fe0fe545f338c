//! Who may do what: what the manifest's edges need, and nothing else.

use std::{collections::BTreeSet, fmt, fs, path::Path};

use model::{Model, Secret};

use super::{super::files, Java, process};
use crate::{LocalError, secrets::Secrets};

const TOOL: &str = "kafka.admin.AclCommand";

/// What the cluster was told last; each of Kafka's commands takes seconds, so that nothing is said twice.
const TOLD: &str = "acls.txt";

/// A user may do this with a topic or a group of this name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rule {
    user: String,
    /// Those of one call come together.
    operations: &'static [&'static str],
    /// `--topic` or `--group`
    kind: &'static str,
    name: String,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.user, self.operations.join("+"), self.kind, self.name)
    }
}

/// Producers write the topics that functions publish; mappings read those that have a consumer, commit as their
/// groups, and write dead letters.
fn rules(model: &Model, secrets: &Secrets) -> BTreeSet<Rule> {
    const WRITE: &[&str] = &["Write", "Describe"];
    const READ: &[&str] = &["Read", "Describe"];
    let (producer, _) = secrets.credentials(Secret::ProducerCredentials);
    let (consumer, _) = secrets.credentials(Secret::ConsumerCredentials);
    let rule = |user: &str, operations, kind, name: &str| Rule {
        user: user.to_owned(),
        operations,
        kind,
        name: name.to_owned(),
    };
    let mut rules = BTreeSet::new();
    for topic in &model.topics {
        let name = &topic.name.name;
        if topic.producer.is_some() {
            rules.insert(rule(&producer, WRITE, "--topic", name));
            rules.extend(topic.error_topic.iter().map(|errors| rule(&producer, WRITE, "--topic", errors)));
        }
        if let Some(reader) = &topic.consumer {
            rules.insert(rule(&consumer, READ, "--topic", name));
            rules.insert(rule(&consumer, READ, "--group", &reader.group));
        }
    }
    rules.insert(rule(&consumer, WRITE, "--topic", &model.cluster.dead_letter_topic));
    rules
}

/// Makes the cluster's rules those of the model: what is new is allowed, and what the model no longer has is taken
/// back.
pub(super) async fn apply(
    java: &Java,
    folder: &Path,
    port: u16,
    model: &Model,
    secrets: &Secrets,
) -> Result<(), LocalError> {
    let path = folder.join(TOLD);
    let wanted = rules(model, secrets);
    let lines = |rules: &BTreeSet<Rule>| rules.iter().map(|rule| format!("{rule}\n")).collect::<String>();
    let told = fs::read_to_string(&path).unwrap_or_default();
    if told == lines(&wanted) {
        return Ok(());
    }
    let known: BTreeSet<&str> = told.lines().collect();
    let new: BTreeSet<&Rule> =
        wanted.iter().filter(|rule| !known.contains(rule.to_string().as_str())).collect();
    let kept: BTreeSet<String> = wanted.iter().map(ToString::to_string).collect();
    let old: BTreeSet<Rule> =
        known.iter().filter(|line| !kept.contains(**line)).filter_map(|line| parse(line)).collect();
    let server = format!("localhost:{port}");
    let config = folder.join(files::JAVA_CLIENT).display().to_string();
    let base = ["--bootstrap-server", &server, "--command-config", &config];
    // Each is a Java of its own: together they take as long as one.
    let adding = commands(&base, &["--add"], new);
    let removing = commands(&base, &["--remove", "--force"], old.iter().collect());
    let running = adding.iter().chain(&removing).map(|arguments| process::tool(java, TOOL, arguments));
    futures_util::future::try_join_all(running).await?;
    fs::write(&path, lines(&wanted)).map_err(LocalError::file(&path))
}

/// One command for each user, kind and operations, with every name.
fn commands(base: &[&str], what: &[&str], rules: BTreeSet<&Rule>) -> Vec<Vec<String>> {
    let mut commands: Vec<(&Rule, Vec<String>)> = vec![];
    for rule in rules {
        let same = |(first, _): &&mut (&Rule, _)| {
            (&first.user, first.operations, first.kind) == (&rule.user, rule.operations, rule.kind)
        };
        if let Some((_, arguments)) = commands.iter_mut().find(same) {
            arguments.extend([rule.kind.to_owned(), rule.name.clone()]);
            continue;
        }
        let mut arguments: Vec<String> = base.iter().chain(what).map(|text| (*text).to_owned()).collect();
        arguments.extend(["--allow-principal".to_owned(), format!("User:{}", rule.user)]);
        for operation in rule.operations {
            arguments.extend(["--operation".to_owned(), (*operation).to_owned()]);
        }
        arguments.extend([rule.kind.to_owned(), rule.name.clone()]);
        commands.push((rule, arguments));
    }
    commands.into_iter().map(|(_, arguments)| arguments).collect()
}

/// What [`Rule`] was written as; nothing for a line that isn't one.
fn parse(line: &str) -> Option<Rule> {
    let [user, operations, kind, name] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let operations: &[&str] = match operations {
        "Write+Describe" => &["Write", "Describe"],
        "Read+Describe" => &["Read", "Describe"],
        _ => return None,
    };
    let kind = ["--topic", "--group"].into_iter().find(|known| *known == kind)?;
    Some(Rule { user: user.into(), operations, kind, name: name.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(operations: &'static [&'static str], kind: &'static str, name: &str) -> Rule {
        Rule { user: "u".into(), operations, kind, name: name.into() }
    }

    #[test]
    fn a_rule_is_read_as_it_was_written() {
        for rule in
            [rule(&["Write", "Describe"], "--topic", "a-b"), rule(&["Read", "Describe"], "--group", "g")]
        {
            assert_eq!(parse(&rule.to_string()), Some(rule));
        }
        assert_eq!(parse("u Everything --topic a"), None);
    }

    #[test]
    fn names_that_are_allowed_the_same_share_a_command() {
        let read: &[&str] = &["Read", "Describe"];
        let rules = [rule(read, "--topic", "a"), rule(read, "--topic", "b"), rule(read, "--group", "g")];
        let commands = commands(&["--x"], &["--add"], rules.iter().collect());
        let words: Vec<String> = commands.iter().map(|words| words.join(" ")).collect();
        let head = "--x --add --allow-principal User:u --operation Read --operation Describe";
        assert_eq!(words, [format!("{head} --group g"), format!("{head} --topic a --topic b")]);
    }
}
