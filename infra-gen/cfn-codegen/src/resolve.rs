//! From the slice and the overrides to what each property is in Rust.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::names::{identifier, pascal, service_module, split_type};
use crate::overrides::Overrides;
use crate::slice::{Property, ResourceSpec, Slice, Ty};

/// Why the code could not be generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerateError {
    /// An override that changes nothing.
    #[error("spec/overrides.toml: {0}; drop or mend the entry")]
    StaleOverride(String),
    /// Two items would have one name.
    #[error("two items are named {0}; the generator has to tell them apart")]
    Clash(String),
    /// A type that the generator does not know.
    #[error("{0} has a type that the generator does not know")]
    UnknownType(String),
}

/// A property in its place.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The resource type.
    pub resource: &'a str,
    /// The nested type, if it is a property of one.
    pub nested: Option<&'a str>,
    /// The property.
    pub name: &'a str,
}

impl Place<'_> {
    /// As the overrides write it.
    pub fn path(&self) -> String {
        match self.nested {
            Some(nested) => format!("{}.{nested}.{}", self.resource, self.name),
            None => format!("{}.{}", self.resource, self.name),
        }
    }
}

/// What a property refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// Exactly this attribute: the path of its marker.
    One(String),
    /// One of several, or free text: a marker of its own.
    Own {
        /// Its name in the resource's module.
        marker: String,
        /// The markers that convert to it.
        accepts: Vec<String>,
        /// Whether free text does too.
        text: bool,
    },
}

/// Slice and overrides together.
#[derive(Debug)]
pub struct Resolver<'a> {
    /// The slice.
    pub slice: &'a Slice,
    /// The overrides.
    pub overrides: &'a Overrides,
    used: RefCell<BTreeSet<String>>,
}

impl<'a> Resolver<'a> {
    /// Puts both together.
    pub fn new(slice: &'a Slice, overrides: &'a Overrides) -> Self {
        Self { slice, overrides, used: RefCell::new(BTreeSet::new()) }
    }

    /// The module of a resource's nested items.
    pub fn module(type_name: &str) -> String {
        identifier(split_type(type_name).1)
    }

    /// The path of a resource's module from anywhere in the crate.
    pub fn module_path(type_name: &str) -> String {
        let (service, _) = split_type(type_name);
        format!("crate::resources::{}::{}", service_module(service), Self::module(type_name))
    }

    fn mark(&self, list: &str, entry: &str) {
        self.used.borrow_mut().insert(format!("{list} {entry}"));
    }

    /// Whether the overrides' list has the entry; it counts as used then.
    fn listed(&self, name: &str, list: &[String], entry: &str) -> bool {
        let found = list.iter().any(|e| e == entry);
        if found {
            self.mark(name, entry);
        }
        found
    }

    /// Whether the type is written by hand.
    pub fn by_hand(&self, type_name: &str) -> bool {
        self.listed("hand", &self.overrides.hand.types, type_name)
    }

    /// Whether the type holds data.
    pub fn stateful(&self, type_name: &str, spec: &ResourceSpec) -> bool {
        spec.stateful || self.listed("stateful", &self.overrides.stateful.types, type_name)
    }

    /// The attribute under the name that it is known by.
    fn canonical(&self, attribute: &str) -> String {
        match self.overrides.same.get(attribute) {
            Some(other) => {
                self.mark("same", attribute);
                other.clone()
            }
            None => attribute.to_owned(),
        }
    }

    /// The marker of an attribute, or of what `Ref` yields: its path, if there is one.
    pub fn marker(&self, attribute: &str) -> Option<String> {
        let attribute = self.canonical(attribute);
        let (type_name, name) = split_attribute(&attribute)?;
        let spec = self.slice.resources.get(type_name)?;
        let own = || format!("{}::{}", Self::module_path(type_name), marker_name(name));
        if matches!(spec.attributes.get(name), Some(Ty::String | Ty::Enum(_) | Ty::DateTime)) {
            return Some(own());
        }
        if spec.reference != [name] {
            return None;
        }
        // An identifier that is a reference itself, as the bucket of a bucket policy.
        let foreign = spec.properties.get(name).and_then(|property| {
            let place = Place { resource: type_name, nested: None, name };
            match self.reference(&place, property) {
                Some(Reference::One(marker)) => Some(marker),
                _ => None,
            }
        });
        Some(foreign.unwrap_or_else(own))
    }

    /// The markers that the resource's own module defines: name, and the attribute that it stands for.
    pub fn own_markers(&self, type_name: &str, spec: &ResourceSpec) -> Vec<(String, String)> {
        let module = Self::module_path(type_name);
        let mut markers = Vec::new();
        let mut names: Vec<&str> = spec.attributes.keys().map(String::as_str).collect();
        if let [only] = &spec.reference[..] {
            if !spec.attributes.contains_key(only) {
                names.push(only);
            }
        } else {
            markers.push(("Ref".to_owned(), spec.reference.join("|")));
        }
        for name in names {
            let own = format!("{module}::{}", marker_name(name));
            if self.marker(&format!("{type_name}.{name}")).as_ref() == Some(&own) {
                markers.push((marker_name(name), name.to_owned()));
            }
        }
        markers.sort();
        markers
    }

    /// The marker of what `Ref` yields.
    pub fn reference_marker(&self, type_name: &str, spec: &ResourceSpec) -> String {
        let named = match &spec.reference[..] {
            [only] => self.marker(&format!("{type_name}.{only}")),
            _ => None,
        };
        named.unwrap_or_else(|| format!("{}::Ref", Self::module_path(type_name)))
    }

    /// What the property refers to, if it is a reference.
    pub fn reference(&self, place: &Place<'_>, property: &Property) -> Option<Reference> {
        match &property.ty {
            Ty::String => {}
            Ty::List(inner) if **inner == Ty::String => {}
            _ => return None,
        }
        let path = place.path();
        let own = || match place.nested {
            Some(nested) => format!("{}{}", pascal_keep(nested), pascal_keep(place.name)),
            None => pascal_keep(place.name),
        };
        let mut targets: Vec<String> = property.refs.clone();
        for deny in self.overrides.deny.iter().filter(|deny| deny.property == path) {
            let before = targets.len();
            targets.retain(|t| !(deny.targets.is_empty() || deny.targets.contains(t)));
            if targets.len() < before {
                self.mark("deny", &path);
            }
        }
        for add in self.overrides.add.iter().filter(|add| add.property == path) {
            for target in &add.targets {
                if !targets.contains(target) && self.marker(target).is_some() {
                    self.mark("add", &format!("{path} {target}"));
                    targets.push(target.clone());
                }
            }
        }
        if self.overrides.opaque.iter().any(|o| o.property == path) {
            self.mark("opaque", &path);
            return Some(Reference::Own { marker: own(), accepts: Vec::new(), text: false });
        }
        let text = self.overrides.text.iter().any(|o| o.property == path);
        let markers: BTreeSet<String> = targets.iter().filter_map(|target| self.marker(target)).collect();
        if text && !markers.is_empty() {
            self.mark("text", &path);
        }
        let markers: Vec<String> = markers.into_iter().collect();
        match &markers[..] {
            [] => None,
            [one] if !text => Some(Reference::One(one.clone())),
            _ => Some(Reference::Own { marker: own(), accepts: markers, text }),
        }
    }

    /// The Rust type of a property.
    pub fn rust_type(&self, place: &Place<'_>, property: &Property) -> Result<String, GenerateError> {
        let path = place.path();
        for (list, ty) in
            [("identity", &self.overrides.policies.identity), ("resource", &self.overrides.policies.resource)]
        {
            if self.listed("policies", ty, &path) {
                let name = if list == "identity" { "IdentityPolicy" } else { "ResourcePolicy" };
                return Ok(format!("rt::Val<rt::{name}>"));
            }
        }
        if let Some(reference) = self.reference(place, property) {
            let marker = match reference {
                Reference::One(marker) => marker,
                Reference::Own { marker, .. } => format!("{}::{marker}", Self::module_path(place.resource)),
            };
            let attr = format!("rt::Attr<{marker}>");
            return Ok(if property.ty == Ty::String { attr } else { format!("rt::List<{attr}>") });
        }
        self.value_type(place, &property.ty)
    }

    fn value_type(&self, place: &Place<'_>, ty: &Ty) -> Result<String, GenerateError> {
        let module = Self::module_path(place.resource);
        Ok(match ty {
            Ty::String | Ty::DateTime => "rt::Val<String>".to_owned(),
            Ty::Integer | Ty::Integers(_) => "rt::Val<i64>".to_owned(),
            Ty::Number => "rt::Val<f64>".to_owned(),
            Ty::Boolean => "rt::Val<bool>".to_owned(),
            Ty::Json => "rt::Json".to_owned(),
            Ty::Tag => "rt::Val<rt::Tag>".to_owned(),
            Ty::Enum(_) if self.listed("enums", &self.overrides.enums.open, &place.path()) => {
                "rt::Val<String>".to_owned()
            }
            Ty::Enum(_) => format!("rt::Val<{module}::{}>", self.enum_name(place)),
            Ty::List(inner) => format!("rt::List<{}>", self.value_type(place, inner)?),
            Ty::Map(inner) => format!("rt::Map<{}>", self.value_type(place, inner)?),
            Ty::Type(name) => format!("rt::Val<{module}::{}>", pascal_keep(name)),
            // JSON besides something typed: the typed one. JSON besides text: JSON, of which text is a case.
            Ty::Union(types) => {
                let structured: Vec<&Ty> =
                    types.iter().filter(|t| !matches!(t, Ty::Json | Ty::String)).collect();
                match structured[..] {
                    [] => "rt::Json".to_owned(),
                    [one] => self.value_type(place, one)?,
                    _ => return Err(GenerateError::UnknownType(place.path())),
                }
            }
        })
    }

    /// The name of the enumeration of a property: the property's, unless another in the module has that with other values.
    pub fn enum_name(&self, place: &Place<'_>) -> String {
        let short = pascal_keep(place.name);
        let Some(spec) = self.slice.resources.get(place.resource) else { return short };
        let values = |property: &Property| enum_values(&property.ty).map(<[String]>::to_vec);
        let all = |name: &str| -> BTreeSet<Vec<String>> {
            std::iter::once(&spec.properties)
                .chain(spec.types.values())
                .filter_map(|properties| properties.get(name))
                .filter_map(values)
                .collect()
        };
        let taken = spec.types.contains_key(&short)
            || self.own_marker_names(place.resource, spec).contains(&short)
            || all(place.name).len() > 1;
        match place.nested {
            Some(nested) if taken => format!("{}{short}", pascal_keep(nested)),
            None if taken => format!("{short}Value"),
            _ => short,
        }
    }

    fn own_marker_names(&self, type_name: &str, spec: &ResourceSpec) -> BTreeSet<String> {
        self.own_markers(type_name, spec).into_iter().map(|(name, _)| name).collect()
    }

    /// The overrides that changed nothing.
    pub fn check_overrides(&self) -> Result<(), GenerateError> {
        let used = self.used.borrow();
        let o = self.overrides;
        let mut wanted: Vec<(&str, String)> = Vec::new();
        wanted.extend(o.same.keys().map(|k| ("same", k.clone())));
        wanted.extend(o.deny.iter().map(|d| ("deny", d.property.clone())));
        wanted.extend(o.opaque.iter().map(|d| ("opaque", d.property.clone())));
        wanted.extend(o.text.iter().map(|d| ("text", d.property.clone())));
        wanted.extend(o.enums.open.iter().map(|d| ("enums", d.clone())));
        wanted.extend(o.hand.types.iter().map(|d| ("hand", d.clone())));
        wanted.extend(o.stateful.types.iter().map(|d| ("stateful", d.clone())));
        wanted.extend(o.policies.identity.iter().map(|d| ("policies", d.clone())));
        wanted.extend(o.policies.resource.iter().map(|d| ("policies", d.clone())));
        for add in &o.add {
            wanted.extend(add.targets.iter().map(|t| ("add", format!("{} {t}", add.property))));
        }
        for (list, entry) in wanted {
            if !used.contains(&format!("{list} {entry}")) {
                return Err(GenerateError::StaleOverride(format!("`{list}` {entry} changes nothing")));
            }
        }
        Ok(())
    }
}

/// The values of an enumeration, or of the items of a list of one.
pub fn enum_values(ty: &Ty) -> Option<&[String]> {
    match ty {
        Ty::Enum(values) => Some(values),
        Ty::List(inner) | Ty::Map(inner) => enum_values(inner),
        _ => None,
    }
}

/// The nested type of a property, if it holds one, a list or a map of it.
pub fn nested_type(ty: &Ty) -> Option<&str> {
    match ty {
        Ty::Type(name) => Some(name),
        Ty::List(inner) | Ty::Map(inner) => nested_type(inner),
        Ty::Union(types) => types.iter().find_map(nested_type),
        _ => None,
    }
}

/// `AWS::KMS::Key.Arn` to its type and its attribute, which may have dots itself.
fn split_attribute(attribute: &str) -> Option<(&str, &str)> {
    attribute.split_once('.')
}

/// An attribute's name as a Rust type: dots go.
fn marker_name(attribute: &str) -> String {
    attribute.split('.').map(pascal_keep).collect()
}

/// `CloudFormation`'s names are in Pascal case already; only a first letter in lower case is raised.
pub fn pascal_keep(name: &str) -> String {
    let mut chars = name.chars().filter(char::is_ascii_alphanumeric);
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

/// The variants of an enumeration: name and value.
pub fn variants(values: &[String]) -> Vec<(String, String)> {
    let mut taken = BTreeSet::new();
    values
        .iter()
        .map(|value| {
            let mut name = pascal(value);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            (name, value.clone())
        })
        .collect()
}
