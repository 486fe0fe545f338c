//! What the browser sees of an event, as JSON pointers.

use model::{Field, FieldType, Model, Topic};

/// The pointers of `Event::BROWSER`: a field that is seen whole by itself, else each part that is seen.
pub(super) fn pointers(model: &Model, topic: &Topic) -> Vec<String> {
    let mut found = vec![];
    fields(model, &topic.fields, "", &mut found);
    found
}

fn fields(model: &Model, fields: &[Field], above: &str, found: &mut Vec<String>) {
    for field in fields.iter().filter(|field| field.browser) {
        value(model, &field.ty, format!("{above}/{}", field.name.name), found);
    }
}

fn value(model: &Model, ty: &FieldType, pointer: String, found: &mut Vec<String>) {
    if is_whole(model, ty) {
        found.push(pointer);
        return;
    }
    match super::types::resolve(model, ty) {
        FieldType::Object { fields } => self::fields(model, fields, &pointer, found),
        FieldType::List { items, .. } => value(model, items, format!("{pointer}/*"), found),
        _ => unreachable!("nothing is hidden in a single value"),
    }
}

fn is_whole(model: &Model, ty: &FieldType) -> bool {
    match super::types::resolve(model, ty) {
        FieldType::Object { fields } => {
            fields.iter().all(|field| field.browser && is_whole(model, &field.ty))
        }
        FieldType::List { items, .. } => is_whole(model, items),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazards;

    #[test]
    fn what_is_hidden_in_an_object_is_left_out() {
        let model = hazards::model();
        let pointers = pointers(&model, &model.topics[0]);
        assert_eq!(pointers, ["/customerId", "/type", "/shop/city", "/total"]);
    }
}
