//! What stands beside a resource's properties, and beside an output's value.

use crate::handle::{Condition, ResourceId};
use crate::node::{Node, Target};
use crate::template::OutputEntry;
use crate::value::{Json, sealed::Wire};

/// What stands beside a resource's properties.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) depends_on: Vec<Target>,
    pub(crate) condition: Option<Target>,
    pub(crate) deletion_policy: Option<DeletionPolicy>,
    pub(crate) update_replace_policy: Option<DeletionPolicy>,
    pub(crate) metadata: Vec<(String, Node)>,
}

/// What happens to the thing itself when its resource is deleted from the stack or replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionPolicy {
    /// It is deleted.
    Delete,
    /// It is kept.
    Retain,
    /// It is kept, unless the operation that made it is rolled back: then its name is free again. Only for deletion
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html>).
    RetainExceptOnCreate,
    /// A snapshot is made first, for the types that have snapshots.
    Snapshot,
}

impl DeletionPolicy {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Retain => "Retain",
            Self::RetainExceptOnCreate => "RetainExceptOnCreate",
            Self::Snapshot => "Snapshot",
        }
    }
}

/// Sets what stands beside the properties of a resource; see [`crate::Template::options`].
#[derive(Debug)]
pub struct ResourceOptions<'a> {
    options: Option<&'a mut Options>,
}

impl<'a> ResourceOptions<'a> {
    pub(crate) fn new(options: Option<&'a mut Options>) -> Self {
        Self { options }
    }

    fn set(&mut self, change: impl FnOnce(&mut Options)) -> &mut Self {
        if let Some(options) = &mut self.options {
            change(options);
        }
        self
    }

    /// `DependsOn`. References are dependencies anyway; this is for those that no property shows.
    pub fn depends_on(&mut self, resource: impl Into<ResourceId>) -> &mut Self {
        let target = resource.into().0;
        self.set(|options| {
            if !options.depends_on.contains(&target) {
                options.depends_on.push(target);
            }
        })
    }

    /// `DependsOn` of several.
    pub fn depends_on_all<I: Into<ResourceId>>(
        &mut self,
        resources: impl IntoIterator<Item = I>,
    ) -> &mut Self {
        for resource in resources {
            self.depends_on(resource);
        }
        self
    }

    /// The resource exists only if the condition holds.
    pub fn condition(&mut self, condition: &Condition) -> &mut Self {
        self.set(|options| options.condition = Some(condition.0.clone()))
    }

    /// `DeletionPolicy`.
    pub fn deletion_policy(&mut self, policy: DeletionPolicy) -> &mut Self {
        self.set(|options| options.deletion_policy = Some(policy))
    }

    /// `UpdateReplacePolicy`.
    pub fn update_replace_policy(&mut self, policy: DeletionPolicy) -> &mut Self {
        self.set(|options| options.update_replace_policy = Some(policy))
    }

    /// Keeps the thing when its resource is deleted, and when it is replaced.
    pub fn retain(&mut self) -> &mut Self {
        self.deletion_policy(DeletionPolicy::Retain).update_replace_policy(DeletionPolicy::Retain)
    }

    /// Keeps the thing as [`Self::retain`] does, once the operation that makes it has succeeded.
    pub fn retain_once_made(&mut self) -> &mut Self {
        self.deletion_policy(DeletionPolicy::RetainExceptOnCreate)
            .update_replace_policy(DeletionPolicy::Retain)
    }

    /// Adds to the resource's metadata.
    pub fn metadata(&mut self, key: impl Into<String>, value: impl Into<Json>) -> &mut Self {
        let member = (key.into(), value.into().0);
        self.set(|options| options.metadata.push(member))
    }
}

/// Sets what stands beside the value of an output; see [`crate::Template::output_options`].
#[derive(Debug)]
pub struct OutputOptions<'a> {
    output: Option<&'a mut OutputEntry>,
}

impl<'a> OutputOptions<'a> {
    pub(crate) fn new(output: Option<&'a mut OutputEntry>) -> Self {
        Self { output }
    }

    /// The output exists only if the condition holds.
    pub fn condition(&mut self, condition: &Condition) -> &mut Self {
        if let Some(output) = &mut self.output {
            output.condition = Some(condition.0.clone());
        }
        self
    }

    /// The name that the output is exported by.
    pub fn export(&mut self, name: impl Into<crate::Val<String>>) -> &mut Self {
        if let Some(output) = &mut self.output {
            output.export = Some(name.into().into_node());
        }
        self
    }
}
