//! DynamoDB tables: encrypted, recoverable to any second, billed by use.

use cfn::dynamodb::{self as db, Key, Projected, TableKeys};
use cfn::{Attr, Handle, kms};
use model::{KeyAttribute, KeyType, Table};

use crate::cloudformation::child::Child;

pub(super) fn add(
    child: &mut Child,
    table: &Table,
    encryption_key: &Attr<kms::key::Arn>,
) -> Handle<db::Table> {
    let environment = child.environment;
    let keys =
        table.indexes.iter().fold(TableKeys::new(key(&table.key, table.sort.as_ref())), |keys, index| {
            keys.global_index(index.name.name.as_str(), key(&index.key, index.sort.as_ref()), Projected::All)
        });
    let mut resource = keys
        .table()
        .table_name(child.model.table_name(table, environment))
        // The seed's own answer to throttling.
        .billing_mode("PAY_PER_REQUEST")
        .deletion_protection_enabled(environment.deletion_protection)
        .point_in_time_recovery_specification(
            db::table::PointInTimeRecoverySpecification::new()
                .point_in_time_recovery_enabled(true)
                .recovery_period_in_days(environment.recovery_days),
        )
        .sse_specification(
            db::table::SSESpecification::new(true).sse_type("KMS").kms_master_key_id(encryption_key.clone()),
        );
    if let Some(ttl) = &table.ttl {
        resource = resource.time_to_live_specification(
            db::table::TimeToLiveSpecification::new(true).attribute_name(ttl.attribute.as_str()),
        );
    }
    child.add(&format!("{}Table", table.name.pascal), resource)
}

fn key(hash: &KeyAttribute, range: Option<&KeyAttribute>) -> Key {
    let attribute = |attribute: &KeyAttribute| match attribute.ty {
        KeyType::S => db::KeyAttribute::text(attribute.name.as_str()),
        KeyType::N => db::KeyAttribute::number(attribute.name.as_str()),
    };
    let key = Key::hash(attribute(hash));
    match range {
        Some(range) => key.range(attribute(range)),
        None => key,
    }
}
