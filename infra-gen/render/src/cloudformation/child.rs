//! A nested stack while it is built: its template, and what the root stack has to pass to it.
//!
//! A child never sees its siblings' templates. It imports their typed outputs, and the root wires them up; an
//! output of the wrong type does not compile, and a forgotten parameter is an error of the root's template.

use std::any::Any;
use std::collections::BTreeMap;

use cfn::{
    Builder, DeletionPolicy, Handle, NestedStack, Output, Param, Parameter, Resource, ResourceInfo, Template,
    Val, Value, cloudformation::Stack,
};
use model::{Environment, Model, Removal};

use super::root::Parameters;

/// The nested stacks that others import from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sibling {
    Foundation,
    Data,
    Edge,
}

/// What the root has at hand when it adds a nested stack.
pub(super) struct Wiring<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) stacks: &'a BTreeMap<Sibling, Handle<Stack>>,
}

type Pass = Box<dyn Fn(NestedStack, &Wiring) -> NestedStack + Send>;

/// A nested stack while it is built.
pub(super) struct Child<'a> {
    pub(super) model: &'a Model,
    pub(super) environment: &'a Environment,
    /// Logical id of the stack in the root: `Foundation`, `UserInfoSubmittedTopic`.
    pub(super) id: String,
    /// File name without its ending: `foundation`, `topic-user-info-submitted`.
    pub(super) name: String,
    pub(super) template: Template,
    topic: Option<String>,
    passes: Vec<Pass>,
    /// `Param`s by name, each of its own type.
    parameters: BTreeMap<String, Box<dyn Any + Send>>,
}

impl<'a> Child<'a> {
    pub(super) fn new(
        model: &'a Model,
        environment: &'a Environment,
        id: &str,
        name: &str,
        description: &str,
    ) -> Self {
        let description = format!("{} {}: {description}", model.app.name, environment.name);
        Self {
            model,
            environment,
            id: id.into(),
            name: name.into(),
            template: Template::new(description),
            topic: None,
            passes: vec![],
            parameters: BTreeMap::new(),
        }
    }

    /// Tags every resource with this topic's name too.
    pub(super) fn of_topic(mut self, topic: &str) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// A value that a sibling gives out. Asked for twice, it is one parameter.
    pub(super) fn import<V: Value + Send + 'static>(&mut self, sibling: Sibling, output: &Output<V>) -> V {
        let given = output.clone();
        self.passed(output.name(), &format!("From the {sibling:?} stack."), move |wiring| {
            wiring.stacks[&sibling].output(&given)
        })
    }

    /// A value that whoever deploys the root stack gives. Asked for twice, it is one parameter.
    pub(super) fn root_value<V: Value + Send + 'static>(
        &mut self,
        name: &str,
        description: &str,
        value: impl Fn(&Parameters) -> V + Send + 'static,
    ) -> V {
        self.passed(name, description, move |wiring| value(wiring.parameters))
    }

    fn passed<V: Value + Send + 'static>(
        &mut self,
        name: &str,
        description: &str,
        value: impl Fn(&Wiring) -> V + Send + 'static,
    ) -> V {
        if let Some(known) = self.parameters.get(name) {
            let known: &Param<V> = known.downcast_ref().expect("a parameter has one type");
            return known.value();
        }
        let parameter = self.template.parameter(name, Parameter::any().description(description));
        self.parameters.insert(name.into(), Box::new(parameter.clone()));
        let own = parameter.value();
        self.passes.push(Box::new(move |nested, wiring| nested.pass(&parameter, value(wiring))));
        own
    }

    /// Adds a resource, tagged, and with both policies where it holds what can't be made again.
    pub(super) fn add<R: Resource + Builder>(&mut self, id: &str, resource: R) -> Handle<R> {
        self.add_with_tags(id, resource, [])
    }

    /// Adds a resource with tags of its own besides.
    pub(super) fn add_with_tags<R: Resource + Builder, const N: usize>(
        &mut self,
        id: &str,
        resource: R,
        own: [(&'static str, Val<String>); N],
    ) -> Handle<R> {
        let tags = self.tags().into_iter().chain(own);
        let handle = self.template.add(id, resource.tagged(tags));
        if ResourceInfo::of(R::TYPE).is_some_and(|info| info.stateful) {
            let mut options = self.template.options(&handle);
            match self.environment.removal {
                Removal::Destroy => options
                    .deletion_policy(DeletionPolicy::Delete)
                    .update_replace_policy(DeletionPolicy::Delete),
                Removal::Retain => options.retain_once_made(),
            };
        }
        handle
    }

    /// Keeps, where the environment keeps its data, what a thing that stays can't be without.
    pub(super) fn stays_too<R: Resource>(&mut self, handle: &Handle<R>) {
        if self.environment.removal == Removal::Retain {
            self.template.options(handle).retain_once_made();
        }
    }

    /// Adds the nested stack to the root.
    pub(super) fn nest(&self, root: &mut Template, url: Val<String>, wiring: &Wiring) -> Handle<Stack> {
        let environment = wiring.parameters.environment.value();
        let nested = NestedStack::of(&self.template, url).tags(tags(self.model, environment));
        let nested = self.passes.iter().fold(nested, |nested, pass| pass(nested, wiring));
        let handle = root.nest(&self.id, nested);
        // What must stay says so itself, resource by resource; the stack around it may go.
        root.options(&handle)
            .deletion_policy(DeletionPolicy::Delete)
            .update_replace_policy(DeletionPolicy::Delete);
        handle
    }

    fn tags(&self) -> Vec<(&'static str, Val<String>)> {
        let topic = self.topic.as_ref().map(|topic| ("Topic", topic.into()));
        tags(self.model, (&self.environment.name).into()).into_iter().chain(topic).collect()
    }
}

/// The tags that every resource of the app has.
pub(super) fn tags(model: &Model, environment: Val<String>) -> [(&'static str, Val<String>); 2] {
    [("Application", (&model.app.name).into()), ("Environment", environment)]
}
