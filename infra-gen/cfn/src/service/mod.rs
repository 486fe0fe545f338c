//! What is written by hand for single services, beside the generated types.

pub(crate) mod apigatewayv2;
pub(crate) mod cloudformation;
pub(crate) mod cloudwatch;
pub(crate) mod dynamodb;
pub(crate) mod iam;
pub(crate) mod lambda;
pub(crate) mod msk;
pub(crate) mod sqs;
