//! Which option goes with which type.

use super::{Context, types};
use crate::{
    close,
    code::Code,
    diagnostic::Diagnostic,
    raw::{BUILT_IN_TYPES, Shape},
    tree::Place,
};

/// Each option and the types that have it.
const OPTIONS: &[(&str, &[&str])] = &[
    ("min_length", &["string"]),
    ("max_length", &["string"]),
    ("pattern", &["string"]),
    ("min", &["integer", "decimal"]),
    ("max", &["integer", "decimal"]),
    ("scale", &["decimal"]),
    ("values", &["enum"]),
    ("items", &["list"]),
    ("min_items", &["list"]),
    ("max_items", &["list"]),
    ("fields", &["object"]),
];

/// Reports a type that isn't there, options that the type doesn't have, and those that it lacks.
pub(super) fn check(context: &mut Context<'_>, shape: Shape<'_>, place: Place<'_>) {
    let ty = shape.ty;
    if ty.is_empty() {
        return;
    }
    let built_in = BUILT_IN_TYPES.contains(&ty);
    if !built_in && !context.manifest.types.contains(ty) {
        types::unknown(context, ty, place.get("type").span());
        return;
    }
    for (option, types) in OPTIONS.iter().filter(|(option, _)| place.get(option).is_written()) {
        if types.contains(&ty) {
            continue;
        }
        let own: Vec<_> =
            OPTIONS.iter().filter(|(_, types)| types.contains(&ty)).map(|(option, _)| *option).collect();
        let help = if !built_in {
            format!("`{ty}` has its own bounds under `types`; change them there, or write the type out here")
        } else if own.is_empty() {
            format!("take `{option}` out; {} its own options", has_none(ty))
        } else {
            format!("the options of `{ty}` are {}", close::list(&own))
        };
        context.push(
            Diagnostic::new(
                Code::OptionOfOtherType,
                place.get(option).key(),
                format!("`{option}` is no option of `{ty}`"),
            )
            .label(format!(
                "only {} has it",
                types.iter().map(|ty| format!("`{ty}`")).collect::<Vec<_>>().join(" or ")
            ))
            .also(place.get("type").span(), "the type")
            .help(help),
        );
    }
    let lacks = match ty {
        "enum" if shape.values.is_none() => {
            Some(("values", "the words that it can be: `values: [PAID, OPEN]`"))
        }
        "list" if shape.items.is_none() => Some(("items", "what each item is: `items: { type: string }`")),
        "object" if shape.fields.is_none() => {
            Some(("fields", "its fields: `fields: { city: { type: string } }`"))
        }
        _ => None,
    };
    if let Some((option, help)) = lacks {
        context.push(
            Diagnostic::new(
                Code::OptionMissing,
                place.get("type").span(),
                format!("`{ty}` needs `{option}`"),
            )
            .label(format!("`{option}` is missing"))
            .help(format!("say {help}")),
        );
    }
}

fn has_none(ty: &str) -> String {
    format!("`{ty}` has none of")
}
