//! Typed CloudFormation: resources, references and intrinsic functions that rustc checks.
