//! API Gateway v2: the two APIs and their routes.

use serde_json::{Value, json};

use super::{Aws, Request, reply::Fault};
use crate::deployment::{HTTP_API, WEBSOCKET_API};

pub(super) fn call(aws: &Aws, rest: &[&str], request: &Request) -> Result<Value, Fault> {
    let apis = apis(aws);
    let find = |id: &str| {
        let api = apis.iter().find(|api| api["apiId"] == id);
        api.cloned().ok_or_else(|| Fault::new(404, "NotFoundException", "Invalid API identifier specified"))
    };
    match (request.method.as_str(), rest) {
        ("GET", []) => Ok(json!({ "items": apis })),
        ("GET", [id]) => find(id),
        ("GET", [id, "routes"]) => {
            find(id)?;
            Ok(json!({ "items": routes(aws, id) }))
        }
        (method, _) => Err(Fault::missing(&format!("apigatewayv2 {method} {}", request.uri.path()))),
    }
}

fn apis(aws: &Aws) -> Vec<Value> {
    let deployment = &aws.deployment;
    let (app, environment) = (&deployment.model.app.name, &deployment.environment.name);
    vec![
        json!({
            "apiId": HTTP_API,
            "name": format!("{}-http", deployment.stack_name()),
            "protocolType": "HTTP",
            "apiEndpoint": format!("http://{}", deployment.endpoints.http),
            "routeSelectionExpression": "$request.method $request.path",
        }),
        json!({
            "apiId": WEBSOCKET_API,
            "name": format!("{app}-websocket-{environment}"),
            "protocolType": "WEBSOCKET",
            "apiEndpoint": format!("ws://{}", deployment.endpoints.websocket),
            "routeSelectionExpression": "$request.body.action",
        }),
    ]
}

fn routes(aws: &Aws, id: &str) -> Vec<Value> {
    let keys: Vec<String> = if id == HTTP_API {
        let producers = aws.deployment.model.topics.iter().filter_map(|topic| topic.producer.as_ref());
        producers.map(|producer| format!("{} {}", producer.method.as_str(), producer.path)).collect()
    } else {
        ["$connect", "$disconnect", "$default"].map(str::to_owned).to_vec()
    };
    keys.into_iter().map(|key| json!({ "routeId": key.to_ascii_lowercase(), "routeKey": key })).collect()
}
