//! The page's files, built into the program: every file of `page/` that is named here.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// Path, media type and content of each file.
const FILES: &[(&str, &str, &[u8])] =
    &[("index.html", "text/html; charset=utf-8", include_bytes!("../../page/index.html"))];

/// Nothing from elsewhere, and only this machine's sockets.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                      connect-src 'self' ws://127.0.0.1:* http://127.0.0.1:* ws://localhost:* http://localhost:*";

/// `GET /_local/`
pub(super) async fn index() -> Response {
    answer("index.html")
}

/// `GET /_local/page/{path}`
pub(super) async fn file(Path(path): Path<String>) -> Response {
    answer(&path)
}

fn answer(path: &str) -> Response {
    match FILES.iter().find(|(known, ..)| *known == path) {
        Some((_, kind, content)) => {
            let headers = [
                (header::CONTENT_TYPE, *kind),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (headers, *content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
