//! The page's files, built into the program: those of `page/`, and the browser client that is rendered from the manifest.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const IMAGE: &str = "image/svg+xml";

macro_rules! page {
    ($($kind:ident: $($file:literal)+;)+) => {
        &[$($(($file, $kind, include_bytes!(concat!("../../page/", $file)))),+),+]
    };
}

macro_rules! client {
    ($($file:literal)+) => {
        &[$((concat!("web/", $file), SCRIPT, include_bytes!(concat!("../../../generated/web/lib/", $file)))),+]
    };
}

/// Path, media type and content of a file.
type File = (&'static str, &'static str, &'static [u8]);

const PAGE: &[File] = page! {
    HTML: "index.html";
    STYLE: "style.css";
    IMAGE: "icon.svg";
    SCRIPT: "details.js" "dom.js" "example.js" "faults.js" "feed.js" "form.js" "journey.js" "main.js"
        "pipeline.js" "store.js" "traveller.js";
};

/// The generated client as it is: what the page uses is what an app uses.
const CLIENT: &[File] = client!("api.js" "client.js" "events.js" "http.js" "index.js");

/// Nothing from elsewhere, no script but the files', and only this machine's sockets.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self' ws://127.0.0.1:* http://127.0.0.1:* ws://localhost:* http://localhost:*; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /_local/`
pub(super) async fn index() -> Response {
    answer("index.html")
}

/// `GET /_local/page/{path}`
pub(super) async fn file(Path(path): Path<String>) -> Response {
    answer(&path)
}

fn answer(path: &str) -> Response {
    match PAGE.iter().chain(CLIENT).find(|(known, ..)| *known == path) {
        Some((_, kind, content)) => {
            let headers = [
                (header::CONTENT_TYPE, *kind),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::REFERRER_POLICY, "no-referrer"),
                (header::CACHE_CONTROL, "no-cache"),
            ];
            (headers, *content).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, path::Path};

    use super::*;

    fn files(folder: &str, ending: &str) -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = std::fs::read_dir(folder).expect("the folder is there");
        let names =
            entries.map(|entry| entry.expect("it is readable").file_name().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(ending)).collect()
    }

    #[test]
    fn every_file_is_served() {
        let listed = |files: &[File]| -> BTreeSet<String> {
            files.iter().map(|(path, ..)| path.trim_start_matches("web/").to_owned()).collect()
        };
        assert_eq!(listed(PAGE), files("page", ""));
        assert_eq!(listed(CLIENT), files("../generated/web/lib", ".js"));
    }

    #[test]
    fn nothing_comes_from_elsewhere() {
        for (path, _, content) in PAGE {
            let text = String::from_utf8_lossy(content);
            let foreign = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!foreign.contains("http://") && !foreign.contains("https://"), "{path}");
        }
    }
}
