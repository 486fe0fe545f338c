//! `web/`: the browser client, an npm package without dependencies.
//!
//! `src/` is TypeScript. `lib/` is what the TypeScript compiler makes of it, JavaScript and declarations, so
//! that a page needs no build step and an app none for the package. What is the same for every manifest is
//! kept in `templates/web` as TypeScript and as what was made of it; what comes from the manifest has one
//! template for all three. The full tests run the compiler over `src/` and compare.

mod facts;
mod layout;
mod modules;
mod names;
#[cfg(test)]
mod tests;
mod types;

use model::{Auth, Environment, Model};
use serde::Serialize;

use crate::{File, template};
use modules::{Language, Modules};

/// A module that is the same for every manifest.
struct Fixed {
    /// Under `src/` and `lib/`, without extension.
    path: &'static str,
    /// In each language.
    texts: [(Language, &'static str); 3],
}

/// Every one of them is made of its `.ts` by `tests/full/web/lib.mjs`.
macro_rules! fixed {
    ($($path:literal),+) => {&[$(
        Fixed {
            path: $path,
            texts: [
                (Language::TypeScript, include_str!(concat!("../../../../templates/web/src/", $path, ".ts"))),
                (Language::JavaScript, include_str!(concat!("../../../../templates/web/lib/", $path, ".js"))),
                (Language::Declarations, include_str!(concat!("../../../../templates/web/lib/", $path, ".d.ts"))),
            ],
        },
    )+]};
}

const FIXED: &[Fixed] = fixed!["angular/event-service", "client", "http"];

/// What stands on top of every module.
const BANNER: &str = "// Made from topics.yaml by `make synth`: change that, not this.\n\n";

/// Every file of this renderer.
pub(crate) fn render(model: &Model) -> Vec<File> {
    let mut files = vec![
        File::new("web/package.json", template::render("web/package.json.j2", Package::new(model))),
        File::new("web/README.md", template::render("web/README.md.j2", Readme::new(model))),
        File::new("web/tsconfig.json", template::render("web/tsconfig.json.j2", ())),
    ];
    for module in FIXED {
        for (language, text) in module.texts {
            // The first line of what was made tells of what.
            let text = if language == Language::TypeScript { text } else { after_first_line(text) };
            files.push(file(language, module.path, text));
        }
    }
    for language in [Language::TypeScript, Language::JavaScript, Language::Declarations] {
        let modules = Modules::new(model, FIXED.iter().map(|fixed| fixed.texts[0].1), language);
        files.extend(modules.render().map(|(path, text)| file(language, path, &text)));
    }
    files.extend(model.environments.iter().map(|environment| {
        let path = format!("web/src/environments/environment.{}.ts", environment.name);
        let settings = Settings::new(model, environment);
        File::new(path, format!("{BANNER}{}", template::render("web/environment.ts.j2", settings)))
    }));
    files
}

fn file(language: Language, path: &str, text: &str) -> File {
    File::new(format!("web/{}", language.path(path)), format!("{BANNER}{text}"))
}

fn after_first_line(text: &str) -> &str {
    text.split_once('\n').map_or("", |(_, rest)| rest)
}

/// The package's name.
fn package(model: &Model) -> String {
    format!("{}-web", model.app.name)
}

#[derive(Serialize)]
struct Package {
    name: String,
    description: String,
}

impl Package {
    fn new(model: &Model) -> Self {
        Self {
            name: package(model),
            description: format!("Events and requests of {}, for browsers.", model.app.name),
        }
    }
}

#[derive(Serialize)]
struct Readme {
    app: String,
    package: String,
    names: modules::Exports,
    /// A type of event to show, where there is one.
    event: Option<String>,
    /// A request to show, where there is one.
    step: Option<String>,
    environment: String,
    /// Environments that trust the customer id.
    open: Vec<String>,
}

impl Readme {
    fn new(model: &Model) -> Self {
        let modules = Modules::new(model, FIXED.iter().map(|fixed| fixed.texts[0].1), Language::TypeScript);
        let open = model.environments.iter().filter(|environment| environment.auth == Auth::None);
        Self {
            app: model.app.name.clone(),
            package: package(model),
            event: model.topics.iter().find_map(|topic| Some(topic.push.as_ref()?.event_type.clone())),
            step: modules.first_step(),
            names: modules.exports(),
            environment: model.environments[0].name.clone(),
            open: open.map(|environment| environment.name.clone()).collect(),
        }
    }
}

#[derive(Serialize)]
struct Settings {
    environment: String,
    stack: String,
    production: bool,
}

impl Settings {
    fn new(model: &Model, environment: &Environment) -> Self {
        Self {
            environment: environment.name.clone(),
            stack: model.stack_name(environment),
            production: environment.production,
        }
    }
}
