//! The zip of one function.

use std::io::{Cursor, Write as _};

use zip::{CompressionMethod, DateTime, System, ZipWriter, result::ZipResult, write::SimpleFileOptions};

/// What Lambda's operating-system-only runtimes start.
const NAME: &str = "bootstrap";

/// A zip with this program in it, and nothing of the machine or the hour that made it.
pub(crate) fn zip(program: &[u8]) -> ZipResult<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        // 1980-01-01, the first day that a zip can name.
        .last_modified_time(DateTime::default())
        // Permissions are Unix's, whatever system makes the zip.
        .system(System::Unix)
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file(NAME, options)?;
    writer.write_all(program)?;
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn holds_the_program_as_lambda_wants_it() {
        let program: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        let bytes = zip(&program).expect("a zip");
        assert!(bytes.len() < program.len());
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).expect("it can be read");
        assert_eq!(archive.len(), 1);
        let mut file = archive.by_index(0).expect("its only file");
        assert_eq!(file.name().expect("a name"), "bootstrap");
        assert_eq!(file.unix_mode().map(|mode| mode & 0o7777), Some(0o755));
        assert_eq!(file.last_modified(), Some(DateTime::default()));
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("it is whole");
        assert_eq!(content, program);
    }

    #[test]
    fn the_same_program_gives_the_same_zip() {
        let program = b"\x7fELF and so on".repeat(1000);
        assert_eq!(zip(&program).expect("a zip"), zip(&program).expect("a zip"));
    }
}
