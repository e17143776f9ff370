//! Collecting the modules of a file and the paths it writes.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::{Module, Names, Written};
use crate::house::{Source, attributes, is_test};

/// Enters a file into the names.
pub(super) fn collect(names: &mut Names, file: usize, source: &Source) {
    let mut collector = Collector { names, file, package: &source.package, module: source.module.clone(), at: None };
    collector.here();
    collector.visit_file(&source.syntax);
}

struct Collector<'a> {
    names: &'a mut Names,
    file: usize,
    package: &'a str,
    module: Vec<String>,
    /// The line and publicity of the `use` that is being read.
    at: Option<(usize, bool)>,
}

impl Collector<'_> {
    /// Gives the module that is being read.
    fn here(&mut self) -> &mut Module {
        let key = (self.package.to_owned(), self.module.clone());
        let file = self.file;
        self.names.modules.entry(key).or_insert_with(|| Module { file, ..Module::default() })
    }

    fn write(&mut self, line: usize, path: Vec<String>) {
        let hands_on = self.at.is_some_and(|(_, hands_on)| hands_on);
        let (package, module) = (self.package.to_owned(), self.module.clone());
        self.names.written.push(Written { package, file: self.file, module, line, path, hands_on });
    }

    fn tree(&mut self, tree: &syn::UseTree, before: &[String]) {
        let line = self.at.map_or(0, |(line, _)| line);
        let with = |name: &syn::Ident| match name.to_string().as_str() {
            "self" if !before.is_empty() => before.to_vec(),
            name => [before, &[name.to_owned()]].concat(),
        };
        match tree {
            syn::UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before)),
            syn::UseTree::Glob(_) => {
                self.here().globs.push(before.to_vec());
                self.write(line, before.to_vec());
            }
            syn::UseTree::Name(name) => {
                let path = with(&name.ident);
                let alias = path.last().cloned().unwrap_or_default();
                self.alias(alias, path);
            }
            syn::UseTree::Rename(rename) => self.alias(rename.rename.to_string(), with(&rename.ident)),
        }
    }

    fn alias(&mut self, name: String, path: Vec<String>) {
        let line = self.at.map_or(0, |(line, _)| line);
        self.write(line, path.clone());
        self.here().aliases.insert(name, path);
    }

    /// Finds paths among tokens: names joined by `::`, and single names that begin like a type.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons, mut after_dot) = (0, 0, false);
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 || path.is_empty() {
                        self.end(line, &mut path);
                        line = name.span().start().line;
                    }
                    if !after_dot {
                        path.push(name.to_string());
                    }
                    (colons, after_dot) = (0, false);
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => (colons, after_dot) = (colons + 1, false),
                other => {
                    self.end(line, &mut path);
                    after_dot = matches!(&other, TokenTree::Punct(mark) if mark.as_char() == '.');
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.end(line, &mut path);
    }

    fn end(&mut self, line: usize, path: &mut Vec<String>) {
        let path = std::mem::take(path);
        let type_like = path.first().is_some_and(|name| name.starts_with(|start: char| start.is_ascii_uppercase()));
        if path.len() > 1 || type_like {
            self.write(line, path);
        }
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if is_test(attributes(item)) {
            return;
        }
        let name = match item {
            syn::Item::Const(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Fn(item) => Some(&item.sig.ident),
            syn::Item::Macro(item) => item.ident.as_ref(),
            syn::Item::Static(item) => Some(&item.ident),
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        if let Some(name) = name {
            self.here().items.insert(name.to_string());
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_some() {
            self.module.push(item.ident.to_string());
            self.here();
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let hands_on = !matches!(item.vis, syn::Visibility::Inherited);
        self.at = Some((item.use_token.span.start().line, hands_on));
        self.tree(&item.tree, &[]);
        self.at = None;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |segment| segment.ident.span().start().line);
        self.write(line, names);
        visit::visit_path(self, path);
    }

    /// `pub(crate)` names nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_macro(&mut self, item: &'ast syn::Macro) {
        self.visit_path(&item.path);
        self.tokens(item.tokens.clone());
    }

    fn visit_meta_list(&mut self, list: &'ast syn::MetaList) {
        self.visit_path(&list.path);
        self.tokens(list.tokens.clone());
    }
}
