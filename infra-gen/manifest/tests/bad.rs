//! Each `bad/*.yaml` is a manifest with one hazard, named by it; its `.stderr` is what a person is told.
//!
//! `UPDATE=1 cargo test -p manifest --test bad` writes the `.stderr` files anew.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// Every bad manifest with what is said of it; reading them all takes a moment, so it is done once.
static MANIFESTS: LazyLock<Vec<(PathBuf, manifest::Diagnostics)>> = LazyLock::new(|| {
    paths()
        .into_iter()
        .map(|path| {
            let diagnostics = diagnostics(&path);
            (path, diagnostics)
        })
        .collect()
});

fn paths() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    paths.sort();
    paths
}

fn diagnostics(path: &Path) -> manifest::Diagnostics {
    // The file's bare name, so that messages are the same wherever the project lies.
    let name = path.file_name().expect("it is a file").to_string_lossy();
    let bytes = fs::read(path).expect("it can be read");
    match manifest::read_bytes(&name, &bytes) {
        Ok(_) => panic!("{name} was taken for a valid manifest"),
        Err(diagnostics) => diagnostics,
    }
}

#[test]
fn every_bad_manifest_is_refused_in_the_words_on_record() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut differences = vec![];
    for (path, diagnostics) in MANIFESTS.iter() {
        let told = diagnostics.render(false);
        let record = path.with_extension("stderr");
        if update {
            fs::write(&record, &told).expect("it can be written");
        } else if fs::read_to_string(&record).unwrap_or_default() != told {
            differences.push(format!("{}\n{told}", record.display()));
        }
    }
    assert!(differences.is_empty(), "not as on record; UPDATE=1 writes anew:\n{}", differences.join("\n"));
}

#[test]
fn every_record_has_its_manifest() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        assert!(path.with_extension("yaml").exists(), "{} has no manifest", path.display());
    }
}

#[test]
fn every_kind_of_problem_has_a_bad_manifest() {
    use manifest::Code;
    // A file that isn't there and a mistake of this program have no manifest; waivers are no manifest.
    let without =
        [Code::Unreadable, Code::SchemaMismatch, Code::WaiverExpired, Code::WaiverUnused, Code::WaiverDate];
    let mut missing: Vec<_> = Code::ALL.iter().filter(|code| !without.contains(code)).copied().collect();
    for (_, diagnostics) in MANIFESTS.iter() {
        for diagnostic in diagnostics {
            missing.retain(|code| *code != diagnostic.code());
        }
    }
    assert!(missing.is_empty(), "no file in tests/bad shows {missing:?}");
}

#[test]
fn every_diagnostic_says_how_to_mend_it() {
    for (path, diagnostics) in MANIFESTS.iter() {
        for (entry, diagnostic) in diagnostics.to_json().as_array().into_iter().flatten().zip(diagnostics) {
            let asks = entry["label"].as_str().is_some_and(|label| label.starts_with("did you mean"));
            assert!(asks || !diagnostic.mends().is_empty(), "{}: {}", path.display(), diagnostic.message());
        }
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    for (_, diagnostics) in MANIFESTS.iter() {
        let mut coloured = diagnostics.render(true);
        while let Some(start) = coloured.find("\u{1b}[") {
            let end = coloured[start..].find('m').map_or(coloured.len(), |end| start + end + 1);
            coloured.replace_range(start..end, "");
        }
        assert_eq!(coloured, diagnostics.render(false));
    }
}

#[test]
fn json_says_the_same_for_programs() {
    for (path, diagnostics) in MANIFESTS.iter() {
        let json = diagnostics.to_json();
        let list = json.as_array().expect("it is an array");
        assert_eq!(list.len(), diagnostics.len());
        let text = fs::read(path).expect("it can be read");
        let lines = String::from_utf8_lossy(&text).split('\n').count() as u64;
        let mut before = (0, 0);
        for (entry, diagnostic) in list.iter().zip(diagnostics) {
            assert_eq!(entry["code"], diagnostic.code().as_str());
            assert_eq!(entry["message"], diagnostic.message());
            let at = |line: &str, column: &str| {
                (entry[line].as_u64().expect("a number"), entry[column].as_u64().expect("a number"))
            };
            let (start, end) = (at("line", "column"), at("end_line", "end_column"));
            assert!(before <= start && start <= end && end.0 <= lines, "{}: {entry}", path.display());
            before = start;
        }
    }
}
