//! Names of the client's modules that must not meet.

use std::collections::BTreeSet;

use model::Ident;

/// Names that are taken.
#[derive(Debug)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// The names that are the same for every manifest: what these modules export.
    pub(super) fn of_modules<'a>(sources: impl IntoIterator<Item = &'a str>) -> Self {
        let exported = sources.into_iter().flat_map(str::lines).filter_map(|line| {
            let line = line.strip_prefix("export ")?;
            let line = line.strip_prefix("abstract ").unwrap_or(line);
            let (_, line) = ["class", "const", "function", "interface", "type"]
                .iter()
                .find_map(|kind| Some((kind, line.strip_prefix(kind)?.strip_prefix(' ')?)))?;
            line.split(|character: char| !character.is_alphanumeric() && character != '_').next()
        });
        Self(exported.map(str::to_owned).collect())
    }

    /// This name, or with as many underscores as it takes to be the only one.
    pub(super) fn claim(&mut self, name: impl Into<String>) -> String {
        let mut name = name.into();
        while !self.0.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

/// A function's name as a method: not one that every object has, or that makes it something else.
pub(super) fn method(function: &Ident) -> String {
    const TAKEN: &[&str] = &["constructor", "then", "token", "useToken"];
    let name = &function.camel;
    if TAKEN.contains(&name.as_str()) { format!("{name}_") } else { name.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_found() {
        let source =
            "export class A<E> {}\nexport const B: C = 1;\nexport type D =\nclass E {}\nexport * from 'f';\n";
        let Names(found) = Names::of_modules([source]);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["A", "B", "D"]);
    }

    #[test]
    fn a_name_that_is_taken_gets_an_underscore() {
        let mut names = Names::of_modules(["export class A {}"]);
        assert_eq!(names.claim("A"), "A_");
        assert_eq!(names.claim("A"), "A__");
        assert_eq!(names.claim("B"), "B");
    }

    #[test]
    fn a_function_may_be_called_then() {
        assert_eq!(method(&Ident::new("submit-order")), "submitOrder");
        assert_eq!(method(&Ident::new("then")), "then_");
    }
}
