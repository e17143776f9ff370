//! Flat bodies of actions: members without a document around them (D37).

use serde_json::{Map, Value as Tree};

use super::{Format, dense, value, xml_reader};

/// A member is not what it is to be, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(pub String);

/// The members of a flat body; none of one that cannot be read, for old scripts send all sorts of bodies.
#[must_use]
pub fn members(format: Format, body: &[u8]) -> Map<String, Tree> {
    let tree = std::str::from_utf8(body).ok().and_then(|text| match format {
        Format::Json if dense::is_json(text) => None,
        Format::Json => serde_json::from_str(text).ok(),
        Format::Xml => xml_reader::read(text).ok().map(|(_, tree)| tree),
    });
    match tree {
        Some(Tree::Object(members)) => members,
        _ => Map::new(),
    }
}

/// A member by its name, which may begin with a small letter.
#[must_use]
pub fn member<'a>(members: &'a Map<String, Tree>, name: &str) -> Option<&'a Tree> {
    let small = || name.get(..1).map(str::to_ascii_lowercase).unwrap_or_default() + name.get(1..).unwrap_or_default();
    members.get(name).or_else(|| members.get(&small())).filter(|tree| !tree.is_null())
}

/// A member that is true or false.
///
/// # Errors
/// 400 if it is neither.
pub fn truth(members: &Map<String, Tree>, name: &str, hint: &str) -> Result<bool, Wrong> {
    let wrong = || Wrong(format!("{name} must be true or false. {hint}"));
    member(members, name).map_or(Ok(false), |tree| value::boolean(tree).ok_or_else(wrong))
}

/// A member that is a text.
///
/// # Errors
/// 400 if it is none.
pub fn text(members: &Map<String, Tree>, name: &str, hint: &str) -> Result<Option<String>, Wrong> {
    match member(members, name) {
        None => Ok(None),
        Some(Tree::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Wrong(format!("{name} must be a text. {hint}"))),
    }
}
