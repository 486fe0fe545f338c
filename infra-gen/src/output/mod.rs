//! The output folder: compared with what was rendered, and replaced whole.
//!
//! The folder is never changed in place. [`write`] builds a new one beside it, in which unchanged files are
//! hard links to the old ones (so their inodes and times stay), then exchanges the two in one step. Whatever
//! stops it on the way, the folder is the old one or the new one.
//!
//! Only files that `.files` lists belong to infra-gen. Everything else in the folder is carried over as it is.

mod carried;
mod compare;
mod discard;
mod error;
mod into;
mod listing;
mod stage;
mod swap;
mod tree;
mod work;

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

pub use compare::{Comparison, Difference, State};
pub use error::Error;
pub use into::write_into;
pub use tree::{Tree, TreeError};

use error::At as _;
use work::Work;

/// The file that lists what infra-gen owns.
pub const LISTING: &str = ".files";

/// What [`write`] did, by path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Written, and not there before.
    pub added: Vec<String>,
    /// Written over other contents.
    pub changed: Vec<String>,
    /// No longer rendered.
    pub removed: Vec<String>,
    /// Those of `changed` and `removed` that somebody had edited by hand.
    pub edited: Vec<String>,
    /// How many files are as they were.
    pub unchanged: usize,
}

/// What [`write`] tells while it works.
#[derive(Debug)]
pub enum Notice {
    /// Another run is writing the same folder; this one waits.
    Waiting,
    /// An earlier run was stopped between two renames; its old folder was put back.
    Recovered,
    /// Someone else's file appeared or changed meanwhile, and was moved along.
    Salvaged(PathBuf),
    /// The folder is the new one, but the old one couldn't be cleared away.
    NotCleared(Error),
}

/// Compares the folder with what was rendered. Writes nothing.
pub fn compare(out: &Path, tree: &Tree) -> Result<Comparison, Error> {
    compare::compare(&resolve(out)?, tree)
}

/// Makes the folder hold the tree; touches nothing when it already does.
pub fn write(out: &Path, tree: &Tree, notify: &mut dyn FnMut(Notice)) -> Result<Report, Error> {
    let live = resolve(out)?;
    if !Work::left_over(&live)
        && let Some(report) = unchanged(&live, tree)?
    {
        return Ok(report);
    }
    let parent = live.parent().ok_or_else(|| Error::NoFolder(out.into()))?;
    fs::create_dir_all(parent).at("make the folder", parent)?;
    let work = Work::begin(&live, &mut || notify(Notice::Waiting))?;
    if swap::recover(&work, &live)? {
        notify(Notice::Recovered);
    }
    // Compared anew: another run may have written it while this one waited.
    let comparison = compare::compare(&live, tree)?;
    let report = report(&comparison);
    if comparison.differences.is_empty() {
        return Ok(report);
    }
    let in_the_way = comparison.with(State::InTheWay);
    if !in_the_way.is_empty() {
        return Err(Error::InTheWay { out: out.into(), paths: in_the_way });
    }
    let swapped = stage::build(&live, &work.new, tree, &comparison)
        .and_then(|carried| swap::swap(&work, &live).map(|()| carried));
    let carried = match swapped {
        Ok(carried) => carried,
        Err(error) => {
            // A full disk shouldn't stay full of what came to nothing. If this fails too, the next run does it.
            drop(discard::remove(&work.new));
            return Err(error);
        }
    };
    let ours = |path: &Path| {
        path.to_str()
            .is_some_and(|path| path == LISTING || comparison.owned(path) || tree.get(path).is_some())
    };
    let cleared = swap::settle(&work, &live).and_then(|()| {
        discard::discard(&work.old, &live, &ours, carried, &mut |path| notify(Notice::Salvaged(path)))
    });
    if let Err(error) = cleared {
        notify(Notice::NotCleared(error));
    }
    Ok(report)
}

/// The report of a folder that needs no writing.
///
/// No lock is held, so another run may exchange the folder meanwhile; then its identity is another one and
/// what was read may be half old, half new.
fn unchanged(live: &Path, tree: &Tree) -> Result<Option<Report>, Error> {
    let before = work::identity(live);
    let comparison = compare::compare(live, tree)?;
    let settled = before.is_some() && before == work::identity(live);
    Ok((settled && comparison.differences.is_empty()).then(|| report(&comparison)))
}

fn report(comparison: &Comparison) -> Report {
    let edited = comparison.differences.iter().filter(|difference| difference.edited);
    Report {
        added: comparison.with(State::Missing),
        changed: comparison.with(State::Stale),
        removed: comparison.with(State::LeftOver),
        edited: edited.map(|difference| difference.path.clone()).collect(),
        unchanged: comparison.same.len(),
    }
}

/// Where the folder really is: links are followed here, and never below it.
fn resolve(out: &Path) -> Result<PathBuf, Error> {
    let named = matches!(out.components().next_back(), Some(Component::Normal(_)));
    match fs::metadata(out) {
        Ok(metadata) if metadata.is_dir() => {
            let live = fs::canonicalize(out).at("find", out)?;
            if live.parent().is_none() { Err(Error::NoFolder(out.into())) } else { Ok(live) }
        }
        Ok(_) => Err(Error::NotAFolder(out.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if fs::symlink_metadata(out).is_ok() {
                Err(Error::NotAFolder(out.into()))
            } else if named {
                std::path::absolute(out).at("find", out)
            } else {
                Err(Error::NoFolder(out.into()))
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(Error::NotAFolder(out.into())),
        Err(error) => Err(error).at("find", out),
    }
}
