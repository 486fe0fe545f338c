//! What the generated code uses, under one name.

pub(crate) use crate::attr::{Attr, Marker};
pub(crate) use crate::handle::Handle;
pub(crate) use crate::policy::{IdentityPolicy, ResourcePolicy};
pub(crate) use crate::resource::{Builder, Properties, Resource};
pub(crate) use crate::tag::Tag;
pub(crate) use crate::value::{Json, List, Literal, Map, Val};

/// An attribute as one that the property takes too.
pub(crate) fn retype<A: ?Sized, B: ?Sized>(attr: Attr<A>) -> Attr<B> {
    Attr::from_node(attr.node)
}

/// Free text as a reference, for the properties that take both.
pub(crate) fn free_text<A: ?Sized>(text: impl Into<Val<String>>) -> Attr<A> {
    Attr::from_node(text.into().node)
}

/// Free text as the value of an enumeration.
pub(crate) fn raw<T: Literal>(text: Val<String>) -> Val<T> {
    Val::from_node(text.node)
}
