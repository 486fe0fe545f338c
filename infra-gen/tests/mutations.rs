//! Whatever single value of the manifest changes: what holds data stays, or synth warns of exactly that.
//!
//! Every kind of value of the manifest that the project began with is changed, taken out and, where the schema allows
//! more, added to. What each change would replace or remove is kept in `mutations.txt` for a reviewer; `UPDATE=1` renews
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use changes::{Assembly, Consequence};
use infra_gen::warnings;
use model::Model;
use serde_yaml::{Mapping, Value};

#[path = "mutations/lost.rs"]
mod lost;
#[path = "mutations/mutate.rs"]
mod mutate;

use lost::{Templates, lost};
use mutate::{Mutation, mutations, text};

static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(manifest::json_schema);

fn shipped() -> Value {
    // Not topics.yaml: a topic more must not change what is on record.
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("manifest/tests/good/onboard-ai.yaml");
    serde_yaml::from_str(&std::fs::read_to_string(path).expect("the manifest is there")).expect("YAML")
}

/// The model of a manifest; `None` for one that is refused.
fn model(manifest: &str) -> Option<Model> {
    manifest::read("topics.yaml", manifest).ok()
}

/// What the templates can see of a model: all but the events' fields.
fn visible(model: &Model) -> serde_json::Value {
    let mut json = serde_json::to_value(model).expect("a model is JSON");
    json["types"].take();
    for topic in json["topics"].as_array_mut().into_iter().flatten() {
        topic["fields"].take();
    }
    json
}

/// The cloud assembly's files.
fn files(model: &Model) -> BTreeMap<String, String> {
    render::render_cloudformation(model)
        .expect("it renders")
        .into_iter()
        .filter_map(|file| Some((file.path.strip_prefix("cloudformation/")?.to_owned(), file.contents)))
        .collect()
}

fn assembly(files: &BTreeMap<String, String>) -> Assembly {
    Assembly::read(files).expect("what is rendered can be read")
}

/// What became of one mutation.
struct Outcome {
    title: String,
    consequences: Vec<Consequence>,
    warnings: Vec<warnings::Warning>,
    /// What it loses, found without the code that warns.
    lost: BTreeSet<String>,
}

/// The shipped manifest.
struct Base {
    assembly: Assembly,
    templates: Templates,
    visible: serde_json::Value,
}

impl Base {
    fn of(manifest: &Value) -> Self {
        let model = model(&text(manifest)).expect("the shipped manifest is good, written anew as well");
        let files = files(&model);
        Self { assembly: assembly(&files), templates: Templates::of(&files), visible: visible(&model) }
    }
}

fn outcome(base: &Base, number: usize, mutation: &Mutation) -> Option<Outcome> {
    let model = model(&mutation.manifest)?;
    let title = mutation.title.clone();
    // Most changes are of fields, and rendering takes long. One in fifty is rendered nevertheless.
    let hidden = visible(&model) == base.visible;
    if hidden && !number.is_multiple_of(50) {
        return Some(Outcome { title, consequences: vec![], warnings: vec![], lost: BTreeSet::new() });
    }
    let files = files(&model);
    let changed = assembly(&files);
    assert!(
        !hidden || changed == base.assembly,
        "{title}: the templates know more of a model than was thought"
    );
    let consequences = changes::compare(&base.assembly, &changed);
    let warnings = warnings::between(&base.assembly, &changed);
    let lost = lost(&base.templates, &files);
    Some(Outcome { title, consequences, warnings, lost })
}

fn outcomes(base: &Base, mutations: &[Mutation]) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = vec![];
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(mutation) = mutations.get(number) else { break };
            done.extend(outcome(base, number, mutation));
        }
        done
    };
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut all: Vec<Outcome> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("no mutation panics")).collect()
    });
    all.sort_by(|a, b| a.title.cmp(&b.title));
    all
}

/// As a reviewer reads it: mutations with the same consequences together.
fn golden(outcomes: &[Outcome]) -> String {
    let mut groups = BTreeMap::<String, Vec<&str>>::new();
    for outcome in outcomes.iter().filter(|outcome| !outcome.consequences.is_empty()) {
        let mut text = String::new();
        for warning in &outcome.warnings {
            writeln!(text, "  warning: {}: {}", warning.value, warning.keep).expect("a string");
            for line in warning.lines() {
                writeln!(text, "    {line}").expect("a string");
            }
        }
        let mut others = BTreeMap::<(&str, &str, &str), usize>::new();
        for other in outcome.consequences.iter().filter(|found| !found.stateful) {
            *others.entry((&other.stack, &other.type_name, other.effect.verb())).or_default() += 1;
        }
        for ((stack, type_name, verb), number) in others {
            writeln!(text, "  {stack}: {number} x {type_name} {verb}").expect("a string");
        }
        groups.entry(text).or_default().push(&outcome.title);
    }
    let mut groups: Vec<(Vec<&str>, String)> =
        groups.into_iter().map(|(text, titles)| (titles, text)).collect();
    groups.sort();
    let mut text = String::from(
        "# Changes of one value of topics.yaml which replace or remove a resource, and what synth warns of.\n\
         # All others update in place. Written by `UPDATE=1 cargo test -p infra-gen --test mutations`.\n",
    );
    for (titles, consequences) in groups {
        write!(text, "\n{}\n{consequences}", titles.join("\n")).expect("a string");
    }
    text
}

#[test]
fn nothing_that_holds_data_goes_without_a_warning() {
    let shipped = shipped();
    let base = Base::of(&shipped);
    let mutations = mutations(&shipped, &SCHEMA, &|manifest| model(manifest).is_some());
    let outcomes = outcomes(&base, &mutations);
    assert!(outcomes.len() > 200, "only {} of {} mutations are valid", outcomes.len(), mutations.len());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations/mutations.txt");
    let found = golden(&outcomes);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &found).expect("the golden file is written");
    }
    for outcome in &outcomes {
        let warned: BTreeSet<String> = outcome
            .warnings
            .iter()
            .flat_map(|warning| &warning.consequences)
            .map(|found| format!("{} {}", found.stack, found.id))
            .collect();
        let silent: Vec<&String> = outcome.lost.difference(&warned).collect();
        assert!(silent.is_empty(), "{}: no warning of {silent:?}", outcome.title);
        for warning in &outcome.warnings {
            assert!(
                !warning.keep.is_empty() && !warning.value.contains(' '),
                "{}: {warning:?}",
                outcome.title
            );
        }
    }
    // Each type is lost to some change: else the test above would tell nothing of it.
    let all = outcomes.iter().flat_map(|outcome| &outcome.lost);
    let seen: BTreeSet<&str> = all.map(|place| base.templates.type_of(place)).collect();
    assert_eq!(seen, BTreeSet::from(lost::STATEFUL));
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(known == found, "{} is not what the mutations give; UPDATE=1 renews it\n{found}", path.display());
}

#[test]
fn each_environment_and_topic_and_each_of_their_keys_is_changed() {
    let shipped = shipped();
    let valid = |manifest: &str| model(manifest).is_some();
    let mutations = mutations(&shipped, &SCHEMA, &valid);
    for part in ["environments", "topics"] {
        let (mut names, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for (name, value) in shipped[part].as_mapping().expect("a map") {
            let name = name.as_str().expect("a name");
            names.insert(name);
            keys.extend(value.as_mapping().expect("a map").keys().filter_map(Value::as_str));
        }
        let places = mutations.iter().filter_map(|mutation| {
            let place = mutation.title.strip_prefix(part)?.strip_prefix('.')?.split(':').next()?;
            let mut steps = place.split('.');
            Some((mutation, steps.next()?, steps.next()?))
        });
        for (mutation, name, key) in places {
            if (names.contains(name) || keys.contains(key)) && valid(&mutation.manifest) {
                names.remove(name);
                keys.remove(key);
            }
        }
        // Zones change with the number of brokers: see below.
        keys.remove("zones");
        assert!(names.is_empty() && keys.is_empty(), "{part}: no valid change of {names:?} or of {keys:?}");
    }
}

/// The first test can fail: each of these must be seen.
#[test]
fn what_is_known_to_replace_is_found() {
    let shipped = shipped();
    let base = Base::of(&shipped).assembly;
    let warned = |change: &dyn Fn(&mut Mapping)| {
        let mut manifest = shipped.clone();
        change(manifest.as_mapping_mut().expect("a map"));
        let changed = assembly(&files(&model(&text(&manifest)).expect("still good")));
        let warnings = warnings::between(&base, &changed);
        warnings.into_iter().map(|warning| warning.value).collect::<Vec<_>>()
    };
    let zones = |manifest: &mut Mapping| {
        manifest["environments"]["staging"]["zones"] = 2.into();
        manifest["environments"]["staging"]["brokers"]["count"] = 4.into();
    };
    assert_eq!(warned(&zones), ["environments.staging.zones"]);
    let network = |manifest: &mut Mapping| manifest["environments"]["prod"]["network"] = "10.99".into();
    assert_eq!(warned(&network), ["environments.prod.network"]);
    let app = |manifest: &mut Mapping| manifest["app"] = "onboard-bi".into();
    assert_eq!(warned(&app), ["app"]);
    let environment = |manifest: &mut Mapping| {
        let environments = manifest["environments"].as_mapping_mut().expect("a map");
        let prod = environments.shift_remove("prod").expect("it is there");
        environments.insert("production".into(), prod);
        let channels = manifest["channels"].as_mapping_mut().expect("a map");
        channels.iter_mut().for_each(|(_, channel)| {
            channel.as_mapping_mut().expect("a map").shift_remove("subscribers");
        });
    };
    assert_eq!(warned(&environment), ["environments.prod"]);
    let retention =
        |manifest: &mut Mapping| manifest["environments"]["prod"]["log_retention"] = "400d".into();
    assert!(warned(&retention).is_empty());
}
