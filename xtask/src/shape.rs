//! The measures of the house: how long its files and functions are, and where they run in circles.
//!
//! A file counts whole, tests at its end included: it is as long as it is to whoever opens it. Files that are for tests
//! only, and functions in tests, are left out: tests are read one by one. Generated files are counted apart.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use syn::visit::{self, Visit};

use crate::house::{Kind, Source, attributes, is_test};
use crate::naming::Names;

mod circles;

/// Something that was measured, and its lines.
pub type Measured = (usize, String);

/// Lengths in lines, from short to long.
#[derive(Debug, Default)]
pub struct Lengths(Vec<Measured>);

impl Lengths {
    fn new(mut lengths: Vec<Measured>) -> Self {
        lengths.sort();
        Self(lengths)
    }

    /// Gives the length that `percent` of all do not exceed.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> usize {
        let rank = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(rank).map_or(0, |(lines, _)| *lines)
    }

    /// Gives the longest, the longest of all first.
    pub fn longest(&self) -> impl Iterator<Item = &Measured> {
        self.0.iter().rev()
    }
}

/// The measures of a crate, or of all.
#[derive(Debug, Default)]
pub struct Measures {
    /// Lines of files.
    pub files: Lengths,
    /// Lines of functions, from `fn` to the last brace.
    pub functions: Lengths,
    /// Lines of generated code.
    pub generated: usize,
    /// Files of one part that name each other.
    pub circles_of_files: Vec<Vec<String>>,
    /// Parts of a crate that name each other.
    pub circles_of_parts: Vec<Vec<String>>,
}

/// Measures all crates together (under the name `all`, first) and each.
#[must_use]
pub fn measure(sources: &[Source]) -> Vec<(String, Measures)> {
    let names = Names::of(sources);
    let packages: BTreeSet<&str> = sources.iter().map(|source| source.package.as_str()).collect();
    let mut measured = vec![("all".to_owned(), lengths(sources.iter()))];
    for package in packages {
        let mut measures = lengths(sources.iter().filter(|source| source.package == package));
        (measures.circles_of_files, measures.circles_of_parts) = circles::find(sources, &names, package);
        if let Some((_, all)) = measured.first_mut() {
            all.circles_of_files.extend(measures.circles_of_files.iter().cloned());
            all.circles_of_parts.extend(measures.circles_of_parts.iter().cloned());
        }
        measured.push((package.to_owned(), measures));
    }
    measured
}

fn lengths<'a>(sources: impl Iterator<Item = &'a Source>) -> Measures {
    let (mut files, mut functions, mut generated) = (Vec::new(), Functions::default(), 0);
    for source in sources {
        match source.kind {
            Kind::Product => {
                let path = source.path.display().to_string();
                files.push((source.lines, path.clone()));
                functions.path = path;
                functions.visit_file(&source.syntax);
            }
            Kind::Test => {}
            Kind::Generated => generated += source.lines,
        }
    }
    let (files, functions) = (Lengths::new(files), Lengths::new(functions.found));
    Measures { files, functions, generated, ..Measures::default() }
}

#[derive(Default)]
struct Functions {
    path: String,
    found: Vec<Measured>,
}

impl Functions {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (first, last) = (signature.fn_token.span.start().line, block.brace_token.span.close().end().line);
        self.found.push(((last + 1).saturating_sub(first), format!("{}:{first} {}", self.path, signature.ident)));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            self.add(&item.sig, &item.block);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

/// The measures as a table and lists, for people.
#[derive(Debug)]
pub struct Shape(pub Vec<(String, Measures)>);

impl Display for Shape {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            to,
            "{:24}{:>29}{:>29}{:>11}",
            "lines of", "files: median p95 longest", "functions: median p95 longest", "generated"
        )?;
        for (name, measures) in &self.0 {
            let of = |lengths: &Lengths| [50, 95, 100].map(|percent| lengths.percentile(percent));
            let ([file, file_95, file_100], [function, function_95, function_100]) =
                (of(&measures.files), of(&measures.functions));
            write!(to, "{name:24}{file:>15}{file_95:>6}{file_100:>8}")?;
            writeln!(to, "{function:>15}{function_95:>6}{function_100:>8}{:>11}", measures.generated)?;
        }
        let Some((_, all)) = self.0.first() else { return Ok(()) };
        for (title, lengths) in [("longest files", &all.files), ("longest functions", &all.functions)] {
            writeln!(to, "\n{title}")?;
            lengths.longest().take(10).try_for_each(|(lines, what)| writeln!(to, "{lines:>6}  {what}"))?;
        }
        let circles = [("files of a part", &all.circles_of_files), ("parts", &all.circles_of_parts)];
        for (title, circles) in circles {
            writeln!(to, "\ncircles between {title}: {}", circles.len())?;
            circles.iter().try_for_each(|circle| writeln!(to, "        {}", circle.join(", ")))?;
        }
        Ok(())
    }
}

/// From each name, what it names.
type Graph = BTreeMap<String, BTreeSet<String>>;
