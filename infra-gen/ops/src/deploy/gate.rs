//! What is refused unless it is permitted in so many words.

use std::collections::BTreeMap;

use changes::{Assembly, Consequence, Effect, Why};
use manifest::close::did_you_mean;
use serde_json::Value;

use super::preview::{Action, Row};
use crate::{Problem, stack::place};

/// A permission: `Foundation/Cluster=replace`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Allow {
    place: String,
    what: String,
}

/// What can be permitted.
const WHATS: [&str; 6] = ["replace", "delete", "group", "topic", "cluster", "regenerate"];
/// A secret whose value Secrets Manager makes; with another setting of it, it makes another value.
const SECRET: (&str, &str) = ("AWS::SecretsManager::Secret", "GenerateSecretString");

impl Allow {
    /// Reads `Stack/Resource=what`.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (place, what) = text.split_once('=').ok_or("write Stack/Resource=replace")?;
        if !WHATS.contains(&what) {
            return Err(format!("`{what}` can't be permitted; what can: {}", WHATS.join(", ")));
        }
        Ok(Self { place: place.to_owned(), what: what.to_owned() })
    }

    fn flag(&self) -> String {
        format!("--allow {}={}", self.place, self.what)
    }
}

/// Something that the gate stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stop {
    /// What would happen, and what is lost.
    pub(crate) why: String,
    /// The permission that lets it pass; nothing does where there is none.
    pub(crate) allow: Option<Allow>,
}

/// What of the preview is stopped.
pub(crate) fn stops(
    rows: &[Row],
    consequences: &[Consequence],
    (old, new, name): (&Assembly, &Assembly, &str),
) -> Vec<Stop> {
    let mut stops = vec![];
    for row in rows {
        let place = row.place();
        let because = if row.why.is_empty() { String::new() } else { format!(" ({})", row.why.join(", ")) };
        let fate =
            if row.kept { "the old one stays, outside the stack and unused" } else { "its data is lost" };
        let stop = |verb: &str, what: &str| Stop {
            why: format!("{place} ({}) {verb}{because}: {fate}", row.ty),
            allow: Some(Allow { place: place.clone(), what: what.into() }),
        };
        match row.action {
            Action::Refused => stops.push(Stop {
                why: format!(
                    "{place} ({}) can't be updated like this: {}",
                    row.ty,
                    impossible(row, consequences)
                ),
                allow: None,
            }),
            Action::Replaced if row.stateful => stops.push(stop("is replaced", "replace")),
            Action::MayBeReplaced if row.stateful => stops.push(stop("may be replaced", "replace")),
            Action::Removed if row.stateful => stops.push(stop("is deleted", "delete")),
            Action::Changed if row.ty == SECRET.0 && row.why.iter().any(|why| why.starts_with(SECRET.1)) => {
                stops.push(Stop {
                    why: format!(
                        "{place} ({}) may be given another value{because}: who still has the old one is locked out",
                        row.ty
                    ),
                    allow: Some(Allow { place: place.clone(), what: "regenerate".into() }),
                });
            }
            _ => {}
        }
    }
    stops.extend(mappings(&old.resources(name), &new.resources(name)));
    stops
}

fn impossible(row: &Row, consequences: &[Consequence]) -> String {
    let found = consequences
        .iter()
        .filter(|found| found.effect == Effect::Refused && found.nested == row.stack && found.id == row.id);
    let words = found.flat_map(|found| &found.causes).filter_map(|cause| match &cause.why {
        Why::Refused(reason) => Some((*reason).to_owned()),
        Why::NameTaken => Some(format!(
            "CloudFormation would replace it, and the old one still has the name ({})",
            cause.property
        )),
        _ => None,
    });
    words.collect::<Vec<_>>().join("; ")
}

/// What a consumer's mapping reads.
struct Reading {
    /// The mapping's place.
    place: String,
    /// The cluster's ARN, or what refers to it.
    cluster: Value,
    topic: String,
    group: String,
}

/// Mappings whose consumers would read something else, or everything again.
fn mappings(old: &[(String, String, String, Value)], new: &[(String, String, String, Value)]) -> Vec<Stop> {
    let by_function = |all: &[(String, String, String, Value)]| -> BTreeMap<String, Reading> {
        let mappings = all.iter().filter(|(_, _, ty, _)| ty == "AWS::Lambda::EventSourceMapping");
        mappings
            .map(|(stack, id, _, properties)| {
                let group = &properties["AmazonManagedKafkaEventSourceConfig"]["ConsumerGroupId"];
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let reading = Reading {
                    place: place(stack, id),
                    cluster: properties["EventSourceArn"].clone(),
                    topic: text(&properties["Topics"][0]),
                    group: text(group),
                };
                (properties["FunctionName"].to_string(), reading)
            })
            .collect()
    };
    let new = by_function(new);
    let mut stops = vec![];
    for (function, Reading { place, cluster, topic, group }) in by_function(old) {
        let Some(now) = new.get(&function) else { continue };
        let mut stop = |what: &str, why: String| {
            let allow = Some(Allow { place: place.clone(), what: what.to_owned() });
            stops.push(Stop { why, allow });
        };
        if now.cluster != cluster {
            stop(
                "cluster",
                format!(
                    "{place} reads {topic} of another cluster: what is left unread in the one it reads now is never \
                 handled"
                ),
            );
        }
        if now.group != group {
            let new_group = &now.group;
            stop(
                "group",
                format!(
                    "{place} reads as the group {new_group} instead of {group}: it begins anew, and every record that is \
                 still in {topic} is handled again"
                ),
            );
        }
        if now.topic != topic {
            let new_topic = &now.topic;
            stop(
                "topic",
                format!(
                    "{place} reads {new_topic} instead of {topic}: what is left unread in {topic} is never handled"
                ),
            );
        }
    }
    stops
}

/// Lets pass what is permitted.
///
/// # Errors
/// Something isn't, with the flag for each; a permission for what isn't there.
pub(crate) fn pass(stops: &[Stop], allowed: &[Allow], places: &[String], env: &str) -> Result<(), Problem> {
    for allow in allowed {
        if !places.contains(&allow.place) {
            let known = places.iter().map(String::as_str);
            return Err(Problem::bad_input(format!("--allow {}: there is no such resource", allow.place))
                .help(did_you_mean(&allow.place, "resources", known)));
        }
    }
    let stopped: Vec<&Stop> = stops
        .iter()
        .filter(|stop| stop.allow.as_ref().is_none_or(|allow| !allowed.contains(allow)))
        .collect();
    if stopped.is_empty() {
        return Ok(());
    }
    let mut problem = Problem::refused("the deployment would destroy something; nothing was changed");
    for stop in &stopped {
        problem = problem.note(&stop.why);
    }
    if stopped.iter().any(|stop| stop.allow.is_none()) {
        return Err(problem.help("no flag permits what can't be done: put the manifest back as it was there"));
    }
    let flags: Vec<String> = stops.iter().filter_map(|stop| stop.allow.as_ref()).map(Allow::flag).collect();
    Err(problem
        .help("put the manifest back as it was there")
        .help(format!("or permit each of it: make deploy ENV={env} ARGS=\"{}\"", flags.join(" "))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Exit;

    fn row(action: Action, stateful: bool) -> Row {
        Row {
            stack: "Foundation".into(),
            id: "Cluster".into(),
            ty: "AWS::MSK::Cluster".into(),
            action,
            why: vec!["BrokerNodeGroupInfo.ClientSubnets".into()],
            stateful,
            kept: false,
        }
    }

    fn of(rows: &[Row]) -> Vec<Stop> {
        stops(rows, &[], (&Assembly::default(), &Assembly::default(), "x"))
    }

    #[test]
    fn what_holds_data_is_refused_with_the_flag_that_permits_it() {
        let places = ["Foundation/Cluster".to_owned()];
        for (action, flag) in [
            (Action::Replaced, "Foundation/Cluster=replace"),
            (Action::MayBeReplaced, "Foundation/Cluster=replace"),
            (Action::Removed, "Foundation/Cluster=delete"),
        ] {
            let found = of(&[row(action, true)]);
            let problem = pass(&found, &[], &places, "dev").expect_err("it is refused");
            assert_eq!(problem.exit, Exit::Refused);
            assert!(problem.help[1].contains(&format!("--allow {flag}")), "{problem:?}");
            pass(&found, &[Allow::read(flag).expect("a flag")], &places, "dev").expect("it is permitted");
            let other = Allow::read("Foundation/Cluster=group").expect("a flag");
            pass(&found, &[other], &places, "dev").expect_err("another permission");
        }
        assert_eq!(
            of(&[row(Action::Changed, true), row(Action::Replaced, false), row(Action::Added, true)]),
            []
        );
    }

    #[test]
    fn what_the_service_refuses_has_no_flag() {
        let found = of(&[row(Action::Refused, true)]);
        let all = WHATS.map(|what| Allow { place: "Foundation/Cluster".into(), what: what.into() });
        let problem = pass(&found, &all, &["Foundation/Cluster".into()], "dev").expect_err("never");
        assert!(!problem.help.iter().any(|help| help.contains("--allow")), "{problem:?}");
    }

    #[test]
    fn a_permission_for_nothing_is_a_slip() {
        let allow = Allow::read("Foundation/Clutser=replace").expect("a flag");
        let problem = pass(&[], &[allow], &["Foundation/Cluster".into()], "dev").expect_err("a slip");
        assert!(problem.help[0].contains("Foundation/Cluster"), "{problem:?}");
        Allow::read("Foundation/Cluster=destroy").expect_err("nothing of the kind");
        Allow::read("Foundation/Cluster").expect_err("what?");
    }

    fn mapping(id: &str, topic: &str, group: &str) -> (String, String, String, Value) {
        let properties = json!({
            "EventSourceArn": { "Fn::GetAtt": ["Foundation/Cluster", "Arn"] },
            "FunctionName": { "Fn::GetAtt": ["KycTopic/Consumer", "Arn"] },
            "Topics": [topic],
            "AmazonManagedKafkaEventSourceConfig": { "ConsumerGroupId": group },
        });
        ("KycTopic".into(), id.into(), "AWS::Lambda::EventSourceMapping".into(), properties)
    }

    #[test]
    fn a_mapping_under_another_id_is_still_the_consumers_mapping() {
        let old = [mapping("KycMapping", "kyc", "a")];
        assert_eq!(mappings(&old, &[mapping("KycMapping", "kyc", "a")]), []);
        let found = mappings(&old, &[mapping("OtherMapping", "kyc", "b")]);
        assert_eq!(found[0].allow, Some(Allow { place: "KycTopic/KycMapping".into(), what: "group".into() }));
        let found = mappings(&old, &[mapping("OtherMapping", "other", "a")]);
        assert_eq!(found[0].allow, Some(Allow { place: "KycTopic/KycMapping".into(), what: "topic".into() }));
        assert_eq!(mappings(&old, &[]), []);
    }

    #[test]
    fn a_mapping_of_another_cluster_leaves_records_unread() {
        let of = |cluster: &str| {
            let (stack, id, ty, mut properties) = mapping("KycMapping", "kyc", "a");
            properties["EventSourceArn"] = cluster.into();
            [(stack, id, ty, properties)]
        };
        let one = of("arn:aws:kafka:us-east-1:123456789012:cluster/one/1");
        assert_eq!(mappings(&one, &one), []);
        let other = of("arn:aws:kafka:us-east-1:123456789012:cluster/other/2");
        for new in [&other[..], &[mapping("KycMapping", "kyc", "a")]] {
            let found = mappings(&one, new);
            let flag = Allow::read("KycTopic/KycMapping=cluster").expect("a flag");
            assert_eq!(found.iter().map(|stop| stop.allow.as_ref()).collect::<Vec<_>>(), [Some(&flag)]);
            assert!(found[0].why.contains("unread"), "{}", found[0].why);
        }
    }

    #[test]
    fn a_secret_that_would_be_made_anew_is_refused() {
        let secret = |why: &str| Row {
            id: "ProducerCredentials".into(),
            ty: "AWS::SecretsManager::Secret".into(),
            why: vec![why.into()],
            ..row(Action::Changed, true)
        };
        let found = of(&[secret("GenerateSecretString.PasswordLength 32 -> 40")]);
        let places = ["Foundation/ProducerCredentials".to_owned()];
        let problem = pass(&found, &[], &places, "dev").expect_err("it is refused");
        let flag = "Foundation/ProducerCredentials=regenerate";
        assert!(problem.help[1].contains(&format!("--allow {flag}")), "{problem:?}");
        pass(&found, &[Allow::read(flag).expect("a flag")], &places, "dev").expect("it is permitted");
        assert_eq!(of(&[secret("Description")]), []);
    }
}
