//! `memroy_size`.
use cfn::lambda;

pub fn function(function: lambda::Function) -> lambda::Function {
    function.memroy_size(256)
}

fn main() {}
