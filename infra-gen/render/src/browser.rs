//! The part of an event that a browser is sent.

use std::borrow::Cow;

use model::{Field, FieldType, Model, Topic};

/// The topic's fields as the browser sees them: what isn't for it is left out of objects in them, too.
pub fn fields(model: &Model, topic: &Topic) -> Vec<Field> {
    visible(model, &topic.fields)
}

fn visible(model: &Model, fields: &[Field]) -> Vec<Field> {
    let seen = fields.iter().filter(|field| field.browser);
    seen.map(|field| Field { ty: of(model, &field.ty).into_owned(), ..field.clone() }).collect()
}

/// The type less what is hidden in it. A shared type that nothing is hidden of keeps its name.
fn of<'a>(model: &'a Model, ty: &'a FieldType) -> Cow<'a, FieldType> {
    match ty {
        FieldType::Object { fields } => {
            let seen = visible(model, fields);
            if seen == *fields { Cow::Borrowed(ty) } else { Cow::Owned(FieldType::Object { fields: seen }) }
        }
        FieldType::List { items, min_items, max_items } => match of(model, items) {
            Cow::Borrowed(_) => Cow::Borrowed(ty),
            Cow::Owned(items) => Cow::Owned(FieldType::List {
                items: Box::new(items),
                min_items: *min_items,
                max_items: *max_items,
            }),
        },
        FieldType::Shared { name } => match model.shared_type(name).map(|shared| of(model, &shared.ty)) {
            Some(Cow::Owned(seen)) => Cow::Owned(seen),
            _ => Cow::Borrowed(ty),
        },
        _ => Cow::Borrowed(ty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hazards;

    #[test]
    fn hidden_fields_of_shared_objects_stay_hidden() {
        let model = hazards::model();
        let fields = fields(&model, &model.topics[0]);
        let names: Vec<&str> = fields.iter().map(|field| field.name.name.as_str()).collect();
        assert_eq!(names, ["customerId", "type", "shop", "total"]);
        let FieldType::Object { fields } = &fields[2].ty else { panic!("the shared type is written out") };
        assert_eq!(fields.len(), 1);
    }
}
