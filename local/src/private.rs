//! Files and folders that their owner alone may read.

use std::{fs::File, io::Write, path::Path};

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

/// Opens a file to write, and makes it where there is none; one that others could read, they no longer can.
pub(crate) fn open(path: &Path) -> Result<File, LocalError> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(LocalError::file(path))?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(LocalError::file(path))?;
    Ok(file)
}

/// A folder that is removed with the value.
pub(crate) fn folder(prefix: &str) -> Result<TempDir, LocalError> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir().map_err(LocalError::file(std::env::temp_dir()))
}
