//! The table of facts, `RESOURCES`.

use std::collections::BTreeMap;

use super::out::Out;
use crate::resolve::{GenerateError, Resolver, nested_type};
use crate::slice::{Property, Replacement, Ty};

/// The table of facts.
pub(super) fn table(resolver: &Resolver<'_>) -> Result<String, GenerateError> {
    let mut out = Out::default();
    out.line("//! Facts about every resource type.");
    out.blank();
    out.line("use crate::resource::Replacement::{self, Maybe, No, Yes};");
    out.line("use crate::resource::{PropertyInfo, ResourceInfo, TagForm, TypeInfo};");
    out.blank();
    out.line("const fn p(");
    out.line("    name: &'static str,");
    out.line("    required: bool,");
    out.line("    replacement: Replacement,");
    out.line("    nested: Option<&'static str>,");
    out.line(") -> PropertyInfo {");
    out.line("    PropertyInfo { name, required, replacement, nested, integers: &[] }");
    out.line("}");
    out.blank();
    out.line("/// Every resource type that the crate has, sorted by name.");
    out.open("pub static RESOURCES: &[ResourceInfo] = &[");
    for (type_name, spec) in &resolver.slice.resources {
        out.open("ResourceInfo {");
        out.line(&format!("type_name: \"{type_name}\","));
        properties(&mut out, &spec.properties);
        if spec.types.is_empty() {
            out.line("types: &[],");
        } else {
            out.open("types: &[");
            for (name, members) in &spec.types {
                out.open("TypeInfo {");
                out.line(&format!("name: \"{name}\","));
                properties(&mut out, members);
                out.depth -= 1;
                out.line("},");
            }
            out.depth -= 1;
            out.line("],");
        }
        if spec.attributes.is_empty() {
            out.line("attributes: &[],");
        } else {
            out.open("attributes: &[");
            for name in spec.attributes.keys() {
                out.line(&format!("\"{name}\","));
            }
            out.depth -= 1;
            out.line("],");
        }
        out.line(&format!("reference: \"{}\",", spec.reference.join("|")));
        out.line(&format!("stateful: {},", resolver.stateful(type_name, spec)));
        match &spec.tags {
            Some(tags) => {
                let form = match tags.variant.as_str() {
                    "standard" => "List",
                    "map" => "Map",
                    _ => return Err(GenerateError::UnknownType(format!("{type_name}.{}", tags.property))),
                };
                out.line(&format!("tags: Some((\"{}\", TagForm::{form})),", tags.property));
            }
            None => out.line("tags: None,"),
        }
        match &spec.arn {
            Some(arn) => out.line(&format!("arn: Some(\"{arn}\"),")),
            None => out.line("arn: None,"),
        }
        out.depth -= 1;
        out.line("},");
    }
    out.depth -= 1;
    out.line("];");
    Ok(out.text)
}

fn properties(out: &mut Out, properties: &BTreeMap<String, Property>) {
    out.open("properties: &[");
    for (name, property) in properties {
        let replacement = match property.replacement {
            Replacement::No => "No",
            Replacement::Maybe => "Maybe",
            Replacement::Yes => "Yes",
        };
        let nested = nested_type(&property.ty).map_or("None".to_owned(), |name| format!("Some(\"{name}\")"));
        let required = property.required;
        if let Ty::Integers(values) = &property.ty {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            out.line(&format!(
                "PropertyInfo {{ integers: &[{}], ..p(\"{name}\", {required}, {replacement}, {nested}) }},",
                values.join(", ")
            ));
        } else {
            out.line(&format!("p(\"{name}\", {required}, {replacement}, {nested}),"));
        }
    }
    out.depth -= 1;
    out.line("],");
}
