//! References that know which attribute of which resource they are.

use std::fmt;
use std::marker::PhantomData;

use crate::handle::Handle;
use crate::node::Node;
use crate::value::{List, NoValue, Val};

/// A name for one kind of reference, for instance the ARN of a KMS key ([`crate::kms::key::Arn`]).
///
/// The generated modules have one for every attribute of every resource, and one for every property that takes more
/// than one kind. For the attributes of a custom resource, or for something that lives outside the templates, write
/// your own:
/// ```
/// /// The bootstrap brokers that a custom resource reads.
/// pub enum BootstrapBrokers {}
/// impl cfn::Marker for BootstrapBrokers {
///     const NAME: &'static str = "Custom::BootstrapBrokers.BrokerString";
/// }
/// ```
pub trait Marker {
    /// Resource type and attribute, as `AWS::KMS::Key.Arn`.
    const NAME: &'static str;
}

/// A string that is known to be the attribute `A`.
///
/// It flows into free text ([`Val<String>`]), and into properties that want exactly this attribute. Free text becomes an
/// `Attr` only by [`Assume::assume`].
pub struct Attr<A: ?Sized> {
    pub(crate) node: Node,
    marker: PhantomData<fn() -> Box<A>>,
}

impl<A: ?Sized> Attr<A> {
    pub(crate) fn from_node(node: Node) -> Self {
        Self { node, marker: PhantomData }
    }

    /// The value as free text.
    pub fn text(&self) -> Val<String> {
        self.into()
    }
}

impl<A: ?Sized> List<Attr<A>> {
    /// The values as free text.
    pub fn text(&self) -> List<Val<String>> {
        List::from_node(self.node.clone())
    }
}

impl<A: ?Sized> Clone for Attr<A> {
    fn clone(&self) -> Self {
        Self::from_node(self.node.clone())
    }
}

impl<A: ?Sized> PartialEq for Attr<A> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<A: Marker + ?Sized> fmt::Debug for Attr<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attr<{}>({})", A::NAME, self.node.render())
    }
}

impl<A: ?Sized> From<&Attr<A>> for Attr<A> {
    fn from(attr: &Attr<A>) -> Self {
        attr.clone()
    }
}

impl<A: ?Sized> From<NoValue> for Attr<A> {
    fn from(_: NoValue) -> Self {
        Self::from_node(Node::Pseudo("AWS::NoValue"))
    }
}

impl<A: ?Sized> From<Assumed> for Attr<A> {
    fn from(assumed: Assumed) -> Self {
        Self::from_node(assumed.node)
    }
}

impl<R: crate::resource::Resource> Handle<R> {
    /// `Ref`: what it yields depends on the resource type, and so does the type here.
    pub fn reference(&self) -> Attr<R::Ref> {
        Attr::from_node(Node::Ref(self.target.clone()))
    }
}

/// Free text that somebody vouches for; see [`Assume`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "give it to the property that wants an `Attr`"]
pub struct Assumed {
    pub(crate) node: Node,
}

impl Assumed {
    /// The `Attr` that was asked for, where the context does not say which.
    pub fn as_attr<A: ?Sized>(self) -> Attr<A> {
        self.into()
    }
}

/// The one way from free text to an [`Attr`]; `grep -r '\.assume('` finds every use.
pub trait Assume {
    /// Vouches that this text is what the property wants. `reason` is for whoever reads the code; it should say how one
    /// knows.
    /// ```
    /// use cfn::{Assume, sns};
    /// let topic = sns::Topic::new().kms_master_key_id("alias/aws/sns".assume("the key that AWS manages"));
    /// # let _ = topic;
    /// ```
    fn assume(self, reason: &str) -> Assumed;
}

impl<T: Into<Val<String>>> Assume for T {
    fn assume(self, _reason: &str) -> Assumed {
        Assumed { node: self.into().node }
    }
}
