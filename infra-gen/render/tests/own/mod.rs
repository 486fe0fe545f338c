//! What the repository's own `topics.yaml` renders to.

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

/// Every rendered file by its path.
pub(crate) fn files() -> &'static BTreeMap<String, String> {
    static FILES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../topics.yaml");
        let model = manifest::read_file(manifest).unwrap_or_else(|errors| panic!("{errors:?}"));
        let files = render::render(&model).expect("it renders").files;
        files.into_iter().map(|file| (file.path, file.contents)).collect()
    });
    &FILES
}
