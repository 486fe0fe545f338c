//! What the sources in `handlers/` do, as far as their text tells: which function is in reach of which program, which
//! SDK operations it calls, and which environment variables it reads.
//!
//! Reach is by names: a call of a method reaches every method of that name whose type is in reach. That is more than
//! what can happen, never less, as long as handlers call each other by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use contract::calls::{CALLS, Program};
use regex::Regex;

use crate::assembly::project;

/// A function of the sources.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    /// Below `handlers/`.
    pub(crate) file: String,
    /// The type whose method it is.
    pub(crate) of: Option<String>,
    pub(crate) name: String,
    /// Signature and body, without comments and with the text of literals.
    pub(crate) text: String,
}

impl Function {
    /// `Store::marker`.
    pub(crate) fn path(&self) -> String {
        match &self.of {
            Some(of) => format!("{of}::{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// The sources.
pub(crate) struct Code {
    pub(crate) functions: Vec<Function>,
    /// The fields of types by name.
    types: BTreeMap<String, String>,
    /// Whole files, for what is no function.
    pub(crate) files: BTreeMap<String, String>,
}

/// The sources of everything that runs in Lambda.
pub(crate) fn code() -> &'static Code {
    static CODE: LazyLock<Code> = LazyLock::new(|| {
        let mut files = BTreeMap::new();
        for folder in ["runtime/src", "publish/src", "bootstrap/src", "rules/src"] {
            read(&project().join("handlers"), folder, &mut files);
        }
        Code::of(files)
    });
    &CODE
}

fn read(base: &Path, folder: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(base.join(folder)).expect("the sources are there") {
        let entry = entry.expect("an entry");
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(base, &path, files);
        } else if path.ends_with(".rs") {
            files.insert(path, fs::read_to_string(entry.path()).expect("a source"));
        }
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern")
}

impl Code {
    pub(crate) fn of(files: BTreeMap<String, String>) -> Self {
        let header = regex(
            r"(?m)^[ \t]*(?:pub(?:\([a-z]+\))? )?(?:const )?(?:async )?fn (\w+)|^(?:unsafe )?impl(?:<[^{]*?>)? (?:[^{]*? for )?(\w+)[^{]*\{|^(?:pub(?:\([a-z]+\))? )?trait \w+[^{]*\{|^(?:pub(?:\([a-z]+\))? )?(?:struct|enum) (\w+)",
        );
        let turbofish = regex(r"::<[^<>()]*>");
        // A variant's name says nothing about a type of the same name.
        let variant = regex(r"(?m)^    [A-Z]\w*");
        let (mut functions, mut types, mut kept) = (vec![], BTreeMap::new(), BTreeMap::new());
        for (file, text) in files {
            let text = without_comments(text.split("#[cfg(test)]").next().unwrap_or_default());
            let text = turbofish.replace_all(&text, "").into_owned();
            let mut of: Option<(String, usize)> = None;
            for found in header.captures_iter(&text) {
                let at = found.get(0).expect("the whole");
                of = of.filter(|(_, end)| at.start() < *end);
                let end = block(&text, at.start());
                if let Some(name) = found.get(1) {
                    let of = of.as_ref().map(|(name, _)| name.clone());
                    let name = name.as_str().to_owned();
                    let text = text[at.start()..end].to_owned();
                    functions.push(Function { file: file.clone(), of, name, text });
                } else if let Some(name) = found.get(2) {
                    of = Some((name.as_str().to_owned(), end));
                } else if let Some(name) = found.get(3) {
                    let fields = variant.replace_all(&text[at.start()..end], "");
                    types.insert(name.as_str().to_owned(), fields.into_owned());
                }
            }
            kept.insert(file, text);
        }
        Self { functions, types, files: kept }
    }

    /// The functions in reach of a program.
    pub(crate) fn reach(&self, program: Program) -> Vec<&Function> {
        let (file, entry) = match program {
            Program::Producer => ("runtime/src/producer/mod.rs", "run"),
            Program::Consumer => ("runtime/src/consumer/mod.rs", "run"),
            Program::Authorizer => ("runtime/src/authorizer.rs", "run"),
            Program::Connect => ("runtime/src/websocket/connect.rs", "run"),
            Program::Disconnect => ("runtime/src/websocket/disconnect.rs", "run"),
            Program::Default => ("runtime/src/websocket/default.rs", "run"),
            Program::BootstrapBrokers => ("bootstrap/src/lib.rs", "run"),
        };
        let start =
            self.functions.iter().position(|one| one.file == file && one.name == entry && one.of.is_none());
        let mut functions = BTreeSet::from([start.expect("a program has its `run`")]);
        let mut types = BTreeSet::new();
        // What a program's `main` hands over.
        if program == Program::Producer {
            let named =
                |one: &&str| self.functions.iter().any(|function| function.of.as_deref() == Some(*one));
            types.extend(["Kafka"].into_iter().filter(named).map(str::to_owned));
            let rules = self.functions.iter().filter(|one| one.file.starts_with("rules/"));
            types.extend(rules.filter_map(|one| one.of.clone()));
        }
        // Words that traits and derives have too; they mean the handler in its own program alone.
        types.insert(format!("{program:?}"));
        let words = regex(r"(?:\b[A-Z]\w*::)?\b([A-Z]\w*)\b");
        let calls = regex(r"(?:(\w+)::)?(\.)?\b([a-z_]\w*)(?:::<[^()]*>)?\(|\b([A-Z]\w*)::([a-z_]\w*)");
        let literal = regex(r#""(?:[^"\\]|\\.)*""#);
        // The crates that it is linked from.
        let linked = |file: &str| match file.split('/').next() {
            Some("publish" | "rules") => program == Program::Producer,
            Some("bootstrap") => program == Program::BootstrapBrokers,
            _ => true,
        };
        let mut called = BTreeMap::<usize, Vec<(Option<&str>, &str, bool)>>::new();
        loop {
            let size = (functions.len(), types.len());
            let texts: Vec<&str> = functions
                .iter()
                .map(|at| self.functions[*at].text.as_str())
                .chain(types.iter().filter_map(|name| self.types.get(name).map(String::as_str)))
                .collect();
            for text in texts {
                let text = &literal.replace_all(text, "");
                // Of `Error::Kafka` the first is a type, the second a variant.
                let first = |word: &str| word.split("::").next().map(str::to_owned);
                let known = words.find_iter(text).filter_map(|word| first(word.as_str()));
                types.extend(known.filter(|word| self.is_type(word)));
            }
            for at in functions.clone() {
                let from = &self.functions[at];
                let found = called.entry(at).or_insert_with(|| {
                    let parts = calls.captures_iter(&from.text).map(|call| {
                        let part = |at: usize| call.get(at).map(|part| part.as_str());
                        match (part(4), part(5)) {
                            (Some(of), Some(name)) => (Some(of), name, false),
                            _ => (part(1), part(3).unwrap_or_default(), part(2).is_some()),
                        }
                    });
                    parts.collect()
                });
                for &(of, name, method) in &*found {
                    let reached = self.functions.iter().enumerate().filter(|(_, one)| {
                        one.name == name
                            && linked(&one.file)
                            && match (&one.of, of) {
                                (Some(own), Some("Self")) => from.of.as_ref() == Some(own),
                                (Some(own), Some(of)) => own == of,
                                (Some(own), None) => method && types.contains(own),
                                // A free function: of the same file, of a module that is named, or imported.
                                (None, Some(of)) => !method && module(&one.file) == of,
                                (None, None) => {
                                    !method && (one.file == from.file || self.imports(&from.file, name))
                                }
                            }
                    });
                    functions.extend(reached.map(|(at, _)| at));
                }
                // A trait's methods are called by libraries.
                if let Some(own) = &from.of {
                    types.insert(own.clone());
                }
            }
            for (at, one) in self.functions.iter().enumerate() {
                let by_library = matches!(one.name.as_str(), "call" | "connect" | "decide");
                if by_library && linked(&one.file) && one.of.as_ref().is_some_and(|of| types.contains(of)) {
                    functions.insert(at);
                }
            }
            if size == (functions.len(), types.len()) {
                break;
            }
        }
        functions.into_iter().map(|at| &self.functions[at]).collect()
    }

    /// Whether the file has the name in a `use`.
    fn imports(&self, file: &str, name: &str) -> bool {
        let uses = self.files[file].split(';').filter(|text| text.contains("use "));
        uses.flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_')).any(|word| word == name)
    }

    fn is_type(&self, word: &str) -> bool {
        let handler = Program::ALL.iter().any(|program| format!("{program:?}") == word);
        !handler && self.types.contains_key(word)
    }
}

/// The module that a file is.
fn module(file: &str) -> &str {
    let path = file.strip_suffix(".rs").unwrap_or(file);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// SDK operations that a function's text calls: the methods of `client`, and the items of transactions.
pub(crate) fn operations(function: &Function) -> BTreeSet<String> {
    static PATTERNS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
        [regex(r"\bclient\s*\.\s*([a-z_]+)\(\)"), regex(r"TransactWriteItem::builder\(\)\s*\.\s*([a-z_]+)\(")]
    });
    // The client of librdkafka is none of AWS.
    if function.file.starts_with("publish/") {
        return BTreeSet::new();
    }
    let [client, transaction] = &*PATTERNS;
    let mut found: BTreeSet<String> =
        client.captures_iter(&function.text).map(|found| found[1].to_owned()).collect();
    found.retain(|name| !matches!(name.as_str(), "clone" | "config"));
    found.extend(transaction.captures_iter(&function.text).map(|found| format!("transaction.{}", &found[1])));
    found
}

/// What the sources call: file, function, operation.
pub(crate) fn made(code: &Code) -> BTreeSet<(String, String, String)> {
    code.functions
        .iter()
        .flat_map(|one| operations(one).into_iter().map(|name| (one.file.clone(), one.path(), name)))
        .collect()
}

/// Where text stands still without its comments; literals are kept.
fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| match line.find("//") {
            // Not within a literal, as `https://` is.
            Some(at) if line[..at].matches('"').count() % 2 == 0 => &line[..at],
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Where the block that starts after `from` ends; a declaration without one ends at its semicolon.
fn block(text: &str, from: usize) -> usize {
    let mut depth = 0;
    let mut within = None;
    let mut escaped = false;
    let mut brackets = 0;
    for (at, c) in text[from..].char_indices() {
        let end = from + at + c.len_utf8();
        match (within, c) {
            (Some('"'), _) if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some('"'), '"') => within = None,
            (Some('"'), _) => {}
            (_, '"') => within = Some('"'),
            (_, '{') => depth += 1,
            (_, '}') => {
                depth -= 1;
                if depth == 0 {
                    return end;
                }
            }
            (_, '(' | '[') => brackets += 1,
            (_, ')' | ']') => brackets -= 1,
            (_, ';') if depth == 0 && brackets == 0 => return end,
            _ => {}
        }
    }
    text.len()
}

#[test]
fn every_call_is_declared_and_none_besides() {
    let declared: BTreeSet<(String, String, String)> =
        CALLS.iter().map(|call| (call.file.into(), call.by.into(), call.operation.into())).collect();
    let made = made(code());
    let missing: Vec<_> = made.difference(&declared).collect();
    let stale: Vec<_> = declared.difference(&made).collect();
    assert!(missing.is_empty(), "not declared in handlers/contract/src/calls.rs: {missing:#?}");
    assert!(stale.is_empty(), "declared in handlers/contract/src/calls.rs, but not called: {stale:#?}");
}

#[test]
fn a_client_is_called_client_so_that_its_calls_are_found() {
    let binding = regex(r"\b(\w+): &?(?:aws_sdk_\w+::)?(?:Client|Management)\b");
    let makes = regex(r"\.(?:dynamodb|sns|secrets|connections)\([^)]*\)\s*\.\s*(\w+)");
    for (file, text) in &code().files {
        for found in binding.captures_iter(text) {
            assert_eq!(&found[1], "client", "{file}: {}", &found[0]);
        }
        assert!(!makes.is_match(text), "{file}: a call without a client's name: {:?}", makes.find(text));
    }
}

/// Functions that ask an index of a table. No call can be declared on one, and roles allow tables alone.
fn of_indexes(code: &Code) -> Vec<String> {
    let asks = |one: &&Function| ["index_name", "IndexName"].iter().any(|word| one.text.contains(word));
    code.functions.iter().filter(asks).map(|one| format!("{} in {}", one.path(), one.file)).collect()
}

#[test]
fn nothing_asks_an_index_which_no_role_allows() {
    let found = of_indexes(code());
    assert!(found.is_empty(), "an index that contract::calls::On must know, and the roles allow: {found:?}");
}

/// What names alone can't tell apart: reached by the text, but not by the program.
const NOT_REACHED: [(Program, &str); 2] = [
    // `put` is also a method of the SDK's transactions.
    (Program::Consumer, "Connections::put"),
    // `read` is also a method of the secrets.
    (Program::Default, "Connections::read"),
];

#[test]
fn each_program_reaches_the_calls_that_name_it() {
    let mut wrong = vec![];
    for program in Program::ALL {
        let reached: BTreeSet<(String, String)> = code()
            .reach(program)
            .iter()
            .filter(|one| !NOT_REACHED.contains(&(program, one.path().as_str())))
            .flat_map(|one| operations(one).into_iter().map(|name| (one.path(), name)))
            .collect();
        let declared: BTreeSet<(String, String)> = CALLS
            .iter()
            .filter(|call| call.programs.contains(&program))
            .map(|call| (call.by.to_owned(), call.operation.to_owned()))
            .collect();
        wrong.extend(reached.difference(&declared).map(|call| format!("{program:?} reaches {call:?}")));
        wrong.extend(declared.difference(&reached).map(|call| format!("{program:?} never reaches {call:?}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The tests above can fail.
#[test]
fn a_call_that_nobody_declared_is_found() {
    let mut files = code().files.clone();
    let source = files.get_mut("runtime/src/websocket/connect.rs").expect("connect");
    source.push_str(
        "\nasync fn forget(client: &Client) {\n    let scan = client\n        .scan()\n        .send().await;\n}\n",
    );
    let found = made(&Code::of(files));
    let call = ("runtime/src/websocket/connect.rs".to_owned(), "forget".to_owned(), "scan".to_owned());
    assert!(found.contains(&call), "{found:#?}");
}

#[test]
fn a_query_of_an_index_is_found() {
    let mut files = code().files.clone();
    let source = files.get_mut("runtime/src/websocket/connect.rs").expect("connect");
    source.push_str(
        "\nasync fn by_status(client: &Client) {\n    client.query().index_name(\"by-status\").send().await;\n}\n",
    );
    assert_eq!(of_indexes(&Code::of(files)), ["by_status in runtime/src/websocket/connect.rs"]);
}
