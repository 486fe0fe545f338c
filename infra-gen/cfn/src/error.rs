//! What can be wrong with a template.

use crate::node::Kind;

/// A mistake in a template: what, where, why, and the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// Two things have one name where names must differ.
    #[error(
        "the name `{id}` is given twice, as {first} and as {second}: parameters and resources share one set of names; conditions, \
         mappings and outputs have one each; rename one"
    )]
    DuplicateName {
        /// The name.
        id: String,
        /// What had it first.
        first: Kind,
        /// What wants it too.
        second: Kind,
    },
    /// A name that `CloudFormation` refuses.
    #[error("the {kind} name `{id}` is illegal: {why}")]
    IllegalName {
        /// What it names.
        kind: Kind,
        /// The name.
        id: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// A handle of one template is used in another.
    #[error(
        "{place} refers to the {kind} `{id}` of another template (\"{owner}\"): pass it in by a parameter of this template, \
         which the parent fills from an output of the other"
    )]
    ForeignReference {
        /// Where it is used.
        place: String,
        /// What is referred to.
        kind: Kind,
        /// Its name.
        id: String,
        /// The description of the template that it belongs to.
        owner: String,
    },
    /// A reference to something that was declared but never added.
    #[error(
        "{place} refers to the {kind} `{id}`, which this template does not have: add it, or drop the reference"
    )]
    Dangling {
        /// Where it is referred to.
        place: String,
        /// What is referred to.
        kind: Kind,
        /// Its name.
        id: String,
    },
    /// A reference to a resource that need not be there.
    #[error(
        "{place} refers to the resource `{id}`, which is there only if the condition `{condition}` holds; but it may not \
         ({example}): give both the same condition, or choose with `if_(&{condition}, ...)`"
    )]
    MayBeAbsent {
        /// Where it is referred to.
        place: String,
        /// The logical id.
        id: String,
        /// The condition of the resource.
        condition: String,
        /// A case in which the place is there and the resource is not.
        example: String,
    },
    /// A resource was declared with one type and added with another.
    #[error("`{id}` was declared as {declared} and added as {added}: make them agree")]
    DeclaredOtherwise {
        /// The logical id.
        id: String,
        /// The type given to `declare`.
        declared: String,
        /// The type given to `add`.
        added: String,
    },
    /// An attribute that the resource does not have.
    #[error("{place} reads the attribute `{attribute}` of `{id}` ({type_name}), which has only: {known}")]
    UnknownAttribute {
        /// Where it is read.
        place: String,
        /// The logical id.
        id: String,
        /// The resource's type.
        type_name: String,
        /// The attribute.
        attribute: String,
        /// What it has.
        known: String,
    },
    /// Resources that wait for each other.
    #[error(
        "the resources depend on each other in a circle: {}; break it, for instance with a separate rule, policy or \
         permission resource", .cycle.join(" -> ")
    )]
    Cycle {
        /// The circle; the first is repeated at the end.
        cycle: Vec<String>,
    },
    /// A helper saw a mistake when a value was made.
    #[error("{place}: {why}")]
    Invalid {
        /// Where the value is.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// A value that cannot stand where it does.
    #[error("{place}: {why}")]
    NotAllowed {
        /// Where it is.
        place: String,
        /// The rule.
        why: String,
    },
    /// A required property that is left out by `AWS::NoValue`.
    #[error("{place} is required, but is given AWS::NoValue: give it a value in every case")]
    RequiredLeftOut {
        /// The property.
        place: String,
    },
    /// A nested stack is not given a parameter that it needs.
    #[error(
        "the nested stack `{id}` is not given the parameter `{parameter}`, which has no default: `.pass(&{parameter}, ...)`"
    )]
    ParameterNotPassed {
        /// The logical id of the stack.
        id: String,
        /// The parameter.
        parameter: String,
    },
    /// A nested stack is given a parameter that it does not have.
    #[error("the nested stack `{id}` is given the parameter `{parameter}`, which its template does not have")]
    ParameterUnknown {
        /// The logical id of the stack.
        id: String,
        /// The parameter.
        parameter: String,
    },
    /// A quota of `CloudFormation` is exceeded.
    #[error("{place} {actual} {what}; CloudFormation allows {limit}")]
    Quota {
        /// The template, or the thing in it.
        place: String,
        /// What is counted.
        what: &'static str,
        /// How many there are.
        actual: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A template without a resource.
    #[error("the template has no resource; CloudFormation wants at least one")]
    Empty,
}
