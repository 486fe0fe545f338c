//! How long synth takes, for the six topics of the project's own manifest and for 120.
//!
//! `cargo bench -p infra-gen`. The goal for six topics is 50 ms from end to end.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use divan::Bencher;
use infra_gen::output;
use tempfile::TempDir;

const TOPICS: [usize; 2] = [6, 120];

fn main() {
    divan::main();
}

/// The project's manifest, and more topics up to this number.
fn manifest(topics: usize) -> String {
    let mut text = include_str!("../../topics.yaml").to_owned();
    for number in 7..=topics {
        write!(
            text,
            "
  step-{number}-done:
    description: Step {number} was done.
    key: customerId
    partitions: 1
    fields:
      customerId: {{ type: CustomerId }}
      applicationId: {{ type: uuid }}
      fullName: {{ type: PersonName, pii: true }}
      document: {{ type: Document, browser: false }}
      cover: {{ type: Money, optional: true }}
      status: {{ type: enum, values: [DONE, FAILED], computed: true }}
      doneAt: {{ type: timestamp, computed: true }}
    producer: {{ function: do-step-{number}, route: POST /step-{number}, reads: [users] }}
    consumer: {{ group: step-{number}, table: applications, write: merge }}
    push: {{ type: STEP_{number}_DONE }}
"
        )
        .expect("a string takes everything");
    }
    text
}

/// A project folder, and its manifest.
fn project(topics: usize) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("there is a folder for temporary files");
    let path = dir.path().join("topics.yaml");
    fs::write(&path, manifest(topics)).expect("it can be written");
    (dir, path)
}

fn render(manifest: &Path) -> output::Tree {
    let model = infra_gen::read_model(manifest).unwrap_or_else(|error| panic!("{error:?}"));
    infra_gen::rendered(&model).expect("the renderers give plain paths").tree
}

fn write(dir: &Path, tree: &output::Tree) -> output::Report {
    output::write(&dir.join("generated"), tree, &mut |_| {}).expect("the output can be written")
}

/// From the manifest to every file's bytes.
#[divan::bench(args = TOPICS)]
fn in_memory(bencher: Bencher<'_, '_>, topics: usize) {
    let (_dir, manifest) = project(topics);
    bencher.bench(|| render(&manifest));
}

/// `make synth` when nothing changed.
#[divan::bench(args = TOPICS)]
fn end_to_end_unchanged(bencher: Bencher<'_, '_>, topics: usize) {
    let (dir, manifest) = project(topics);
    write(dir.path(), &render(&manifest));
    bencher.bench(|| write(dir.path(), &render(&manifest)));
}

/// `make synth` after an edit of one topic.
#[divan::bench(args = TOPICS, sample_count = 20, sample_size = 1)]
fn end_to_end_one_topic_edited(bencher: Bencher<'_, '_>, topics: usize) {
    let (dir, manifest) = project(topics);
    let original = fs::read_to_string(&manifest).expect("it was written");
    let edited = original.replace("retention: 30d", "retention: 29d");
    assert_ne!(edited, original);
    let mut texts = [edited, original].into_iter().cycle();
    bencher
        .with_inputs(|| fs::write(&manifest, texts.next().unwrap_or_default()).expect("it can be written"))
        .bench_local_values(|()| write(dir.path(), &render(&manifest)));
}

/// The first `make synth`: every file is written, and synced to disk.
#[divan::bench(args = TOPICS, sample_count = 10, sample_size = 1)]
fn end_to_end_first(bencher: Bencher<'_, '_>, topics: usize) {
    let (dir, manifest) = project(topics);
    bencher
        .with_inputs(|| drop(fs::remove_dir_all(dir.path().join("generated"))))
        .bench_values(|()| write(dir.path(), &render(&manifest)));
}
