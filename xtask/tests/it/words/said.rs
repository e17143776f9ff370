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
            let called =
                |back: usize| at.checked_sub(back).and_then(|before| tokens.get(before)).map(ToString::to_string);
            match token {
                TokenTree::Group(group) => match (called(2).as_deref(), called(1).as_deref()) {
                    (Some("say" | "show"), Some("!")) => self.message(file, group),
                    (Some("html"), Some("!")) => self.markup(file, group.stream()),
                    _ => self.code(file, group.stream()),
                },
                TokenTree::Literal(literal) => {
                    let words = text_of(literal).filter(|text| are_words(text));
                    self.left.extend(words.map(|text| (file.to_owned(), text)));
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
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
            let near =
                |far: isize| at.checked_add_signed(far).and_then(|near| tokens.get(near)).map(ToString::to_string);
            let (before, name) = (near(-1).unwrap_or_default(), near(-2).unwrap_or_default());
            match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    if before != "code" {
                        self.markup(file, group.stream());
                    }
                }
                TokenTree::Group(group) => self.code(file, group.stream()),
                TokenTree::Literal(literal) => {
                    let of_attribute = before == "=" && !READ.contains(&name.as_str());
                    let of_match = matches!(near(1).as_deref(), Some("=" | "|"));
                    let words = text_of(literal).filter(|text| {
                        let shown = !of_attribute && !of_match && text.contains(char::is_alphabetic);
                        shown || are_words(text)
                    });
                    self.left.extend(words.map(|text| (file.to_owned(), text)));
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

/// Leaves out attributes, doc comments among them, and modules for tests.
fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let (mut left, mut tokens) = (Vec::new(), tokens.into_iter().peekable());
    while let Some(token) = tokens.next() {
        let attribute = match (&token, tokens.peek()) {
            (TokenTree::Punct(mark), Some(TokenTree::Group(group)))
                if mark.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                Some(group.stream().to_string().replace(' ', ""))
            }
            _ => None,
        };
        match attribute.as_deref() {
            None => left.push(token),
            Some("cfg(test)") => {
                tokens
                    .by_ref()
                    .find(|token| matches!(token, TokenTree::Group(body) if body.delimiter() == Delimiter::Brace));
            }
            Some(_) => drop(tokens.next()),
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
        /// A comment of several words.
        const A: [(&str, Word); 1] = [("status", say!("status"))];
        #[expect(lint, reason = "not for people")]
        fn a(name: &str, ids: &[i64]) -> Markup {
            let b = format!("Person {name}");
            let c = format!("{name} {}, mark{name}; Status", 1);
            html! {
                p.words title=(say!("title", name = name, of = say!("of"))) { "Status" code { "POST it all" } (say!("p")) " " }
                a href="/a/b" data-do="store" aria-label="Close" { (b) @if name == "Failed" { "–" } }
                @match name { "one" | "two" => { (d("Log out")) } _ => { (html! { "x" }) } }
            }
        }
        #[cfg(test)]
        mod tests { const B: &str = "for nobody but us"; }
    "#;
    let mut said = Said::default();
    said.add("a.rs", source);
    let keys: Vec<_> = said.messages.iter().map(|(key, names)| (key.as_str(), names[0].len())).collect();
    assert_eq!(keys, [("of", 0), ("p", 0), ("status", 0), ("title", 2)]);
    let left: Vec<_> = said.left.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(left, ["Person {name}", "Status", "Close", "Log out", "x"]);
}
