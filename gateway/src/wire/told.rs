//! What a service tells beside records, in either format: lists and single things whose members are those of their message
//! (D51 to D58). Outer records carry `Version`; nested ones do not.

use std::io::Write as _;

use proto::tree::{Node, Told};

use super::{Format, Integers, json_writer as json, time, xml_writer as xml};

/// A list while it is written.
#[derive(Debug)]
pub struct List {
    format: Format,
    integers: Integers,
    name: String,
    out: Vec<u8>,
    empty: bool,
}

impl List {
    /// Begins a list by its name, `CoProvisioningPlans`.
    #[must_use]
    pub fn begin(format: Format, integers: Integers, name: &str) -> Self {
        let mut out = Vec::with_capacity(1024);
        // Writing into a vector cannot fail.
        let _ = match format {
            Format::Json => write!(out, r#"{{"ResponseType":"{name}","Version":"1.0","{name}":["#),
            Format::Xml => {
                out.extend_from_slice(xml::DECLARATION);
                write!(out, "<{name} Version=\"1.0\">")
            }
        };
        Self { format, integers, name: name.to_owned(), out, empty: true }
    }

    /// Adds a record, and says what XML calls it.
    pub fn push(&mut self, item: &str, record: &Node) {
        let Node::Object(members) = record else { return };
        match self.format {
            Format::Json => {
                self.out.extend_from_slice(if self.empty { b"{" } else { b",{" });
                self.out.extend_from_slice(br#""Version":"1.0""#);
                json_members(members, true, self.integers, &mut self.out);
                self.out.push(b'}');
            }
            Format::Xml => {
                let _ = write!(self.out, "<{item} Version=\"1.0\">");
                xml_members(members, &mut self.out);
                let _ = write!(self.out, "</{item}>");
            }
        }
        self.empty = false;
    }

    /// What was written since the last time.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Ends the list.
    #[must_use]
    pub fn end(mut self) -> Vec<u8> {
        let _ = match self.format {
            Format::Json => writeln!(self.out, "]}}"),
            Format::Xml => writeln!(self.out, "</{}>", self.name),
        };
        self.out
    }
}

/// The document of one thing.
#[must_use]
pub fn one(format: Format, integers: Integers, told: &Told) -> Vec<u8> {
    let (name, mut out) = (told.name.as_str(), Vec::with_capacity(256));
    match format {
        Format::Json => {
            let _ = write!(out, r#"{{"ResponseType":"{name}","Version":"1.0""#);
            json_members(&told.members, true, integers, &mut out);
            out.extend_from_slice(b"}\n");
        }
        Format::Xml => {
            out.extend_from_slice(xml::DECLARATION);
            let _ = write!(out, "<{name} Version=\"1.0\">");
            xml_members(&told.members, &mut out);
            let _ = writeln!(out, "</{name}>");
        }
    }
    out
}

/// Writes members, in either format; in JSON after others.
pub(super) fn members(format: Format, members: &[(String, Node)], integers: Integers, out: &mut Vec<u8>) {
    match format {
        Format::Json => json_members(members, true, integers, out),
        Format::Xml => xml_members(members, out),
    }
}

/// Writes an object in JSON.
pub(super) fn json_object(members: &[(String, Node)], integers: Integers, out: &mut Vec<u8>) {
    out.push(b'{');
    json_members(members, false, integers, out);
    out.push(b'}');
}

/// A member.
pub(super) fn member(name: &str, node: Node) -> (String, Node) {
    (name.to_owned(), node)
}

/// A subject as D38 writes it: a person as `Person`, others by their ids.
pub(super) fn subject(person: Option<i64>, others: [(&str, Option<i64>); 3]) -> Option<(String, Node)> {
    let of_person = |id| {
        let kind = member("Type", Node::Text("CO".to_owned()));
        member("Person", Node::Object(vec![kind, member("Id", Node::Int(id))]))
    };
    let other = || others.into_iter().find_map(|(name, id)| Some(member(name, Node::Int(id?))));
    person.map(of_person).or_else(other)
}

fn json_members(members: &[(String, Node)], after: bool, integers: Integers, out: &mut Vec<u8>) {
    for (number, (name, node)) in members.iter().enumerate() {
        if after || number > 0 {
            out.push(b',');
        }
        json::text(name, out);
        out.push(b':');
        json_node(node, integers, out);
    }
}

fn json_node(node: &Node, integers: Integers, out: &mut Vec<u8>) {
    match node {
        Node::Int(number) => json::integer(*number, integers, out),
        Node::Bool(truth) => json::json(truth, out),
        Node::Text(text) => json::text(text, out),
        Node::Time(seconds) => {
            out.push(b'"');
            time::write(*seconds, out);
            out.push(b'"');
        }
        Node::List(_, items) => {
            out.push(b'[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    out.push(b',');
                }
                json_node(item, integers, out);
            }
            out.push(b']');
        }
        Node::Object(members) => json_object(members, integers, out),
    }
}

fn xml_members(members: &[(String, Node)], out: &mut Vec<u8>) {
    for (name, node) in members {
        let _ = write!(out, "<{name}>");
        xml_node(node, out);
        let _ = write!(out, "</{name}>");
    }
}

fn xml_node(node: &Node, out: &mut Vec<u8>) {
    match node {
        Node::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Node::Bool(truth) => xml::boolean(*truth, out),
        Node::Text(text) => xml::text(text, out),
        Node::Time(seconds) => time::write(*seconds, out),
        Node::List(item, items) => {
            for node in items {
                let _ = write!(out, "<{item}>");
                xml_node(node, out);
                let _ = write!(out, "</{item}>");
            }
        }
        Node::Object(members) => xml_members(members, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Node {
        let text = |text: &str| Node::Text(text.to_owned());
        let step = Node::Object(vec![("Text".to_owned(), text("a < b"))]);
        Node::Object(vec![
            ("Eligible".to_owned(), Node::Bool(true)),
            ("At".to_owned(), Node::Time(0)),
            ("Steps".to_owned(), Node::List("Step".to_owned(), vec![step.clone(), step])),
            ("Scopes".to_owned(), Node::List("Scope".to_owned(), vec![text("read")])),
        ])
    }

    fn written(format: Format) -> String {
        let mut list = List::begin(format, Integers::Number, "Plans");
        list.push("Plan", &record());
        list.push("Plan", &Node::Object(vec![("Id".to_owned(), Node::Int(7))]));
        String::from_utf8(list.end()).unwrap()
    }

    #[test]
    fn both_formats_say_the_same() {
        assert_eq!(
            written(Format::Json),
            concat!(
                r#"{"ResponseType":"Plans","Version":"1.0","Plans":[{"Version":"1.0","Eligible":true,"#,
                r#""At":"1970-01-01 00:00:00","Steps":[{"Text":"a < b"},{"Text":"a < b"}],"Scopes":["read"]},"#,
                "{\"Version\":\"1.0\",\"Id\":7}]}\n"
            )
        );
        let xml = written(Format::Xml);
        let expected = concat!(
            r#"<Plans Version="1.0"><Plan Version="1.0"><Eligible>1</Eligible><At>1970-01-01 00:00:00</At>"#,
            "<Steps><Step><Text>a &lt; b</Text></Step><Step><Text>a &lt; b</Text></Step></Steps>",
            r#"<Scopes><Scope>read</Scope></Scopes></Plan><Plan Version="1.0"><Id>7</Id></Plan></Plans>"#,
            "\n"
        );
        assert!(xml.ends_with(expected), "{xml}");
    }

    #[test]
    fn one_thing_is_flat() {
        let told =
            Told { name: "Accepted".to_owned(), records: None, members: vec![("Count".to_owned(), Node::Int(3))] };
        let json = String::from_utf8(one(Format::Json, Integers::String, &told)).unwrap();
        assert_eq!(json, "{\"ResponseType\":\"Accepted\",\"Version\":\"1.0\",\"Count\":\"3\"}\n");
        let xml = String::from_utf8(one(Format::Xml, Integers::Number, &told)).unwrap();
        assert!(xml.ends_with("<Accepted Version=\"1.0\"><Count>3</Count></Accepted>\n"), "{xml}");
    }
}
