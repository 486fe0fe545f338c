//! The quotas of `CloudFormation` that [`crate::Template::finish`] checks.
//!
//! Source of all: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.

/// Resources in a template.
pub const RESOURCES: usize = 500;
/// Parameters in a template.
pub const PARAMETERS: usize = 200;
/// Bytes of a parameter's value, and so of its default.
pub const PARAMETER_VALUE_BYTES: usize = 4_096;
/// Characters of a parameter's description.
pub const PARAMETER_DESCRIPTION: usize = 4_000;
/// Outputs in a template.
pub const OUTPUTS: usize = 200;
/// Bytes of an output's description.
pub const OUTPUT_DESCRIPTION_BYTES: usize = 1_024;
/// Mappings in a template.
pub const MAPPINGS: usize = 200;
/// Attributes (top-level keys) of a mapping.
pub const MAPPING_ATTRIBUTES: usize = 200;
/// Characters of a logical id, and of the names of parameters, outputs, mappings and conditions.
pub const NAME: usize = 255;
/// Bytes of the template's description.
pub const DESCRIPTION_BYTES: usize = 1_024;
/// Bytes of a template that is read from S3 ("1 MB"; taken as a million, to be on the safe side).
pub const BODY_BYTES: usize = 1_000_000;
/// Bytes of a template that is passed inline. Not checked: nested stacks always come from S3.
pub const INLINE_BODY_BYTES: usize = 51_200;
/// Dynamic references (`{{resolve:...}}`) in a template.
pub const DYNAMIC_REFERENCES: usize = 60;
/// Resources that one operation on a tree of nested stacks may touch. Not checked here: a template knows only itself.
pub const NESTED_OPERATION_RESOURCES: usize = 2_500;
