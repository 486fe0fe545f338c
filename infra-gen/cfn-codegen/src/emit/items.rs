//! Markers of references, and enumerations.

use super::out::{Out, WIDTH};
use crate::resolve::{Place, variants};

pub(super) fn marker_item(out: &mut Out, name: &str, docs: &str, full: &str) {
    out.blank();
    out.line(&format!("/// {docs}"));
    out.line("#[derive(Clone, Copy, Debug)]");
    out.line(&format!("pub enum {name} {{}}"));
    out.blank();
    out.open(&format!("impl rt::Marker for {name} {{"));
    let constant = format!("const NAME: &'static str = \"{full}\";");
    if out.depth * 4 + constant.len() <= WIDTH {
        out.line(&constant);
    } else {
        out.open("const NAME: &'static str =");
        out.line(&format!("\"{full}\";"));
        out.depth -= 1;
    }
    out.close();
}

pub(super) fn own_marker(out: &mut Out, place: &Place<'_>, marker: &str, accepts: &[String], text: bool) {
    let path = place.path();
    let mut what = format!("What `{path}` takes");
    if accepts.is_empty() {
        what.push_str(": nothing but what a helper makes.");
    } else {
        what.push_str(if text {
            ": free text, or one of these references."
        } else {
            ": one of several references."
        });
    }
    marker_item(out, marker, &what, &path);
    let mut from = |source: &str, body: &[&str]| {
        out.blank();
        out.open(&format!("impl From<{source}> for rt::Attr<{marker}> {{"));
        out.open(&format!("fn from(value: {source}) -> Self {{"));
        for line in body {
            out.line(line);
        }
        out.close();
        out.close();
    };
    for accepted in accepts {
        from(&format!("rt::Attr<{accepted}>"), &["rt::retype(value)"]);
    }
    if text {
        for source in ["&str", "String", "&String", "rt::Val<String>"] {
            from(source, &["rt::free_text(value)"]);
        }
    }
}

pub(super) fn enumeration(out: &mut Out, place: &Place<'_>, name: &str, values: &[String]) {
    let variants = variants(values);
    out.blank();
    out.line(&format!(
        "/// The values of `{}`; [`{name}::raw`] is for one that is not here yet.",
        place.path()
    ));
    out.line("#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]");
    out.line("#[non_exhaustive]");
    out.open(&format!("pub enum {name} {{"));
    for (variant, value) in &variants {
        out.line(&format!("/// `{value}`."));
        out.line(&format!("{variant},"));
    }
    out.close();
    out.blank();
    out.open(&format!("impl {name} {{"));
    out.line(
        "/// Any text: a value newer than the specification, or one that a parameter or a mapping holds.",
    );
    out.function("raw", &["text: impl Into<rt::Val<String>>".to_owned()], "rt::Val<Self>");
    out.line("rt::raw(text.into())");
    out.close();
    out.blank();
    out.line("/// The value as `CloudFormation` has it.");
    out.open("pub fn as_str(self) -> &'static str {");
    out.open("match self {");
    for (variant, value) in &variants {
        out.line(&format!("Self::{variant} => \"{value}\","));
    }
    out.close();
    out.close();
    out.close();
    out.blank();
    out.open(&format!("impl rt::Literal for {name} {{"));
    out.open("fn into_literal(self) -> rt::Json {");
    out.line("self.as_str().into()");
    out.close();
    out.close();
}
