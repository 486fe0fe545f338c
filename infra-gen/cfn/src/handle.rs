//! Handles: what a template gives back for what was put into it.

use std::fmt;
use std::marker::PhantomData;

use crate::attr::Attr;
use crate::node::{Node, Owner, Target};
use crate::value::{Value, sealed::Wire};

/// A resource of a template.
///
/// The generated code gives `Handle<R>` a method for each attribute that `R` has; `reference()` is `Ref`.
pub struct Handle<R> {
    pub(crate) target: Target,
    /// Of a nested stack: the template that it is made of.
    pub(crate) child: Option<Owner>,
    marker: PhantomData<fn() -> R>,
}

impl<R> Handle<R> {
    pub(crate) fn new(target: Target) -> Self {
        Self { target, child: None, marker: PhantomData }
    }

    /// The logical id.
    pub fn logical_id(&self) -> &str {
        &self.target.id
    }

    /// The handle without its type, for lists of resources of several types.
    pub fn any(&self) -> ResourceId {
        ResourceId(self.target.clone())
    }

    pub(crate) fn attribute<V: Wire>(&self, name: &str) -> V {
        V::from_node(Node::GetAtt(self.target.clone(), name.to_owned()))
    }
}

impl<R> Clone for Handle<R> {
    fn clone(&self) -> Self {
        Self { target: self.target.clone(), child: self.child.clone(), marker: PhantomData }
    }
}

impl<R> fmt::Debug for Handle<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.target.id)
    }
}

/// A resource of a template, of whatever type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceId(pub(crate) Target);

impl ResourceId {
    /// The logical id.
    pub fn logical_id(&self) -> &str {
        &self.0.id
    }
}

impl<R> From<&Handle<R>> for ResourceId {
    fn from(handle: &Handle<R>) -> Self {
        handle.any()
    }
}

/// A parameter of a template that holds a `V`.
pub struct Param<V> {
    pub(crate) target: Target,
    marker: PhantomData<fn() -> V>,
}

impl<V: Value> Param<V> {
    pub(crate) fn new(target: Target) -> Self {
        Self { target, marker: PhantomData }
    }

    /// The name of the parameter.
    pub fn name(&self) -> &str {
        &self.target.id
    }

    /// `Ref` of the parameter.
    pub fn value(&self) -> V {
        V::from_node(Node::Ref(self.target.clone()))
    }
}

impl<V: Value> Clone for Param<V> {
    fn clone(&self) -> Self {
        Self::new(self.target.clone())
    }
}

impl<V> fmt::Debug for Param<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Param({})", self.target.id)
    }
}

/// An output of a template that holds a `V`; a parent reads it from the handle of the nested stack.
pub struct Output<V> {
    pub(crate) target: Target,
    marker: PhantomData<fn() -> V>,
}

impl<V: Value> Output<V> {
    pub(crate) fn new(target: Target) -> Self {
        Self { target, marker: PhantomData }
    }

    /// The name of the output.
    pub fn name(&self) -> &str {
        &self.target.id
    }
}

impl<V: Value> Clone for Output<V> {
    fn clone(&self) -> Self {
        Self::new(self.target.clone())
    }
}

impl<V> fmt::Debug for Output<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Output({})", self.target.id)
    }
}

/// A condition of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(pub(crate) Target);

impl Condition {
    /// The name of the condition.
    pub fn name(&self) -> &str {
        &self.0.id
    }
}

impl<A: ?Sized> Attr<A> {
    /// The logical id of the resource that the attribute is of, if it is a plain reference to one.
    pub fn resource_id(&self) -> Option<ResourceId> {
        match &self.node {
            Node::Ref(target) | Node::GetAtt(target, _) if target.kind == crate::node::Kind::Resource => {
                Some(ResourceId(target.clone()))
            }
            _ => None,
        }
    }
}
