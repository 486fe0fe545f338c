//! `AWS::ApiGatewayV2`.

use crate::attr::Attr;
use crate::handle::Handle;
use crate::resources::apigatewayv2::{Api, Integration, route};
use crate::sub;
use crate::value::{Json, Val};

impl Handle<Integration> {
    /// `integrations/<id>`: what a route's `Target` wants.
    pub fn target(&self) -> Attr<route::Target> {
        Attr::from_node(sub!("integrations/${Integration}", Integration = self.integration_id()).node)
    }
}

impl Handle<Api> {
    /// The ARN of a part of the API, for permissions and policies. `path` is `stage/route` of a WebSocket API
    /// (`*/$connect`), `stage/METHOD/path` of an HTTP API (`*/POST/users`), `stage/POST/@connections/*` for pushing, or
    /// `authorizers/<id>`.
    pub fn execute_api_arn_of(&self, path: impl Into<crate::Text>) -> Val<String> {
        sub!(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${Path}",
            Api = self.api_id(),
            Path = path.into()
        )
    }

    /// The host name of the API: `<id>.execute-api.<region>.<suffix>`.
    pub fn host(&self) -> Val<String> {
        sub!("${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}", Api = self.api_id())
    }
}

/// The format of an access log with a JSON object a line; names in the order given:
/// ```
/// let format = cfn::apigatewayv2::access_log_format([("requestId", "$context.requestId"), ("status", "$context.status")]);
/// assert_eq!(format.to_json(), r#"{"requestId":"$context.requestId","status":"$context.status"}"#);
/// ```
pub fn access_log_format<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> Val<String> {
    Json::object(members.into_iter().map(|(name, variable)| (name, Json::from(variable)))).into_text()
}
