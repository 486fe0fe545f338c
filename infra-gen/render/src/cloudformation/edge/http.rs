//! The HTTP API. Its routes are in the topics' stacks.

use cfn::{Attr, Handle, apigatewayv2 as api, lambda};

use super::{access_log, access_log_format, permission};
use model::Auth;

use crate::cloudformation::child::Child;
use crate::cloudformation::function::Siblings;

pub(super) struct Http {
    pub(super) api: Handle<api::Api>,
    pub(super) authorizer: Attr<api::authorizer::AuthorizerId>,
}

pub(super) fn add(child: &mut Child, authorizer: &Handle<lambda::Function>, siblings: &Siblings) -> Http {
    let stack = child.model.stack_name(child.environment);
    let http = child.add(
        "HttpApi",
        api::Api::new()
            .name(format!("{stack}-http"))
            .description(child.model.description.as_str())
            .protocol_type("HTTP")
            .cors_configuration(
                api::api::Cors::new()
                    // Callers are known by a token in a header, never by a cookie, so any origin may ask.
                    .allow_origins(["*"])
                    .allow_methods(["POST", "PUT", "PATCH", "OPTIONS"])
                    .allow_headers(["authorization", "content-type", "idempotency-key", "traceparent"])
                    .expose_headers(["retry-after"])
                    .max_age(3600),
            ),
    );
    let log = access_log(child, "HttpAccessLog", "http", siblings);
    let rate = child.environment.http_rate;
    child.add(
        "HttpStage",
        api::Stage::new(api::StageRequired { api_id: http.api_id(), stage_name: "$default".into() })
            // Topics' stacks add routes later; each is published by itself.
            .auto_deploy(true)
            .access_log_settings(api::stage::AccessLogSettings::new().destination_arn(log.arn()).format(
                access_log_format(&[
                    "requestId",
                    "requestTime",
                    "routeKey",
                    "status",
                    "responseLatency",
                    "integrationErrorMessage",
                    "authorizer.error",
                ]),
            ))
            .default_route_settings(
                api::stage::RouteSettings::new()
                    .detailed_metrics_enabled(true)
                    .throttling_rate_limit(rate)
                    .throttling_burst_limit(rate * 2),
            ),
    );
    let check = api::Authorizer::new(api::AuthorizerRequired {
        api_id: http.api_id(),
        authorizer_type: "REQUEST".into(),
        name: format!("{stack}-http").into(),
    })
    .authorizer_uri(authorizer.invocation_uri())
    .authorizer_payload_format_version("2.0")
    .enable_simple_responses(true);
    let check = match child.environment.auth {
        // A token may still be good a minute after it was taken back.
        Auth::Token => {
            check.identity_source(["$request.header.Authorization"]).authorizer_result_ttl_in_seconds(60)
        }
        // Without an identity source the authorizer is always asked, and lets everyone in.
        Auth::None => check.authorizer_result_ttl_in_seconds(0),
    };
    let check = child.add("HttpAuthorizer", check);
    permission(child, "HttpAuthorizer", authorizer, &http.api_id(), "authorizers/*");
    Http { authorizer: check.authorizer_id(), api: http }
}
