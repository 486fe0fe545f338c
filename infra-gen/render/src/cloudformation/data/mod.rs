//! The data stack: tables, the dead-letter topic, and the audit trail of who read and wrote the tables.

mod audit;
mod dead_letters;
mod tables;

use std::collections::BTreeMap;

use cfn::{Attr, Output, Val, dynamodb};
use model::{Environment, Model};

use super::child::{Child, Sibling};
use super::foundation::Foundation;

/// What other stacks import, by the table's name in the manifest.
pub(super) struct Data {
    tables: BTreeMap<String, TableOutputs>,
}

struct TableOutputs {
    arn: Output<Attr<dynamodb::table::Arn>>,
    name: Output<Attr<dynamodb::table::TableName>>,
}

/// A table as another stack sees it.
#[derive(Clone)]
pub(super) struct TableRef {
    pub(super) arn: Attr<dynamodb::table::Arn>,
}

impl Data {
    /// Imports a table.
    pub(super) fn import(&self, child: &mut Child, table: &str) -> TableRef {
        TableRef { arn: child.import(Sibling::Data, &self.tables[table].arn) }
    }

    /// The outputs with the tables' real names, for the root's own outputs.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &Output<Attr<dynamodb::table::TableName>>)> {
        self.tables.iter().map(|(name, outputs)| (name.as_str(), &outputs.name))
    }
}

/// Builds the stack.
pub(super) fn build<'a>(
    model: &'a Model,
    environment: &'a Environment,
    foundation: &Foundation,
) -> (Child<'a>, Data) {
    let mut child = Child::new(model, environment, "Data", "data", "tables, dead letters and audit trail");
    let key = child.import(Sibling::Foundation, &foundation.data_key);
    let mut arns: Vec<Val<String>> = vec![];
    let mut outputs = BTreeMap::new();
    for table in &model.tables {
        let handle = tables::add(&mut child, table, &key);
        arns.push(handle.arn().text());
        let pascal = &table.name.pascal;
        outputs.insert(
            table.name.name.clone(),
            TableOutputs {
                arn: child.template.output(format!("{pascal}TableArn"), "A table.", handle.arn()),
                name: child.template.output(
                    format!("{pascal}TableName"),
                    "A table's name.",
                    handle.reference(),
                ),
            },
        );
    }
    let cluster = child.import(Sibling::Foundation, &foundation.cluster_arn);
    dead_letters::add(&mut child, cluster);
    if environment.audit {
        audit::add(&mut child, &arns);
    }
    (child, Data { tables: outputs })
}
