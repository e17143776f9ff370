//! The documents of answers: lists, NewObject and ErrorResponse, in either format (D6, D21, D22).

use std::io::Write as _;

use proto::{check::Violations, record::Record, registry::v1::Added, table::Table};

use super::{Format, Integers, json_writer as json, xml_writer as xml};

/// A list of records while it is written.
#[derive(Debug)]
pub struct List {
    format: Format,
    integers: Integers,
    table: &'static Table,
    out: Vec<u8>,
    empty: bool,
}

impl List {
    /// Begins a list.
    #[must_use]
    pub fn begin(format: Format, integers: Integers, table: &'static Table, capacity: usize) -> Self {
        let mut out = Vec::with_capacity(capacity);
        let plural = table.plural.as_str();
        // Writing into a vector cannot fail.
        match format {
            Format::Json => {
                let _ = write!(out, r#"{{"ResponseType":"{plural}","Version":"1.0","{plural}":["#);
            }
            Format::Xml => {
                out.extend_from_slice(xml::DECLARATION);
                let _ = write!(out, "<{plural} Version=\"1.0\">");
            }
        }
        Self { format, integers, table, out, empty: true }
    }

    /// Adds a record.
    pub fn push(&mut self, record: &Record) {
        match self.format {
            Format::Json => {
                if !self.empty {
                    self.out.push(b',');
                }
                json::record(record, self.integers, &mut self.out);
            }
            Format::Xml => xml::record(record, &mut self.out),
        }
        self.empty = false;
    }

    /// Makes room for so many bytes more.
    pub fn reserve(&mut self, bytes: usize) {
        self.out.reserve(bytes);
    }

    /// What was written since the last time.
    #[must_use]
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Ends the list.
    #[must_use]
    pub fn end(mut self) -> Vec<u8> {
        self.close();
        self.out
    }

    /// Writes the end of the document.
    pub fn close(&mut self) {
        match self.format {
            Format::Json => self.out.extend_from_slice(b"]}\n"),
            Format::Xml => {
                let _ = writeln!(self.out, "</{}>", self.table.plural);
            }
        }
    }
}

/// The answer to an addition: the new id, and what else the service says of it (D15).
#[must_use]
pub fn new_object(format: Format, object_type: &str, added: &Added) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    let id = added.id;
    match format {
        Format::Json => {
            let _ =
                write!(out, r#"{{"ResponseType":"NewObject","Version":"1.0","ObjectType":"{object_type}","Id":"{id}""#);
            for extra in &added.extras {
                out.push(b',');
                json::text(&extra.name, &mut out);
                out.push(b':');
                json::text(&extra.value, &mut out);
            }
            out.extend_from_slice(b"}\n");
        }
        Format::Xml => {
            out.extend_from_slice(xml::DECLARATION);
            let _ =
                write!(out, "<NewObjectResponse Version=\"1.0\"><ObjectType>{object_type}</ObjectType><Id>{id}</Id>");
            for extra in &added.extras {
                xml::element(&extra.name, &extra.value, &mut out);
            }
            out.extend_from_slice(b"</NewObjectResponse>\n");
        }
    }
    out
}

/// An error that is not about fields: the phrase and a sentence (D6).
#[must_use]
pub fn error(format: Format, words: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    match format {
        Format::Json => {
            out.extend_from_slice(br#"{"ResponseType":"ErrorResponse","Version":"1.0","Error":"#);
            json::text(words, &mut out);
            out.extend_from_slice(b"}\n");
        }
        Format::Xml => {
            out.extend_from_slice(xml::DECLARATION);
            out.extend_from_slice(b"<ErrorResponse Version=\"1.0\">");
            xml::element("Error", words, &mut out);
            out.extend_from_slice(b"</ErrorResponse>\n");
        }
    }
    out
}

/// An error that names the CO in which an org identity is (rest-conventions §4).
#[must_use]
pub fn membership(format: Format, words: &str, co_id: i64, name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    match format {
        Format::Json => {
            out.extend_from_slice(br#"{"ResponseType":"ErrorResponse","Version":"1.0","Error":"#);
            json::text(words, &mut out);
            let _ = write!(out, r#","Memberships":{{"{co_id}":"#);
            json::text(name, &mut out);
            out.extend_from_slice(b"}}\n");
        }
        Format::Xml => {
            out.extend_from_slice(xml::DECLARATION);
            out.extend_from_slice(b"<ErrorResponse Version=\"1.0\">");
            xml::element("Error", words, &mut out);
            let _ = write!(out, "<Memberships><Membership Id=\"{co_id}\">");
            xml::element("Name", name, &mut out);
            out.extend_from_slice(b"</Membership></Memberships></ErrorResponse>\n");
        }
    }
    out
}

/// All wrong fields (D26); `id` is the path's, or `New`.
#[must_use]
pub fn invalid_fields(format: Format, id: &str, wrong: &Violations) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    match format {
        Format::Json => {
            out.extend_from_slice(br#"{"ResponseType":"ErrorResponse","Version":"1.0","Id":"#);
            json::text(id, &mut out);
            out.extend_from_slice(br#","InvalidFields":"#);
            json::json(&wrong.0, &mut out);
            out.extend_from_slice(b"}\n");
        }
        Format::Xml => {
            out.extend_from_slice(xml::DECLARATION);
            out.extend_from_slice(b"<ErrorResponse Version=\"1.0\" Id=\"");
            xml::text(id, &mut out);
            out.extend_from_slice(b"\"><InvalidFields>");
            for (field, sentences) in &wrong.0 {
                out.extend_from_slice(b"<InvalidField Field=\"");
                xml::text(field, &mut out);
                out.extend_from_slice(b"\">");
                sentences.iter().for_each(|sentence| xml::element("Error", sentence, &mut out));
                out.extend_from_slice(b"</InvalidField>");
            }
            out.extend_from_slice(b"</InvalidFields></ErrorResponse>\n");
        }
    }
    out
}
