//! What must not compile, with whatever compiler; `tests/ui.rs` has the messages of one.

// The control: in the same frame, what is right compiles and runs.
#[doc = concat!("```\n", include_str!("../tests/ui/everything.rs"), "\n```")]
pub mod everything {}

macro_rules! refused {
    ($($name:ident)*) => {$(
        #[doc = concat!("```compile_fail\n", include_str!(concat!("../tests/ui/", stringify!($name), ".rs")), "\n```")]
        pub mod $name {}
    )*};
}

refused! {
    if_branches
    key_id_for_arn
    key_id_for_msk
    missing_required
    misspelt_property
    nested_stack
    role_name_for_arn
    table_arn_for_stream
    text_for_reference
    unknown_attribute
    vpc_for_security_group
    wrong_enum
    wrong_literal
}
