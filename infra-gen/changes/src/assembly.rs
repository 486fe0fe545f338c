//! A cloud assembly: which templates belong together.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::expand::Expander;

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
