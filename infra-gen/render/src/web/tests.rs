use std::collections::BTreeSet;

use model::{Model, TableRole};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::hazards;

fn rendered(model: &Model, path: &str) -> String {
    let path = format!("web/{path}");
    let file = render(model).into_iter().find(|file| file.path == path);
    file.unwrap_or_else(|| panic!("{path} is rendered")).contents
}

/// What a module exports, types and all.
fn exports(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("export "));
    let words = lines.map(|line| {
        let line = line.trim_start_matches("declare ");
        line.split([' ', '(', ':', '<']).filter(|word| !word.is_empty()).take(2).collect::<Vec<_>>().join(" ")
    });
    words.collect()
}

#[test]
fn what_was_made_of_the_fixed_modules_is_of_their_present_text() {
    for module in FIXED {
        let [(_, source), made @ ..] = module.texts;
        let hash: String = Sha256::digest(source).iter().map(|byte| format!("{byte:02x}")).collect();
        let first = format!("// Made of src/{}.ts, sha256 {hash}.", module.path);
        for (language, text) in made {
            let path = language.path(module.path);
            assert!(text.starts_with(&first), "{path} is out of date: run tests/full/web.sh lib");
        }
    }
}

#[test]
fn what_the_browser_may_not_see_is_in_no_event() {
    let events = rendered(&hazards::model(), "src/events.ts");
    let (events, requests) = events.split_once("Request {").expect("there is a request");
    for field in ["homeAddress", "items"] {
        let declared = format!("readonly {field}");
        assert!(!events.contains(&declared), "{field}");
        assert!(requests.contains(&declared), "{field}");
    }
    assert!(events.contains("readonly total: string;"), "a computed field");
    assert!(!requests.contains("readonly total"), "a computed field");
}

#[test]
fn a_model_without_pushes_and_routes_has_a_client_all_the_same() {
    let mut parts = (*hazards::model()).clone();
    parts.tables.retain(|table| table.role == TableRole::Domain);
    for topic in &mut parts.topics {
        topic.push = None;
        topic.producer = None;
    }
    let model = Model::new(parts);
    let events = rendered(&model, "src/events.ts");
    assert!(events.contains("export type ShopEvent = never;"), "{events}");
    assert!(events.contains("= [];"), "{events}");
    assert!(!rendered(&model, "src/api.ts").contains("CallOptions"), "nothing unused is imported");
}

#[test]
fn every_language_has_the_same_exports() {
    let files = render(&hazards::model());
    for file in files.iter().filter(|file| file.path.ends_with(".d.ts")) {
        let module = file.path.trim_start_matches("web/lib/").trim_end_matches(".d.ts");
        let text = |path: String| &files.iter().find(|file| file.path == path).expect("it is there").contents;
        let typed = exports(text(format!("web/src/{module}.ts")));
        assert_eq!(exports(&file.contents), typed, "{module}");
        let is_type = |name: &String| name.starts_with("interface ") || name.starts_with("type ");
        let values: BTreeSet<String> = typed.into_iter().filter(|name| !is_type(name)).collect();
        assert_eq!(exports(text(format!("web/lib/{module}.js"))), values, "{module}");
    }
}

#[test]
fn files_are_clean() {
    for file in render(&hazards::model()) {
        assert!(file.contents.ends_with('\n') && !file.contents.ends_with("\n\n"), "{}", file.path);
        assert!(file.contents.lines().all(|line| line == line.trim_end()), "{}", file.path);
        assert!(!file.contents.contains("\n\n\n"), "{}", file.path);
        if !file.path.ends_with(".json") && !file.path.ends_with(".md") {
            assert!(file.contents.starts_with(BANNER), "{}", file.path);
        }
    }
}

#[test]
fn the_first_manifest_gives_what_the_quick_reference_uses() {
    let model = manifest::read_file("../../topics.yaml").expect("the first manifest is right");
    let service = rendered(&model, "src/angular/websocket.service.ts");
    assert!(service.contains("export class WebSocketService extends EventService<OnboardAiEvent> {"));
    assert!(service.contains("export function provideOnboardAiWebSocket("));
    assert!(rendered(&model, "src/events.ts").contains("readonly type: 'USER_INFO_SUBMITTED';"));
    let environment = rendered(&model, "src/environments/environment.dev.ts");
    assert!(environment.contains("wsEndpoint: 'wss://xxxxx.execute-api.us-east-1.amazonaws.com/dev'"));
}
