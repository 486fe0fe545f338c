//! Field types in Rust: their types, their checks, and the structs and enums that they need.

use model::{Field, FieldType, Ident, Model, SharedType};
use serde::Serialize;

use super::{
    doc,
    names::{self, Names},
};

/// What an inline type and a pattern are called: by the way that leads to them.
#[derive(Debug, Clone)]
pub(super) struct Path {
    /// `KycVerifiedStatus`
    pub(super) pascal: String,
    /// `STATUS`
    pub(super) shouty: String,
}

impl Path {
    /// A field of this topic's event.
    pub(super) fn field(event: &str, field: &Ident) -> Self {
        Self { pascal: format!("{event}{}", field.pascal), shouty: field.shouty.clone() }
    }

    fn member(&self, field: &Ident) -> Self {
        Self {
            pascal: format!("{}{}", self.pascal, field.pascal),
            shouty: format!("{}_{}", self.shouty, field.shouty),
        }
    }

    fn item(&self) -> Self {
        Self { pascal: format!("{}Item", self.pascal), shouty: self.shouty.clone() }
    }
}

/// A field type as Rust writes it.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    /// `Vec<shared::Document>`
    pub(super) rust: String,
    /// `check::list(check::object::<shared::Document>(), 1, 20)`
    pub(super) check: String,
}

/// What a module declares.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Declaration {
    Object(Object),
    Enum(Enum),
    Alias(Alias),
}

impl Declaration {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Object(Object { name, .. })
            | Self::Enum(Enum { name, .. })
            | Self::Alias(Alias { name, .. }) => name,
        }
    }
}

/// A struct.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Object {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) fields: Vec<ObjectField>,
    /// Fields that a request may not carry.
    pub(super) computed: Vec<String>,
    /// It is written as JSON, too.
    pub(super) serialized: bool,
}

/// A field of a struct.
#[derive(Debug, Clone, Serialize)]
#[allow(clippy::struct_field_names, reason = "`ty` is not a field")]
pub(super) struct ObjectField {
    pub(super) doc: String,
    /// `customerId`
    pub(super) json: String,
    /// `customer_id`, `r#type`
    pub(super) name: String,
    /// `customer_id`, `type`
    pub(super) shown: String,
    /// The variable that it is read into.
    pub(super) local: String,
    /// Without the `Option` of an optional field.
    pub(super) ty: String,
    pub(super) check: String,
    /// What serde is told.
    pub(super) attributes: Vec<String>,
    pub(super) required: bool,
    pub(super) pii: bool,
    #[serde(skip)]
    pub(super) computed: bool,
}

/// An enum of words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) variants: Vec<Variant>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Variant {
    pub(super) word: String,
    pub(super) name: String,
}

/// A shared type that is no type of its own in Rust, and its check.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Alias {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) ty: String,
    /// The function that makes the check; `None` where the type's own name is enough.
    pub(super) function: Option<String>,
    pub(super) check: String,
}

/// A regular expression, compiled once.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Pattern {
    pub(super) name: String,
    pub(super) source: String,
}

/// The module that is being written.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    model: &'a Model,
    /// How it calls the module of the shared types.
    shared: &'static str,
    names: Names,
    statics: Names,
    pub(super) declarations: Vec<Declaration>,
    pub(super) patterns: Vec<Pattern>,
}

/// The type that a shared type's name stands for at last.
pub(super) fn resolve<'a>(model: &'a Model, ty: &'a FieldType) -> &'a FieldType {
    match ty {
        FieldType::Shared { name } => resolve(model, &shared(model, name).ty),
        _ => ty,
    }
}

fn shared<'a>(model: &'a Model, name: &str) -> &'a SharedType {
    model.shared_type(name).expect("the manifest resolves every type")
}

impl<'a> Scope<'a> {
    /// The module of one topic.
    pub(super) fn topic(model: &'a Model) -> Self {
        Self::new(model, "shared::")
    }

    /// The module of the shared types, with all of them declared.
    pub(super) fn shared(model: &'a Model) -> Self {
        let mut scope = Self::new(model, "");
        for shared in &model.types {
            scope.claim(&shared.name.pascal);
        }
        for shared in &model.types {
            scope.declare_shared(shared);
        }
        scope
    }

    fn new(model: &'a Model, shared: &'static str) -> Self {
        let (names, statics) = Default::default();
        Self { model, shared, names, statics, declarations: vec![], patterns: vec![] }
    }

    /// A type's name that no other type of the module has.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        self.names.claim(wanted)
    }

    /// The type in Rust. What it needs is declared; an inline object or enum gets its name from `path`.
    pub(super) fn typed(&mut self, ty: &FieldType, path: &Path, doc: &str) -> Typed {
        let (rust, check) = match ty {
            FieldType::String { min_length, max_length, pattern } => {
                let check = format!("check::text({min_length}, {max_length})");
                let pattern = pattern.as_ref().map(|pattern| self.pattern(path, pattern));
                let check = pattern.map_or(check.clone(), |name| format!("{check}.pattern(&{name})"));
                ("String".into(), check)
            }
            FieldType::Email => ("String".into(), "check::email()".into()),
            FieldType::Uuid => ("contract::Uuid".into(), "check::uuid()".into()),
            FieldType::Date => ("contract::Date".into(), "check::date()".into()),
            FieldType::Timestamp => ("contract::Timestamp".into(), "check::timestamp()".into()),
            FieldType::Integer { min, max } => ("i64".into(), format!("check::integer({min}, {max})")),
            FieldType::Decimal { min, max, scale } => {
                ("contract::Decimal".into(), format!("check::decimal({min:?}, {max:?}, {scale})"))
            }
            FieldType::Boolean => ("bool".into(), "check::boolean()".into()),
            FieldType::Enum { values } => {
                let name = self.claim(&path.pascal);
                self.declare_enum(&name, values, doc);
                let check = format!("check::words::<{name}>()");
                (name, check)
            }
            FieldType::List { items, min_items, max_items } => {
                let item = self.typed(items, &path.item(), doc);
                (
                    format!("Vec<{}>", item.rust),
                    format!("check::list({}, {min_items}, {max_items})", item.check),
                )
            }
            FieldType::Object { fields } => {
                let name = self.claim(&path.pascal);
                self.declare_object(&name, fields, path, doc);
                let check = format!("check::object::<{name}>()");
                (name, check)
            }
            FieldType::Shared { name } => {
                let name = &shared(self.model, name).name;
                let rust = format!("{}{}", self.shared, name.pascal);
                let check = match resolve(self.model, ty) {
                    FieldType::Object { .. } => format!("check::object::<{rust}>()"),
                    FieldType::Enum { .. } => format!("check::words::<{rust}>()"),
                    // In its own module a field's variable may have the function's name.
                    _ if self.shared.is_empty() => format!("self::{}()", name.rust()),
                    _ => format!("{}{}()", self.shared, name.rust()),
                };
                (rust, check)
            }
        };
        Typed { rust, check }
    }

    /// The fields in Rust; their inline types are named by `path`.
    pub(super) fn fields(&mut self, fields: &[Field], path: impl Fn(&Ident) -> Path) -> Vec<ObjectField> {
        fields.iter().map(|field| self.field(field, &path(&field.name))).collect()
    }

    fn field(&mut self, field: &Field, path: &Path) -> ObjectField {
        let doc = doc(&field.description);
        let Typed { rust, check } = self.typed(&field.ty, path, &doc);
        let Ident { name, snake, .. } = &field.name;
        let rename = (name != snake).then(|| format!("rename = {name:?}"));
        let absent = (!field.required).then(|| "skip_serializing_if = \"Option::is_none\"".to_owned());
        ObjectField {
            doc,
            json: name.clone(),
            name: field.name.rust(),
            shown: snake.clone(),
            local: names::local(&field.name),
            ty: rust,
            check,
            attributes: rename.into_iter().chain(absent).collect(),
            required: field.required,
            pii: field.pii,
            computed: field.computed,
        }
    }

    fn declare_shared(&mut self, shared: &SharedType) {
        let path = Path { pascal: shared.name.pascal.clone(), shouty: shared.name.shouty.clone() };
        let doc = doc(&shared.description);
        match &shared.ty {
            FieldType::Object { fields } => self.declare_object(&path.pascal, fields, &path, &doc),
            FieldType::Enum { values } => self.declare_enum(&path.pascal, values, &doc),
            ty => {
                let Typed { rust, check } = self.typed(ty, &path, &doc);
                let needs_no_name =
                    matches!(resolve(self.model, ty), FieldType::Object { .. } | FieldType::Enum { .. });
                let function = (!needs_no_name).then(|| shared.name.rust());
                let alias = Alias { name: path.pascal, doc, ty: rust, function, check };
                self.declarations.push(Declaration::Alias(alias));
            }
        }
    }

    fn declare_object(&mut self, name: &str, fields: &[Field], path: &Path, doc: &str) {
        // Before the types of its fields, as one reads from the whole to its parts.
        let at = self.declarations.len();
        let fields = self.fields(fields, |field| path.member(field));
        let object =
            Object { name: name.into(), doc: doc.into(), fields, computed: vec![], serialized: true };
        self.declarations.insert(at, Declaration::Object(object));
    }

    fn declare_enum(&mut self, name: &str, values: &[Ident], doc: &str) {
        let variants = values
            .iter()
            .map(|value| Variant { word: value.name.clone(), name: names::variant(value) })
            .collect();
        self.declarations.push(Declaration::Enum(Enum { name: name.into(), doc: doc.into(), variants }));
    }

    fn pattern(&mut self, path: &Path, source: &str) -> String {
        let name = self.statics.claim(&path.shouty);
        self.patterns.push(Pattern { name: name.clone(), source: source.into() });
        name
    }
}
