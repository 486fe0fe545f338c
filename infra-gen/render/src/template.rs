//! The templates, and the one environment that renders them.
//!
//! Templates live in `/templates`, one folder an output language, and are compiled in. Rendering is strict:
//! a name that isn't there, a missing optional or a whole object in the text stops it, since each of these
//! would end up as wrong text in a file that nobody reads twice.

pub(crate) mod escape;

use std::sync::LazyLock;

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
    syntax::SyntaxConfig,
    value::{Serde, ValueKind},
};
use serde::Serialize;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = empty();
    minijinja_embed::load_templates!(environment);
    environment
});

/// Renders the template of this path under `/templates`: `docs/topics.md.j2`.
///
/// # Panics
/// When the template is missing or wrong, with its name, line and the values it saw: that is a bug of the
/// template or of its context, never of a manifest.
pub fn render(name: &str, context: impl Serialize) -> String {
    ENVIRONMENT
        .get_template(name)
        .and_then(|template| template.render(Serde(context)))
        .unwrap_or_else(|error| panic!("{}", describe(&error)))
}

/// An environment with the filters and without templates.
fn empty() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    // Tags on lines of their own leave no blank lines behind, and a template's last newline is kept.
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the syntax has the usual delimiters");
    environment.set_syntax(syntax);
    environment.set_formatter(print);
    environment.add_filter("rust_str", |text: &str| escape::rust_str(text));
    environment.add_filter("rust_doc", |text: &str| escape::line_comment(text, "///"));
    environment.add_filter("ts_str", |text: &str| escape::json_str(text));
    environment.add_filter("ts_doc", |text: &str| escape::block_comment(text));
    environment.add_filter("yaml", |text: &str| escape::json_str(text));
    environment.add_filter("md", |text: &str| escape::markdown(text));
    environment.add_filter("code", |text: &str| escape::code_span(text));
    environment
}

/// Prints text, numbers and truth values, and refuses the rest.
fn print(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Bool => out.write_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::String | ValueKind::Number => write!(out, "{value}"),
        kind => {
            return Err(Error::new(ErrorKind::BadSerialization, format!("{kind} can't stand in the text")));
        }
    }
    .map_err(Error::from)
}

fn describe(error: &Error) -> String {
    let place = match (error.name(), error.line()) {
        (Some(name), Some(line)) => format!("template {name}, line {line}"),
        (Some(name), None) => format!("template {name}"),
        _ => "templates".into(),
    };
    format!("{place}: {error}\n{}", error.display_debug_info())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn try_render(source: &'static str, context: serde_json::Value) -> Result<String, String> {
        let mut environment = empty();
        environment.add_template("case.j2", source).expect("the source parses");
        let template = environment.get_template("case.j2").expect("it was added");
        template.render(Serde(context)).map_err(|error| describe(&error))
    }

    #[test]
    fn an_unknown_name_is_refused_with_its_place() {
        let error = try_render("one\n{{ nme }}\n", json!({"name": "x"})).unwrap_err();
        assert!(error.starts_with("template case.j2, line 2: undefined value"), "{error}");
    }

    #[test]
    fn what_has_no_text_is_refused() {
        for value in [json!(null), json!([1]), json!({"a": 1})] {
            let error = try_render("{{ value }}", json!({ "value": value })).unwrap_err();
            assert!(error.contains("can't stand in the text"), "{error}");
        }
    }

    #[test]
    fn text_numbers_and_truth_values_print_as_they_are() {
        let context = json!({"text": "<&>\"", "number": 1.5, "truth": true});
        assert_eq!(try_render("{{ text }} {{ number }} {{ truth }}", context).unwrap(), "<&>\" 1.5 true");
    }

    #[test]
    fn tags_on_their_own_lines_leave_nothing_behind() {
        let source =
            "{% for item in items %}\n  {% if item > 1 %}\n- {{ item }}\n  {% endif %}\n{% endfor %}\nend\n";
        assert_eq!(try_render(source, json!({"items": [1, 2, 3]})).unwrap(), "- 2\n- 3\nend\n");
    }

    #[test]
    fn every_embedded_template_parses() {
        assert!(ENVIRONMENT.templates().count() > 0);
    }

    #[test]
    #[should_panic(expected = "docs/no-such.j2")]
    fn a_missing_template_is_named() {
        render("docs/no-such.j2", ());
    }
}
