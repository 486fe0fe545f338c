//! A cloud assembly: which templates belong together.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::expand::Expander;
use crate::refusals;

/// A cloud assembly is not one that can be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A file that another one names is not there.
    #[error("{0} is missing")]
    Missing(String),
    /// A file is not JSON.
    #[error("{path} is not JSON: {reason}")]
    NotJson {
        /// Its path in the assembly.
        path: String,
        /// What the parser says.
        reason: String,
    },
}

/// The templates of every deployment, read from the files of a cloud assembly.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assembly {
    /// By the root stack's name: `onboard-ai-dev`.
    pub(crate) deployments: BTreeMap<String, Deployment>,
}

/// One deployment: a root stack and the stacks nested in it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Deployment {
    /// By the logical id in the root; the root itself has an empty one.
    pub(crate) stacks: BTreeMap<String, Stack>,
    /// The root's parameters, as far as their values are known.
    pub(crate) parameters: BTreeMap<String, Value>,
}

/// One template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stack {
    /// Its file without the ending: `dev/foundation`.
    pub(crate) name: String,
    pub(crate) template: Value,
}

impl Stack {
    /// A section of the template, empty where there is none.
    pub(crate) fn section(&self, name: &str) -> &Map<String, Value> {
        static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        self.template.get(name).and_then(Value::as_object).unwrap_or(&EMPTY)
    }
}

impl Assembly {
    /// Reads the files of a cloud assembly, by their paths in it; others than JSON may be among them.
    ///
    /// # Errors
    /// A file that is named but not there, or that is not JSON.
    pub fn read<P: Into<String>, C: AsRef<str>>(
        files: impl IntoIterator<Item = (P, C)>,
    ) -> Result<Self, Unreadable> {
        let files: BTreeMap<String, C> =
            files.into_iter().map(|(path, contents)| (path.into(), contents)).collect();
        let json = |path: &str| -> Result<Value, Unreadable> {
            let text = files.get(path).ok_or_else(|| Unreadable::Missing(path.into()))?;
            serde_json::from_str(text.as_ref())
                .map_err(|error| Unreadable::NotJson { path: path.into(), reason: error.to_string() })
        };
        let manifest = json("manifest.json")?;
        let mut deployments = BTreeMap::new();
        for (name, artifact) in manifest["artifacts"].as_object().into_iter().flatten() {
            if artifact["type"] != "aws:cloudformation:stack" {
                continue;
            }
            let properties = &artifact["properties"];
            let file = properties["templateFile"].as_str().unwrap_or_default();
            let root = Stack { name: stem(file), template: json(file)? };
            let environment = properties["parameters"]["Environment"].as_str().unwrap_or_default();
            let mut stacks = BTreeMap::new();
            let keys = &root.template["Mappings"]["Templates"][environment];
            if keys.is_object() {
                let assets = json(&format!("{name}.assets.json"))?;
                for (id, key) in keys.as_object().into_iter().flatten() {
                    let path = path_of(&assets, key).ok_or_else(|| Unreadable::Missing(key.to_string()))?;
                    stacks.insert(id.clone(), Stack { name: stem(path), template: json(path)? });
                }
            }
            stacks.insert(String::new(), root);
            deployments.insert(name.clone(), Deployment { stacks, parameters: BTreeMap::new() });
        }
        Ok(Self { deployments })
    }

    /// What an account has under this name: the root's template and the nested ones', by their logical ids in it. Where
    /// there is nothing yet, `{}`.
    pub fn deployed(name: &str, root: Value, nested: impl IntoIterator<Item = (String, Value)>) -> Self {
        let stack = |(id, template): (String, Value)| (id.clone(), Stack { name: id, template });
        let root = (String::new(), Stack { name: name.to_owned(), template: root });
        let stacks = nested.into_iter().map(stack).chain([root]).collect();
        let deployment = Deployment { stacks, parameters: BTreeMap::new() };
        Self { deployments: BTreeMap::from([(name.to_owned(), deployment)]) }
    }

    /// With the values of a root stack's parameters, so that conditions can be decided; those that are not given have
    /// their defaults.
    #[must_use]
    pub fn with_parameters(mut self, deployment: &str, values: &BTreeMap<String, String>) -> Self {
        if let Some(deployment) = self.deployments.get_mut(deployment) {
            let declared = deployment.stacks[""].section("Parameters");
            let known = declared.iter().filter_map(|(name, parameter)| {
                let value = values.get(name).map(String::as_str).or(parameter["Default"].as_str())?;
                let is_list = parameter["Type"].as_str().is_some_and(|ty| ty.contains("List"));
                let value = if is_list { value.split(',').map(Value::from).collect() } else { value.into() };
                Some((name.clone(), value))
            });
            deployment.parameters = known.collect();
        }
        self
    }

    /// Every resource of a deployment that its conditions let be, with its properties as they are once references
    /// are followed: the stack's logical id, the resource's own, its type and the properties.
    pub fn resources(&self, deployment: &str) -> Vec<(String, String, String, Value)> {
        let Some(deployment) = self.deployments.get(deployment) else { return vec![] };
        let values = Expander::new(deployment);
        let mut found = vec![];
        for (stack, template) in &deployment.stacks {
            for (id, resource) in template.section("Resources") {
                if values.exists(stack, resource) {
                    let ty = resource["Type"].as_str().unwrap_or_default().to_owned();
                    found.push((stack.clone(), id.clone(), ty, values.value(stack, &resource["Properties"])));
                }
            }
        }
        found
    }

    /// What stays in the account when a deployment is deleted, and has a name of its own: types and names, sorted.
    pub fn retained(&self, deployment: &str) -> Vec<(String, String)> {
        let Some(deployment) = self.deployments.get(deployment) else { return vec![] };
        let values = Expander::new(deployment);
        let mut found = vec![];
        for (stack, template) in &deployment.stacks {
            for resource in template.section("Resources").values() {
                let policy = resource["DeletionPolicy"].as_str().unwrap_or_default();
                if !policy.starts_with("Retain") || !values.exists(stack, resource) {
                    continue;
                }
                let expanded = json!({
                    "Type": resource["Type"], "Properties": values.value(stack, &resource["Properties"]),
                });
                if let (Some(ty), Some(name)) = (expanded["Type"].as_str(), refusals::name(&expanded)) {
                    found.push((ty.to_owned(), name));
                }
            }
        }
        found.sort();
        found
    }

    /// What the root passes to the parameters of its nested stacks, references followed: by the stack's logical id and
    /// the parameter's name.
    pub fn passed(&self, deployment: &str) -> BTreeMap<(String, String), Value> {
        let Some(deployment) = self.deployments.get(deployment) else { return BTreeMap::new() };
        let root = deployment.stacks[""].section("Resources");
        let is_passed = |(stack, name): &(String, String)| {
            root.get(stack).is_some_and(|nested| nested["Properties"]["Parameters"].get(name).is_some())
        };
        let mut passed = Expander::new(deployment).passed();
        passed.retain(|place, _| is_passed(place));
        passed
    }

    /// Whether a deployment is in every word what the other one is: templates and parameters. Of nested stacks, those count
    /// that `self` has.
    pub fn is_same(&self, other: &Self, deployment: &str) -> bool {
        let (Some(own), Some(other)) = (self.deployments.get(deployment), other.deployments.get(deployment))
        else {
            return false;
        };
        let template = |(id, stack): (&String, &Stack)| {
            other.stacks.get(id).is_some_and(|other| other.template == stack.template)
        };
        own.parameters == other.parameters && own.stacks.iter().all(template)
    }

    /// The names of the root stacks.
    pub fn deployments(&self) -> impl Iterator<Item = &str> {
        self.deployments.keys().map(String::as_str)
    }
}

fn stem(file: &str) -> String {
    file.strip_suffix(".template.json").unwrap_or(file).to_owned()
}

/// The file that is uploaded under this key.
fn path_of<'a>(assets: &'a Value, key: &Value) -> Option<&'a str> {
    let files = assets["files"].as_object()?;
    let has = |asset: &&Value| {
        asset["destinations"].as_object().into_iter().flatten().any(|(_, to)| to["objectKey"] == *key)
    };
    files.values().find(has)?["source"]["path"].as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assembly() -> Assembly {
        let table = |name: Value, policy: &str, condition: &str| {
            json!({
                "Type": "AWS::DynamoDB::Table", "DeletionPolicy": policy, "Condition": condition,
                "Properties": { "TableName": name },
            })
        };
        let root = json!({
            "Parameters": { "Environment": { "Type": "String" } },
            "Resources": {
                "Data": {
                    "Type": "AWS::CloudFormation::Stack",
                    "Properties": { "Parameters": { "Environment": { "Ref": "Environment" } } },
                },
                "Key": { "Type": "AWS::KMS::Key", "DeletionPolicy": "Retain", "Properties": {} },
            },
        });
        let data = json!({
            "Parameters": { "Environment": { "Type": "String" }, "Own": { "Type": "String", "Default": "x" } },
            "Conditions": {
                "IsProd": { "Fn::Equals": [{ "Ref": "Environment" }, "prod"] },
                "IsDev": { "Fn::Equals": [{ "Ref": "Environment" }, "dev"] },
            },
            "Resources": {
                "Users": table(json!({ "Fn::Sub": "users-${Environment}" }), "Retain", "IsProd"),
                "Orders": table(json!("orders"), "RetainExceptOnCreate", "IsProd"),
                "Logs": table(json!("logs"), "Delete", "IsProd"),
                "Tests": table(json!("tests"), "Retain", "IsDev"),
            },
        });
        let values = BTreeMap::from([("Environment".to_owned(), "prod".to_owned())]);
        Assembly::deployed("shop", root, [("Data".to_owned(), data)]).with_parameters("shop", &values)
    }

    #[test]
    fn what_stays_after_a_deletion_has_its_name_of_the_environment() {
        let table = |name: &str| ("AWS::DynamoDB::Table".to_owned(), name.to_owned());
        assert_eq!(assembly().retained("shop"), [table("orders"), table("users-prod")]);
        assert_eq!(assembly().retained("other"), []);
    }

    #[test]
    fn the_same_is_the_same_in_every_word() {
        let values = BTreeMap::from([("Environment".to_owned(), "prod".to_owned())]);
        assert!(assembly().is_same(&assembly(), "shop"));
        assert!(!assembly().is_same(&assembly(), "other"));
        let dev = BTreeMap::from([("Environment".to_owned(), "dev".to_owned())]);
        assert!(!assembly().is_same(&assembly().with_parameters("shop", &dev), "shop"));
        // An output changes no resource, and is a change.
        let mut other = assembly();
        let shop = other.deployments.get_mut("shop").expect("it is there");
        shop.stacks.get_mut("Data").expect("it is there").template["Outputs"] =
            json!({ "It": { "Value": "x" } });
        assert!(!assembly().is_same(&other, "shop"));
        let nested =
            Assembly::deployed("shop", assembly().deployments["shop"].stacks[""].template.clone(), []);
        assert!(!assembly().is_same(&nested.with_parameters("shop", &values), "shop"), "a stack is missing");
    }

    #[test]
    fn what_is_passed_is_known_and_defaults_are_not_among_it() {
        let place = ("Data".to_owned(), "Environment".to_owned());
        assert_eq!(assembly().passed("shop"), BTreeMap::from([(place, json!("prod"))]));
    }
}
