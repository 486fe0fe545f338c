//! The command line: `slice`, `generate`, `crosscheck`.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use cfn_codegen::{crosscheck, database, emit, files, pretty};

const USAGE: &str = "\
usage: cfn-codegen slice --db PATH          cut spec/slice.json out of db.json.gz of @aws-cdk/aws-service-spec
       cfn-codegen generate                 write cfn/src/resources from the slice
       cfn-codegen generate --check         say which of its files are stale, and fail if any is
       cfn-codegen crosscheck --jsii PATH --write   distil .jsii.gz of aws-cdk-lib into spec/aws-cdk-lib.json
       cfn-codegen crosscheck --jsii PATH --check   fail unless the distilled file is what the package says
       cfn-codegen crosscheck --check               compare the slice with the distilled file

The versions of both packages are pinned in spec/versions.toml.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(text) => {
            let _ = writeln!(std::io::stdout(), "{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "cfn-codegen: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String, Box<dyn Error>> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["slice", "--db", path] => slice(Path::new(path)),
        ["generate"] => generate(false),
        ["generate", "--check"] => generate(true),
        ["crosscheck", "--jsii", path, "--write"] => distil(Path::new(path), true),
        ["crosscheck", "--jsii", path, "--check"] => distil(Path::new(path), false),
        ["crosscheck", "--check"] => compare(),
        _ => Err(USAGE.into()),
    }
}

/// Refuses another version than the pinned one.
fn pinned(package: &str, version: &str) -> Result<(), Box<dyn Error>> {
    match files::versions()?.get(package) {
        Some(pin) if pin == version => Ok(()),
        pin => Err(format!(
            "this is {package} {version}, and spec/versions.toml has {}; change the pin first",
            pin.map_or("none", String::as_str)
        )
        .into()),
    }
}

fn slice(db: &Path) -> Result<String, Box<dyn Error>> {
    // The database does not know its own version; the package around it does.
    let package: serde_json::Value = serde_json::from_str(&files::text(&db.with_file_name("package.json"))?)?;
    let version = package["version"].as_str().ok_or("package.json beside the database has no version")?;
    pinned("@aws-cdk/aws-service-spec", version)?;
    let slice = database::cut(&database::read(db)?, &files::types()?, version)?;
    let text = pretty::pretty(&serde_json::to_value(&slice)?);
    files::write(&files::spec().join("slice.json"), &text)?;
    Ok(format!("spec/slice.json: {} types, {} bytes", slice.resources.len(), text.len()))
}

fn generate(check: bool) -> Result<String, Box<dyn Error>> {
    let wanted = emit::files(&files::slice()?, &files::overrides()?)?;
    let stale = files::stale(&wanted)?;
    if check && !stale.is_empty() {
        let names = stale.join(", ");
        return Err(format!(
            "stale in cfn/src/resources: {names}; run `cargo run -p cfn-codegen -- generate`"
        )
        .into());
    }
    fs::create_dir_all(files::resources())?;
    for name in &stale {
        let path = files::resources().join(name);
        match wanted.get(name) {
            Some(text) => files::write(&path, text)?,
            None => fs::remove_file(path)?,
        }
    }
    Ok(format!("cfn/src/resources: {} files, {} changed", wanted.len(), stale.len()))
}

fn distil(jsii: &Path, write: bool) -> Result<String, Box<dyn Error>> {
    let types = files::types()?;
    let library = crosscheck::distil(jsii, &types.iter().map(String::as_str).collect::<BTreeSet<_>>())?;
    for (package, version) in &library.source {
        pinned(package, version)?;
    }
    let text = pretty::pretty(&serde_json::to_value(&library)?);
    let path = files::spec().join("aws-cdk-lib.json");
    if write {
        files::write(&path, &text)?;
    } else if files::text(&path)? != text {
        return Err("spec/aws-cdk-lib.json is not what the package says; distil it anew with --write".into());
    }
    compare()
}

fn compare() -> Result<String, Box<dyn Error>> {
    let (slice, library) = (files::slice()?, files::library()?);
    let differences = crosscheck::differences(&slice, &library);
    let wrong = crosscheck::unexplained(&differences, &files::known()?);
    if !wrong.is_empty() {
        return Err(wrong.join("\n").into());
    }
    let versions = |source: &std::collections::BTreeMap<String, String>| {
        source.iter().map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>().join(", ")
    };
    Ok(format!(
        "{} and {} agree on {} types, but for {} known differences",
        versions(&slice.source),
        versions(&library.source),
        slice.resources.len(),
        differences.len()
    ))
}
