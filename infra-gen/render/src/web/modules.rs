//! The modules that come from the manifest.

use model::{Field, Ident, Model, Topic};
use serde::Serialize;

use super::facts;
use super::layout;
use super::names::{self, Names};
use super::types::{Named, Types};
use crate::{browser, template};

/// What a module is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Language {
    /// `src/client.ts`
    #[serde(rename = "ts")]
    TypeScript,
    /// `lib/client.js`
    #[serde(rename = "js")]
    JavaScript,
    /// `lib/client.d.ts`
    #[serde(rename = "dts")]
    Declarations,
}

impl Language {
    /// Where a module is, under `web/`.
    pub(super) fn path(self, module: &str) -> String {
        match self {
            Self::TypeScript => format!("src/{module}.ts"),
            Self::JavaScript => format!("lib/{module}.js"),
            Self::Declarations => format!("lib/{module}.d.ts"),
        }
    }

    fn declare(self) -> &'static str {
        if self == Self::Declarations { "declare " } else { "" }
    }

    /// A function's or method's first line, with its body's brace where it has a body.
    fn head(self, indent: usize, open: &str, parameters: &[(&str, &str)], result: &str) -> String {
        let parameters: Vec<String> = parameters
            .iter()
            .map(|(name, ty)| match self {
                Self::JavaScript => name.trim_end_matches('?').to_owned(),
                _ => format!("{name}: {ty}"),
            })
            .collect();
        let close = match self {
            Self::TypeScript => format!("): {result} {{"),
            Self::JavaScript => ") {".to_owned(),
            Self::Declarations => format!("): {result};"),
        };
        layout::list(indent, open, &parameters, &close)
    }
}

/// What the modules export under names that come from the app's.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Exports {
    /// The union of all events: `OnboardAiEvent`.
    union: String,
    /// Whether an event is one of them: `isOnboardAiEvent`.
    guard: String,
    /// The client of these events: `OnboardAiClient`.
    client: String,
    /// The HTTP API: `OnboardAiApi`.
    api: String,
    /// What an Angular app provides: `provideOnboardAiWebSocket`.
    provide: String,
    /// Where Angular keeps the settings: `ONBOARD_AI_WEB_SOCKET`.
    token: String,
}

impl Exports {
    fn claim(app: &Ident, names: &mut Names) -> Self {
        let Ident { pascal, shouty, .. } = app;
        Self {
            union: names.claim(format!("{pascal}Event")),
            guard: names.claim(format!("is{pascal}Event")),
            client: names.claim(format!("{pascal}Client")),
            api: names.claim(format!("{pascal}Api")),
            provide: names.claim(format!("provide{pascal}WebSocket")),
            token: names.claim(format!("{shouty}_WEB_SOCKET")),
        }
    }
}

/// Everything that the templates of the modules say, in one language.
#[derive(Debug, Serialize)]
pub(super) struct Modules {
    language: Language,
    app: String,
    names: Exports,
    /// `export type OnboardAiEvent = ...;`
    union: String,
    /// The declaration of `EVENT_TYPES` less what precedes the `=`.
    event_types: String,
    events: Vec<Event>,
    requests: Vec<Request>,
    types: Vec<Named>,
    /// `import type { ... } from './events.js';`
    import_requests: String,
    /// The declaration of the injection token.
    token: String,
    /// The first line of `provideOnboardAiWebSocket`.
    provide: String,
}

#[derive(Debug, Serialize)]
struct Event {
    doc: String,
    data_doc: String,
    guard_doc: String,
    /// A string literal.
    ty: String,
    /// A string literal.
    topic: String,
    name: String,
    data: String,
    body: String,
    guard: String,
}

#[derive(Debug, Serialize)]
struct Request {
    doc: String,
    method_doc: String,
    name: String,
    body: String,
    /// The method's head, in the module's language.
    head: String,
    method: String,
    /// A string literal.
    verb: String,
    /// A string literal.
    path: String,
}

impl Modules {
    /// `fixed` are the sources of the other modules, whose names can't be had.
    pub(super) fn new<'a>(
        model: &Model,
        fixed: impl IntoIterator<Item = &'a str>,
        language: Language,
    ) -> Self {
        let mut names = Names::of_modules(fixed);
        names.claim("EVENT_TYPES");
        let exports = Exports::claim(&model.app, &mut names);
        let mut types = Types::new(model, &mut names);
        let mut used: Vec<Field> = vec![];

        let mut events = vec![];
        for topic in &model.topics {
            let Some(push) = &topic.push else { continue };
            let fields = browser::fields(model, topic);
            events.push(Event::new(topic, &push.event_type, &fields, language, &mut types, &mut names));
            used.extend(fields);
        }
        let mut requests = vec![];
        for topic in &model.topics {
            let fields: Vec<Field> = topic.fields.iter().filter(|field| !field.computed).cloned().collect();
            let Some(request) = Request::new(topic, &fields, language, &mut types, &mut names) else {
                continue;
            };
            requests.push(request);
            used.extend(fields);
        }
        let shared = types.shared(&mut names, &used);

        let event_names: Vec<String> = events.iter().map(|event| event.name.clone()).collect();
        let event_types: Vec<String> = events.iter().map(|event| event.ty.clone()).collect();
        let request_names: Vec<String> = requests.iter().map(|request| request.name.clone()).collect();
        let constant = |name: &str, ty: &str| match language {
            Language::JavaScript => format!("export const {name} = "),
            _ => format!("export const {name}: {ty} = "),
        };
        let declared = constant("EVENT_TYPES", &format!("readonly {}['type'][]", exports.union));
        let token = constant(&exports.token, "InjectionToken<WebSocketConfig>");
        let declare = language.declare();
        Self {
            language,
            app: model.app.name.clone(),
            union: layout::alias(&exports.union, &event_names),
            event_types: layout::list(0, &format!("{declared}["), &event_types, "];"),
            events,
            import_requests: layout::import_types(&request_names, "./events.js"),
            requests,
            token: layout::list(
                0,
                &format!("{token}new InjectionToken("),
                &[layout::string(&exports.token)],
                ");",
            ),
            provide: language.head(
                0,
                &format!("export {declare}function {}(", exports.provide),
                &[("config", "WebSocketConfig")],
                "EnvironmentProviders",
            ),
            names: exports,
            types: shared.into_iter().chain(types.words()).collect(),
        }
    }

    /// Each module's path and text.
    pub(super) fn render(&self) -> impl Iterator<Item = (&'static str, String)> {
        ["angular/websocket.service", "api", "events", "index"]
            .into_iter()
            .map(move |path| (path, template::render(&format!("web/{path}.j2"), self)))
    }

    pub(super) fn exports(&self) -> Exports {
        self.names.clone()
    }

    /// The method of the first route.
    pub(super) fn first_step(&self) -> Option<String> {
        self.requests.first().map(|request| request.method.clone())
    }
}

impl Event {
    fn new(
        topic: &Topic,
        event_type: &str,
        fields: &[Field],
        language: Language,
        types: &mut Types<'_>,
        names: &mut Names,
    ) -> Self {
        let pascal = Ident::new(event_type).pascal;
        let name = names.claim(format!("{pascal}Event"));
        let guard = names.claim(format!("is{pascal}"));
        let open = format!("export {}function {guard}(", language.declare());
        let guard = language.head(0, &open, &[("event", "PushEvent")], &format!("event is {name}"));
        let ty = layout::string(event_type);
        Self {
            doc: layout::doc(0, &topic.description),
            data_doc: layout::doc(0, &format!("What the browser is sent of `{}`.", topic.name.name)),
            guard_doc: layout::doc(0, &format!("Whether its type is {ty}.")),
            topic: layout::string(&topic.name.name),
            ty,
            data: names.claim(format!("{pascal}Data")),
            body: types.body(names, &topic.name, fields, None),
            name,
            guard,
        }
    }
}

impl Request {
    fn new(
        topic: &Topic,
        fields: &[Field],
        language: Language,
        types: &mut Types<'_>,
        names: &mut Names,
    ) -> Option<Self> {
        let producer = topic.producer.as_ref()?;
        let name = names.claim(format!("{}Request", producer.function.pascal));
        let method = names::method(&producer.function);
        let route = format!("{} {}", producer.method.as_str(), producer.path);
        let caller = if producer.open { "Anyone may call it." } else { "It needs the customer's token." };
        let parameters = [("request", name.as_str()), ("options?", "CallOptions")];
        let filled = (&topic.key, "Left out, it is the token's customer, or else a new one.");
        Some(Self {
            doc: layout::doc(0, &facts::sentences([&*format!("What `{route}` takes"), &topic.description])),
            method_doc: layout::doc(
                2,
                &facts::sentences([&*format!("`{route}`: {}", topic.description), caller]),
            ),
            body: types.body(names, &topic.name, fields, producer.open.then_some(filled)),
            head: language.head(2, &format!("{method}("), &parameters, "Promise<Accepted>"),
            verb: layout::string(producer.method.as_str()),
            path: layout::string(&producer.path),
            method,
            name,
        })
    }
}
