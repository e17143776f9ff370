//! What source says to people: the messages that it names, and words that it has itself.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

/// What several files say.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The messages by their keys, and for each place that says one the names of what it fills in.
    pub(super) messages: BTreeMap<String, Vec<BTreeSet<String>>>,
    /// Words that are no message: the file, and the words.
    pub(super) left: Vec<(String, String)>,
}

/// Whether a text is for people: two words with a blank between them, or a word and what is filled in.
pub(super) fn are_words(text: &str) -> bool {
    let parts: Vec<&str> = text.split(' ').collect();
    let ends = |part: &str| part.chars().last().is_some_and(char::is_alphabetic);
    let begins = |part: &str| part.chars().next().is_some_and(|first| first.is_alphabetic() || first == '{');
    parts.windows(2).any(|pair| ends(pair[0]) && begins(pair[1]))
}

/// Attributes that people read or hear.
const READ: [&str; 5] = ["label", "title", "placeholder", "alt", "words"];

impl Said {
    /// Reads a file. Tests in it say nothing to people, nor do comments.
    pub(super) fn add(&mut self, file: &str, text: &str) {
        let tokens: TokenStream = text.parse().unwrap_or_else(|wrong| panic!("{file}: {wrong}"));
        self.code(file, tokens);
    }

    fn code(&mut self, file: &str, tokens: TokenStream) {
        let tokens = without_tests(tokens);
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) if !self.called(file, &tokens, at) => self.code(file, group.stream()),
                TokenTree::Literal(literal) => self.keep(file, literal, are_words),
                _ => {}
            }
        }
    }

    /// Reads a group that is what a macro is called with, if the macro is one of those that say something.
    fn called(&mut self, file: &str, tokens: &[TokenTree], at: usize) -> bool {
        let TokenTree::Group(group) = &tokens[at] else { return false };
        match (before(tokens, at, 2).as_str(), before(tokens, at, 1).as_str()) {
            ("say" | "show", "!") => self.message(file, group),
            ("html", "!") => self.markup(file, group.stream()),
            _ => return false,
        }
        true
    }

    fn keep(&mut self, file: &str, literal: &Literal, wanted: impl Fn(&str) -> bool) {
        let text = text_of(literal).filter(|text| wanted(text));
        self.left.extend(text.map(|text| (file.to_owned(), text)));
    }

    /// `"key", name = value, …`
    fn message(&mut self, file: &str, group: &Group) {
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        let key =
            tokens.first().and_then(|first| if let TokenTree::Literal(key) = first { text_of(key) } else { None });
        let key = key.unwrap_or_else(|| panic!("{file}: what is said is a key: {group}"));
        let parts = tokens.split(|token| token.to_string() == ",").skip(1);
        let names = parts.filter_map(|part| Some(part.first()?.to_string())).collect();
        self.messages.entry(key).or_default().push(names);
        self.code(file, tokens.into_iter().skip(1).collect());
    }

    /// In markup every text is for people, but for what is in `code`, and for values of attributes that nobody reads.
    fn markup(&mut self, file: &str, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let (name, mark) = (before(&tokens, at, 2), before(&tokens, at, 1));
            match token {
                TokenTree::Group(group) if !self.called(file, &tokens, at) => match group.delimiter() {
                    Delimiter::Brace if mark == "code" => {}
                    Delimiter::Brace => self.markup(file, group.stream()),
                    _ => self.code(file, group.stream()),
                },
                TokenTree::Literal(literal) => {
                    let of_attribute = mark == "=" && !READ.contains(&name.as_str());
                    let of_match =
                        tokens.get(at + 1).is_some_and(|next| ["=", "|"].contains(&next.to_string().as_str()));
                    let shown = !of_attribute && !of_match;
                    self.keep(file, literal, |text| shown && text.contains(char::is_alphabetic) || are_words(text));
                }
                _ => {}
            }
        }
    }
}

/// What stands so many tokens before one.
fn before(tokens: &[TokenTree], at: usize, back: usize) -> String {
    at.checked_sub(back).map_or_else(String::new, |at| tokens[at].to_string())
}

/// Leaves out attributes, doc comments among them, and modules for tests.
fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let (mut left, mut tokens) = (Vec::new(), tokens.into_iter().peekable());
    while let Some(token) = tokens.next() {
        if token.to_string() != "#" {
            left.push(token);
            continue;
        }
        // `#[…]`, or `#![…]`; in markup `#` begins an id.
        tokens.next_if(|next| next.to_string() == "!");
        let is = |next: &TokenTree, of| matches!(next, TokenTree::Group(group) if group.delimiter() == of);
        let attribute = tokens.next_if(|next| is(next, Delimiter::Bracket)).map(|attribute| attribute.to_string());
        if attribute.is_some_and(|attribute| attribute.replace(' ', "") == "[cfg(test)]") {
            tokens.find(|token| is(token, Delimiter::Brace));
        }
    }
    left
}

fn text_of(literal: &Literal) -> Option<String> {
    syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|text| text.value())
}

#[test]
fn words_are_found_wherever_they_stand() {
    let source = r#"
        //! A comment of several words.
        /// Another one.
        const A: [(&str, Word); 1] = [("status", say!("status"))];
        #[expect(lint, reason = "not for people")]
        fn a(name: &str, ids: &[i64]) -> Markup {
            let b = format!("Person {name}");
            let c = format!("{name} {}, mark{name}; Status", 1);
            html! {
                p.words title=(say!("title", name = name, of = say!("of"))) { "Status" code { "POST it all" } (say!("p")) " " }
                @let d = say!("let");
                a #id href="/a/b" data-do="store" aria-label="Close" { (b) @if name == "Failed" { "–" } }
                @match name { "one" | "two" => { (d("Log out")) } _ => { (html! { "x" }) } }
            }
        }
        #[cfg(test)]
        mod tests { const B: &str = "for nobody but us"; }
    "#;
    let mut said = Said::default();
    said.add("a.rs", source);
    let keys: Vec<_> = said.messages.iter().map(|(key, names)| (key.as_str(), names[0].len())).collect();
    assert_eq!(keys, [("let", 0), ("of", 0), ("p", 0), ("status", 0), ("title", 2)]);
    let left: Vec<_> = said.left.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(left, ["Person {name}", "Status", "Close", "Log out", "x"]);
}
