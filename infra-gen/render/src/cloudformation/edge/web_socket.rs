//! The WebSocket API: three routes, one authorizer, one stage named after the environment.

use cfn::iam::{PolicyDocument, Principal, Statement};
use cfn::{Condition, Handle, apigatewayv2 as api, equals, iam, if_, lambda, sub};
use model::{Auth, Role};
use sha2::{Digest, Sha256};

use super::{WebSocket, access_log, access_log_format, add_function, permission};
use crate::cloudformation::child::Child;
use crate::cloudformation::function::Siblings;
use crate::cloudformation::hex;

pub(super) struct Api {
    pub(super) api: Handle<api::Api>,
    pub(super) here: WebSocket,
}

pub(super) fn add(child: &mut Child, authorizer: &Handle<lambda::Function>, siblings: &Siblings) -> Api {
    let name = format!("{}-websocket-{}", child.model.app.name, child.environment.name);
    let stage_name = child.environment.name.clone();
    let socket = child.add(
        "WebSocketApi",
        api::Api::new()
            .name(name.as_str())
            .description(child.model.description.as_str())
            .protocol_type("WEBSOCKET")
            .route_selection_expression("$request.body.action"),
    );
    let here = WebSocket {
        endpoint: sub!("${endpoint}/${stage}", endpoint = socket.api_endpoint(), stage = stage_name.as_str()),
        connections_arn: sub!(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/${stage}/POST/@connections/*",
            api = socket.api_id(),
            stage = stage_name.as_str()
        ),
    };
    let check = child.add(
        "WebSocketAuthorizer",
        api::Authorizer::new(api::AuthorizerRequired {
            api_id: socket.api_id(),
            authorizer_type: "REQUEST".into(),
            name: name.as_str().into(),
        })
        .authorizer_uri(authorizer.invocation_uri())
        // Browsers can't set headers on a WebSocket. What is missing here is a 401 before any function runs.
        .identity_source(match child.environment.auth {
            Auth::None => ["route.request.querystring.customerId"],
            Auth::Token => ["route.request.querystring.token"],
        }),
    );
    permission(child, "WebSocketAuthorizer", authorizer, &socket.api_id(), "authorizers/*");

    let routes = [
        (Role::Connect, "Connect", "$connect"),
        (Role::Disconnect, "Disconnect", "$disconnect"),
        (Role::Default, "Default", "$default"),
    ]
    .map(|(role, id, key)| {
        let function = add_function(child, &role, id, siblings, Some(here.clone()));
        let integration = child.add(
            &format!("{id}Integration"),
            api::Integration::new(api::IntegrationRequired {
                api_id: socket.api_id(),
                integration_type: "AWS_PROXY".into(),
            })
            .integration_uri(function.invocation_uri()),
        );
        permission(child, id, &function, &socket.api_id(), &format!("*/{key}"));
        let route = api::Route::new(api::RouteRequired { api_id: socket.api_id(), route_key: key.into() })
            .target(integration.target());
        // API Gateway asks an authorizer when a connection opens, and remembers the answer until it closes.
        let route = match role {
            Role::Connect => route.authorization_type("CUSTOM").authorizer_id(check.authorizer_id()),
            _ => route.authorization_type("NONE"),
        };
        child.add(&format!("{id}Route"), route)
    });
    stage(child, &socket, &routes, &stage_name, siblings);
    Api { api: socket, here }
}

fn stage(
    child: &mut Child,
    socket: &Handle<api::Api>,
    routes: &[Handle<api::Route>],
    stage_name: &str,
    siblings: &Siblings,
) {
    // A deployment is a snapshot of the routes. Another name makes another one when they change.
    let auth = child.environment.auth;
    let hash = Sha256::digest(format!("{auth:?} connect disconnect default"));
    let hash = hex(&hash[..4]);
    let deployment = child.add(&format!("WebSocketDeployment{hash}"), api::Deployment::new(socket.api_id()));
    child.template.options(&deployment).depends_on_all(routes);
    let (account, condition) = account(child);
    // The stage needs the account's setting, if there is one to wait for; a tag refers to it under the same condition.
    let logs = if_(&condition, account.reference().text(), "set elsewhere");
    let log = access_log(child, "WebSocketAccessLog", "websocket", siblings);
    let rate = child.environment.http_rate;
    child.add_with_tags(
        "WebSocketStage",
        api::Stage::new(api::StageRequired { api_id: socket.api_id(), stage_name: stage_name.into() })
            .deployment_id(deployment.deployment_id())
            .access_log_settings(api::stage::AccessLogSettings::new().destination_arn(log.arn()).format(
                access_log_format(&[
                    "requestId",
                    "requestTime",
                    "eventType",
                    "routeKey",
                    "status",
                    "connectionId",
                    "integrationLatency",
                    "error.message",
                ]),
            ))
            .default_route_settings(
                api::stage::RouteSettings::new()
                    .logging_level("ERROR")
                    .data_trace_enabled(false)
                    .detailed_metrics_enabled(true)
                    .throttling_rate_limit(rate)
                    .throttling_burst_limit(rate * 2),
            ),
        [("ApiGatewayLogs", logs)],
    );
}

/// The role that lets API Gateway write logs is one setting of the whole account and region. A stack that made it
/// must not take it away from the others, so it always stays.
fn account(child: &mut Child) -> (Handle<cfn::apigateway::Account>, Condition) {
    let setting =
        child.root_value("ApiGatewayLogs", "`set` or `leave` the account's role for API logs.", |root| {
            root.api_gateway_logs.value()
        });
    let condition: Condition = child.template.condition("SetApiGatewayLogs", equals(setting, "set"));
    let role = child.add(
        "ApiGatewayLogRole",
        iam::Role::new(PolicyDocument::new().statement(
            Statement::allow().by(Principal::service("apigateway.amazonaws.com")).actions(["sts:AssumeRole"]),
        ))
        .description("Lets API Gateway write the logs of this account's APIs")
        .managed_policy_arns([iam::aws_managed_policy("service-role/AmazonAPIGatewayPushToCloudWatchLogs")]),
    );
    let account =
        child.add("ApiGatewayAccount", cfn::apigateway::Account::new().cloud_watch_role_arn(role.arn()));
    child.template.options(&role).condition(&condition).retain();
    child.template.options(&account).condition(&condition).retain();
    (account, condition)
}
