//! Java, and Kafka's jars: fetched by Maven once, pinned, kept in the user's cache.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::Stdio,
};

use sha2::{Digest, Sha256};
use tokio::process::Command;

use super::Java;
use crate::LocalError;

/// What Maven is asked for.
const POM: &str = include_str!("../../../kafka/pom.xml");
/// `sha256  name` of every jar that comes of it.
const PINNED: &str = include_str!("../../../kafka/jars.sha256");
/// The release, as the cache's folder names it.
const VERSION: &str = "3.9.1";
/// The oldest Java that runs it well.
const LEAST_JAVA: u32 = 17;

/// Java and the jars; fetches what is missing.
pub(super) async fn find() -> Result<Java, LocalError> {
    let program = java().await?;
    let folder = cache()?.join(format!("kafka-{VERSION}"));
    if !is_complete(&folder)? {
        fetch(&folder).await?;
    }
    Ok(Java { program, classes: format!("{}/*", folder.display()) })
}

async fn java() -> Result<PathBuf, LocalError> {
    let home = std::env::var_os("JAVA_HOME").map(|home| Path::new(&home).join("bin/java"));
    let program = home.filter(|path| path.is_file()).unwrap_or_else(|| "java".into());
    let missing = |why: String| {
        LocalError::Kafka(format!(
            "it needs Java {LEAST_JAVA} or newer, {why}; install one, or use BROKER=embedded"
        ))
    };
    let output = Command::new(&program).arg("-version").stdin(Stdio::null()).output().await;
    let output =
        output.map_err(|error| missing(format!("and `{}` does not run ({error})", program.display())))?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let version = text.split('"').nth(1).unwrap_or_default();
    let major: Option<u32> = version.split(['.', '-']).next().and_then(|number| number.parse().ok());
    match major {
        Some(major) if major >= LEAST_JAVA => Ok(program),
        _ => Err(missing(format!("and this one is {version:?}"))),
    }
}

fn cache() -> Result<PathBuf, LocalError> {
    let given = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let base = given
        .or_else(home)
        .ok_or_else(|| LocalError::Kafka("neither XDG_CACHE_HOME nor HOME is set".into()))?;
    let folder = base.join("local-run");
    std::fs::create_dir_all(&folder).map_err(LocalError::file(&folder))?;
    Ok(folder)
}

/// Every jar is there, and is what it was when it was pinned.
fn is_complete(folder: &Path) -> Result<bool, LocalError> {
    if !folder.is_dir() {
        return Ok(false);
    }
    for (sum, name) in pinned() {
        let path = folder.join(name);
        if !path.is_file() {
            return Ok(false);
        }
        let bytes = std::fs::read(&path).map_err(LocalError::file(&path))?;
        if hex(&bytes) != sum {
            return Err(LocalError::Kafka(format!(
                "{} is not the file that was pinned; remove {} to fetch it again",
                path.display(),
                folder.display()
            )));
        }
    }
    Ok(true)
}

fn pinned() -> impl Iterator<Item = (&'static str, &'static str)> {
    PINNED.lines().filter_map(|line| line.split_once("  "))
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

async fn fetch(folder: &Path) -> Result<(), LocalError> {
    let work = folder.with_extension(format!("new-{}", std::process::id()));
    std::fs::create_dir_all(&work).map_err(LocalError::file(&work))?;
    let pom = work.join("pom.xml");
    std::fs::write(&pom, POM).map_err(LocalError::file(&pom))?;
    let jars = work.join("jars");
    let output = Command::new("mvn")
        .args(["-q", "-B", "-f"])
        .arg(&pom)
        .arg("dependency:copy-dependencies")
        .arg(format!("-DoutputDirectory={}", jars.display()))
        .arg("-DincludeScope=runtime")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await;
    let failed = |why: String| LocalError::Kafka(format!("Maven can't fetch Kafka {VERSION}: {why}"));
    let output = output.map_err(|error| failed(format!("`mvn` does not run ({error}); install Maven")))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors: Vec<&str> = text.lines().filter(|line| line.contains("ERROR")).take(3).collect();
        return Err(failed(errors.join("; ")));
    }
    if !is_complete(&jars)? {
        return Err(failed("it brought other files than those that are pinned".into()));
    }
    // Another runner may have been faster; its files are the same.
    if std::fs::rename(&jars, folder).is_err() && !is_complete(folder)? {
        return Err(failed(format!("{} can't be made", folder.display())));
    }
    let _ = std::fs::remove_dir_all(&work);
    Ok(())
}
