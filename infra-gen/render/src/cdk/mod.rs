//! `cdk/`: an npm package that embeds the stacks in an app of the CDK.
//!
//! Plain JavaScript with declarations, so that nothing has to be built. What it does is the same for every manifest
//! (`platform.js`); what it knows of this one is data (`facts.json`), and the declarations name it. The templates
//! themselves are those of `cloudformation/`: `CfnInclude` loads them when an app is synthesised.

mod facts;
#[cfg(test)]
mod tests;
mod types;

use model::{Model, TableRole};
use serde::Serialize;

use self::facts::Facts;
use self::types::Types;
use crate::{File, template};

/// Every file of this renderer.
pub(crate) fn render(model: &Model) -> Vec<File> {
    let facts = Facts::new(model);
    let page = Page::new(model);
    let file = |path: &str| {
        let name = format!("cdk/{path}");
        let text = template::render(&format!("{name}.j2"), &page);
        File::new(name, text)
    };
    vec![
        file("README.md"),
        file("example/app.js"),
        file("example/cdk.json"),
        File::new("cdk/facts.json", format!("{:#}\n", serde_json::json!(facts))),
        File::new("cdk/index.d.ts", template::render("cdk/index.d.ts.j2", Types::new(model, &facts))),
        file("index.js"),
        file("package.json"),
        file("platform.js"),
    ]
}

/// What README, example and package tell of the app.
#[derive(Serialize)]
struct Page<'a> {
    app: &'a str,
    /// The class.
    class: &'a str,
    package: String,
    /// The root template's file.
    template: String,
    environment: &'a str,
    /// A table to show.
    table: &'a str,
    /// A topic to show; empty where there is none.
    topic: &'a str,
    /// A function to show.
    function: &'a str,
    channel: &'a str,
}

impl<'a> Page<'a> {
    fn new(model: &'a Model) -> Self {
        let own = model.tables.iter().find(|table| table.role == TableRole::Domain);
        Self {
            app: &model.app.name,
            class: &model.app.pascal,
            package: package(model),
            template: template_file(model),
            environment: &model.environments[0].name,
            table: &own.unwrap_or_else(|| model.system_table(TableRole::Events)).name.name,
            topic: model.topics.first().map_or("", |topic| &topic.name.name),
            function: &model.functions.last().expect("every model has the edge's functions").name.name,
            channel: &model.alarm_channel().name.name,
        }
    }
}

/// The package's name.
fn package(model: &Model) -> String {
    format!("{}-cdk", model.app.name)
}

/// The root template's file.
fn template_file(model: &Model) -> String {
    format!("{}.template.json", model.app.name)
}
