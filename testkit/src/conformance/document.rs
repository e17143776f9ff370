//! Paths into documents: `A.B[0].C[Name=x.y].D` into JSON, `Tag[n]/Tag/@Attr` into XML.

use roxmltree::{Document, Node, NodeType, ParsingOptions};

use super::error::KitError;
use super::json::Json;

enum JsonStep<'a> {
    Name(&'a str),
    Bracket(&'a str),
}

/// Splits at dots and brackets; what is in brackets may hold dots.
fn json_steps(path: &str) -> Vec<JsonStep<'_>> {
    let (mut steps, mut rest) = (Vec::new(), path);
    while !rest.is_empty() {
        if let Some((inside, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
            steps.push(JsonStep::Bracket(inside));
            rest = after;
            continue;
        }
        let (name, after) = rest.split_at(rest.find(['.', '[', ']']).unwrap_or(rest.len()));
        if name.is_empty() {
            let mut characters = rest.chars();
            characters.next();
            rest = characters.as_str();
        } else {
            steps.push(JsonStep::Name(name));
            rest = after;
        }
    }
    steps
}

/// Follows a path into a document. `[0]` and `.0` are the first element, `[-1]` the last, `[Name=x]` the first with that
/// member, and `#length` the number of elements.
pub(super) fn json_at(document: &Json, path: &str) -> Result<Option<Json>, KitError> {
    let mut here = document;
    for step in json_steps(path) {
        let next = match (step, here) {
            (JsonStep::Bracket(inside), Json::List(items)) => match inside.split_once('=') {
                Some((key, value)) => items
                    .iter()
                    .find(|item| item.is_object() && item.get(key).map_or("None".to_owned(), Json::as_text) == value),
                None => element(items, number(inside, path)?),
            },
            (JsonStep::Bracket(_), _) => None,
            (JsonStep::Name("#length"), Json::List(items)) => {
                return Ok(i64::try_from(items.len()).ok().map(Json::from));
            }
            (JsonStep::Name(index), Json::List(items)) if index.bytes().all(|byte| byte.is_ascii_digit()) => {
                element(items, number(index, path)?)
            }
            (JsonStep::Name(name), _) => here.get(name),
        };
        match next {
            Some(next) => here = next,
            None => return Ok(None),
        }
    }
    Ok(Some(here.clone()))
}

fn number(text: &str, path: &str) -> Result<i64, KitError> {
    text.parse().map_err(|_| KitError::new(format!("bad JSON path {path:?}")))
}

fn element(items: &[Json], index: i64) -> Option<&Json> {
    let from_end = usize::try_from(index.unsigned_abs()).ok()?;
    items.get(if index < 0 { items.len().checked_sub(from_end)? } else { from_end })
}

/// Reads an XML document; the error is a sentence.
pub(super) fn parse_xml(body: &[u8]) -> Result<Document<'_>, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| error.to_string())
}

/// Follows a path into an XML document: `Tag[n]/Tag/@Attr`, `Tag[@Attr=value]/Tag`, `Tag#count`, `$root`. Returns a text,
/// a number for `#count`, or `null` if nothing is there.
pub(super) fn xml_at(document: &Document<'_>, path: &str) -> Result<Json, KitError> {
    let root = document.root_element();
    if path == "$root" {
        return Ok(Json::Text(name_of(root)));
    }
    let (path, counts) = path.strip_suffix("#count").map_or((path, false), |path| (path, true));
    let mut nodes = vec![root];
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    for (n, part) in parts.iter().enumerate() {
        if let Some(attribute) = part.strip_prefix('@') {
            let value = nodes.first().and_then(|node| attribute_of(*node, attribute));
            return Ok(value.map_or(Json::Null, Json::text));
        }
        let step = XmlStep::parse(part).ok_or_else(|| KitError::new(format!("bad XML path {path:?}")))?;
        // Only the last step of a count looks below more than one element.
        let from = if counts && n + 1 == parts.len() { nodes.len() } else { 1 };
        nodes = nodes.iter().take(from).flat_map(|node| node.children()).filter(|node| step.fits(*node)).collect();
        if let Some(index) = step.index {
            nodes = nodes.get(index).copied().into_iter().collect();
        }
    }
    Ok(match nodes.first() {
        _ if counts => i64::try_from(nodes.len()).map_or(Json::Null, Json::from),
        Some(node) => Json::Text(text_of(*node)),
        None => Json::Null,
    })
}

struct XmlStep<'a> {
    tag: &'a str,
    index: Option<usize>,
    attribute: Option<(&'a str, &'a str)>,
}

impl<'a> XmlStep<'a> {
    fn parse(part: &'a str) -> Option<Self> {
        let (tag, condition) = match part.split_once('[') {
            Some((tag, rest)) => (tag, Some(rest.strip_suffix(']')?)),
            None => (part, None),
        };
        if tag.is_empty() || tag.contains(']') || condition.is_some_and(|text| text.contains(']')) {
            return None;
        }
        let mut step = Self { tag, index: None, attribute: None };
        match condition.map(|text| (text, text.strip_prefix('@'))) {
            None => {}
            Some((_, Some(attribute))) => step.attribute = Some(attribute.split_once('=')?),
            Some((index, None)) => step.index = Some(index.parse().ok()?),
        }
        Some(step)
    }

    fn fits(&self, node: Node<'_, '_>) -> bool {
        node.is_element()
            && (self.tag == "*" || self.tag == name_of(node))
            && self.attribute.is_none_or(|(name, value)| attribute_of(node, name) == Some(value))
    }
}

/// Names an element; a namespace stands before the name, in braces.
fn name_of(node: Node<'_, '_>) -> String {
    let name = node.tag_name();
    name.namespace().map_or_else(|| name.name().to_owned(), |space| format!("{{{space}}}{}", name.name()))
}

fn attribute_of<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|a| a.namespace().is_none() && a.name() == name).map(|a| a.value())
}

/// Returns the text before the first element inside; comments do not interrupt it.
fn text_of(node: Node<'_, '_>) -> String {
    let inside = node.children().take_while(|child| !child.is_element());
    inside.filter(|child| child.node_type() == NodeType::Text).filter_map(|child| child.text()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_paths_find_and_miss() -> Result<(), KitError> {
        let document =
            Json::parse(r#"{"L":[{"Name":"a.b","Id":1},{"Name":"c","Id":2}],"N":null}"#).map_err(KitError::new)?;
        for (path, want) in [
            ("L[Name=c].Id", Some("2")),
            ("L[Name=a.b].Id", Some("1")),
            ("L[0].Id", Some("1")),
            ("L.1.Id", Some("2")),
            ("L[-1].Id", Some("2")),
            ("L.#length", Some("2")),
            ("N", Some("null")),
            ("L[Name=z].Id", None),
            ("L[5].Id", None),
            ("L[-3].Id", None),
            ("L.5", None),
            ("L.Id", None),
            ("N.Id", None),
            ("X", None),
        ] {
            let found = json_at(&document, path)?.map(|json| json.to_string());
            assert_eq!(found.as_deref(), want, "{path}");
        }
        assert!(json_at(&document, "L[x]").is_err());
        Ok(())
    }

    #[test]
    fn xml_paths_find_and_miss() -> Result<(), String> {
        let text = concat!(
            r#"<A Version="1.0"><B Id="7"><Id>7</Id><P><T>x<!-- y -->&amp;z</T></P></B><B Id="8"/>"#,
            r#"<n:C xmlns:n="urn:n">q</n:C></A>"#
        );
        let document = parse_xml(text.as_bytes())?;
        for (path, want) in [
            ("$root", r#""A""#),
            ("@Version", r#""1.0""#),
            ("@version", "null"),
            ("B[0]/@Id", r#""7""#),
            ("B[1]/@Id", r#""8""#),
            ("B[2]/@Id", "null"),
            ("B/P/T", r#""x&z""#),
            ("B[1]", r#""""#),
            ("B/Q", "null"),
            ("B#count", "2"),
            ("C#count", "0"),
            ("*#count", "3"),
            ("B/Id#count", "1"),
            ("B[@Id=8]/@Id", r#""8""#),
            ("B[@Id=9]/@Id", "null"),
        ] {
            let found = xml_at(&document, path).map_err(|error| error.to_string())?;
            assert_eq!(found.to_string(), want, "{path}");
        }
        assert!(xml_at(&document, "B[x]").is_err() && xml_at(&document, "B[0").is_err());
        Ok(())
    }

    #[test]
    fn a_broken_xml_document_is_refused() {
        for text in ["<A>", "", "<A/><B/>", "<A a='1' a='2'/>", "<A>&nope;</A>", "x<A/>", "<A>\u{1}</A>"] {
            assert!(parse_xml(text.as_bytes()).is_err(), "{text:?} was let through");
        }
        assert!(parse_xml(b"<A>\xff</A>").is_err());
    }
}
