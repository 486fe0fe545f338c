//! What an update does to what is deployed.
//!
//! Two cloud assemblies, as `cloudformation/` holds them, are compared resource by resource, in each deployment that
//! both have; a deployment that is gone leaves behind what it made. Whether a change replaces a resource is the service specification's word, which the `cfn` crate carries;
//! nothing is asked of an account. References are followed through parameters and outputs of nested stacks, so that
//! what is replaced only since something else is replaced is found as well.
//!
//! ```
//! use changes::{Assembly, Effect, compare};
//!
//! let assembly = |table: &str| {
//!     let manifest = r#"{ "artifacts": { "shop-dev": { "type": "aws:cloudformation:stack",
//!         "properties": { "templateFile": "shop.template.json", "parameters": { "Environment": "dev" } } } } }"#;
//!     let template = format!(
//!         r#"{{ "Resources": {{ "Orders": {{ "Type": "AWS::DynamoDB::Table", "Properties": {{ "TableName": "{table}" }} }} }} }}"#
//!     );
//!     Assembly::read([("manifest.json", manifest), ("shop.template.json", template.as_str())]).unwrap()
//! };
//! let found = compare(&assembly("orders"), &assembly("sales"));
//! assert_eq!(found[0].effect, Effect::Replaced);
//! assert_eq!(found[0].causes[0].property, "TableName");
//! ```

mod assembly;
mod compare;
mod differ;
mod expand;
mod fold;
mod refusals;

pub use assembly::{Assembly, Unreadable};
pub use compare::{Cause, Consequence, Effect, Why, compare, every, is_stateful};
