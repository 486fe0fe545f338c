//! `AWS::DynamoDB`: keys and indexes that agree with the attribute definitions.

use crate::node::Node;
use crate::resources::dynamodb::table::{
    AttributeDefinition, AttributeDefinitionRequired, GlobalSecondaryIndex, GlobalSecondaryIndexRequired,
    KeySchema, KeySchemaRequired, LocalSecondaryIndex, LocalSecondaryIndexRequired, Projection,
};
use crate::resources::dynamodb::{Table, table};
use crate::value::{List, Val};

/// An attribute that is part of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAttribute {
    name: String,
    kind: &'static str,
}

impl KeyAttribute {
    /// Text (`S`).
    pub fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: "S" }
    }

    /// A number (`N`).
    pub fn number(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: "N" }
    }

    /// Bytes (`B`).
    pub fn binary(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: "B" }
    }
}

/// The key of a table or of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    hash: KeyAttribute,
    range: Option<KeyAttribute>,
}

impl Key {
    /// The partition key.
    pub fn hash(attribute: KeyAttribute) -> Self {
        Self { hash: attribute, range: None }
    }

    /// With a sort key.
    #[must_use]
    pub fn range(mut self, attribute: KeyAttribute) -> Self {
        self.range = Some(attribute);
        self
    }

    /// The `KeySchema` property.
    pub fn schema(&self) -> List<Val<KeySchema>> {
        let part = |attribute: &KeyAttribute, kind: &str| {
            KeySchema::new(KeySchemaRequired {
                attribute_name: (&attribute.name).into(),
                key_type: kind.into(),
            })
        };
        std::iter::once(part(&self.hash, "HASH"))
            .chain(self.range.iter().map(|range| part(range, "RANGE")))
            .collect()
    }

    fn attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        std::iter::once(&self.hash).chain(&self.range)
    }
}

/// What an index holds besides the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projected {
    /// The whole item.
    All,
    /// Nothing more.
    KeysOnly,
    /// These attributes.
    Include(Vec<String>),
}

impl Projected {
    fn property(&self) -> Projection {
        match self {
            Self::All => Projection::new().projection_type("ALL"),
            Self::KeysOnly => Projection::new().projection_type("KEYS_ONLY"),
            Self::Include(attributes) => Projection::new()
                .projection_type("INCLUDE")
                .non_key_attributes(attributes.iter().collect::<List<_>>()),
        }
    }
}

/// The key of a table and its indexes; from it come key schema, indexes and attribute definitions, which therefore agree
/// (DynamoDB wants exactly the attributes that are part of some key).
/// ```
/// use cfn::dynamodb::{Key, KeyAttribute, Projected, TableKeys};
/// let table = TableKeys::new(Key::hash(KeyAttribute::text("customerId")).range(KeyAttribute::text("eventTime")))
///     .global_index("by-topic", Key::hash(KeyAttribute::text("topic")), Projected::KeysOnly)
///     .table()
///     .billing_mode("PAY_PER_REQUEST");
/// # let _ = table;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct TableKeys {
    key: Key,
    global: Vec<(String, Key, Projected)>,
    local: Vec<(String, Key, Projected)>,
}

impl TableKeys {
    /// The key of the table.
    pub fn new(key: Key) -> Self {
        Self { key, global: Vec::new(), local: Vec::new() }
    }

    /// Adds a global secondary index.
    pub fn global_index(mut self, name: impl Into<String>, key: Key, projected: Projected) -> Self {
        self.global.push((name.into(), key, projected));
        self
    }

    /// Adds a local secondary index: the table's partition key with this sort key.
    pub fn local_index(mut self, name: impl Into<String>, range: KeyAttribute, projected: Projected) -> Self {
        let key = Key::hash(self.key.hash.clone()).range(range);
        self.local.push((name.into(), key, projected));
        self
    }

    /// The `AttributeDefinitions` property, sorted by name.
    pub fn attribute_definitions(&self) -> List<Val<AttributeDefinition>> {
        let keys = std::iter::once(&self.key)
            .chain(self.global.iter().map(|(_, key, _)| key))
            .chain(self.local.iter().map(|(_, key, _)| key));
        let mut attributes: Vec<&KeyAttribute> = keys.flat_map(Key::attributes).collect();
        attributes.sort_by(|a, b| (&a.name, a.kind).cmp(&(&b.name, b.kind)));
        attributes.dedup();
        if let Some(pair) = attributes.windows(2).find(|pair| pair[0].name == pair[1].name) {
            return List::from_node(Node::Invalid(format!(
                "the key attribute `{}` is once of the type {} and once of the type {}",
                pair[0].name, pair[0].kind, pair[1].kind
            )));
        }
        attributes
            .into_iter()
            .map(|attribute| {
                AttributeDefinition::new(AttributeDefinitionRequired {
                    attribute_name: (&attribute.name).into(),
                    attribute_type: attribute.kind.into(),
                })
            })
            .collect()
    }

    /// A table with these keys.
    pub fn table(&self) -> Table {
        let mut table = Table::new(self.key.schema()).attribute_definitions(self.attribute_definitions());
        if !self.global.is_empty() {
            let indexes: List<Val<table::GlobalSecondaryIndex>> = self
                .global
                .iter()
                .map(|(name, key, projected)| {
                    GlobalSecondaryIndex::new(GlobalSecondaryIndexRequired {
                        index_name: name.into(),
                        key_schema: key.schema(),
                        projection: projected.property().into(),
                    })
                })
                .collect();
            table = table.global_secondary_indexes(indexes);
        }
        if !self.local.is_empty() {
            let indexes: List<Val<table::LocalSecondaryIndex>> = self
                .local
                .iter()
                .map(|(name, key, projected)| {
                    LocalSecondaryIndex::new(LocalSecondaryIndexRequired {
                        index_name: name.into(),
                        key_schema: key.schema(),
                        projection: projected.property().into(),
                    })
                })
                .collect();
            table = table.local_secondary_indexes(indexes);
        }
        table
    }
}
