//! Names: as AWS and Kafka take them in every environment, and as Rust, TypeScript and CloudFormation spell them.

use std::collections::{BTreeMap, BTreeSet};

use model::{AlarmSource, Environment, Ident, Model, Role, Table, quota};

use super::{Context, consumer, producer, words};
use crate::{
    close,
    code::Code,
    diagnostic::Diagnostic,
    raw::{self, BUILT_IN_TYPES, Shape},
    span::Span,
    tree::Place,
};

pub(super) fn check(context: &mut Context<'_>) {
    lengths(context);
    collisions(context);
    kafka_collisions(context);
    keywords(context);
    fields(context);
    types(context);
    functions(context);
    routes_groups_and_types(context);
    table_variables(context);
}

/// A name and where it is declared.
type Named<'a> = (&'a str, Span);

fn keys<'a>(place: Place<'_>, keys: impl Iterator<Item = &'a str>) -> Vec<Named<'a>> {
    keys.map(|key| (key, place.get(key).key())).collect()
}

/// Most bytes of a file's name, on every usual file system.
const FILE_NAME: usize = 255;

/// Full names against AWS's and Kafka's limits, with the longest environment.
fn lengths(context: &mut Context<'_>) {
    let manifest = context.manifest;
    let app = &*manifest.app;
    let Some(environment) = manifest.environments.keys().max_by_key(|name| name.len()) else { return };
    let root = context.root;
    let mut too_long = |span: Span, what: &str, full: String, most: usize, help: &str| {
        let length = full.chars().count();
        if length <= most {
            return;
        }
        let full =
            if length > 120 { format!("{}...", full.chars().take(100).collect::<String>()) } else { full };
        context.push(
            Diagnostic::new(Code::NameTooLong, span, format!("{what} has more than {most} characters"))
                .label(format!("{} too many", length - most))
                .note(format!("as a whole it is `{full}`, with {length} characters"))
                .help(help),
        );
    };
    // The cluster is called by these two alone, and has room for as many characters.
    if let Some(function) = SYSTEM_FUNCTIONS.iter().max_by_key(|name| name.len()) {
        too_long(
            root.get("app").span(),
            &format!("the name of the runtime's Lambda function `{function}`"),
            format!("{app}-{function}-{environment}"),
            quota::FUNCTION_NAME,
            "shorten the app's or the environment's name",
        );
    }
    let shorten = "shorten it, or the app's or the environment's name";
    for (name, topic) in manifest.topics.iter() {
        let place = root.get("topics").get(name);
        too_long(place.key(), "this Kafka topic's name", name.into(), quota::KAFKA_TOPIC_NAME, "shorten it");
        if name.len() <= quota::KAFKA_TOPIC_NAME {
            let file = longest_file(name, topic.version);
            too_long(place.key(), "the name of a file of this topic's", file, FILE_NAME, "shorten it");
        }
        if let Some(raw) = &topic.producer {
            let function = producer::function_name(name, raw);
            let written = place.get("producer").get("function");
            let span = if written.is_written() { written.span() } else { place.key() };
            let help = if written.is_written() {
                shorten
            } else {
                "give the producer a shorter name with `function`"
            };
            too_long(
                span,
                "this Lambda function's name",
                format!("{app}-{function}-{environment}"),
                quota::FUNCTION_NAME,
                help,
            );
        }
        if let Some(raw) = &topic.consumer {
            let function = consumer::function_name(name);
            too_long(
                place.key(),
                "the name of this topic's Lambda function",
                format!("{app}-{function}-{environment}"),
                quota::FUNCTION_NAME,
                "shorten the topic's name: its consumer is named by it",
            );
            let written = place.get("consumer").get("group");
            let span = if written.is_written() { written.span() } else { place.key() };
            too_long(
                span,
                "this consumer group's id",
                consumer::group(manifest, name, raw),
                quota::CONSUMER_GROUP,
                "shorten it",
            );
        }
    }
    let letters = &manifest.cluster.dead_letters;
    if let Some(topic) = &letters.topic {
        let span = root.get("cluster").get("dead_letters").get("topic").span();
        too_long(span, "this Kafka topic's name", topic.to_string(), quota::KAFKA_TOPIC_NAME, "shorten it");
    }
    for (name, table) in manifest.tables.iter() {
        let place = root.get("tables").get(name);
        too_long(
            place.key(),
            "this DynamoDB table's name",
            format!("{name}-{environment}"),
            *quota::TABLE_NAME.end(),
            shorten,
        );
        for (key, attribute) in [("key", Some(&table.key)), ("sort", table.sort.as_ref())] {
            if let Some(attribute) = attribute {
                too_long(
                    place.get(key).span(),
                    "this key attribute's name",
                    attribute.to_string(),
                    quota::KEY_ATTRIBUTE_NAME,
                    "shorten the field's name",
                );
            }
        }
        for index in table.indexes.keys() {
            let span = place.get("indexes").get(index).key();
            too_long(span, "this index's name", index.into(), *quota::TABLE_NAME.end(), "shorten it");
        }
    }
    for name in manifest.channels.keys() {
        let span = root.get("channels").get(name).key();
        too_long(
            span,
            "the name of this channel's SNS topic",
            format!("{app}-{name}-{environment}"),
            quota::CHANNEL_NAME,
            shorten,
        );
    }
    too_short(context);
}

/// The longest name among the files that are called by a topic: its template, its schema and its Rust modules.
fn longest_file(topic: &str, version: i64) -> String {
    let files = [
        format!("topic-{topic}.template.json"),
        format!("{topic}.v{version}.schema.json"),
        format!("{}.rs", Ident::new(topic).snake),
    ];
    files.into_iter().max_by_key(String::len).unwrap_or_default()
}

fn too_short(context: &mut Context<'_>) {
    let manifest = context.manifest;
    let root = context.root;
    // `kafka://dlq` is shorter than CloudFormation takes a destination to be.
    if let Some(topic) = manifest.cluster.dead_letters.topic.as_deref().filter(|topic| topic.len() < 4) {
        let span = root.get("cluster").get("dead_letters").get("topic").span();
        context.push(
            Diagnostic::new(
                Code::NameTooShort,
                span,
                "a topic for dead letters has a name of 4 characters or more",
            )
            .note("CloudFormation takes no mapping's destination with fewer")
            .help(format!("write for example `{topic}-dead-letters`")),
        );
    }
    for (name, table) in manifest.tables.iter() {
        for index in table.indexes.keys().filter(|index| index.len() < *quota::TABLE_NAME.start()) {
            let span = root.get("tables").get(name).get("indexes").get(index).key();
            context.push(
                Diagnostic::new(Code::NameTooShort, span, "an index's name has at least 3 characters")
                    .help(format!("write for example `by-{index}`")),
            );
        }
    }
    // The mapping's pattern for topics wants a second character.
    for name in manifest.topics.keys().filter(|name| name.len() == 1) {
        let span = root.get("topics").get(name).key();
        context.push(
            Diagnostic::new(
                Code::NameTooShort,
                span,
                "Lambda maps topics with names of two characters or more",
            )
            .help("say what happened, for example `order-placed`"),
        );
    }
}

/// Two names of one kind that are one in some spelling.
fn collisions(context: &mut Context<'_>) {
    let (manifest, root) = (context.manifest, context.root);
    let topics = keys(root.get("topics"), manifest.topics.keys());
    let mut seen = BTreeSet::new();
    // Those that Kafka itself can't tell apart are reported as such.
    let apart: Vec<_> = topics.into_iter().filter(|(name, _)| seen.insert(name.replace('.', "_"))).collect();
    collide(context, "topics", &apart);
    collide(context, "channels", &keys(root.get("channels"), manifest.channels.keys()));
    collide(context, "environments", &keys(root.get("environments"), manifest.environments.keys()));
    collide(context, "types", &keys(root.get("types"), manifest.types.keys()));
    let tables = keys(root.get("tables"), manifest.tables.keys());
    collide(context, "tables", &tables);
    for (name, table) in manifest.tables.iter() {
        let indexes = root.get("tables").get(name).get("indexes");
        collide(context, "indexes", &keys(indexes, table.indexes.keys()));
    }
    let system = Model::system_tables();
    for (name, span) in tables {
        let Some(own) = system.iter().find(|table| same(&table.name, &Ident::new(name))) else {
            continue;
        };
        context.push(
            Diagnostic::new(
                Code::SystemTable,
                span,
                format!("the runtime has a table `{}` already", own.name.name),
            )
            .label("comes with the runtime")
            .note("topics may refer to it without a line here")
            .help("take it out, or give your table another name"),
        );
    }
}

/// Whether two names are one in some spelling; the other spellings follow from these two.
fn same(one: &Ident, other: &Ident) -> bool {
    one.pascal == other.pascal || one.snake == other.snake
}

fn collide(context: &mut Context<'_>, what: &str, names: &[Named<'_>]) {
    let mut first: BTreeMap<String, Named<'_>> = BTreeMap::new();
    for (name, span) in names {
        let ident = Ident::new(*name);
        let mut found = None;
        // The other two spellings follow from these.
        for spelling in [&ident.pascal, &ident.snake] {
            match first.get(spelling) {
                Some(other) if other.0 != *name => found = found.or(Some((*other, spelling.clone()))),
                _ => {
                    first.insert(spelling.clone(), (name, *span));
                }
            }
        }
        if let Some(((other, place), spelling)) = found {
            context.push(
                Diagnostic::new(Code::NamesCollide, *span, format!("the {what} `{other}` and `{name}` are one name"))
                    .label(format!("`{spelling}` in generated code"))
                    .also(place, format!("`{spelling}` too"))
                    .note("Rust, TypeScript and CloudFormation spell names without hyphens, dots or differences of case")
                    .help("give one of them another name"),
            );
        }
    }
}

/// Kafka's metrics write `_` for `.`, so it refuses two topics that differ in nothing else
/// (`org.apache.kafka.common.internals.Topic`).
fn kafka_collisions(context: &mut Context<'_>) {
    let (manifest, root) = (context.manifest, context.root);
    let letters = root.get("cluster").get("dead_letters").get("topic");
    let app = &*manifest.app;
    let dead = manifest
        .cluster
        .dead_letters
        .topic
        .as_deref()
        .map_or_else(|| format!("{app}-dead-letters"), Into::into);
    let mut first: BTreeMap<String, Named<'_>> = BTreeMap::new();
    for (name, span) in keys(root.get("topics"), manifest.topics.keys()) {
        if name == dead {
            let diagnostic = Diagnostic::new(
                Code::DeadLetterTopic,
                span,
                format!("`{name}` is also the topic for dead letters"),
            )
            .note("records that fail for good would be consumed, and fail, again");
            let diagnostic = if letters.is_written() {
                diagnostic.also(letters.span(), "the topic for dead letters")
            } else {
                diagnostic.note("where `cluster.dead_letters.topic` says nothing it is `<app>-dead-letters`")
            };
            context.push(diagnostic.help("give one of the two another name"));
        }
        let plain = name.replace('.', "_");
        if name != dead && plain == dead.replace('.', "_") {
            kafka_collision(
                context,
                (name, span),
                (&dead, if letters.is_written() { letters.span() } else { span }),
            );
        }
        if let Some(other) = first.insert(plain, (name, span)) {
            kafka_collision(context, (name, span), other);
        }
    }
}

fn kafka_collision(context: &mut Context<'_>, (name, span): Named<'_>, (other, place): Named<'_>) {
    context.push(
        Diagnostic::new(
            Code::KafkaNamesCollide,
            span,
            format!("Kafka can't have both `{other}` and `{name}`"),
        )
        .also(place, "the other one")
        .note("its metrics write `_` for `.`, so the two would be one")
        .help("give one of them another name"),
    );
}

fn keywords(context: &mut Context<'_>) {
    let (manifest, root) = (context.manifest, context.root);
    if manifest.environments.contains("d") {
        let span = root.get("environments").get("d").key();
        context.push(
            Diagnostic::new(Code::NameTaken, span, "an environment can't be called `d`")
                .note("the browser client has a file for each, and TypeScript takes `environment.d.ts` for declarations")
                .help("write for example `dev`"),
        );
    }
    for (name, span) in keys(root.get("topics"), manifest.topics.keys()) {
        let ident = Ident::new(name);
        let happened = "name what happened, for example `order-placed`";
        if words::RUST_UNESCAPABLE.contains(&ident.snake.as_str())
            || words::JAVASCRIPT_RESERVED.contains(&ident.camel.as_str())
        {
            keyword(context, name, span, "a topic", happened);
        } else {
            built_in(context, name, &ident.pascal, span, happened);
        }
    }
    for (name, span) in keys(root.get("types"), manifest.types.keys()) {
        let help = "say more, for example `OrderDate` for `Date`";
        if BUILT_IN_TYPES.contains(&name.to_lowercase().as_str()) {
            // `String` under `types` beside the built-in `string` would be misread by people too.
            built_in(context, name, &Ident::new(name).pascal, span, help);
            if !words::BUILT_IN.contains(&name) {
                context.push(
                    Diagnostic::new(
                        Code::BuiltInName,
                        span,
                        format!("`{name}` is too near to the built-in type `{}`", name.to_lowercase()),
                    )
                    .help(help),
                );
            }
        } else {
            built_in(context, name, &Ident::new(name).pascal, span, help);
        }
    }
    for (name, topic) in manifest.topics.iter() {
        let place = root.get("topics").get(name);
        for (function, handler) in [
            ("producer", topic.producer.as_ref().and_then(|raw| raw.handler.as_deref())),
            ("consumer", topic.consumer.as_ref().and_then(|raw| raw.handler.as_deref())),
        ] {
            let Some(handler) = handler else { continue };
            if words::JAVASCRIPT_RESERVED.contains(&handler) || words::RUST_UNESCAPABLE.contains(&handler) {
                let span = place.get(function).get("handler").span();
                keyword(context, handler, span, "a handler", "say what it does, for example `submitOrder`");
            }
        }
        if let Some(function) = topic.producer.as_ref().and_then(|raw| raw.function.as_deref()) {
            let (code, why) = if words::CARGO_RESERVED.contains(&function) {
                (Code::Keyword, "cargo keeps this name for itself")
            } else if words::PROGRAMS.contains(&function) {
                (
                    Code::NameTaken,
                    "the project has a program of this name, and cargo builds both into one file",
                )
            } else {
                continue;
            };
            let span = place.get("producer").get("function").span();
            context.push(
                Diagnostic::new(code, span, format!("a function can't be called `{function}`"))
                    .note(why)
                    .help("say what it does, for example `submit-order`"),
            );
        }
    }
}

fn keyword(context: &mut Context<'_>, name: &str, span: Span, what: &str, help: &str) {
    context.push(
        Diagnostic::new(Code::Keyword, span, format!("{what} can't be called `{name}`"))
            .label("a keyword that can't be escaped")
            .note("Rust or TypeScript keeps this word for itself, and the generated code needs the name")
            .help(help),
    );
}

fn built_in(context: &mut Context<'_>, name: &str, pascal: &str, span: Span, help: &str) {
    if words::BUILT_IN.contains(&pascal) {
        context.push(
            Diagnostic::new(
                Code::BuiltInName,
                span,
                format!("`{name}` would become a type `{pascal}`, which is taken"),
            )
            .label("a type of Rust or TypeScript")
            .note("the generated code needs the built-in type of this name")
            .help(help),
        );
    }
}

/// Names of fields and enum words, wherever there are some.
fn fields(context: &mut Context<'_>) {
    let (manifest, root) = (context.manifest, context.root);
    for (name, topic) in manifest.topics.iter() {
        let place = root.get("topics").get(name).get("fields");
        field_names(context, &keys(place, topic.fields.keys()));
        for (field, raw) in topic.fields.iter() {
            inside(context, raw.shape(), place.get(field));
        }
    }
    for (name, raw) in manifest.types.iter() {
        inside(context, raw.shape(), root.get("types").get(name));
    }
}

/// A name of one word as every language has it: `SELF_` is `self`.
fn bare(name: &str) -> String {
    name.trim_matches(['_', '-', '.']).to_lowercase()
}

fn field_names(context: &mut Context<'_>, names: &[Named<'_>]) {
    collide(context, "fields", names);
    for (name, span) in names {
        if words::RUST_UNESCAPABLE.contains(&bare(name).as_str()) {
            keyword(context, name, *span, "a field", "say more, for example `selfService` for `self`");
        }
    }
}

fn inside(context: &mut Context<'_>, shape: Shape<'_>, place: Place<'_>) {
    if let Some(values) = shape.values {
        let values: Vec<_> = values
            .iter()
            .enumerate()
            .map(|(index, value)| (&**value, place.get("values").item(index).span()))
            .collect();
        collide(context, "words", &values);
        for (value, span) in values {
            if bare(value) == "self" {
                keyword(context, value, span, "an enum's word", "say more, for example `SELF_SERVICE`");
            }
        }
    }
    if let Some(items) = shape.items {
        inside(context, items.shape(), place.get("items"));
    }
    if let Some(fields) = shape.fields {
        let place = place.get("fields");
        field_names(context, &keys(place, fields.keys()));
        for (name, member) in fields.iter() {
            inside(context, member.shape(), place.get(name));
        }
    }
}

/// Every type that is generated, in one namespace: events, shared types, and enums and objects without a name of
/// their own, which are called by their owner and field.
fn types(context: &mut Context<'_>) {
    let (manifest, root) = (context.manifest, context.root);
    let mut taken: BTreeMap<String, (String, Span)> = BTreeMap::new();
    for (name, span) in keys(root.get("topics"), manifest.topics.keys()) {
        taken.insert(Ident::new(name).pascal, (format!("the event of topic `{name}`"), span));
    }
    for (name, span) in keys(root.get("types"), manifest.types.keys()) {
        take(context, &mut taken, Ident::new(name).pascal, format!("the type `{name}`"), span);
    }
    for (name, topic) in manifest.topics.iter() {
        let place = root.get("topics").get(name).get("fields");
        for (field, raw) in topic.fields.iter() {
            unnamed(context, &mut taken, &Ident::new(name).pascal, field, raw.shape(), place.get(field));
        }
    }
    for (name, raw) in manifest.types.iter() {
        nested(context, &mut taken, &Ident::new(name).pascal, raw.shape(), root.get("types").get(name));
    }
}

fn take(
    context: &mut Context<'_>,
    taken: &mut BTreeMap<String, (String, Span)>,
    pascal: String,
    what: String,
    span: Span,
) {
    match taken.get(&pascal) {
        // Two of one kind were compared before.
        Some((other, _))
            if other.split('`').next() == what.split('`').next() && !what.starts_with("the field") => {}
        Some((other, place)) => {
            let diagnostic = Diagnostic::new(
                Code::NamesCollide,
                span,
                format!("{what} and {other} become one type, `{pascal}`"),
            )
            .label(format!("`{pascal}` in generated code"))
            .also(*place, format!("`{pascal}` too"))
            .help("give one of them another name");
            context.push(diagnostic);
        }
        None => {
            taken.insert(pascal, (what, span));
        }
    }
}

fn unnamed(
    context: &mut Context<'_>,
    taken: &mut BTreeMap<String, (String, Span)>,
    owner: &str,
    field: &str,
    shape: Shape<'_>,
    place: Place<'_>,
) {
    // Others have no type of their own.
    if !matches!(shape.ty, "enum" | "object" | "list") {
        return;
    }
    let name = format!("{owner}{}", Ident::new(field).pascal);
    if matches!(shape.ty, "enum" | "object") {
        take(context, taken, name.clone(), format!("the field `{field}`"), place.key());
    }
    nested(context, taken, &name, shape, place);
}

fn nested(
    context: &mut Context<'_>,
    taken: &mut BTreeMap<String, (String, Span)>,
    owner: &str,
    shape: Shape<'_>,
    place: Place<'_>,
) {
    if let Some(items) = shape.items {
        unnamed(context, taken, owner, "item", items.shape(), place.get("items"));
    }
    for (field, member) in shape.fields.into_iter().flat_map(raw::Map::iter) {
        unnamed(context, taken, owner, field, member.shape(), place.get("fields").get(field));
    }
}

/// Functions' and handlers' names are unique, the runtime's own among them.
fn functions(context: &mut Context<'_>) {
    let (manifest, root) = (context.manifest, context.root);
    // A producer's can have another name; a consumer's is named by its topic.
    let mut taken: BTreeMap<String, (String, Option<Span>, &str)> = SYSTEM_FUNCTIONS
        .iter()
        .map(|name| ((*name).to_owned(), ("the runtime".to_owned(), None, "runtime")))
        .collect();
    let mut handlers: BTreeMap<String, Span> = BTreeMap::new();
    for (name, topic) in manifest.topics.iter() {
        let place = root.get("topics").get(name);
        let mut named = vec![];
        if let Some(raw) = &topic.producer {
            let place = place.get("producer");
            let function = producer::function_name(name, raw);
            let handler =
                raw.handler.as_deref().map_or_else(|| producer::handler_name(name, raw), Into::into);
            named.push(("producer", function, place.get("function"), handler, place.get("handler")));
        }
        if let Some(raw) = &topic.consumer {
            let place = place.get("consumer");
            let handler = raw.handler.as_deref().map_or_else(|| consumer::handler_name(name), Into::into);
            let function = consumer::function_name(name);
            named.push(("consumer", function, place.get("function"), handler, place.get("handler")));
        }
        for (kind, function, written, handler, written_handler) in named {
            let span = if written.is_written() { written.span() } else { written.key() };
            match taken.get(&function) {
                Some((owner, first, other)) => {
                    let help = match (kind, *other) {
                        ("consumer", "consumer") => "rename one of the topics: consumers are named by theirs",
                        ("producer", "producer") => "give one of them another name with `function`",
                        _ => "give the producer another name with `function`",
                    };
                    let diagnostic = Diagnostic::new(
                        Code::FunctionTwice,
                        span,
                        format!("two functions are called `{function}`: one of `{name}`, one of {owner}"),
                    );
                    let diagnostic = match first {
                        Some(first) => diagnostic.also(*first, "the first one"),
                        None => diagnostic.note(format!("the runtime has {}", close::list(SYSTEM_FUNCTIONS))),
                    };
                    context.push(diagnostic.help(help));
                    // Their handlers' names follow from theirs.
                    continue;
                }
                None => {
                    taken.insert(function, (format!("`{name}`"), Some(span), kind));
                }
            }
            let span =
                if written_handler.is_written() { written_handler.span() } else { written_handler.key() };
            match handlers.get(&Ident::new(&*handler).snake) {
                Some(first) => context.push(
                    Diagnostic::new(Code::HandlerTwice, span, format!("two handlers are called `{handler}`"))
                        .label("again here")
                        .also(*first, "first here")
                        .note("logs and documents tell functions apart by their handlers")
                        .help("give one of them another name with `handler`"),
                ),
                None => {
                    handlers.insert(Ident::new(&*handler).snake, span);
                }
            }
        }
    }
}

/// The functions that every deployment has.
const SYSTEM_FUNCTIONS: &[&str] = &[
    "websocket-authorizer",
    "websocket-connect",
    "websocket-disconnect",
    "websocket-default",
    "bootstrap-brokers",
];

fn routes_groups_and_types(context: &mut Context<'_>) {
    let (manifest, root) = (context.manifest, context.root);
    let (mut routes, mut groups, mut pushes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (name, topic) in manifest.topics.iter() {
        let place = root.get("topics").get(name);
        let at = |outer: &str, inner: &str| {
            let place = place.get(outer).get(inner);
            if place.is_written() { place.span() } else { place.key() }
        };
        if let Some(raw) = &topic.producer {
            let route = producer::route(name, raw);
            let span = at("producer", "route");
            once(
                context,
                &mut routes,
                &route,
                span,
                Code::RouteTwice,
                "two producers have the route",
                "a request could only go to one of them",
            );
        }
        if let Some(raw) = &topic.consumer {
            let group = consumer::group(manifest, name, raw);
            let span = at("consumer", "group");
            once(
                context,
                &mut groups,
                &group,
                span,
                Code::GroupTwice,
                "two consumers are in the group",
                "a mapping has a group of its own; in one they would take each other's partitions",
            );
        }
        if let Some(raw) = &topic.push {
            let ty = raw.event_type.as_deref().map_or_else(|| Ident::new(name).shouty, Into::into);
            let span = at("push", "type");
            once(
                context,
                &mut pushes,
                &ty,
                span,
                Code::PushTypeTwice,
                "two topics push the type",
                "the browser tells events apart by their type",
            );
        }
    }
}

fn once(
    context: &mut Context<'_>,
    taken: &mut BTreeMap<String, Span>,
    name: &str,
    span: Span,
    code: Code,
    message: &str,
    note: &str,
) {
    match taken.get(name) {
        Some(first) => context.push(
            Diagnostic::new(code, span, format!("{message} `{name}`"))
                .label("again here")
                .also(*first, "first here")
                .note(note)
                .help("give one of them another name"),
        ),
        None => {
            taken.insert(name.into(), span);
        }
    }
}

/// The names that tables, functions, channels and alarms have in the account. No environment's may be another's: of
/// `dev` and `a-dev`, the table `orders-a` of the one is `orders` of the other.
pub(super) fn full(context: &mut Context<'_>, model: &Model) {
    let root = context.root;
    let topic = |name: &str| root.get("topics").get(name).key();
    let of_role = |role: &Role| match role {
        Role::Producer(name) | Role::Consumer(name) => Some(topic(name)),
        _ => None,
    };
    let of_source = |source: &AlarmSource| match source {
        AlarmSource::Topic(name) => Some(topic(name)),
        AlarmSource::Cluster | AlarmSource::Edge => None,
    };
    let mut names = vec![];
    for environment in &model.environments {
        let mut add = |what, full: String, span: Option<Span>| names.push((what, full, environment, span));
        for table in &model.tables {
            let place = root.get("tables").get(&table.name.name);
            let span = place.is_written().then(|| place.key());
            add("table", model.table_name(table, environment), span);
        }
        for function in &model.functions {
            add("function", model.function_name(function, environment), of_role(&function.role));
        }
        for channel in &model.channels {
            let span = root.get("channels").get(&channel.name.name).key();
            add("channel", model.channel_name(channel, environment), Some(span));
        }
        for alarm in &model.alarms {
            add("alarm", model.alarm_name(alarm, environment), of_source(&alarm.source));
        }
    }
    let mut taken: BTreeMap<(&str, &str), (&Environment, Option<Span>)> = BTreeMap::new();
    for (what, full, environment, span) in &names {
        let Some((other, first)) = taken.insert((what, full), (environment, *span)) else { continue };
        let environments = root.get("environments");
        let name = environments.get(&environment.name).key();
        context.push(
            Diagnostic::new(
                Code::FullNamesCollide,
                span.or(first).unwrap_or(name),
                format!("`{}` and `{}` would both have a {what} `{full}`", other.name, environment.name),
            )
            .also(name, "this environment's name is part of it")
            .note("in one account and region AWS makes one of that name, and refuses the second")
            .help("give one of the environments another name"),
        );
    }
}

/// Each table is told to functions in a variable of its own.
fn table_variables(context: &mut Context<'_>) {
    let (manifest, root) = (context.manifest, context.root);
    let system = Model::system_tables();
    for (name, span) in keys(root.get("tables"), manifest.tables.keys()) {
        let variable = format!("{}_TABLE", Ident::new(name).shouty);
        // Those of one name were reported as such.
        let other = system
            .iter()
            .find(|table: &&Table| table.env_var() == variable && !same(&table.name, &Ident::new(name)));
        if let Some(other) = other {
            context.push(
                Diagnostic::new(
                    Code::NamesCollide,
                    span,
                    format!(
                        "functions know both `{name}` and the runtime's `{}` by `{variable}`",
                        other.name.name
                    ),
                )
                .label(format!("`{variable}` in the functions' environment"))
                .help("give the table another name"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtimes_functions_are_the_models() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../topics.yaml");
        let model = crate::read_file(path).expect("the project's manifest is valid");
        let own = |role: &Role| matches!(role, Role::Producer(_) | Role::Consumer(_));
        let system: Vec<_> = model
            .functions
            .iter()
            .filter(|function| !own(&function.role))
            .map(|function| function.name.name.as_str())
            .collect();
        assert_eq!(system, SYSTEM_FUNCTIONS);
    }

    #[test]
    fn reserved_words_are_sorted_or_grouped_without_doubles() {
        for list in [words::JAVASCRIPT_RESERVED, words::BUILT_IN] {
            let mut seen = list.to_vec();
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), list.len());
        }
    }
}
