//! Files and folders that their owner alone may read.

use std::{io::Write, path::Path};

use tempfile::{NamedTempFile, TempDir};

use crate::LocalError;

/// Writes a file: it is whole, or as it was before.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), LocalError> {
    let write = || {
        let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(drop).map_err(LocalError::file(path))
}

/// A folder that is removed with the value.
pub(crate) fn folder(prefix: &str) -> Result<TempDir, LocalError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir().map_err(LocalError::file(std::env::temp_dir()))
}
