//! The slice against `aws-cdk-lib`: both come from one specification, so they must have the same names.
//!
//! The library's API is in its `.jsii.gz`, which is large; what the comparison needs is distilled into
//! `spec/aws-cdk-lib.json` once. The library writes names in camel case, from which the exact ones cannot be told, so names
//! are compared without regard to case.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::database::{DatabaseError, read_as};
use crate::slice::{Property, Slice};

/// The file `spec/aws-cdk-lib.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// What it was distilled from: package name to version.
    pub source: BTreeMap<String, String>,
    /// The resource types by name.
    pub resources: BTreeMap<String, LibraryResource>,
}

/// A resource type as the library has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LibraryResource {
    /// What `Fn::GetAtt` takes.
    pub attributes: BTreeSet<String>,
    /// Properties, and whether each must be set.
    pub properties: BTreeMap<String, Need>,
    /// Nested property types.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, BTreeMap<String, Need>>,
}

/// Whether a property must be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Need {
    /// It must.
    Required,
    /// It need not.
    Optional,
}

/// The file `spec/crosscheck.toml`: the differences that are known, each with its reason.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Differences as [`differences`] words them, and why each is there.
    #[serde(default)]
    pub known: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Assembly {
    name: String,
    version: String,
    types: BTreeMap<String, Type>,
}

#[derive(Deserialize)]
struct Type {
    kind: String,
    #[serde(default)]
    docs: Docs,
    #[serde(default)]
    properties: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    docs: Docs,
}

#[derive(Default, Deserialize)]
struct Docs {
    #[serde(default)]
    custom: BTreeMap<String, String>,
}

/// Distils the library's `.jsii` or `.jsii.gz` for these types.
pub fn distil(path: &Path, types: &BTreeSet<&str>) -> Result<Library, DatabaseError> {
    let assembly: Assembly = read_as(path)?;
    let mut library = Library::default();
    library.source.insert(assembly.name, assembly.version);
    for (fqn, class) in &assembly.types {
        let Some(resource) = class.docs.custom.get("cloudformationResource") else { continue };
        let props = assembly.types.get(&format!("{fqn}Props"));
        let (Some(props), true) = (props, class.kind == "class" && types.contains(resource.as_str())) else {
            continue;
        };
        let nested = format!("{fqn}.");
        library.resources.insert(
            resource.clone(),
            LibraryResource {
                attributes: class
                    .properties
                    .iter()
                    .filter_map(|member| member.docs.custom.get("cloudformationAttribute").cloned())
                    .collect(),
                properties: needs(props),
                types: assembly
                    .types
                    .iter()
                    .filter_map(|(name, ty)| {
                        let name = name.strip_prefix(&nested)?.strip_suffix("Property")?;
                        Some((name.to_owned(), needs(ty)))
                    })
                    .collect(),
            },
        );
    }
    Ok(library)
}

fn needs(ty: &Type) -> BTreeMap<String, Need> {
    let need = |member: &Member| if member.optional { Need::Optional } else { Need::Required };
    ty.properties.iter().map(|member| (member.name.clone(), need(member))).collect()
}

/// All in which slice and library differ, in words, sorted.
pub fn differences(slice: &Slice, library: &Library) -> Vec<String> {
    let mut found = Vec::new();
    for (type_name, spec) in &slice.resources {
        let Some(other) = library.resources.get(type_name) else {
            found.push(format!("{type_name}: only in the slice"));
            continue;
        };
        let attributes = spec.attributes.keys().map(|name| (name.clone(), ()));
        let theirs = other.attributes.iter().map(|name| (name.clone(), ()));
        compare(&mut found, &format!("{type_name} attribute "), attributes, theirs, |(), ()| false);
        properties(&mut found, type_name, &spec.properties, &other.properties);
        let types: BTreeMap<String, &BTreeMap<String, Need>> =
            other.types.iter().map(|(name, needs)| (name.to_lowercase(), needs)).collect();
        for (name, members) in &spec.types {
            match types.get(&name.to_lowercase()) {
                Some(needs) => properties(&mut found, &format!("{type_name}.{name}"), members, needs),
                None => found.push(format!("{type_name}.{name}: only in the slice")),
            }
        }
    }
    for type_name in library.resources.keys().filter(|name| !slice.resources.contains_key(*name)) {
        found.push(format!("{type_name}: only in the library"));
    }
    found.sort();
    found
}

fn properties(
    found: &mut Vec<String>,
    at: &str,
    ours: &BTreeMap<String, Property>,
    theirs: &BTreeMap<String, Need>,
) {
    let ours = ours.iter().map(|(name, p)| (name.clone(), p.required));
    let theirs = theirs.iter().map(|(name, need)| (name.clone(), *need == Need::Required));
    compare(found, &format!("{at}."), ours, theirs, |ours, theirs| ours != theirs);
}

fn compare<T: Copy>(
    found: &mut Vec<String>,
    at: &str,
    ours: impl Iterator<Item = (String, T)>,
    theirs: impl Iterator<Item = (String, T)>,
    differ: impl Fn(T, T) -> bool,
) {
    let mut theirs: BTreeMap<String, (String, T)> =
        theirs.map(|(name, value)| (name.to_lowercase(), (name, value))).collect();
    for (name, value) in ours {
        match theirs.remove(&name.to_lowercase()) {
            None => found.push(format!("{at}{name}: only in the slice")),
            Some((_, other)) if differ(value, other) => {
                found.push(format!("{at}{name}: required in one and not in the other"));
            }
            Some(_) => {}
        }
    }
    for (name, _) in theirs.into_values() {
        found.push(format!("{at}{name}: only in the library"));
    }
}

/// What is wrong with the list of known differences: those that are new, and those that are gone.
pub fn unexplained(differences: &[String], known: &Known) -> Vec<String> {
    let new = differences.iter().filter(|difference| !known.known.contains_key(*difference));
    let gone = known.known.keys().filter(|difference| !differences.contains(difference));
    new.map(|difference| format!("not explained in spec/crosscheck.toml: {difference}"))
        .chain(gone.map(|difference| {
            format!("explained in spec/crosscheck.toml, but no difference any more: {difference}")
        }))
        .collect()
}
