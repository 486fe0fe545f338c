//! Tables of fields.

use model::{Field, FieldType};
use serde::Serialize;

use super::words;
use crate::template::escape::{code_span as code, markdown};

/// One field, in Markdown.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    name: String,
    ty: String,
    required: &'static str,
    set_by: &'static str,
    pii: &'static str,
    browser: &'static str,
}

/// A row for each field, and for the fields of objects that have no name of their own.
///
/// `set_by` is who gives the fields that no rule computes; `pushed` is whether a browser is sent any.
pub(super) fn rows(fields: &[Field], set_by: &'static str, pushed: bool) -> Vec<Row> {
    let mut rows = vec![];
    collect(&Parent { prefix: String::new(), set_by, pii: false, browser: pushed }, fields, &mut rows);
    rows
}

/// What the fields of an object have from it.
struct Parent {
    prefix: String,
    set_by: &'static str,
    pii: bool,
    browser: bool,
}

fn collect(parent: &Parent, fields: &[Field], rows: &mut Vec<Row>) {
    let yes = |holds: bool| if holds { "yes" } else { "no" };
    for field in fields {
        let name = format!("{}{}", parent.prefix, field.name.name);
        let set_by = if field.computed { "rule" } else { parent.set_by };
        let (pii, browser) = (parent.pii || field.pii, parent.browser && field.browser);
        rows.push(Row {
            name: code(&name),
            ty: described(field),
            required: yes(field.required),
            set_by,
            pii: yes(pii),
            browser: yes(browser),
        });
        let (inner, suffix) = match &field.ty {
            FieldType::List { items, .. } => (items.as_ref(), "[]."),
            ty => (ty, "."),
        };
        if let FieldType::Object { fields } = inner {
            collect(&Parent { prefix: name + suffix, set_by, pii, browser }, fields, rows);
        }
    }
}

fn described(field: &Field) -> String {
    let ty = words::field_type(&field.ty);
    if field.description.is_empty() { ty } else { format!("{ty}. {}", markdown(&field.description)) }
}
