//! The words of the console: all that people read on its pages, but for what the services say, stands in one file
//! (`words/en.ftl`), so that it can be translated.
//!
//! Guarantee: a sentence is translated as a whole, with the forms that numbers have in its language; what comes from outside is
//! escaped wherever it stands in it. Mechanism: Fluent. `say!` gives text, which maud escapes as any other; `show!` gives
//! markup: the file's own text is escaped, and so is everything put into it that is not markup already. Failure: a message that is
//! not in the file is shown by its key; `xtask/tests/it/words.rs` finds it.

use std::{
    borrow::Cow,
    fmt::{self, Display, Formatter},
    sync::LazyLock,
};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use maud::{Markup, PreEscaped, Render};

/// The language of the pages: how browsers name it, and by whose rules numbers choose among forms.
pub const LANGUAGE: &str = "en";
const FILE: &str = include_str!("words/en.ftl");

type Bundle = FluentBundle<&'static FluentResource>;

static READ: LazyLock<FluentResource> =
    LazyLock::new(|| FluentResource::try_new(FILE.to_owned()).unwrap_or_else(|(readable, _)| readable));
static TEXT: LazyLock<Bundle> = LazyLock::new(|| bundle(None));
static MARKUP: LazyLock<Bundle> = LazyLock::new(|| bundle(Some(|text| text.render().into_string().into())));

fn bundle(transform: Option<fn(&str) -> Cow<'_, str>>) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![LANGUAGE.parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    bundle.set_transform(transform);
    // Of a key that is there twice the second one would count.
    bundle.add_resource_overriding(&READ);
    bundle
}

fn find(bundle: &'static Bundle, key: &'static str, parts: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.into();
    };
    let mut wrong = Vec::new();
    let text = bundle.format_pattern(pattern, parts, &mut wrong);
    debug_assert!(wrong.is_empty(), "{key}: {wrong:?}");
    text
}

/// A message of which nothing has to be filled in, by its key.
#[derive(Clone, Copy, Debug)]
pub struct Word(pub &'static str);

impl Display for Word {
    fn fmt(&self, to: &mut Formatter<'_>) -> fmt::Result {
        to.write_str(&find(&TEXT, self.0, None))
    }
}

impl Render for Word {
    fn render_to(&self, to: &mut String) {
        find(&TEXT, self.0, None).render_to(to);
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        find(&TEXT, word.0, None).into_owned()
    }
}

/// What is put into a sentence of markup: markup as it is, text escaped, and numbers, which choose among forms.
#[derive(Debug)]
pub struct Part(FluentValue<'static>);

impl From<Markup> for Part {
    fn from(markup: Markup) -> Self {
        Self(markup.into_string().into())
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        text.render().into()
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<i64> for Part {
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

/// A number that may be missing, as a sentence has it.
#[must_use]
pub fn number(number: Option<i64>) -> FluentValue<'static> {
    number.map_or_else(|| "–".into(), FluentValue::from)
}

/// A message as text, with what is filled in; `say!` is how to say it.
#[must_use]
pub fn said<const N: usize>(key: &'static str, parts: [(&'static str, FluentValue<'_>); N]) -> String {
    find(&TEXT, key, Some(&parts.into_iter().collect())).into_owned()
}

/// A message as markup, with what is filled in; `show!` is how to say it.
#[must_use]
pub fn shown<const N: usize>(key: &'static str, parts: [(&'static str, Part); N]) -> Markup {
    let parts = parts.into_iter().map(|(name, Part(value))| (name, value)).collect();
    PreEscaped(find(&MARKUP, key, Some(&parts)).into_owned())
}

/// Says a message by its key: a [`Word`], or, with what is filled in (`count = 3`), a `String`.
macro_rules! say {
    ($key:literal) => { $crate::console::words::Word($key) };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::console::words::said($key, [$((stringify!($name), $value.into())),+])
    };
}

/// Says a message in which there is markup: `show!("groups-none", call = html! { code { "POST /co_groups.json" } })`.
macro_rules! show {
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::console::words::shown($key, [$((stringify!($name), $value.into())),+])
    };
}

pub(crate) use {say, show};

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    #[test]
    fn the_file_can_be_read() {
        let wrong = FluentResource::try_new(FILE.to_owned()).map_err(|(_, wrong)| wrong);
        assert!(wrong.is_ok(), "{wrong:?}");
    }

    #[test]
    fn numbers_choose_among_forms() {
        let says = |count: i64| say!("guard-release", count = count);
        assert_eq!(
            [says(1), says(0), says(12_000)],
            ["Release 1 removal", "Release 0 removals", "Release 12000 removals"]
        );
    }

    #[test]
    fn what_is_filled_in_stays_text_unless_it_is_markup() {
        let evil = "<b>\"&{ $x } { -y }";
        let text = html! { p title=(say!("causes", target = evil)) { (say!("causes", target = evil)) } }.into_string();
        assert_eq!(text.matches("Failing at &lt;b&gt;&quot;&amp;{ $x } { -y }").count(), 2, "{text}");
        let markup = show!("request-about", subject = evil, target = html! { a { "T&T" } }).into_string();
        assert_eq!(markup, "&lt;b&gt;&quot;&amp;{ $x } { -y } at <a>T&amp;T</a>");
        // The file's own text, too.
        let markup = show!("group-versions", none = "").into_string();
        assert_eq!(markup, html! { (say!("group-versions")) }.into_string());
        assert_eq!(String::from(Word("not-there<")), "not-there<");
        assert_eq!(Word("not-there<").render().into_string(), "not-there&lt;");
    }
}
