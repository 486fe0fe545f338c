//! Text where a number is wanted.
use cfn::lambda;

pub fn function(function: lambda::Function) -> lambda::Function {
    function.timeout("30")
}

fn main() {}
