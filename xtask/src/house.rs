//! The source files of the house, each read and parsed once.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Runs for users.
    Product,
    /// Runs in tests only: below `tests`, in `testkit`, or a module under `#[cfg(test)]`.
    Test,
    /// Written by a program.
    Generated,
}

/// A source file.
pub struct Source {
    /// The crate it belongs to, by the name of its folder.
    pub package: String,
    /// From the root of the repository.
    pub path: PathBuf,
    /// The modules that lead to it from the crate's root; `main` for a `main.rs`.
    pub module: Vec<String>,
    /// What it is for.
    pub kind: Kind,
    /// How many lines it has.
    pub lines: usize,
    /// What it says.
    pub syntax: syn::File,
}

impl Source {
    /// Gives the part of the crate that it belongs to: the first module, `lib` for the root.
    #[must_use]
    pub fn part(&self) -> &str {
        self.module.first().map_or("lib", String::as_str)
    }
}

/// Reads all source files of the crates at the root.
///
/// # Errors
///
/// A file cannot be read, or is not Rust.
pub fn read(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for package in entries(root)?.into_iter().filter(|folder| folder.join("Cargo.toml").is_file()) {
        for folder in ["src", "tests"] {
            for file in rust_files(&package.join(folder))? {
                sources.push(parse(root, &package, folder, &file)?);
            }
        }
    }
    mark_test_modules(&mut sources);
    Ok(sources)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for path in entries(folder)? {
            if path.is_dir() {
                found.extend(rust_files(&path)?);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn parse(root: &Path, package: &Path, folder: &str, file: &Path) -> Result<Source> {
    let text = fs::read_to_string(file)?;
    let wrong = |error| Error::new(ErrorKind::InvalidData, format!("{}: {error}", file.display()));
    let package_name = package.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let below = file.strip_prefix(package.join(folder)).unwrap_or(file).with_extension("");
    let mut module: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if folder == "src" && module == ["lib"] {
        module.clear();
    }
    let kind = match () {
        () if module.iter().any(|part| part == "generated") => Kind::Generated,
        () if folder == "tests" || package_name == "testkit" => Kind::Test,
        () => Kind::Product,
    };
    Ok(Source {
        package: package_name,
        path: file.strip_prefix(root).unwrap_or(file).to_owned(),
        module,
        kind,
        lines: text.lines().count(),
        syntax: syn::parse_file(&text).map_err(wrong)?,
    })
}

/// Finds the files of modules that are declared under `#[cfg(test)]`.
fn mark_test_modules(sources: &mut [Source]) {
    let mut declared = Vec::new();
    for source in sources.iter() {
        for item in &source.syntax.items {
            if let syn::Item::Mod(module) = item
                && module.content.is_none()
                && is_test(&module.attrs)
            {
                let path: Vec<String> = source.module.iter().cloned().chain([module.ident.to_string()]).collect();
                declared.push((source.package.clone(), path));
            }
        }
    }
    for source in sources.iter_mut().filter(|source| source.kind == Kind::Product) {
        let below =
            |(package, path): &(String, Vec<String>)| *package == source.package && source.module.starts_with(path);
        if declared.iter().any(below) {
            source.kind = Kind::Test;
        }
    }
}

/// Tells whether something is compiled for tests only.
pub(crate) fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || matches!(&attribute.meta, syn::Meta::List(list)
                if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
    })
}

/// Gives the attributes of an item, as far as tests bear them.
pub(crate) fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
