//! The Lambda Runtime API (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>), one prefix a sandbox.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use super::{Functions, MOST_PAYLOAD, pool::Finished};

pub(super) fn router(functions: Arc<Functions>) -> Router {
    const API: &str = "/{function}/{sandbox}/2018-06-01/runtime";
    Router::new()
        .route(&format!("{API}/invocation/next"), get(next))
        .route(&format!("{API}/invocation/{{request}}/response"), post(response))
        .route(&format!("{API}/invocation/{{request}}/error"), post(error))
        .route(&format!("{API}/init/error"), post(init_error))
        // Larger answers are read and then refused with Lambda's own error.
        .layer(DefaultBodyLimit::max(4 * MOST_PAYLOAD))
        .with_state(functions)
}

async fn next(
    State(functions): State<Arc<Functions>>,
    Path((function, sandbox)): Path<(String, u64)>,
) -> Response {
    let Some(pool) = functions.pool(&function) else { return unknown() };
    let Some(work) = pool.next(sandbox).await else { return unknown() };
    let mut response = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", &work.request_id)
        .header("lambda-runtime-deadline-ms", work.deadline_ms)
        .header("lambda-runtime-invoked-function-arn", &work.function_arn);
    if let Some(trace) = &work.trace {
        response = response.header("lambda-runtime-trace-id", trace);
    }
    response.body(Body::from(work.payload)).unwrap_or_else(|_| unknown())
}

async fn response(
    State(functions): State<Arc<Functions>>,
    Path((function, sandbox, request)): Path<(String, u64, String)>,
    body: Bytes,
) -> Response {
    let too_long = body.len() > MOST_PAYLOAD;
    let finished = if too_long {
        let message = format!(
            "Response payload size ({} bytes) exceeded maximum allowed payload size ({MOST_PAYLOAD} bytes).",
            body.len()
        );
        Finished::failed("Function.ResponseSizeTooLarge", &message)
    } else {
        Finished::Answer(body)
    };
    let status = finish(&functions, &function, sandbox, &request, finished);
    if too_long && status == StatusCode::ACCEPTED {
        StatusCode::PAYLOAD_TOO_LARGE.into_response()
    } else {
        answer(status)
    }
}

async fn error(
    State(functions): State<Arc<Functions>>,
    Path((function, sandbox, request)): Path<(String, u64, String)>,
    body: Bytes,
) -> Response {
    answer(finish(&functions, &function, sandbox, &request, Finished::Error(body)))
}

async fn init_error(
    State(functions): State<Arc<Functions>>,
    Path((function, sandbox)): Path<(String, u64)>,
    body: Bytes,
) -> Response {
    let Some(pool) = functions.pool(&function) else { return unknown() };
    pool.init_failed(sandbox, body);
    answer(StatusCode::ACCEPTED)
}

fn finish(
    functions: &Functions,
    function: &str,
    sandbox: u64,
    request: &str,
    finished: Finished,
) -> StatusCode {
    match functions.pool(function) {
        Some(pool) if pool.finish(sandbox, Some(request), finished) => StatusCode::ACCEPTED,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn answer(status: StatusCode) -> Response {
    if status == StatusCode::ACCEPTED {
        (status, Json(json!({ "status": "OK" }))).into_response()
    } else {
        let error = json!({ "errorType": "InvalidRequestID", "errorMessage": "Invalid request ID" });
        (status, Json(error)).into_response()
    }
}

fn unknown() -> Response {
    let error =
        json!({ "errorType": "UnknownSandbox", "errorMessage": "this sandbox is not known any more" });
    (StatusCode::FORBIDDEN, Json(error)).into_response()
}
