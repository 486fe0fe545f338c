//! `AWS::CloudFormation`: custom resources.

use std::borrow::Cow;

use crate::attr::Attr;
use crate::handle::Handle;
use crate::node::Node;
use crate::resource::{Builder, Properties, Resource};
use crate::resources::cloudformation::custom_resource;
use crate::value::{Json, Val, Value};

/// A custom resource: a function or a topic makes it.
/// ```
/// use cfn::{Template, Val, cloudformation::CustomResource, lambda};
/// # fn stack(template: &mut Template, maker: &cfn::Handle<lambda::Function>) {
/// let brokers = template.add(
///     "Brokers",
///     CustomResource::new("Custom::Brokers", maker.arn()).property("Protocol", "SASL_SSL").returns(["BrokerString"]),
/// );
/// let text: Val<String> = brokers.get("BrokerString");
/// # let _ = text;
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct CustomResource {
    type_name: String,
    properties: Properties,
}

impl CustomResource {
    /// A custom resource of the type `Custom::Something`, or plainly `AWS::CloudFormation::CustomResource`.
    pub fn new(
        type_name: impl Into<String>,
        service_token: impl Into<Attr<custom_resource::ServiceToken>>,
    ) -> Self {
        let type_name = type_name.into();
        let legal = type_name == Self::TYPE
            || type_name.strip_prefix("Custom::").is_some_and(|name| {
                (1..=60).contains(&name.len())
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '-'))
            });
        let mut properties = Properties::default();
        if legal {
            properties.put("ServiceToken", service_token.into());
        } else {
            properties.put(
                "ServiceToken",
                Json(Node::Invalid(format!(
                    "`{type_name}` is no type of a custom resource: it has to be `Custom::` and up to 60 letters, digits or _@-"
                ))),
            );
        }
        properties.declared = Some(Vec::new());
        Self { type_name, properties }
    }

    /// Sets a property, which the function is given as it is. (All of its scalars arrive as text.)
    pub fn property(self, name: impl Into<Cow<'static, str>>, value: impl Into<Json>) -> Self {
        self.raw_property(name, value)
    }

    /// `ServiceTimeout`: seconds until the function's answer counts as missing.
    pub fn service_timeout(mut self, seconds: impl Into<Val<i64>>) -> Self {
        self.properties.put("ServiceTimeout", seconds.into());
        self
    }

    /// The attributes that the function answers with; [`Handle::get`] reads them, and no other.
    pub fn returns<S: Into<String>>(mut self, attributes: impl IntoIterator<Item = S>) -> Self {
        let declared = self.properties.declared.get_or_insert_default();
        declared.extend(attributes.into_iter().map(Into::into));
        self
    }
}

impl Builder for CustomResource {
    fn properties_mut(&mut self) -> &mut Properties {
        &mut self.properties
    }
}

impl Resource for CustomResource {
    const TYPE: &'static str = "AWS::CloudFormation::CustomResource";
    type Ref = custom_resource::Id;

    fn type_name(&self) -> Cow<'static, str> {
        Cow::Owned(self.type_name.clone())
    }

    fn into_properties(self) -> Properties {
        self.properties
    }
}

impl Handle<CustomResource> {
    /// `Fn::GetAtt` of an attribute that was declared with [`CustomResource::returns`], as what the caller says it is:
    /// `Val<String>`, or `Attr<A>` with an `A` of the caller's.
    pub fn get<V: Value>(&self, attribute: &str) -> V {
        self.attribute(attribute)
    }
}
