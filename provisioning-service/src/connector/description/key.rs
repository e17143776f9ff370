//! Writing a key down: `Key::text("Password", "…").secret(&["ServerUrl"]).required()`.

use crate::connector::description::{Default, Key, Kind, Required, Rule, When};

impl Key {
    /// A key of a kind.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self {
            name,
            kind,
            help,
            required: Required::No,
            default: None,
            used: None,
            secret: false,
            bound_to: &[],
            rule: None,
            must: None,
        }
    }

    /// A text.
    #[must_use]
    pub const fn text(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Kind::Text, help)
    }

    /// One of some texts.
    #[must_use]
    pub const fn choice(name: &'static str, values: &'static [&'static str], help: &'static str) -> Self {
        Self::new(name, Kind::Choice(values), help)
    }

    /// An address without a user.
    #[must_use]
    pub const fn address(name: &'static str, schemes: &'static [&'static str], help: &'static str) -> Self {
        Self::new(name, Kind::Address { schemes, user: false }, help)
    }

    /// It must be there.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: Required::Always, ..self }
    }

    /// It must be there if another key has a value.
    #[must_use]
    pub const fn required_when(self, when: When) -> Self {
        Self { required: Required::When(when), ..self }
    }

    /// It means something only if another key has a value.
    #[must_use]
    pub const fn used_when(self, when: When) -> Self {
        Self { used: Some(when), ..self }
    }

    /// Its value never comes out, and is not kept when one of these keys changes.
    #[must_use]
    pub const fn secret(self, bound_to: &'static [&'static str]) -> Self {
        Self { secret: true, bound_to, ..self }
    }

    /// What holds where it is absent.
    #[must_use]
    pub const fn or(self, default: Default) -> Self {
        Self { default: Some(default), ..self }
    }

    /// What its text must fulfil, and what is said where it does not.
    #[must_use]
    pub const fn rule(self, holds: fn(&str) -> bool, sentence: &'static str) -> Self {
        Self { rule: Some(Rule { holds, sentence }), ..self }
    }

    /// What is said of a value that is not of its kind.
    #[must_use]
    pub const fn must(self, sentence: &'static str) -> Self {
        Self { must: Some(sentence), ..self }
    }
}
