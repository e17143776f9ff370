//! Reads an XML document into the tree that JSON has too.
//!
//! Guarantee: no document type, no entities but the five predefined and character references, a bounded depth; all found
//! while reading, before anything is built from it (D23). Mechanism: a pull parser and a stack of open elements; nothing
//! recurses. What becomes what:
//!
//! - an element with a text: the text, whatever its attributes;
//! - an element with elements: an object of them and of its attributes; elements of one name: a list;
//! - an element with nothing but `Value` elements: the list of them;
//! - an element `Key` with the attribute `Name`: an entry whose key is no XML name.

use std::collections::BTreeMap;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesDecl, BytesRef, BytesStart, Event},
};
use serde_json::{Map, Value as Tree};

use super::{dense, document::Malformed, xml_writer::is_xml};

/// Elements may be this deep.
pub const DEEPEST: usize = 32;

#[derive(Default)]
struct Open {
    key: String,
    is_value: bool,
    attributes: Vec<(String, String)>,
    children: Vec<(String, Tree)>,
    only_values: bool,
    text: String,
}

/// Reads a document: the name of its root and what is in it.
///
/// # Errors
/// If it is not well-formed or holds what is not taken.
pub fn read(text: &str) -> Result<(String, Tree), Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.chars().all(is_xml) {
        return Err(wrong("it holds characters that XML does not allow"));
    }
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let mut root: Option<(String, Tree)> = None;
    let (mut first, mut values, mut containers) = (true, 0, 0);
    loop {
        let event = reader.read_event().map_err(|error| wrong(&error.to_string()))?;
        match event {
            Event::Start(start) => {
                let element = begin(&start, open.len(), root.is_some())?;
                containers += count(&element, open.last());
                values += 1 + element.attributes.len();
                open.push(element);
            }
            Event::Empty(start) => {
                let element = begin(&start, open.len(), root.is_some())?;
                containers += count(&element, open.last());
                values += 1 + element.attributes.len();
                end(element, &mut open, &mut root)?;
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| wrong("an element ends that has not begun"))?;
                end(element, &mut open, &mut root)?;
            }
            Event::Text(words) => push(&words.xml10_content(), &mut open)?,
            Event::CData(words) => match open.last_mut() {
                Some(element) => element.text.push_str(&words.xml10_content()),
                None => return Err(wrong("there is text outside of the root element")),
            },
            Event::GeneralRef(reference) => {
                let letter = resolve(&reference)?;
                open.last_mut().ok_or_else(|| wrong("there is text outside of the root element"))?.text.push(letter);
            }
            Event::DocType(_) => return Err(wrong("a document type is not allowed; leave it out")),
            Event::Decl(declaration) if first => check_declaration(&declaration)?,
            Event::Decl(_) => return Err(wrong("the XML declaration must come first")),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
        if containers > dense::CONTAINERS || values > dense::VALUES {
            return Err(Malformed(dense::sentence()));
        }
        first = false;
    }
    if !open.is_empty() {
        return Err(wrong("an element is not closed"));
    }
    root.ok_or_else(|| wrong("it has no root element"))
}

fn wrong(what: &str) -> Malformed {
    Malformed(format!(
        "The body cannot be read as XML: {:.200}. Correct it and send it again.",
        what.trim_end_matches('.')
    ))
}

fn begin(start: &BytesStart<'_>, depth: usize, after_root: bool) -> Result<Open, Malformed> {
    if depth == 0 && after_root {
        return Err(wrong("there is a second root element"));
    }
    if depth >= DEEPEST {
        return Err(wrong(&format!("elements may be at most {DEEPEST} deep")));
    }
    let name = check_name(start.name().into_inner())?;
    let mut element = Open { key: name.to_owned(), only_values: true, ..Open::default() };
    for (nodes, attribute) in start.attributes().enumerate() {
        if nodes > dense::CONTAINERS {
            return Err(Malformed(dense::sentence()));
        }
        let attribute = attribute.map_err(|error| wrong(&error.to_string()))?;
        let key = check_name(attribute.key.into_inner())?;
        if attribute.value.contains('<') {
            return Err(wrong("an attribute holds a <"));
        }
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).map_err(|error| wrong(&error.to_string()))?;
        if !value.chars().all(is_xml) {
            return Err(wrong("it holds characters that XML does not allow"));
        }
        if name == "Key" && key == "Name" {
            element.key = value.into_owned();
            continue;
        }
        // Namespaces and `xml:lang` say nothing of ours.
        if key != "xmlns" && !key.contains(':') {
            element.attributes.push((key.to_owned(), value.into_owned()));
        }
    }
    element.is_value = name == "Value";
    Ok(element)
}

/// How many objects and lists more there are by an element: itself, if it has attributes, and the one around it, if it is the
/// first in that.
fn count(element: &Open, around: Option<&Open>) -> usize {
    usize::from(!element.attributes.is_empty()) + usize::from(around.is_some_and(|around| around.children.is_empty()))
}

fn check_name(name: &str) -> Result<&str, Malformed> {
    let bad =
        |letter: char| letter.is_ascii() && !letter.is_ascii_alphanumeric() && !matches!(letter, '_' | ':' | '-' | '.');
    let starts = name.chars().next().is_some_and(|letter| !letter.is_ascii_digit() && !matches!(letter, '-' | '.'));
    match starts && !name.contains(bad) {
        true => Ok(name),
        false => Err(wrong("it holds a name that is no XML name")),
    }
}

fn push(words: &str, open: &mut [Open]) -> Result<(), Malformed> {
    match open.last_mut() {
        Some(element) => element.text.push_str(words),
        None if words.trim().is_empty() => {}
        None => return Err(wrong("there is text outside of the root element")),
    }
    Ok(())
}

fn resolve(reference: &BytesRef<'_>) -> Result<char, Malformed> {
    let by_number = reference.resolve_char_ref().map_err(|error| wrong(&error.to_string()))?;
    let letter = match (by_number, reference.as_ref()) {
        (Some(letter), _) => letter,
        (None, "amp") => '&',
        (None, "lt") => '<',
        (None, "gt") => '>',
        (None, "quot") => '"',
        (None, "apos") => '\'',
        (None, _) => return Err(wrong("only the entities amp, lt, gt, quot and apos are known")),
    };
    is_xml(letter).then_some(letter).ok_or_else(|| wrong("it holds characters that XML does not allow"))
}

fn check_declaration(declaration: &BytesDecl<'_>) -> Result<(), Malformed> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") || encoding.eq_ignore_ascii_case("utf8") => Ok(()),
        Some(_) => Err(wrong("its encoding must be UTF-8")),
    }
}

/// Closes an element: it becomes a child of the one around it, or the root.
fn end(element: Open, open: &mut [Open], root: &mut Option<(String, Tree)>) -> Result<(), Malformed> {
    let is_value = element.is_value;
    let (key, tree) = close(element)?;
    match open.last_mut() {
        Some(parent) => {
            parent.only_values &= is_value;
            parent.children.push((key, tree));
        }
        None => *root = Some((key, tree)),
    }
    Ok(())
}

fn close(element: Open) -> Result<(String, Tree), Malformed> {
    let Open { key, attributes, children, only_values, text, .. } = element;
    let blank = text.trim().is_empty();
    let tree = match (children.is_empty(), blank) {
        (true, true) if !attributes.is_empty() => Tree::Object(object(attributes, Vec::new())),
        (true, _) => Tree::String(text),
        (false, false) => return Err(wrong("an element holds both a text and elements")),
        (false, true) if only_values && attributes.is_empty() => {
            Tree::Array(children.into_iter().map(|(_, tree)| tree).collect())
        }
        (false, true) => Tree::Object(object(attributes, children)),
    };
    Ok((key, tree))
}

/// The members of an element; those of one name are a list. An attribute that says what an element says too (`Id`,
/// `Version`) is one member.
fn object(attributes: Vec<(String, String)>, children: Vec<(String, Tree)>) -> Map<String, Tree> {
    let mut members: BTreeMap<String, Vec<Tree>> = BTreeMap::new();
    for (key, tree) in children {
        members.entry(key).or_default().push(tree);
    }
    for (key, value) in attributes {
        let said = members.entry(key).or_default();
        if !said.iter().any(|tree| tree.as_str().is_some_and(|text| text.trim() == value.trim())) {
            said.push(Tree::String(value));
        }
    }
    let one_or_list = |mut trees: Vec<Tree>| match trees.len() {
        1 => trees.pop().unwrap_or_default(),
        _ => Tree::Array(trees),
    };
    members.into_iter().map(|(key, trees)| (key, one_or_list(trees))).collect()
}

#[cfg(test)]
mod tests;
