//! What a program needs, read from the program itself.

use std::{collections::BTreeMap, fmt};

use memchr::memmem;
use model::Architecture;
use object::{
    Endianness, elf,
    read::{
        self,
        elf::{ElfFile64, FileHeader as _, SectionHeader as _, Sym as _},
    },
};
use serde::Serialize;

/// A version of glibc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glibc(pub u16, pub u16);

impl Glibc {
    /// What `provided.al2023` has
    /// (<https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html>).
    pub const LAMBDA: Self = Self(2, 34);

    /// `GLIBC_2.34`; other libraries' versions, and `GLIBC_PRIVATE`, are none.
    fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix("GLIBC_")?.split('.').map(str::parse);
        Some(Self(parts.next()?.ok()?, parts.next()?.ok()?))
    }
}

impl fmt::Display for Glibc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl Serialize for Glibc {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The shared libraries that `provided.al2023` has and that Rust's programs ask for.
const LIBRARIES: [&str; 9] = [
    "ld-linux-aarch64.so.1",
    "ld-linux-x86-64.so.2",
    "libc.so.6",
    "libdl.so.2",
    "libgcc_s.so.1",
    "libm.so.6",
    "libpthread.so.0",
    "librt.so.1",
    "linux-vdso.so.1",
];

/// What every program with librdkafka has in its messages.
const KAFKA: &[u8] = b"librdkafka";
/// The text that `OpenSSL_version` answers, which librdkafka logs.
const OPENSSL: &[u8] = b"OpenSSL 3.";

/// What a program is and needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The processor; `None` for one that Lambda doesn't have.
    pub architecture: Option<Architecture>,
    /// The oldest glibc that runs it.
    pub glibc: Glibc,
    /// Symbols that need a glibc newer than Lambda's.
    pub too_new: Vec<String>,
    /// Shared libraries.
    pub libraries: Vec<String>,
    /// It still has the symbols that only a debugger needs.
    pub has_symbols: bool,
    /// Kafka's client is in it.
    pub has_kafka: bool,
    /// OpenSSL is in it.
    pub has_openssl: bool,
}

/// What keeps a program from being a good function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is for another processor.
    #[error("was built for another processor than {}", .0.as_str())]
    Processor(Architecture),
    /// Lambda's glibc is too old for it.
    #[error("needs glibc {needs}, Lambda has {}{}", Glibc::LAMBDA, because(.symbols))]
    Glibc {
        /// What it needs.
        needs: Glibc,
        /// Because of these.
        symbols: Vec<String>,
    },
    /// Lambda doesn't have a library.
    #[error("needs {0}, which Lambda does not have")]
    Library(String),
    /// It isn't stripped.
    #[error("is not stripped")]
    Symbols,
    /// It carries what only publishing needs.
    #[error("does not publish, but has {0} in it")]
    Ballast(&'static str),
    /// It has no Kafka client, or this program can't see it any more.
    #[error("publishes, but {0} can't be found in it, so that nobody could tell who carries it for nothing")]
    Unseen(&'static str),
}

fn because(symbols: &[String]) -> String {
    if symbols.is_empty() { String::new() } else { format!(" ({})", symbols.join(", ")) }
}

impl Fault {
    /// What the user can do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Glibc { .. } => Some(
                "this machine's glibc is newer than Lambda's: build with `make build ARGS=--zigbuild` \
                 (needs cargo-zigbuild), or in the image public.ecr.aws/amazonlinux/amazonlinux:2023",
            ),
            Self::Library(_) => {
                Some("link it statically: each crate that wraps a C library has a feature for that")
            }
            Self::Symbols => Some("the workspace's release profile should have `strip = \"symbols\"`"),
            Self::Ballast(_) => Some(
                "see `cargo tree --edges normal --invert rdkafka`; only generated/producers may depend on `publish`",
            ),
            Self::Processor(_) | Self::Unseen(_) => None,
        }
    }
}

impl Program {
    /// Reads what the program says of itself.
    pub fn read(bytes: &[u8]) -> read::Result<Self> {
        let file = ElfFile64::<Endianness>::parse(bytes)?;
        let (endian, sections) = (file.endian(), file.elf_section_table());
        let architecture = match file.elf_header().e_machine(endian) {
            elf::EM_X86_64 => Some(Architecture::X86_64),
            elf::EM_AARCH64 => Some(Architecture::Arm64),
            _ => None,
        };
        let mut libraries = vec![];
        let dynamic = sections.dynamic_table(endian, bytes)?;
        for entry in &dynamic {
            if entry.tag == elf::DT_NEEDED {
                libraries.push(text(dynamic.string(entry)?));
            }
        }
        let needed = needed_versions(&file, bytes)?;
        let glibc = needed.values().copied().max().unwrap_or(Glibc(2, 0));
        Ok(Self {
            architecture,
            glibc,
            too_new: too_new(&file, bytes)?,
            libraries,
            has_symbols: sections.iter().any(|section| section.sh_type(endian) == elf::SHT_SYMTAB),
            has_kafka: memmem::find(bytes, KAFKA).is_some(),
            has_openssl: memmem::find(bytes, OPENSSL).is_some(),
        })
    }

    /// What keeps it from being a function for this processor, which `publishes` or doesn't.
    pub fn faults(&self, architecture: Architecture, publishes: bool) -> Vec<Fault> {
        let mut faults = vec![];
        if self.architecture != Some(architecture) {
            faults.push(Fault::Processor(architecture));
        }
        if self.glibc > Glibc::LAMBDA {
            faults.push(Fault::Glibc { needs: self.glibc, symbols: self.too_new.clone() });
        }
        let strange = self.libraries.iter().filter(|library| !LIBRARIES.contains(&library.as_str()));
        faults.extend(strange.map(|library| Fault::Library(library.clone())));
        if self.has_symbols {
            faults.push(Fault::Symbols);
        }
        for (name, is_in) in [("librdkafka", self.has_kafka), ("OpenSSL", self.has_openssl)] {
            match (publishes, is_in) {
                (false, true) => faults.push(Fault::Ballast(name)),
                (true, false) => faults.push(Fault::Unseen(name)),
                _ => {}
            }
        }
        faults
    }
}

/// Versions of glibc without which the loader refuses the program, by their index.
///
/// A version that only weak symbols need is marked so by the linker, and the loader does without it.
fn needed_versions(file: &ElfFile64<'_>, bytes: &[u8]) -> read::Result<BTreeMap<u16, Glibc>> {
    let (endian, sections) = (file.endian(), file.elf_section_table());
    let mut versions = BTreeMap::new();
    let Some((mut needs, link)) = sections.gnu_verneed(endian, bytes)? else { return Ok(versions) };
    let strings = sections.strings(endian, bytes, link)?;
    while let Some((_, mut entries)) = needs.next()? {
        while let Some(entry) = entries.next()? {
            let is_weak = entry.vna_flags.get(endian).contains(elf::VER_FLG_WEAK);
            if let (false, Some(version)) = (is_weak, Glibc::parse(&text(entry.name(endian, strings)?))) {
                versions.insert(entry.vna_other(endian).index().0, version);
            }
        }
    }
    Ok(versions)
}

/// The symbols that need more than [`Glibc::LAMBDA`].
fn too_new(file: &ElfFile64<'_>, bytes: &[u8]) -> read::Result<Vec<String>> {
    let (endian, sections) = (file.endian(), file.elf_section_table());
    let Some(versions) = sections.versions(endian, bytes)? else { return Ok(vec![]) };
    let symbols = sections.symbols(endian, bytes, elf::SHT_DYNSYM)?;
    let mut found = vec![];
    for (index, symbol) in symbols.enumerate() {
        let Ok(Some(version)) = versions.version(versions.version_index(endian, index).index()) else {
            continue;
        };
        if Glibc::parse(&text(version.name())).is_some_and(|version| version > Glibc::LAMBDA) {
            found.push(text(symbol.name(endian, symbols.strings())?));
        }
    }
    found.sort_unstable();
    Ok(found)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
