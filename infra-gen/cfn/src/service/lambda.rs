//! `AWS::Lambda`.

use crate::handle::Handle;
use crate::resources::lambda::Function;
use crate::sub;
use crate::value::Val;

impl Handle<Function> {
    /// The path by which API Gateway invokes the function: what `IntegrationUri` and `AuthorizerUri` want.
    pub fn invocation_uri(&self) -> Val<String> {
        sub!(
            "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function}/invocations",
            Function = self.arn()
        )
    }
}
