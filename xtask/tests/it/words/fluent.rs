//! What a file of words has: its messages, and what each wants to have filled in.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// Gives the variables of each message by its key; or what is wrong with the file.
pub(super) fn messages(text: &str) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let resource = parser::parse(text).map_err(|(_, wrong)| format!("{wrong:?}"))?;
    let mut found = BTreeMap::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                let value = message.value.as_ref().ok_or_else(|| format!("{} has no words", message.id.name))?;
                let mut names = BTreeSet::new();
                pattern(value, &mut names)?;
                if found.insert(message.id.name.to_owned(), names).is_some() {
                    return Err(format!("{} is there twice", message.id.name));
                }
            }
            // What a term wants comes from the message that names it.
            Entry::Term(term) => pattern(&term.value, &mut BTreeSet::new())?,
            Entry::Junk { content } => return Err(format!("this cannot be read: {content}")),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
        }
    }
    Ok(found)
}

fn pattern(pattern: &Pattern<&str>, names: &mut BTreeSet<String>) -> Result<(), String> {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } if value.contains('<') => {
                return Err(format!("{value:?}: markup is filled in, never written"));
            }
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression } => read(expression, names)?,
        }
    }
    Ok(())
}

fn read(expression: &Expression<&str>, names: &mut BTreeSet<String>) -> Result<(), String> {
    match expression {
        Expression::Inline(inline) => part(inline, names),
        Expression::Select { selector, variants } => {
            part(selector, names)?;
            variants.iter().try_for_each(|variant| pattern(&variant.value, names))
        }
    }
}

fn part(inline: &InlineExpression<&str>, names: &mut BTreeSet<String>) -> Result<(), String> {
    match inline {
        // It would be put into markup as it is.
        InlineExpression::StringLiteral { value } if value.contains(['<', '&', '"', '\\']) => {
            Err(format!("{value:?} belongs outside of the braces"))
        }
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => Ok(()),
        InlineExpression::VariableReference { id } => {
            names.insert(id.name.to_owned());
            Ok(())
        }
        InlineExpression::TermReference { arguments, .. } => arguments.iter().try_for_each(|given| call(given, names)),
        InlineExpression::Placeable { expression } => read(expression, names),
        InlineExpression::MessageReference { id, .. } | InlineExpression::FunctionReference { id, .. } => {
            Err(format!("{} stands in another message: say it there, or make it a term", id.name))
        }
    }
}

fn call(given: &CallArguments<&str>, names: &mut BTreeSet<String>) -> Result<(), String> {
    given.positional.iter().try_for_each(|one| part(one, names))?;
    given.named.iter().try_for_each(|one| part(&one.value, names))
}

#[test]
fn variables_are_found_wherever_they_stand() {
    let text = "-brand = Cohort\na = x { $one } { $two ->\n    [one] { $three }\n   *[other] { -brand(case: \"x\") }\n}\nb = c\n";
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let expected = [("a".to_owned(), names(&["one", "two", "three"])), ("b".to_owned(), names(&[]))];
    assert_eq!(messages(text), Ok(expected.into()));
    for wrong in
        ["a = x\na = y\n", "a = { $x\n", "a = { \"<b>\" }\n", "a = <b>\n", "a = x\nb = { a }\n", "a = { NUMBER($x) }\n"]
    {
        assert!(messages(wrong).is_err(), "{wrong}");
    }
}
