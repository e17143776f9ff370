//! What each file is for, in a line: `docs/files.md`, written from the first sentence of each file's documentation.

use std::fmt::Write as _;

use crate::house::{Kind, Source};

/// Where it is written, from the root of the repository.
pub const FILE: &str = "docs/files.md";

const HEAD: &str = "# Files\n\nEvery source file by the first sentence of its documentation: search here for a word when no row of \
                    [ARCHITECTURE](../ARCHITECTURE.md#where-is-the-rule-for) has the rule. Written by `cargo xtask generate`.\n";

/// The text of the file. Tests and what is generated are left out.
#[must_use]
pub fn listing(sources: &[Source]) -> String {
    let mut told: Vec<(&str, String, String)> = sources.iter().filter(|source| belongs(source)).map(line).collect();
    told.sort();
    let (mut text, mut package) = (HEAD.to_owned(), "");
    for (of, path, sentence) in &told {
        if *of != package {
            package = of;
            let _ = write!(text, "\n## {package}\n\n");
        }
        let _ = writeln!(text, "- `{path}`: {sentence}");
    }
    text
}

fn belongs(source: &Source) -> bool {
    let tests = source.package == "testkit" && source.path.iter().any(|part| part == "src");
    let migrates = source.module.iter().any(|part| part == "migration");
    (source.kind == Kind::Product || tests) && !migrates && !first_sentence(&source.syntax).is_empty()
}

fn line(source: &Source) -> (&str, String, String) {
    (&source.package, source.path.display().to_string(), first_sentence(&source.syntax))
}

/// The first sentence of what a file says of itself, with links as what they show.
fn first_sentence(syntax: &syn::File) -> String {
    let mut said = String::new();
    for attribute in syntax.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let syn::Meta::NameValue(meta) = &attribute.meta else { continue };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &meta.value else { continue };
        let text = text.value();
        if text.trim().is_empty() {
            break;
        }
        let _ = write!(said, "{}{}", if said.is_empty() { "" } else { " " }, text.trim());
    }
    let end = said.match_indices(". ").map(|(at, _)| at).find(|at| !said[..*at].ends_with("e.g")).unwrap_or(said.len());
    let sentence = said.get(..end).unwrap_or_default().trim_end_matches('.');
    match sentence.is_empty() {
        true => String::new(),
        false => format!("{}.", without_links(sentence)),
    }
}

/// `[`x`](y)` and `[`x`]` as `x`: what they lead to is known to rustdoc only.
fn without_links(text: &str) -> String {
    let (mut shown, mut rest) = (String::new(), text);
    while let Some(begin) = rest.find("[`") {
        let Some(length) = rest[begin..].find("`]") else { break };
        shown.push_str(&rest[..begin]);
        shown.push_str(&rest[begin + 1..begin + length + 1]);
        rest = &rest[begin + length + 2..];
        if let Some(behind) = rest.strip_prefix('(').and_then(|target| target.split_once(')')) {
            rest = behind.1;
        }
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentence_is_told_without_links() {
        let file =
            "//! Who waits for [`crate::a`], by [`b`](crate::b). What\n//! is left out.\n//!\n//! More.\nuse a::b;";
        let syntax = syn::parse_file(file).expect("a file");
        assert_eq!(first_sentence(&syntax), "Who waits for `crate::a`, by `b`.");
    }
}
