//! The edge stack: the HTTP API that producers hang on, the WebSocket API, and who may call either.

mod http;
mod web_socket;

use cfn::{Attr, Handle, Output, Val, apigatewayv2 as api, lambda, logs, sub};
use model::{AlarmSource, Environment, Model, Role};

use super::alarms;
use super::child::{Child, Sibling};
use super::data::Data;
use super::foundation::Foundation;
use super::function::{self, Needs, Siblings};

/// What other stacks import.
pub(super) struct Edge {
    pub(super) http_api: Output<Attr<api::api::ApiId>>,
    pub(super) http_endpoint: Output<Val<String>>,
    pub(super) http_authorizer: Output<Attr<api::authorizer::AuthorizerId>>,
    pub(super) web_socket_endpoint: Output<Val<String>>,
    pub(super) connections_arn: Output<Val<String>>,
}

/// The WebSocket API as this stack's own functions see it.
#[derive(Clone)]
struct WebSocket {
    /// `wss://...`
    endpoint: Val<String>,
    /// What `execute-api:ManageConnections` is granted on.
    connections_arn: Val<String>,
}

/// Builds the stack.
pub(super) fn build<'a>(
    model: &'a Model,
    environment: &'a Environment,
    foundation: &Foundation,
    data: &Data,
) -> (Child<'a>, Edge) {
    let mut child = Child::new(model, environment, "Edge", "edge", "HTTP API, WebSocket API and authorizer");
    let siblings = Siblings { foundation, data, edge: None };
    let channel = child.import(Sibling::Foundation, &foundation.channels[&model.alarm_channel().name.name]);

    let authorizer = add_function(&mut child, &Role::Authorizer, "Authorizer", &siblings, None);
    let http = http::add(&mut child, &authorizer, &siblings);
    let web_socket = web_socket::add(&mut child, &authorizer, &siblings);
    let dimensions = alarms::Dimensions {
        http_api_id: Some(http.api.api_id().text()),
        web_socket_api_id: Some(web_socket.api.api_id().text()),
        ..alarms::Dimensions::default()
    };
    alarms::add(&mut child, |source| *source == AlarmSource::Edge, &dimensions, &channel, |_| None);

    let template = &mut child.template;
    let edge = Edge {
        http_api: template.output("HttpApiId", "The HTTP API.", http.api.api_id()),
        http_endpoint: template.output(
            "HttpApiEndpoint",
            "Where requests go.",
            http.api.api_endpoint().text(),
        ),
        http_authorizer: template.output("HttpAuthorizerId", "Checks callers' tokens.", http.authorizer),
        web_socket_endpoint: template.output(
            "WebSocketApiEndpoint",
            "Where browsers connect.",
            web_socket.here.endpoint,
        ),
        connections_arn: template.output(
            "WebSocketConnectionsArn",
            "What may be granted on connections.",
            web_socket.here.connections_arn,
        ),
    };
    (child, edge)
}

fn add_function(
    child: &mut Child,
    role: &Role,
    id: &str,
    siblings: &Siblings,
    web_socket: Option<WebSocket>,
) -> Handle<lambda::Function> {
    let function = child.model.function(role);
    let mut needs = Needs::import(child, function, siblings);
    if let Some(WebSocket { endpoint, connections_arn }) = web_socket {
        needs.web_socket_endpoint = Some(endpoint);
        needs.connections_arn = Some(connections_arn);
    }
    let owned = role.clone();
    let code = child
        .root_value(&format!("{id}Code"), "Key of the function's zip.", move |root| root.edge_code(&owned));
    function::add(child, function, id, &code, &needs)
}

/// Lets API Gateway call a function, from this part of an API alone.
pub(super) fn permission(
    child: &mut Child,
    id: &str,
    function: &Handle<lambda::Function>,
    api: &Attr<api::api::ApiId>,
    part: &str,
) -> Handle<lambda::Permission> {
    child.add(
        &format!("{id}Permission"),
        lambda::Permission::new(lambda::PermissionRequired {
            action: "lambda:InvokeFunction".into(),
            function_name: function.arn().into(),
            principal: "apigateway.amazonaws.com".into(),
        })
        .source_arn(sub!(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/${part}",
            api = api,
            part = part
        )),
    )
}

/// The access log of an API: who called what, how long it took, and what came of it. No bodies, no tokens.
fn access_log(child: &mut Child, id: &str, name: &str, siblings: &Siblings) -> Handle<logs::LogGroup> {
    let key = child.import(Sibling::Foundation, &siblings.foundation.logs_key);
    let stack = child.model.stack_name(child.environment);
    child.add(
        id,
        logs::LogGroup::new()
            .log_group_name(format!("/aws/apigateway/{stack}-{name}"))
            .kms_key_id(key)
            .retention_in_days(child.environment.log_retention_days),
    )
}

/// The access log's format: these context variables
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html>).
fn access_log_format(variables: &[&str]) -> Val<String> {
    let members: Vec<(String, String)> = variables
        .iter()
        .map(|variable| (variable.replace('.', "_"), format!("$context.{variable}")))
        .collect();
    api::access_log_format(members.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}
