//! The rendered templates of every good manifest, by environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use model::{Environment, Model};
use serde_json::{Value, json};

use crate::members;

/// One environment of one manifest.
#[derive(Clone)]
pub(crate) struct Deployment {
    pub(crate) model: Model,
    pub(crate) environment: Environment,
    /// By the logical id in the root; the root itself has an empty one.
    pub(crate) templates: BTreeMap<String, Value>,
}

/// The project's own folder.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All of them: the shipped manifest, those that the manifest crate takes for good, and one of many topics.
pub(crate) fn deployments() -> &'static [Deployment] {
    static ALL: LazyLock<Vec<Deployment>> = LazyLock::new(|| {
        let good = project().join("infra-gen/manifest/tests/good");
        let mut paths: Vec<PathBuf> = fs::read_dir(good)
            .expect("the good manifests")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
            .collect();
        paths.push(project().join("topics.yaml"));
        paths.sort();
        let mut texts: Vec<String> =
            paths.iter().map(|path| fs::read_to_string(path).expect("a manifest")).collect();
        texts.push(manifest::testing::many(12));
        texts.iter().flat_map(|text| of(text)).collect()
    });
    &ALL
}

/// An environment of the shipped manifest.
pub(crate) fn shipped(environment: &str) -> &'static Deployment {
    let name = format!("onboard-ai-{environment}");
    deployments().iter().find(|one| one.stack_name() == name).expect("an environment of topics.yaml")
}

/// Every environment of a manifest.
pub(crate) fn of(manifest: &str) -> Vec<Deployment> {
    let model =
        manifest::read("topics.yaml", manifest).unwrap_or_else(|errors| panic!("{}", errors.render(false)));
    let files: BTreeMap<String, String> = render::render_cloudformation(&model)
        .expect("it renders")
        .into_iter()
        .filter_map(|file| Some((file.path.strip_prefix("cloudformation/")?.to_owned(), file.contents)))
        .collect();
    let json = |path: &str| -> Value { serde_json::from_str(&files[path]).expect("JSON") };
    let root = json(&format!("{}.template.json", model.app.name));
    let deployment = |environment: &Environment| {
        let assets = json(&format!("{}.assets.json", model.stack_name(environment)));
        let path = |key: &Value| {
            let asset = members(&assets["files"])
                .find(|(_, asset)| members(&asset["destinations"]).any(|(_, to)| to["objectKey"] == *key));
            asset.expect("the root names assets").1["source"]["path"].as_str().expect("a path").to_owned()
        };
        let mut templates: BTreeMap<String, Value> =
            members(&root["Mappings"]["Templates"][&environment.name])
                .map(|(id, key)| (id.clone(), json(&path(key))))
                .collect();
        templates.insert(String::new(), root.clone());
        Deployment { model: model.clone(), environment: environment.clone(), templates }
    };
    model.environments.iter().map(deployment).collect()
}

impl Deployment {
    /// `onboard-ai-dev`.
    pub(crate) fn stack_name(&self) -> String {
        self.model.stack_name(&self.environment)
    }

    /// Every resource: stack, logical id, resource.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.templates.iter().flat_map(|(stack, template)| {
            members(&template["Resources"]).map(move |(id, resource)| (stack.as_str(), id.as_str(), resource))
        })
    }

    /// Every resource of a type.
    pub(crate) fn of_type(&self, name: &str) -> Vec<(&str, &str, &Value)> {
        self.resources().filter(|(_, _, resource)| resource["Type"] == name).collect()
    }

    pub(crate) fn resource(&self, stack: &str, id: &str) -> &Value {
        &self.templates[stack]["Resources"][id]
    }

    /// A resource, to spoil it.
    pub(crate) fn spoil(&mut self, stack: &str, id: &str) -> &mut Value {
        let template = self.templates.get_mut(stack).expect("a stack");
        template["Resources"].get_mut(id).expect("a resource")
    }

    /// The value in one line, with every reference followed through parameters and outputs to a resource
    /// (`Data/UsersTable.Arn`) or to a parameter of the root (`$ExistingClusterArn`).
    pub(crate) fn text(&self, stack: &str, value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Object(object) if object.len() == 1 => {
                let (name, argument) = object.iter().next().expect("it has one");
                self.function(stack, name, argument).unwrap_or_else(|| value.to_string())
            }
            Value::Array(items) => {
                items.iter().map(|item| self.text(stack, item)).collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        }
    }

    fn function(&self, stack: &str, name: &str, argument: &Value) -> Option<String> {
        let part = |at: usize| self.text(stack, &argument[at]);
        Some(match name {
            "Ref" => self.reference(stack, argument.as_str()?),
            "Fn::GetAtt" => self.attribute(stack, argument[0].as_str()?, argument[1].as_str()?),
            "Fn::If" => format!("if({} ? {} : {})", argument[0].as_str()?, part(1), part(2)),
            "Fn::Join" => {
                let Some(items) = argument[1].as_array() else { return Some(part(1)) };
                let items: Vec<String> = items.iter().map(|item| self.text(stack, item)).collect();
                items.join(argument[0].as_str()?)
            }
            "Fn::Select" => format!("{}[{}]", self.text(stack, &argument[1]), argument[0]),
            "Fn::Split" => format!("split({}, {})", argument[0].as_str()?, part(1)),
            "Fn::Sub" => self.substitute(stack, argument)?,
            _ => return None,
        })
    }

    fn substitute(&self, stack: &str, argument: &Value) -> Option<String> {
        let pair = json!([argument, {}]);
        let parts = if argument.is_array() { argument } else { &pair };
        let mut text = parts[0].as_str()?.to_owned();
        let names: Vec<String> =
            text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
        for name in names {
            let value = match (parts[1].get(&name), name.split_once('.')) {
                (Some(value), _) => self.text(stack, value),
                (None, Some((id, attribute))) => self.attribute(stack, id, attribute),
                (None, None) => self.reference(stack, &name),
            };
            text = text.replace(&format!("${{{name}}}"), &value);
        }
        Some(text)
    }

    fn reference(&self, stack: &str, id: &str) -> String {
        let template = &self.templates[stack];
        if id.starts_with("AWS::") {
            format!("${{{id}}}")
        } else if template["Resources"].get(id).is_some() {
            format!("{stack}/{id}")
        } else if stack.is_empty() {
            format!("${id}")
        } else {
            self.text("", &self.templates[""]["Resources"][stack]["Properties"]["Parameters"][id])
        }
    }

    fn attribute(&self, stack: &str, id: &str, attribute: &str) -> String {
        match attribute.strip_prefix("Outputs.") {
            Some(output) if stack.is_empty() && self.templates.contains_key(id) => {
                self.text(id, &self.templates[id]["Outputs"][output]["Value"])
            }
            _ => format!("{stack}/{id}.{attribute}"),
        }
    }
}
