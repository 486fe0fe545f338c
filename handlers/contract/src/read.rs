//! Reading objects out of JSON, every fault collected instead of the first one returned.

use serde_json::{Map, Value};

use crate::{Check, Violations, check::object};

/// A struct that is read from a JSON object, field by field.
///
/// Reads every field before it gives up on any, so that all faults are found:
/// `let a = fields.required("a", &check); ...; Some(Self { a: a?, ... })`.
pub trait Object: Sized {
    /// Names that a request may not carry because the server sets them.
    const COMPUTED: &'static [&'static str] = &[];

    /// `None` when a field was at fault; `fields` then has its violation.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// What becomes of fields that the schema doesn't have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// They are faults: in a request, a misspelt optional field would be lost silently.
    Refuse,
    /// They are left alone: an event of a newer version may have fields that this build doesn't know.
    Ignore,
}

/// Reads `value` as a `T`.
pub fn read<T: Object>(value: &Value, unknown: Unknown) -> Result<T, Violations> {
    read_by(&object::<T>(), value, unknown)
}

/// Reads `value` by one check.
pub fn read_by<C: Check>(check: &C, value: &Value, unknown: Unknown) -> Result<C::Output, Violations> {
    let mut cursor = Cursor { pointer: String::new(), unknown, violations: Violations::default() };
    let read = check.check(value, &mut cursor);
    cursor.violations.into_result()?;
    // Only a check that gives up without a word comes here.
    read.ok_or_else(|| Violations::one("", "could not be read"))
}

pub(crate) fn read_at<T: Object>(value: &Value, cursor: &mut Cursor) -> Option<T> {
    let Value::Object(object) = value else {
        return cursor.fault("must be an object");
    };
    let mut fields = Fields { object, cursor, asked: Vec::new() };
    let read = T::read(&mut fields);
    fields.refuse_unknown(T::COMPUTED);
    read
}

/// Where in the document the reader is, and what it found wrong so far.
#[derive(Debug)]
pub struct Cursor {
    pointer: String,
    unknown: Unknown,
    violations: Violations,
}

impl Cursor {
    /// Notes a fault at this place; `None`, so that a check can return it.
    pub fn fault<T>(&mut self, detail: impl Into<String>) -> Option<T> {
        self.violations.push(self.pointer.clone(), detail);
        None
    }

    /// Notes a field that isn't known: its name is the caller's own text, so it is cut short, and for the caller alone.
    fn foreign(&mut self, name: &str, detail: &str) {
        let shown: String = name.chars().take(64).collect();
        self.at(&shown, |cursor| cursor.violations.push_foreign(cursor.pointer.clone(), detail));
    }

    /// Runs `read` one step deeper.
    pub fn at<T>(&mut self, step: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push('/');
        // RFC 6901, section 3.
        self.pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
        let result = read(self);
        self.pointer.truncate(length);
        result
    }
}

/// The fields of the object that is being read.
#[derive(Debug)]
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    cursor: &'a mut Cursor,
    asked: Vec<&'static str>,
}

impl Fields<'_> {
    /// A field that must be there.
    pub fn required<C: Check>(&mut self, name: &'static str, check: &C) -> Option<C::Output> {
        self.asked.push(name);
        match self.object.get(name) {
            Some(value) => self.cursor.at(name, |cursor| check.check(value, cursor)),
            None => self.cursor.at(name, |cursor| cursor.fault("is missing")),
        }
    }

    /// A field that may be left out. The outer `Option` is `None` for a fault, the inner for absence.
    #[allow(clippy::option_option, reason = "a fault and an absence are two things; `?` takes the outer off")]
    pub fn optional<C: Check>(&mut self, name: &'static str, check: &C) -> Option<Option<C::Output>> {
        self.asked.push(name);
        match self.object.get(name) {
            None => Some(None),
            Some(Value::Null) => {
                self.cursor.at(name, |cursor| cursor.fault("must be left out instead of being null"))
            }
            Some(value) => self.cursor.at(name, |cursor| check.check(value, cursor)).map(Some),
        }
    }

    fn refuse_unknown(&mut self, computed: &[&str]) {
        if self.cursor.unknown == Unknown::Ignore {
            return;
        }
        for name in self.object.keys().filter(|name| !self.asked.contains(&name.as_str())) {
            if computed.contains(&name.as_str()) {
                let fault = |cursor: &mut Cursor| cursor.fault("is set by the server and can't be sent");
                let _: Option<()> = self.cursor.at(name, fault);
            } else {
                self.cursor.foreign(name, "is not a field of this request");
            }
        }
    }
}
