//! A parent passes a parameter with the child's type, and reads an output with it.
use cfn::{Attr, Handle, NestedStack, Output, Param, cloudformation, iam, kms, lambda};

pub fn pass(stack: NestedStack, key: &Param<Attr<kms::key::Arn>>, role: &Handle<iam::Role>) -> NestedStack {
    stack.pass(key, role.arn())
}

pub fn read(
    stack: &Handle<cloudformation::Stack>,
    output: &Output<Attr<lambda::function::Arn>>,
) -> Attr<lambda::function::FunctionName> {
    stack.output(output)
}

fn main() {}
