//! What a file names, seen through re-exports.
//!
//! Guarantee: each path that a file writes (in `use` trees, in code, in attributes and in the tokens of macros) is
//! followed to the module that holds the item, or to the crate it comes from; every module on the way that hands the
//! item on counts as named too. Mechanism: a tree of modules for each crate of ours, and `use` declarations, globs
//! included, as its further edges. Limits: what a macro makes is unknown and counts as its module's; a method's type
//! is not seen, because it is not named; code under `#[cfg(test)]` is left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::{Kind, Source};

mod collect;

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A module of ours: the crate's folder and the modules below its root.
    Module(String, Vec<String>),
    /// A crate, as code names it.
    Crate(String),
}

/// A path that a file writes.
#[derive(Debug)]
pub struct Naming {
    /// The line it begins in.
    pub line: usize,
    /// The path, as written.
    pub written: String,
    /// Whether it only hands the item on: `pub use`.
    pub hands_on: bool,
    /// Where the item is, and every place on the way that hands it on.
    pub places: BTreeSet<Place>,
}

#[derive(Debug, Default)]
struct Module {
    /// The index of its file.
    file: usize,
    items: BTreeSet<String>,
    aliases: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
}

/// All modules of the house.
#[derive(Debug, Default)]
pub struct Names {
    modules: BTreeMap<(String, Vec<String>), Module>,
    written: Vec<Written>,
}

#[derive(Debug)]
struct Written {
    package: String,
    file: usize,
    module: Vec<String>,
    line: usize,
    path: Vec<String>,
    hands_on: bool,
}

/// Deeper, `use` declarations run in a circle.
const DEEPEST: usize = 24;

impl Names {
    /// Collects the modules and paths of the files that run for users.
    #[must_use]
    pub fn of(sources: &[Source]) -> Self {
        let mut names = Self::default();
        for (file, source) in sources.iter().enumerate().filter(|(_, source)| source.kind == Kind::Product) {
            collect::collect(&mut names, file, source);
        }
        names
    }

    /// Gives what a file names, beside its own items.
    #[must_use]
    pub fn of_file(&self, file: usize) -> Vec<Naming> {
        let written = self.written.iter().filter(|written| written.file == file);
        let namings = written.filter_map(|written| {
            let mut places = BTreeSet::new();
            self.resolve(&written.package, &written.module, &written.path, DEEPEST, &mut places);
            places.retain(|place| self.file_of(place) != Some(file));
            let shown = written.path.join("::");
            let (line, hands_on) = (written.line, written.hands_on);
            (!places.is_empty()).then_some(Naming { line, written: shown, hands_on, places })
        });
        namings.collect()
    }

    /// Gives the index of the file that a place is in.
    #[must_use]
    pub fn file_of(&self, place: &Place) -> Option<usize> {
        match place {
            Place::Module(package, module) => {
                self.modules.get(&(package.clone(), module.clone())).map(|module| module.file)
            }
            Place::Crate(_) => None,
        }
    }

    /// Follows a path as written in a module; tells whether it was found.
    fn resolve(
        &self,
        package: &str,
        module: &[String],
        path: &[String],
        left: usize,
        places: &mut BTreeSet<Place>,
    ) -> bool {
        let (Some((first, rest)), Some(left)) = (path.split_first(), left.checked_sub(1)) else { return false };
        let parent = module.split_last().map_or(&[][..], |(_, parent)| parent);
        match first.as_str() {
            "crate" => self.enter(package, &[], rest, left, places),
            "self" => self.enter(package, module, rest, left, places),
            "super" => match rest.first().map(String::as_str) {
                Some("super") => self.resolve(package, parent, rest, left, places),
                _ => self.enter(package, parent, rest, left, places),
            },
            _ if self.look_up(package, module, path, left, places) => true,
            _ => self.other_crate(first, rest, left, places),
        }
    }

    /// Goes on with the rest of a path that led into a module. What is not found there counts as its own.
    fn enter(
        &self,
        package: &str,
        module: &[String],
        rest: &[String],
        left: usize,
        places: &mut BTreeSet<Place>,
    ) -> bool {
        if rest.is_empty() || !self.look_up(package, module, rest, left, places) {
            places.insert(Place::Module(package.to_owned(), module.to_vec()));
        }
        true
    }

    /// Looks for the first name of a path in a module and follows it; false when the module does not have it.
    fn look_up(
        &self,
        package: &str,
        module: &[String],
        path: &[String],
        left: usize,
        places: &mut BTreeSet<Place>,
    ) -> bool {
        let (Some((first, rest)), Some(left)) = (path.split_first(), left.checked_sub(1)) else { return false };
        let key = (package.to_owned(), module.to_vec());
        let Some(found) = self.modules.get(&key) else { return false };
        let here = Place::Module(key.0, key.1);
        let child = [module, std::slice::from_ref(first)].concat();
        if self.modules.contains_key(&(package.to_owned(), child.clone())) {
            return self.enter(package, &child, rest, left, places);
        }
        if found.items.contains(first) {
            places.insert(here);
            return true;
        }
        if let Some(alias) = found.aliases.get(first) {
            places.insert(here);
            let whole = [alias, rest].concat();
            return alias.first() == Some(first) && alias.len() == 1 && self.other_crate(first, rest, left, places)
                || self.resolve(package, module, &whole, left, places);
        }
        found.globs.iter().any(|glob| {
            let mut through = BTreeSet::new();
            let found = self.through_glob(package, module, glob, path, left, &mut through);
            if found {
                places.insert(here.clone());
                places.append(&mut through);
            }
            found
        })
    }

    /// Looks for a path behind a glob: only what is surely there.
    fn through_glob(
        &self,
        package: &str,
        module: &[String],
        glob: &[String],
        path: &[String],
        left: usize,
        places: &mut BTreeSet<Place>,
    ) -> bool {
        let mut targets = BTreeSet::new();
        let Some(left) = left.checked_sub(1) else { return false };
        if !self.resolve(package, module, glob, left, &mut targets) {
            return false;
        }
        targets.into_iter().any(|target| match target {
            Place::Module(package, module) => self.look_up(&package, &module, path, left, places),
            Place::Crate(_) => false,
        })
    }

    fn other_crate(&self, first: &str, rest: &[String], left: usize, places: &mut BTreeSet<Place>) -> bool {
        let ours = first.replace('_', "-");
        if self.modules.contains_key(&(ours.clone(), Vec::new())) {
            places.insert(Place::Crate(first.to_owned()));
            return self.enter(&ours, &[], rest, left, places);
        }
        let crate_like = first.starts_with(|start: char| start.is_ascii_lowercase()) && !rest.is_empty();
        if crate_like {
            places.insert(Place::Crate(first.to_owned()));
        }
        crate_like
    }
}
