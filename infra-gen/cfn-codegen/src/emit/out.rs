//! Lines of code, indented and broken as rustfmt would.

/// The line width of `rustfmt.toml`.
pub(super) const WIDTH: usize = 110;

/// Text with indentation.
#[derive(Default)]
pub(super) struct Out {
    pub(super) text: String,
    pub(super) depth: usize,
    /// The module of a resource's items, as service and resource, and whether this is its text.
    pub(super) inside: Option<(String, String)>,
    pub(super) submodule: bool,
}

impl Out {
    pub(super) fn line(&mut self, line: &str) {
        let line = self.shorten(line);
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n("    ", self.depth));
            self.text.push_str(&line);
        }
        self.text.push('\n');
    }

    /// Paths as they are shortest from here.
    fn shorten(&self, line: &str) -> String {
        let mut line = line.to_owned();
        if let Some((service, module)) = &self.inside {
            let own = format!("crate::resources::{service}::{module}::");
            let short = if self.submodule { String::new() } else { format!("{module}::") };
            line = line.replace(&own, &short);
        }
        line.replace("crate::resources::", "crate::")
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    pub(super) fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    pub(super) fn close(&mut self) {
        self.depth -= 1;
        self.line("}");
    }

    /// `pub fn` with its arguments on one line if they fit, else each on its own.
    pub(super) fn function(&mut self, name: &str, arguments: &[String], result: &str) {
        let one = self.shorten(&format!("pub fn {name}({}) -> {result} {{", arguments.join(", ")));
        if self.depth * 4 + one.len() <= WIDTH {
            self.open(&one);
            return;
        }
        self.open(&format!("pub fn {name}("));
        for argument in arguments {
            self.line(&format!("{argument},"));
        }
        self.depth -= 1;
        self.open(&format!(") -> {result} {{"));
    }
}
