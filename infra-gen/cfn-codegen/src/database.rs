//! Cutting the slice out of `db.json`, the database of npm `@aws-cdk/aws-service-spec`.
//!
//! The database is a set of tables (`schema`), each of entities with an `$id` or of relations between ids. Of them three
//! matter: `resource`, `typeDefinition`, and `usesType` from a resource to its type definitions.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::slice::{Property, Replacement, ResourceSpec, Slice, Tags, Ty};

/// Why the slice could not be cut.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no JSON.
    #[error("{path} is not the JSON that was expected: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The database has another form than this program knows.
    #[error("the database has an unexpected form at {at}: {why}")]
    Form {
        /// Where.
        at: String,
        /// What is unexpected.
        why: String,
    },
    /// Types that are wanted and not there.
    #[error("the database does not have: {}", .0.join(", "))]
    Missing(Vec<String>),
}

/// Reads a JSON file, unpacked if its name ends in `.gz`.
pub fn read(path: &Path) -> Result<Value, DatabaseError> {
    read_as(path)
}

/// Reads a JSON file of a known form, unpacked if its name ends in `.gz`.
pub fn read_as<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, DatabaseError> {
    let failed = |source| DatabaseError::Read { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(failed)?;
    let text = if path.extension().is_some_and(|ext| ext == "gz") {
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut text).map_err(failed)?;
        text
    } else {
        bytes
    };
    serde_json::from_slice(&text).map_err(|source| DatabaseError::Json { path: path.to_owned(), source })
}

/// Cuts the slice of `types`. `version` is that of the package.
pub fn cut(database: &Value, types: &[String], version: &str) -> Result<Slice, DatabaseError> {
    let tables = Tables::new(database)?;
    let mut slice = Slice::default();
    slice.source.insert("@aws-cdk/aws-service-spec".to_owned(), version.to_owned());
    let mut missing = Vec::new();
    for name in types {
        match tables.resources.get(name.as_str()) {
            Some(entity) => {
                slice.resources.insert(name.clone(), tables.resource(name, entity)?);
            }
            None => missing.push(name.clone()),
        }
    }
    if missing.is_empty() { Ok(slice) } else { Err(DatabaseError::Missing(missing)) }
}

struct Tables<'a> {
    resources: BTreeMap<&'a str, &'a Value>,
    types: BTreeMap<&'a str, &'a Value>,
    uses: &'a Value,
}

fn form(at: &str, why: &str) -> DatabaseError {
    DatabaseError::Form { at: at.to_owned(), why: why.to_owned() }
}

fn text<'a>(value: &'a Value, key: &str, at: &str) -> Result<&'a str, DatabaseError> {
    value[key].as_str().ok_or_else(|| form(at, &format!("`{key}` is no text")))
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

impl<'a> Tables<'a> {
    fn new(database: &'a Value) -> Result<Self, DatabaseError> {
        let schema = &database["schema"];
        let entities = |table: &str, key: &'static str| {
            schema[table]["entities"]
                .as_array()
                .ok_or_else(|| form(&format!("schema.{table}"), "no list of entities"))
                .map(|list| {
                    list.iter().filter_map(|e| e[key].as_str().map(|k| (k, e))).collect::<BTreeMap<_, _>>()
                })
        };
        Ok(Self {
            resources: entities("resource", "cloudFormationType")?,
            types: entities("typeDefinition", "$id")?,
            uses: &schema["usesType"]["forward"],
        })
    }

    fn resource(&self, name: &str, entity: &'a Value) -> Result<ResourceSpec, DatabaseError> {
        let mut names: BTreeMap<&str, &str> = BTreeMap::new(); // id to name
        for used in self.uses[text(entity, "$id", name)?].as_array().into_iter().flatten() {
            let id = text(used, "$id", name)?;
            let ty = self.types.get(id).ok_or_else(|| form(name, "a type that is not there"))?;
            let ty_name = text(ty, "name", name)?;
            if names.values().any(|other| *other == ty_name) {
                return Err(form(name, &format!("two nested types are named {ty_name}")));
            }
            names.insert(id, ty_name);
        }
        let reader = Reader { at: name, names: &names };
        let properties = reader.properties(&entity["properties"])?;
        let mut types = BTreeMap::new();
        for (id, ty_name) in &names {
            types.insert((*ty_name).to_owned(), reader.properties(&self.types[id]["properties"])?);
        }
        // Only what the properties reach: attributes have types of their own.
        let mut reached = BTreeSet::new();
        let mut todo: Vec<&str> = Vec::new();
        for property in properties.values() {
            property.ty.mentions(&mut todo);
        }
        while let Some(next) = todo.pop() {
            if reached.insert(next.to_owned()) {
                for property in types[next].values() {
                    property.ty.mentions(&mut todo);
                }
            }
        }
        types.retain(|name, _| reached.contains(name));
        let attributes = entity["attributes"].as_object().into_iter().flatten();
        let own = texts(&entity["cfnRefIdentifier"]);
        let tags = &entity["tagInformation"];
        Ok(ResourceSpec {
            reference: if own.is_empty() { texts(&entity["primaryIdentifier"]) } else { own },
            stateful: entity["isStateful"].as_bool().unwrap_or(false),
            tags: match tags.as_object() {
                Some(_) => Some(Tags {
                    property: text(tags, "tagPropertyName", name)?.to_owned(),
                    variant: text(tags, "variant", name)?.to_owned(),
                }),
                None => None,
            },
            arn: entity["arnTemplate"].as_str().map(str::to_owned),
            attributes: attributes
                .map(|(name, value)| {
                    // An attribute's own nested type is of no use: only its leaves can be read.
                    let ty = if contains_reference(&value["type"]) {
                        Ty::Json
                    } else {
                        reader.ty(&value["type"])?
                    };
                    Ok((name.clone(), ty))
                })
                .collect::<Result<_, DatabaseError>>()?,
            properties,
            types,
        })
    }
}

fn contains_reference(ty: &Value) -> bool {
    ty["type"] == "ref" || (ty["element"].is_object() && contains_reference(&ty["element"]))
}

struct Reader<'a> {
    at: &'a str,
    names: &'a BTreeMap<&'a str, &'a str>,
}

impl Reader<'_> {
    fn properties(&self, value: &Value) -> Result<BTreeMap<String, Property>, DatabaseError> {
        let members = value.as_object().ok_or_else(|| form(self.at, "no properties"))?;
        members.iter().map(|(name, value)| Ok((name.clone(), self.property(value)?))).collect()
    }

    fn property(&self, value: &Value) -> Result<Property, DatabaseError> {
        let mut refs = Vec::new();
        for reference in value["relationshipRefs"].as_array().into_iter().flatten() {
            refs.push(format!(
                "{}.{}",
                text(reference, "cloudFormationType", self.at)?,
                text(reference, "propertyName", self.at)?
            ));
        }
        refs.sort();
        Ok(Property {
            ty: self.ty(&value["type"])?,
            required: value["required"].as_bool().unwrap_or(false),
            replacement: match value["causesReplacement"].as_str() {
                None | Some("no") => Replacement::No,
                Some("maybe") => Replacement::Maybe,
                Some("yes") => Replacement::Yes,
                Some(other) => return Err(form(self.at, &format!("causesReplacement is `{other}`"))),
            },
            refs,
        })
    }

    fn ty(&self, value: &Value) -> Result<Ty, DatabaseError> {
        let element = || self.ty(&value["element"]).map(Box::new);
        Ok(match text(value, "type", self.at)? {
            "string" if value["allowedValues"].is_array() => Ty::Enum(texts(&value["allowedValues"])),
            "string" => Ty::String,
            "integer" if value["allowedValues"].is_array() => Ty::Integers(
                value["allowedValues"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect(),
            ),
            "integer" => Ty::Integer,
            "number" => Ty::Number,
            "boolean" => Ty::Boolean,
            "json" => Ty::Json,
            "tag" => Ty::Tag,
            "date-time" => Ty::DateTime,
            "array" => Ty::List(element()?),
            "map" => Ty::Map(element()?),
            "ref" => {
                let id = text(&value["reference"], "$ref", self.at)?;
                let name = self.names.get(id).ok_or_else(|| form(self.at, "a type that it does not use"))?;
                Ty::Type((*name).to_owned())
            }
            "union" => Ty::Union(
                value["types"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|ty| self.ty(ty))
                    .collect::<Result<_, _>>()?,
            ),
            other => return Err(form(self.at, &format!("the type `{other}`"))),
        })
    }
}
