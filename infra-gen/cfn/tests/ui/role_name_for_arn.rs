//! A function wants the ARN of its role; `Ref` of a role is its name.
use cfn::{Handle, iam, lambda};

pub fn function(code: lambda::function::Code, role: Handle<iam::Role>) -> lambda::Function {
    lambda::Function::new(lambda::FunctionRequired { code: code.into(), role: role.reference() })
}

fn main() {}
