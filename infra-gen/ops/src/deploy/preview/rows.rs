//! One line for each resource that changes, from two sources.
//!
//! The change set is CloudFormation's own word, but it takes every value that comes from another stack for one that may
//! change; to the change set of a nested stack it passes such a value as a text that says so, which is another one than
//! the deployed value. The comparison of templates follows such values, and knows nothing of the account. So a change
//! that the change set is sure of counts unless it comes from a parameter that stays the same, one that it only can't
//! rule out counts if the templates agree, and what the templates say counts always.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudformation::types::{
    Change, ChangeAction, ChangeSource, EvaluationType, Replacement, RequiresRecreation, ResourceChange,
    ResourceChangeDetail,
};
use changes::{Cause, Consequence, Effect, Why};
use serde_json::{Value, json};

use crate::stack::{STACK, place};

/// What happens to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    /// The deployment would fail.
    Refused,
    Replaced,
    /// CloudFormation finds out on the way.
    MayBeReplaced,
    Removed,
    Changed,
    Added,
}

impl Action {
    /// As the table has it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Refused => "IMPOSSIBLE",
            Self::Replaced => "REPLACED",
            Self::MayBeReplaced => "may be replaced",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Added => "added",
        }
    }

    fn of(effect: Effect) -> Self {
        match effect {
            Effect::Refused => Self::Refused,
            Effect::Replaced => Self::Replaced,
            Effect::MayBeReplaced => Self::MayBeReplaced,
            Effect::Removed | Effect::LeftBehind => Self::Removed,
            Effect::Updated => Self::Changed,
            Effect::Added => Self::Added,
        }
    }
}

/// One resource that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The nested stack's logical id; empty for the root.
    pub(crate) stack: String,
    /// The resource's.
    pub(crate) id: String,
    /// `AWS::MSK::Cluster`.
    pub(crate) ty: String,
    pub(crate) action: Action,
    /// The properties, or what else is the reason.
    pub(crate) why: Vec<String>,
    /// It holds what can't be made again.
    pub(crate) stateful: bool,
    /// What is taken from the stack stays in the account.
    pub(crate) kept: bool,
}

impl Row {
    /// `Foundation/Cluster`.
    pub(crate) fn place(&self) -> String {
        place(&self.stack, &self.id)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "resource": self.place(), "stack": self.stack, "id": self.id, "type": self.ty, "action": self.action.word().to_lowercase(),
            "why": self.why, "stateful": self.stateful, "kept": self.kept,
        })
    }
}

/// Takes both together, sorted by stack, then by how much it matters. `stays` says of a nested stack's parameter that the
/// same is passed to it as before.
pub(super) fn merge(
    consequences: &[Consequence],
    change_set: &BTreeMap<String, Vec<Change>>,
    stays: &dyn Fn(&str, &str) -> bool,
) -> Vec<Row> {
    let mut rows = BTreeMap::<(String, String), Row>::new();
    for found in consequences {
        let row = of_templates(found);
        let key = (row.stack.clone(), row.id.clone());
        match rows.get_mut(&key) {
            Some(other) => {
                other.action = other.action.min(row.action);
                other.why.extend(row.why);
            }
            None => drop(rows.insert(key, row)),
        }
    }
    for (stack, changes) in change_set {
        for change in changes.iter().filter_map(Change::resource_change) {
            let Some(row) = of_change_set(stack, change, stays) else { continue };
            let key = (row.stack.clone(), row.id.clone());
            match rows.get_mut(&key) {
                // The templates know of the same property whether it replaces.
                Some(_) if row.action == Action::MayBeReplaced => {}
                Some(other) => other.action = other.action.min(row.action),
                None => drop(rows.insert(key, row)),
            }
        }
    }
    let mut rows: Vec<Row> = rows.into_values().filter(is_told).collect();
    rows.sort_by(|a, b| (&a.stack, a.action, &a.id).cmp(&(&b.stack, b.action, &b.id)));
    rows
}

/// That a nested stack is updated is told by what changes in it. No property of one replaces it.
fn is_told(row: &Row) -> bool {
    row.ty != STACK || !matches!(row.action, Action::Changed | Action::MayBeReplaced)
}

fn of_templates(found: &Consequence) -> Row {
    Row {
        stack: found.nested.clone(),
        id: found.id.clone(),
        ty: found.type_name.clone(),
        action: Action::of(found.effect),
        why: found.causes.iter().map(words).collect(),
        stateful: found.stateful,
        kept: found.kept,
    }
}

fn words(cause: &Cause) -> String {
    match &cause.why {
        Why::Changed { from, to } => match (short(from.as_ref()), short(to.as_ref())) {
            (Some(from), Some(to)) => format!("{} {from} -> {to}", cause.property),
            _ => cause.property.clone(),
        },
        Why::Replaced(target) => {
            format!("{}: {} is replaced", cause.property, target.trim_start_matches('/'))
        }
        Why::Refused(reason) => (*reason).to_owned(),
        Why::NameTaken => format!("{}: the old one still has the name", cause.property),
    }
}

/// A value that fits into a table.
fn short(value: Option<&Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (text.len() <= 24).then_some(text)
}

/// What CloudFormation knows now, and doesn't only hold for possible.
fn of_change_set(stack: &str, change: &ResourceChange, stays: &dyn Fn(&str, &str) -> bool) -> Option<Row> {
    let details = change.details();
    let sure: Vec<&ResourceChangeDetail> =
        details.iter().filter(|detail| detail.evaluation() == Some(&EvaluationType::Static)).collect();
    let is_real = |detail: &&&ResourceChangeDetail| {
        detail.change_source() != Some(&ChangeSource::ParameterReference)
            || !detail.causing_entity().is_some_and(|parameter| stays(stack, parameter))
    };
    let real: Vec<&ResourceChangeDetail> = sure.iter().filter(is_real).copied().collect();
    if !details.is_empty() && real.is_empty() {
        return None;
    }
    let replacement = if real.len() == sure.len() { change.replacement().cloned() } else { worst(&real) };
    let action = match (change.action()?, replacement) {
        (ChangeAction::Add, _) => Action::Added,
        (ChangeAction::Remove, _) => Action::Removed,
        (ChangeAction::Modify, Some(Replacement::True)) => Action::Replaced,
        (ChangeAction::Modify, Some(Replacement::Conditional)) => Action::MayBeReplaced,
        (ChangeAction::Modify, _) => Action::Changed,
        _ => return None,
    };
    let ty = change.resource_type()?.to_owned();
    let properties: BTreeSet<String> = real.into_iter().filter_map(property).collect();
    let policy = change.policy_action().map_or("", |policy| policy.as_str());
    Some(Row {
        stack: stack.to_owned(),
        id: change.logical_resource_id()?.to_owned(),
        stateful: ty != STACK && changes::is_stateful(&ty),
        ty,
        action,
        why: properties.into_iter().collect(),
        kept: policy.ends_with("Retain"),
    })
}

/// What these details alone mean for their resource.
fn worst(details: &[&ResourceChangeDetail]) -> Option<Replacement> {
    let has = |wanted: &RequiresRecreation| {
        details
            .iter()
            .any(|detail| detail.target().and_then(|target| target.requires_recreation()) == Some(wanted))
    };
    if has(&RequiresRecreation::Always) {
        Some(Replacement::True)
    } else {
        has(&RequiresRecreation::Conditionally).then_some(Replacement::Conditional)
    }
}

fn property(detail: &ResourceChangeDetail) -> Option<String> {
    let target = detail.target()?;
    let name = target.name().map(str::to_owned);
    name.or_else(|| target.attribute().map(|attribute| attribute.as_str().to_owned()))
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::{ResourceAttribute, ResourceTargetDefinition};

    use super::*;

    /// Changes as `aws cloudformation describe-change-set` prints them.
    fn recorded(changes: &Value) -> Vec<Change> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let detail = |told: &Value| {
            let target = &told["Target"];
            let target = ResourceTargetDefinition::builder()
                .set_attribute(text(&target["Attribute"]).map(|it| ResourceAttribute::from(it.as_str())))
                .set_name(text(&target["Name"]))
                .set_requires_recreation(
                    text(&target["RequiresRecreation"]).map(|it| RequiresRecreation::from(it.as_str())),
                );
            ResourceChangeDetail::builder()
                .target(target.build())
                .set_evaluation(text(&told["Evaluation"]).map(|it| EvaluationType::from(it.as_str())))
                .set_change_source(text(&told["ChangeSource"]).map(|it| ChangeSource::from(it.as_str())))
                .set_causing_entity(text(&told["CausingEntity"]))
                .build()
        };
        let change = |told: &Value| {
            let told = &told["ResourceChange"];
            let details = told["Details"].as_array().into_iter().flatten().map(detail).collect();
            let change = ResourceChange::builder()
                .set_action(text(&told["Action"]).map(|it| ChangeAction::from(it.as_str())))
                .set_logical_resource_id(text(&told["LogicalResourceId"]))
                .set_resource_type(text(&told["ResourceType"]))
                .set_replacement(text(&told["Replacement"]).map(|it| Replacement::from(it.as_str())))
                .set_details(Some(details));
            Change::builder().resource_change(change.build()).build()
        };
        changes["Changes"].as_array().into_iter().flatten().map(change).collect()
    }

    /// A property of the topic's stack that has the value of a parameter.
    fn of_parameter(property: &str, recreation: &str, parameter: &str) -> Value {
        let target = json!({ "Attribute": "Properties", "Name": property, "RequiresRecreation": recreation });
        json!([
            {
                "Target": target, "Evaluation": "Static", "ChangeSource": "ParameterReference",
                "CausingEntity": parameter,
            },
            { "Target": target, "Evaluation": "Dynamic", "ChangeSource": "DirectModification" },
        ])
    }

    fn resource_change(ty: &str, replacement: &str, details: &Value) -> Value {
        json!({ "Changes": [{ "Type": "Resource", "ResourceChange": {
            "Action": "Modify", "LogicalResourceId": "It", "PhysicalResourceId": "it", "ResourceType": ty,
            "Replacement": replacement, "Scope": ["Properties"], "Details": details,
        } }] })
    }

    /// The rows of a topic's stack, to which only `ClusterArn` is passed as before.
    fn in_topic(templates: &[Consequence], changes: &Value) -> Vec<(String, Action)> {
        let change_set = BTreeMap::from([("KycTopic".to_owned(), recorded(changes))]);
        let rows = merge(templates, &change_set, &|stack, parameter| {
            (stack, parameter) == ("KycTopic", "ClusterArn")
        });
        rows.iter().map(|row| (row.place(), row.action)).collect()
    }

    #[test]
    fn a_sibling_s_output_that_stays_the_same_replaces_nothing() {
        let details = of_parameter("ClusterArn", "Always", "ClusterArn");
        assert_eq!(in_topic(&[], &resource_change("AWS::MSK::Topic", "True", &details)), []);
        let details = of_parameter("EventSourceArn", "Always", "ClusterArn");
        let changes = resource_change("AWS::Lambda::EventSourceMapping", "True", &details);
        assert_eq!(in_topic(&[], &changes), []);
    }

    #[test]
    fn a_parameter_that_changes_or_that_nobody_knows_counts() {
        let details = of_parameter("ClusterArn", "Always", "OtherArn");
        let changes = resource_change("AWS::MSK::Topic", "True", &details);
        assert_eq!(in_topic(&[], &changes), [("KycTopic/It".to_owned(), Action::Replaced)]);
    }

    #[test]
    fn beside_a_parameter_that_stays_the_rest_of_the_details_counts() {
        let mut details = of_parameter("ClusterArn", "Always", "ClusterArn");
        let target = |recreation: &str| {
            json!({
                "Target": { "Attribute": "Properties", "Name": "Configs", "RequiresRecreation": recreation },
                "Evaluation": "Static", "ChangeSource": "DirectModification",
            })
        };
        details.as_array_mut().expect("they are").push(Value::Null);
        for (recreation, action) in [
            ("Never", Action::Changed),
            ("Conditionally", Action::MayBeReplaced),
            ("Always", Action::Replaced),
        ] {
            details[2] = target(recreation);
            let changes = resource_change("AWS::MSK::Topic", "True", &details);
            assert_eq!(in_topic(&[], &changes), [("KycTopic/It".to_owned(), action)], "{recreation}");
        }
    }

    #[test]
    fn what_the_templates_replace_stays_replaced() {
        let details = of_parameter("ClusterArn", "Always", "ClusterArn");
        let changes = resource_change("AWS::MSK::Topic", "True", &details);
        let mut found = consequence("It", Effect::Replaced);
        found.nested = "KycTopic".into();
        assert_eq!(in_topic(&[found], &changes), [("KycTopic/It".to_owned(), Action::Replaced)]);
    }

    /// What the templates say of a resource in the stack `Data`.
    fn consequence(id: &str, effect: Effect) -> Consequence {
        Consequence {
            deployment: "shop-dev".into(),
            stack: "dev/data".into(),
            nested: "Data".into(),
            id: id.into(),
            type_name: "AWS::DynamoDB::Table".into(),
            name: None,
            effect,
            causes: vec![],
            kept: false,
            stateful: true,
        }
    }

    /// What the change set says of it.
    fn modify(id: &str, replacement: Replacement, evaluation: EvaluationType) -> Change {
        let target =
            ResourceTargetDefinition::builder().attribute(ResourceAttribute::Properties).name("KeySchema");
        let detail = ResourceChangeDetail::builder().target(target.build()).evaluation(evaluation).build();
        let change = ResourceChange::builder()
            .action(ChangeAction::Modify)
            .logical_resource_id(id)
            .resource_type("AWS::DynamoDB::Table")
            .replacement(replacement)
            .details(detail);
        Change::builder().resource_change(change.build()).build()
    }

    fn merged(templates: &[Consequence], changes: Vec<Change>) -> Vec<(String, Action)> {
        let rows = merge(templates, &BTreeMap::from([("Data".to_owned(), changes)]), &|_, _| false);
        rows.iter().map(|row| (row.place(), row.action)).collect()
    }

    #[test]
    fn what_only_the_change_set_is_sure_of_counts() {
        let changes = vec![modify("Users", Replacement::True, EvaluationType::Static)];
        assert_eq!(merged(&[], changes), [("Data/Users".to_owned(), Action::Replaced)]);
    }

    #[test]
    fn the_worse_of_two_sure_words_counts() {
        let templates = [consequence("Users", Effect::Updated), consequence("Orders", Effect::Refused)];
        let changes = vec![
            modify("Users", Replacement::True, EvaluationType::Static),
            modify("Orders", Replacement::False, EvaluationType::Static),
        ];
        let wanted =
            [("Data/Orders".to_owned(), Action::Refused), ("Data/Users".to_owned(), Action::Replaced)];
        assert_eq!(merged(&templates, changes), wanted);
    }

    #[test]
    fn a_value_from_another_stack_that_stays_the_same_is_no_change() {
        let changes = vec![modify("Users", Replacement::Conditional, EvaluationType::Dynamic)];
        assert_eq!(merged(&[], changes), []);
    }

    #[test]
    fn a_replacement_that_is_only_possible_is_for_the_templates_to_say() {
        let changes = || vec![modify("Users", Replacement::Conditional, EvaluationType::Static)];
        let users = |action| [("Data/Users".to_owned(), action)];
        assert_eq!(merged(&[consequence("Users", Effect::Updated)], changes()), users(Action::Changed));
        assert_eq!(
            merged(&[consequence("Users", Effect::MayBeReplaced)], changes()),
            users(Action::MayBeReplaced)
        );
        // Something that the templates don't show, such as a drift.
        assert_eq!(merged(&[], changes()), users(Action::MayBeReplaced));
    }
}
